"""Sent to the POS, but not taken up by the register: when to look, and what to make of what is seen.

Taken up means: somebody at the venue has dealt with it. Staff accepted or rejected it, or moved it on; it was accepted
through the relay; a pre-order was opened at a register, or was printed in the kitchen straight away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.online.record import changed, placed
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.pos_order import PosOrder
from shared.domain.orders.writes import What, WriteState
from shared.domain.site_status import SiteStatus
from shared.domain.timings import Timings
from shared.domain.venues import Venue

REGISTER_ON = "not_taken_up"
"""The site is online, but nobody took the order up: its app does not show it, or nobody looks."""
SITE_OFFLINE = "not_taken_up_site_offline"
"""No device of the site is in use."""


def first_look_at(order: Order, now: datetime, venue: Venue, timings: Timings) -> datetime | None:
    """When somebody should have taken it up: some minutes after it arrived, a pre-order some before its time. None: it
    waits for nobody."""
    said = placed(order)
    soon = now + timedelta(seconds=patience_s(venue, timings))
    if not waits(order):
        return None
    if said.status == "SUBMITTED":
        return soon
    if said.fulfil_at is None:
        return None  # held until somebody comes for it: nobody can say when that should be
    return max(soon, said.fulfil_at - timedelta(seconds=timings.preorder_look_s))


def patience_s(venue: Venue, timings: Timings) -> float:
    """How long an order may stand untouched."""
    return timings.take_up_s if venue.take_up_s is None else venue.take_up_s


def is_watched(order: Order, now: datetime) -> bool:
    """Whether it is time to look at the order in the POS, or for the sale that was entered for it by hand."""
    return order.watch_at is not None and order.watch_at <= now


def is_untouched(order: Order, seen: PosOrder) -> bool:
    """Whether the order, read again, still stands as it was sent. Kounta names the staff member who opened an order
    (observed)."""
    if seen.deleted or seen.status != placed(order).status or not waits(order):
        return False
    return seen.status == "SUBMITTED" or seen.staff_id is None


def reason_of(site: SiteStatus | None) -> str:
    """Which failure it is. `site`: None when its status could not be read."""
    return SITE_OFFLINE if site is not None and not site.is_online else REGISTER_ON


def taken_up(order: Order) -> Order:
    """The order with nobody waiting for the register any more; for the sale that was entered by hand they still do."""
    if placed(order).handled is not None:
        return order
    order = replace(order, watch_at=None)
    return order if placed(order).not_taken_up_at is None else changed(order, not_taken_up_at=None)


def waits(order: Order) -> bool:
    """Whether the order stands at the register for somebody to deal with."""
    said = placed(order)
    if order.create.state is not WriteState.SENT or said.handled is not None:
        return False
    if said.refund_of is not None or said.prints or said.fulfilment is not Fulfilment.NEW:
        return False
    if said.cancelled_at or order.open_write(What.CANCEL) is not None:
        return False
    return said.status in ("SUBMITTED", "ON_HOLD") and order.pos.status in (None, said.status)
