"""The menu in the words of the reference."""

from __future__ import annotations

from typing import Any

from ops.openapi_operations import BEARER, FAILED, KEY, NO_KEY, NOT_FOUND, NOT_GRANTED, Answer, Operation, Refusal
from shared.web.menu_schemas import Menu, MenuImport

TAG = "Menu"
MENU_TAGS = {TAG: "What the site sells, as the relay imported it from the POS; orders are checked against it."}

PRODUCT: dict[str, Any] = {
    "id": "730310",
    "name": "Breakfast plate",
    "price": "20.00",
    "price_ex_tax": "18.1818",
    "tax": "1.8182",
    "available": True,
    "is_modifier": False,
    "show_online": True,
    "code": "B1",
    "sku": "BRK-PLATE",
    "docket_name": "Breakfast plate",
    "image": None,
    "categories": ["41"],
    "option_sets": ["501"],
    "variants": [],
    "variant_parent_id": None,
}
OPTION = {
    "product_id": "730311",
    "name": "Poached eggs",
    "price": "0.00",
    "price_ex_tax": "0.00",
    "available": True,
    "option_sets": [],
}
MENU = {
    "imported_at": "2026-11-22T08:04:31+00:00",
    "products": [PRODUCT],
    "option_sets": [{"id": "501", "name": "Eggs", "min": 1, "max": 1, "instructions": False, "options": [OPTION]}],
    "categories": [{"id": "41", "name": "Breakfast"}],
}
IMPORT = {
    "status": "queued",
    "import_id": "imp_0123456789AB",
    "why": "asked",
    "requested_at": "2026-11-22T08:02:12+00:00",
    "started_at": None,
    "products_read": 0,
    "imported_at": None,
    "last_failure": None,
}

MENU_OPERATIONS = (
    Operation(
        route="GET /v1/venues/{venue_id}/menu",
        name="getMenu",
        tag=TAG,
        summary="The menu as it was imported last",
        description=(
            "Needs `orders:write` or `venue:read`. `If-None-Match` with the `ETag` of an earlier answer spares the"
            " menu when nothing but its time has changed."
        ),
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/menu",
        answers=(
            Answer(200, "The menu.", Menu, MENU),
            Answer(304, "Nothing has changed since the answer with that `ETag`."),
            NO_KEY,
        ),
        refusals=(NOT_GRANTED, Refusal(404, "`not_found`: the menu was not imported yet."), *FAILED),
    ),
    Operation(
        route="POST /v1/venues/{venue_id}/menu/import",
        name="importMenu",
        tag=TAG,
        summary="Import the menu now",
        description=(
            "Needs `orders:write`. While an import of this venue is under way, it is that one. From the first import"
            " on the menu is imported every day, and by itself when the POS refuses an order for its products."
            " `menu.updated` tells when something changed."
        ),
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/menu/import",
        answers=(Answer(202, "It will be, or is being, imported.", MenuImport, IMPORT), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *FAILED),
    ),
)
