"""Reading through to the POS in the words of the reference."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ops.openapi_operations import (
    BAD_QUERY,
    BEARER,
    FAILED,
    KEY,
    MOMENT,
    NO_KEY,
    NOT_FOUND,
    NOT_GRANTED,
    Answer,
    Operation,
    Parameter,
    Refusal,
)
from shared.domain.orders.search import STATUSES
from shared.web.lookups import MOST_ITEMS
from shared.web.pos_orders import COMPARISONS, PAGE
from shared.web.pos_schemas import (
    PosLine,
    PosLines,
    PosOptionSet,
    PosOptionSets,
    PosOrder,
    PosOrdersPage,
    PosPayments,
)

TAG = "Orders in the point of sale"
POS_TAGS = {TAG: "What the POS shows just now. Each call is a call to the POS, in the venue's pace."}
POS_REFUSALS = (
    FAILED[0],
    Refusal(502, "`permission_lost`: the POS refuses our credentials, a person has to connect it again; `refused`."),
    Refusal(
        503,
        "`pos_unreachable`; `rate_limited`: the POS may not be called just now; a conflict or an outage within."
        " `Retry-After` says when to come again.",
    ),
)
OWN = "An order of your platform's, or with `venue:read` any of the venue. 404 when it is not in the POS."
SIGNS = {"lt": "before", "lte": "at or before", "gt": "after", "gte": "at or after"}
VALUES = {"lt": "less than", "lte": "at most", "gt": "more than", "gte": "at least"}
NUMBER = Parameter("number", "path", "1 is the first.", {"type": "integer", "minimum": 1, "maximum": 999_999_999})
POS_ID = {"type": "string", "pattern": "^[0-9]{1,20}$"}
FLAG = {"type": "boolean", "default": False}

LINE: dict[str, Any] = {
    "number": 1,
    "line_id": "fjHRE1",
    "product_id": "730303",
    "name": "Market fish, lemon",
    "sku": None,
    "quantity": "2",
    "unit_price": "36.3636",
    "unit_tax": "3.6364",
    "price_variation": "1",
    "price_fixed_variation": "0.00",
    "line_total_ex_tax": "72.7272",
    "line_total_tax": "7.2727",
    "taxes": [{"id": "91", "name": "GST", "rate": "0.1"}],
    "modifiers": ["730321", "-730322"],
    "notes": None,
    "part_of_option_set": False,
    "course_name": "Mains",
    "course_ordinal": 2,
    "course_status": "called",
    "from_order_id": None,
}
PAYMENT: dict[str, Any] = {
    "id": "19230990",
    "number": 1,
    "method_id": "2",
    "method": "Card",
    "amount": "80.00",
    "tip": "8.00",
    "ref": None,
    "created_at": "2026-11-22T08:48:28+00:00",
}
CHOSEN: dict[str, Any] = {
    "product_id": "730311",
    "name": "Poached eggs",
    "line_number": 3,
    "unit_price": "0.00",
    "unit_tax": "0.00",
    "taxes": [],
    "instructions": None,
    "option_sets": [],
}
OPTION_SET: dict[str, Any] = {
    **CHOSEN,
    "number": 1,
    "product_id": "730310",
    "name": "Breakfast plate",
    "line_number": 2,
    "option_sets": [{"option_set_id": "501", "name": "Eggs", "options": [CHOSEN]}],
}
ROW: dict[str, Any] = {
    "id": "9100000000000000001",
    "order_id": "ord_0123456789ABCDEF",
    "status": "COMPLETE",
    "deleted": False,
    "is_refund": False,
    "site_id": "823",
    "register_id": "16",
    "staff_id": "732846",
    "total": "80.00",
    "total_tax": "7.27",
    "paid": "80.00",
    "tips": "8.00",
    "created_at": "2026-11-22T08:02:13+00:00",
    "updated_at": "2026-11-22T08:48:30+00:00",
}
ORDER: dict[str, Any] = {
    **ROW,
    "sale_number": "HS1001",
    "sale_id": "tj4ds8n3",
    "customer_id": "3842",
    "order_type": "Dine in",
    "guests": 4,
    "lines": [LINE],
    "options": [],
    "payments": [PAYMENT],
    "price_variation": "1",
    "price_fixed_variation": "0.00",
    "price_limit": None,
    "lock": None,
    "complete_when_paid": None,
    "pass_thru_printing": None,
    "callback_uri": None,
    "reject_reason": None,
    "discounts": "0.00",
    "surcharges": "0.00",
    "tip_service_percent": "10",
    "tip_service_amount": None,
    "tip_service_paid": "8.00",
    "service_charge": "8.00",
    "amount_due": "0.00",
    "order_payment_type": None,
    "group_id": None,
    "original_order_id": None,
    "refunded_order_id": None,
    "placed_at": None,
    "fulfil_at": None,
}


def _about_order(
    part: str, name: str, summary: str, model: type[BaseModel], example: Any, numbered: bool = False
) -> Operation:
    path = f"/orders/{{order_id}}/{part}{'/{number}' if numbered else ''}"
    return Operation(
        route=f"GET /v1/venues/{{venue_id}}{path}",
        name=name,
        tag=TAG,
        summary=summary,
        description=OWN,
        security=KEY,
        parameters=(NUMBER,) if numbered else (),
        headers=BEARER,
        address=f"/v1/venues/demo/orders/ord_0123456789ABCDEF/{part}{'/1' if numbered else ''}",
        answers=(Answer(200, f"{summary}.", model, example), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *POS_REFUSALS),
    )


POS_OPERATIONS = (
    Operation(
        route="GET /v1/venues/{venue_id}/pos-orders",
        name="listPosOrders",
        tag=TAG,
        summary="The POS's own list of orders, through its filters",
        description=(
            "Needs the scope `venue:read`. All filters can be combined; the site is always the venue's own. Newest"
            f" first, abridged, and some seconds behind. A page has at most {PAGE} orders, which is what the POS has on"
            " one, whatever more `limit` asks for."
        ),
        security=KEY,
        parameters=(
            Parameter(
                "status",
                "query",
                "Only in this status; default all.",
                {"type": "string", "enum": [each.lower() for each in STATUSES]},
            ),
            Parameter("pending_accounts", "query", "Only pending account sales.", FLAG),
            Parameter("discounted", "query", "Only with a discount.", FLAG),
            Parameter("deleted", "query", "Those that were deleted from the POS, instead of the others.", FLAG),
            Parameter("linked_customer", "query", "Only with a customer attached.", FLAG),
            Parameter("register_id", "query", "Only of this register.", POS_ID),
            Parameter("staff_id", "query", "Only made by this staff member.", POS_ID),
            Parameter("customer_id", "query", "Only of this customer.", POS_ID),
            *(
                Parameter(
                    f"created_{sign}",
                    "query",
                    f"Created {SIGNS[sign]}. A date alone is a day in UTC: the POS takes `created_gt` for after it.",
                    MOMENT,
                )
                for sign in COMPARISONS
            ),
            *(
                Parameter(
                    f"value_{sign}", "query", f"Worth {VALUES[sign]} this.", {"type": "string", "examples": ["100"]}
                )
                for sign in COMPARISONS
            ),
            Parameter(
                "limit",
                "query",
                "Orders on a page.",
                {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": PAGE},
            ),
            Parameter("cursor", "query", "The `next` of the page before, with the same filters.", {"type": "string"}),
        ),
        headers=BEARER,
        address="/v1/venues/demo/pos-orders?status=complete&discounted=true&created_gte=2026-11-01&value_lt=100",
        answers=(Answer(200, "A page.", PosOrdersPage, {"data": [ROW], "next": None}), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, BAD_QUERY, *POS_REFUSALS),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/pos-orders/{pos_order_id}",
        name="getPosOrder",
        tag=TAG,
        summary="An order by its POS id",
        description="Needs the scope `venue:read`. An order of another site is 404.",
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/pos-orders/9100000000000000001",
        answers=(Answer(200, "The order.", PosOrder, ORDER), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *POS_REFUSALS),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/pos-orders/by-sale/{sale_id}",
        name="getPosOrderBySale",
        tag=TAG,
        summary="An order by the id on its receipt",
        description="Needs the scope `venue:read`. The eight characters printed on the receipt.",
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/pos-orders/by-sale/tj4ds8n3",
        answers=(Answer(200, "The order.", PosOrder, ORDER), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *POS_REFUSALS),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/orders/{order_id}/invoice",
        name="getInvoice",
        tag=TAG,
        summary="The POS's invoice of an order",
        description=f"{OWN} The POS makes it only of completed orders.",
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/orders/ord_0123456789ABCDEF/invoice",
        answers=(Answer(200, "The PDF.", media_type="application/pdf"), NO_KEY),
        refusals=(
            NOT_GRANTED,
            NOT_FOUND,
            Refusal(409, "`order_not_complete`: there is no invoice yet."),
            *POS_REFUSALS,
        ),
    ),
    _about_order("lines", "listLines", "The lines of an order", PosLines, {"data": [LINE], "next": None}),
    _about_order("lines", "getLine", "A line of an order", PosLine, LINE, numbered=True),
    _about_order(
        "option-sets",
        "listOptionSets",
        "The option sets of an order",
        PosOptionSets,
        {"data": [OPTION_SET], "next": None},
    ),
    _about_order("option-sets", "getOptionSet", "An option set of an order", PosOptionSet, OPTION_SET, numbered=True),
    _about_order(
        "payments", "listPayments", "The payments of an order", PosPayments, {"data": [PAYMENT], "next": None}
    ),
)
