"""Sent to the POS, but not taken up by the register: when to look."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.online.record import placed
from shared.domain.orders.order import Order
from shared.domain.timings import Timings


def first_look_at(order: Order, now: datetime, timings: Timings) -> datetime | None:
    """When somebody should have accepted it: some minutes after it arrived. None: it waits for nobody."""
    if placed(order).status != "SUBMITTED" or order.pos.status not in (None, "SUBMITTED"):
        return None
    return now + timedelta(seconds=timings.take_up_s)
