"""What a stored menu says of an order before it is sent, and whether a newer one cures what the POS refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.menu.menu import Menu, Option
from shared.domain.orders.request import LineRequest, OptionRequest, OptionSetRequest, OrderRequest

NOT_AT_SITE = "product_not_at_site"
OUT_OF_STOCK = "product_out_of_stock"
SET_NOT_OFFERED = "option_set_not_of_product"
OPTION_NOT_OFFERED = "option_not_in_set"
ERROR, WARNING = "error", "warning"

STOCK_COUNTS = ("ON_HOLD", "PENDING", "COMPLETE")
"""Statuses in which Kounta refuses what is out of stock (Kounta docs: Create an order with product availability)."""
_REFUSED_PRODUCT = re.compile(r"product\s*#?\s*\(?\s*#?(\d{1,20})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MenuFinding:
    """One thing that the menu says against an order. An error stops it; a warning is only told.

    `product_id`: the product it is about; of an option set that is not offered, the product that does not offer it.
    `name`: from this menu or an earlier one; None when no menu ever had it.
    """

    pointer: str
    code: str
    product_id: str
    name: str | None
    severity: str = ERROR


@dataclass(frozen=True, slots=True)
class StoredMenu:
    """A menu and when it was read from the POS."""

    menu: Menu
    imported_at: datetime

    def is_fresh(self, now: datetime, fresh_for_s: float) -> bool:
        """Whether it may speak about orders."""
        return now - self.imported_at <= timedelta(seconds=fresh_for_s)


def check(
    request: OrderRequest, stored: StoredMenu | None, now: datetime, fresh_for_s: float
) -> tuple[MenuFinding, ...]:
    """What the stored menu says against the order, in the order's own order. A menu that is missing, stale or without
    any product says nothing. Of option sets that the POS did not describe nothing is said either."""
    if stored is None or not stored.menu.products or not stored.is_fresh(now, fresh_for_s):
        return ()
    return tuple(_Check(stored.menu, request.status).findings(request))


def cures(findings_before: Sequence[MenuFinding], menu_after: Menu, request: OrderRequest) -> bool:
    """Whether the order that failed would pass with this menu: it says nothing against the order any more, and nothing
    of what was said before (by an earlier menu or by the POS, see `told_by_pos`) still holds. A menu without any
    product cures nothing."""
    if not menu_after.products or any(
        each.severity == ERROR for each in _Check(menu_after, request.status).all(request)
    ):
        return False
    products = {each.id: each for each in menu_after.products}
    for before in findings_before:
        product = products.get(before.product_id)
        if before.code == NOT_AT_SITE and product is None:
            return False
        if before.code == OUT_OF_STOCK and before.severity == ERROR and (product is None or not product.available):
            return False
    return True


def told_by_pos(code: str, message: str | None, stored: StoredMenu | None = None) -> tuple[MenuFinding, ...]:
    """What the POS's own refusal said of a product ("Product (199547) is out of stock."); nothing for another refusal.
    `stored`: for the product's name."""
    found = _REFUSED_PRODUCT.search(message or "")
    if code not in (NOT_AT_SITE, OUT_OF_STOCK) or found is None:
        return ()
    name = _Check(stored.menu, "").name(found[1]) if stored else None
    return (MenuFinding("", code, found[1], name),)


class _Check:
    """One menu, looked up by id."""

    def __init__(self, menu: Menu, status: str) -> None:
        self._products = {each.id: each for each in menu.products}
        self._sets = {each.id: each for each in menu.option_sets}
        self._gone = {each.id: each.name for each in menu.gone}
        self._stock = ERROR if status in STOCK_COUNTS else WARNING

    def all(self, request: OrderRequest) -> list[MenuFinding]:
        """Every finding."""
        return list(self.findings(request))

    def findings(self, request: OrderRequest) -> Iterator[MenuFinding]:
        """Line by line, then option by option."""
        for number, line in enumerate(request.lines):
            yield from self._line(line, f"/lines/{number}")
        for number, option in enumerate(request.options):
            yield from self._product(option.product_id, f"/options/{number}/product_id")
            yield from self._sets_of(option, f"/options/{number}", None)

    def name(self, product_id: str) -> str | None:
        """What people call a product."""
        product = self._products.get(product_id)
        return product.name if product else self._gone.get(product_id)

    def _line(self, line: LineRequest, at: str) -> Iterator[MenuFinding]:
        yield from self._product(line.product_id, f"{at}/product_id", gives_back=line.quantity < 0)
        for number, modifier in enumerate(line.modifiers):
            yield from self._modifier(modifier, f"{at}/modifiers/{number}")
        yield from self._sets_of(OptionRequest(line.product_id, option_sets=line.option_sets), at, None)

    def _product(self, product_id: str, at: str, *, gives_back: bool = False) -> Iterator[MenuFinding]:
        product = self._products.get(product_id)
        if product is None:
            yield MenuFinding(at, NOT_AT_SITE, product_id, self.name(product_id))
        elif not product.available and not gives_back:
            yield MenuFinding(at, OUT_OF_STOCK, product_id, product.name, self._stock)

    def _modifier(self, modifier: str, at: str) -> Iterator[MenuFinding]:
        """A negated one must exist, but need not be in stock. The document speaks of the stock of lines only."""
        product_id = modifier.removeprefix("-")
        product = self._products.get(product_id)
        if product is None:
            yield MenuFinding(at, NOT_AT_SITE, product_id, self.name(product_id))
        elif not product.available and product_id == modifier:
            yield MenuFinding(at, OUT_OF_STOCK, product_id, product.name, WARNING)

    def _sets_of(self, chosen: OptionRequest, at: str, offer: Option | None) -> Iterator[MenuFinding]:
        product = self._products.get(chosen.product_id)
        offered = product.option_sets if product else offer.option_sets if offer else None
        for number, option_set in enumerate(chosen.option_sets):
            pointer = f"{at}/option_sets/{number}"
            if offered is not None and option_set.option_set_id not in offered:
                where = f"{pointer}/option_set_id"
                yield MenuFinding(where, SET_NOT_OFFERED, chosen.product_id, self.name(chosen.product_id))
                continue
            yield from self._options(option_set, pointer)

    def _options(self, chosen: OptionSetRequest, at: str) -> Iterator[MenuFinding]:
        known = self._sets.get(chosen.option_set_id)
        offers = {each.product_id: each for each in known.options} if known and known.options is not None else None
        for number, option in enumerate(chosen.options):
            pointer = f"{at}/options/{number}"
            offer = offers.get(option.product_id) if offers is not None else None
            if offer is None:
                yield from self._not_offered(option.product_id, f"{pointer}/product_id", is_told=offers is not None)
            elif not self._in_stock(offer):
                name = offer.name or self.name(offer.product_id)
                yield MenuFinding(f"{pointer}/product_id", OUT_OF_STOCK, offer.product_id, name, self._stock)
            yield from self._sets_of(option, pointer, offer)

    def _not_offered(self, product_id: str, at: str, *, is_told: bool) -> Iterator[MenuFinding]:
        if is_told and product_id in self._products:
            yield MenuFinding(at, OPTION_NOT_OFFERED, product_id, self.name(product_id))
        else:
            yield from self._product(product_id, at)

    def _in_stock(self, offer: Option) -> bool:
        product = self._products.get(offer.product_id)
        return offer.available and (product is None or product.available)
