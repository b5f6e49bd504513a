"""Orders as the POS shows them just now, for whoever asks: only the venue's own, and never at the cost of writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from shared.domain.errors import BadInputError, NotFoundError, PermissionLostError, RefusedError
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import ListedPosOrder, PosOption, PosOrder
from shared.domain.orders.search import OrderFilters, Place, bad_filter, opened
from shared.domain.pace import Slots
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection, Venue
from shared.usecases.pos_gateway import PosReads
from shared.usecases.record_book import Pace, Venues
from shared.usecases.take_slots import take_slots

T = TypeVar("T")

SHARE = 2
"""Reads take at most one slot in so many, so that whoever reads without end holds no write up."""
FEWEST_A_MINUTE = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search; `next`: the cursor of the next one."""

    orders: tuple[ListedPosOrder, ...]
    next: str | None


@dataclass(frozen=True)
class ReadPos:
    """Reads through to the POS. Everything raises OutsideError, NotFoundError for a venue that there is not."""

    venues: Venues
    gateway_for: Callable[[Venue, Callable[[], None]], PosReads]
    pace: Pace
    timings: Timings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def search(self, venue_id: str, filters: OrderFilters, limit: int, cursor: str | None) -> Found:
        """A page of the venue's orders, newest first: at most `limit`, and at most as many as the POS has on a page.

        Raises BadInputError for a cursor of another list, and for what the POS does not take as a filter.
        """
        venue = self.venues.get(venue_id)
        if not venue.pos.site_id and filters.register_id not in (None, venue.pos.register_id):
            raise bad_filter("register_id", "this venue is one register, and not this one")
        place = opened(cursor, venue_id, filters) if cursor else Place()
        try:
            page = self._gateway(venue).search_orders(filters, place.start)
        except RefusedError as refused:
            if refused.http_status != 400:
                raise
            raise bad_filter("", f"the POS does not take these filters: {refused.message}") from refused
        rows = list(page.orders)
        # Rows move on while orders come in: when the last one seen is no longer here, none of these were.
        ids = [row.id for row in rows]
        rows = rows[ids.index(place.after) + 1 :] if place.after in ids else rows
        shown = tuple(row for row in rows[:limit] if _may_be_of(row.site_id, venue.pos))
        if len(rows) > limit:
            return Found(shown, Place(place.start, rows[limit - 1].id).sealed(venue_id, filters))
        return Found(shown, Place(page.next).sealed(venue_id, filters) if page.next else None)

    def order(self, venue_id: str, pos_order_id: str) -> PosOrder:
        """An order of the venue by its POS id. Raises NotFoundError, also for one of another site."""
        venue = self.venues.get(venue_id)
        return _of_venue(self._gateway(venue).read_order(pos_order_id), venue)

    def order_by_sale(self, venue_id: str, sale_id: str) -> PosOrder:
        """The same by the id on the receipt."""
        venue = self.venues.get(venue_id)
        return _of_venue(self._gateway(venue).read_order_by_sale(sale_id), venue)

    def ours(self, order: Order) -> PosOrder:
        """An order of the relay as the POS shows it. Raises NotFoundError when it is not in the POS."""
        return _present(self._of(order).read_order(_pos_id(order)), "the POS has no such order any more")

    def option_set(self, order: Order, number: int) -> PosOption:
        """An option set of an order of the relay, 1 = first. Raises NotFoundError."""
        return _present(self._of(order).read_option_set(_pos_id(order), number), "the order has no such option set")

    def invoice(self, order: Order) -> bytes:
        """The PDF of an order of the relay. Raises NotFoundError, BadInputError (409) before it is completed."""
        try:
            found = self._of(order).read_invoice(_pos_id(order))
        except RefusedError as refused:
            if refused.http_status != 400:
                raise
            detail = "the order is not completed in the POS, so there is no invoice yet"
            raise BadInputError(detail, code="order_not_complete", status=409) from refused
        return _present(found, "the POS has no such order any more")

    def _of(self, order: Order) -> PosReads:
        _pos_id(order)
        return self._gateway(self.venues.get(order.venue_id))

    def _gateway(self, venue: Venue) -> PosReads:
        try:
            return self.gateway_for(venue, self._take_slot(venue.pos))
        except NotFoundError as missing:
            raise PermissionLostError("the venue's point of sale is not connected") from missing

    def _take_slot(self, pos: PosConnection) -> Callable[[], None]:
        """Reads draw from a bucket of their own first, so that writes always find the connection's own half free."""
        connection, per_minute = pos.connection_id, pos.pace_per_minute
        own = Slots(f"{connection}/reads", max(FEWEST_A_MINUTE, per_minute // SHARE), 1)
        shared = Slots(connection, per_minute, 1)

        def take() -> None:
            patience_s = 2 * self.timings.slot_patience_s
            take_slots(self.pace, (own, shared), patience_s=patience_s, now=self.now, sleep=self.sleep)

        return take


def _pos_id(order: Order) -> str:
    return _present(order.pos.order_id, "the order is not in the POS")


def _of_venue(found: PosOrder | None, venue: Venue) -> PosOrder:
    """An order whose site is not told proves nothing, so it is nobody's."""
    pos = venue.pos
    if found is not None:
        is_own = found.site_id == pos.site_id if pos.site_id else found.register_id == pos.register_id
        if is_own:
            return found
    raise NotFoundError("there is no such order in the POS")


def _may_be_of(site_id: str | None, pos: PosConnection) -> bool:
    """The list is asked of the venue's own site only; a row that says otherwise is not believed."""
    return not pos.site_id or site_id in (None, pos.site_id)


def _present(found: T | None, otherwise: str) -> T:
    if found is None:
        raise NotFoundError(otherwise)
    return found
