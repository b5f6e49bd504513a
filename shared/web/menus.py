"""A menu of the contract: who may see it, and how it is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shared.domain.access import READ_VENUE, WRITE_ORDERS
from shared.domain.errors import NotFoundError, NotGrantedError
from shared.domain.menu.checks import StoredMenu
from shared.domain.menu.importing import MenuHead
from shared.domain.menu.menu import Option, OptionSet, Product
from shared.domain.money import shown
from shared.web import lookups
from shared.web.requests import Request

Content = dict[str, Any]


def readable(request: Request) -> str:
    """The venue whose menu the caller may read: it sends orders there, or reads the venue. Raises NotGrantedError."""
    caller, venue_id = lookups.covered(request)
    if not caller.scopes & {READ_VENUE, WRITE_ORDERS}:
        raise NotGrantedError(
            f"the key has neither the scope {WRITE_ORDERS} nor {READ_VENUE}", code="scope_not_granted"
        )
    return venue_id


def importable(request: Request) -> str:
    """The venue whose menu the caller may have imported: it sends orders there. Raises NotGrantedError."""
    venue_id = request.path["venue_id"]
    request.granted(venue_id, WRITE_ORDERS)
    return venue_id


def imported(head: MenuHead | None) -> MenuHead:
    """A head with a menu. Raises NotFoundError."""
    if head is None or head.edition is None:
        raise NotFoundError("the menu was not imported yet: ask for it with POST …/menu/import")
    return head


def kept(stored: StoredMenu | None) -> StoredMenu:
    """A menu that is still there. Raises NotFoundError."""
    if stored is None:
        raise NotFoundError("the menu is not kept any more: ask for it with POST …/menu/import")
    return stored


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has this content already (`If-None-Match`)."""
    told = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return tag.removeprefix("W/") in told or "*" in told


def menu_view(stored: StoredMenu) -> Content:
    """The whole menu."""
    menu = stored.menu
    return {
        "imported_at": stored.imported_at.isoformat(),
        "products": [_product(each) for each in menu.products],
        "option_sets": [_option_set(each) for each in menu.option_sets],
        "categories": [{"id": each.id, "name": each.name} for each in menu.categories],
    }


def import_view(head: MenuHead) -> Content:
    """How an import goes."""
    run, edition = head.run, head.edition
    status = "imported" if run is None else "running" if run.started_at else "queued"
    return {
        "status": status,
        "import_id": run.id if run else None,
        "why": run.why if run else None,
        "requested_at": run.requested_at.isoformat() if run else None,
        "started_at": run.started_at.isoformat() if run and run.started_at else None,
        "products_read": run.products if run else None,
        "imported_at": edition.imported_at.isoformat() if edition else None,
        "last_failure": {"code": head.failure.code, "at": head.failure.at.isoformat()} if head.failure else None,
    }


def _product(product: Product) -> Content:
    return {
        "id": product.id,
        "name": product.name,
        "price": _money(product.price),
        "price_ex_tax": _money(product.price_ex_tax),
        "tax": _money(product.tax),
        "available": product.available,
        "is_modifier": product.is_modifier,
        "show_online": product.show_online,
        "code": product.code,
        "sku": product.sku,
        "docket_name": product.docket_name,
        "image": product.image,
        "categories": list(product.categories),
        "option_sets": list(product.option_sets or ()),
        "variants": list(product.variants),
        "variant_parent_id": product.variant_parent_id,
    }


def _option_set(option_set: OptionSet) -> Content:
    return {
        "id": option_set.id,
        "name": option_set.name,
        "min": option_set.min,
        "max": option_set.max,
        "instructions": option_set.instructions,
        "options": [_option(each) for each in option_set.options or ()],
    }


def _option(option: Option) -> Content:
    return {
        "product_id": option.product_id,
        "name": option.name,
        "price": _money(option.price),
        "price_ex_tax": _money(option.price_ex_tax),
        "available": option.available,
        "option_sets": list(option.option_sets or ()),
    }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else shown(value)
