"""Finds out whether an order of unknown fate is in the POS: by our marker in the site's lists, living and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.errors import OutsideError
from shared.domain.identities import markers_in
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import ListedPosOrder, Page, PosOrder
from shared.domain.orders.writes import Write
from shared.domain.timings import Timings
from shared.usecases.pos_gateway import PosGateway

MOST_PAGES = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """What the site's lists showed: orders created since `since`, living and deleted, as of `taken_at`."""

    since: datetime
    taken_at: datetime
    living: tuple[ListedPosOrder, ...]
    deleted: tuple[ListedPosOrder, ...]

    def bearing(self, write_id: str) -> list[ListedPosOrder]:
        """Orders whose notes bear this write's marker."""
        return [order for order in (*self.living, *self.deleted) if _bears(order.notes, write_id)]


def take_listing(gateway: PosGateway, since: datetime, now: Callable[[], datetime]) -> Listing:
    """Lists the site's orders since then. Raises OutsideError; a listing cut short is no listing."""
    taken_at = now()
    living = _all(lambda cursor: gateway.list_orders(since, None, cursor))
    deleted = _all(lambda cursor: gateway.list_deleted(since, None, cursor))
    return Listing(since, taken_at, tuple(living), tuple(deleted))


def look_up_since(write: Write, timings: Timings) -> datetime:
    """From when on the site's orders are listed for this write."""
    return (write.started_at or write.created_at) - timedelta(seconds=timings.reconcile_margin_s)


def settle_from(
    listing: Listing,
    gateway: PosGateway,
    order: Order,
    write: Write,
    now: Callable[[], datetime],
    timings: Timings,
) -> tuple[Order, Write]:
    """The order and its write, judged by a listing. A match is confirmed by reading the order."""
    matches = {match.id: match for match in listing.bearing(write.id)}
    looked = f"looked through {len(listing.living)} orders and {len(listing.deleted)} deleted ones"
    if not matches:
        note = f"{looked} since {listing.since:%H:%M:%S} UTC: no order of ours"
        return order, protocol.not_found(write, now(), timings, note)
    if len(matches) > 1:
        return order, protocol.ambiguous(write, now(), f"{looked}: {len(matches)} orders bear our marker")
    (match,) = matches.values()
    try:
        read = gateway.read_order(match.id)
    except OutsideError as error:
        note = f"{looked}: order {match.id} bears our marker but could not be read: {error.code}"
        return order, protocol.not_looked_up(write, now(), timings, note)
    if read is not None and not is_confirmed(read, order):
        return order, protocol.ambiguous(write, now(), f"{looked}: order {match.id} bears our marker, but is not ours")
    deleted = match.deleted or match in listing.deleted or (read is not None and read.deleted) or read is None
    status = "DELETED" if deleted else (read.status if read else match.status)
    # Only an end is taken from here. What else has become of it comes as news, so that nobody misses hearing of it.
    pos = replace(order.pos, order_id=match.id, created_at=match.created_at)
    if status in ("DELETED", "REJECTED"):
        reason = read.reject_reason if read else None
        order, pos = replace(order, reject_reason=reason), replace(pos, status=status)
    note = f"{looked}: found order {match.id}, {status}"
    return replace(order, pos=pos), protocol.found(write, now(), note)


def is_confirmed(read: PosOrder, order: Order) -> bool:
    """Whether an order that bears our marker is ours: its callback address names our order. COMPLETE orders have no
    callback address (Kounta docs); then the marker's 80 random bits must do."""
    if read.callback_uri:
        return order.id in read.callback_uri
    return read.status == "COMPLETE" or read.deleted


def _bears(notes: str | None, write_id: str) -> bool:
    return any(found == write_id for _, found in markers_in(notes))


def _all(page_at: Callable[[str | None], Page]) -> Sequence[ListedPosOrder]:
    orders: list[ListedPosOrder] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = page_at(cursor)
        orders += page.orders
        if page.next is None:
            return orders
        cursor = page.next
    raise OutsideError("the list is longer than can be looked through at once")
