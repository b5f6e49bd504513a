"""The look before every attempt: whether what a platform's order wants written is still wanted."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.online.record import OnlineRecord, placed
from shared.domain.orders.order import Order
from shared.domain.orders.stop_signal import StopSignal
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode


def stop_signal(
    record: OnlineRecord, order: Order, write: Write, venue: Venue, now: datetime, timings: Timings
) -> StopSignal | None:
    """Why this queued write is not to be sent any more; None: go on.

    Never asked for a write that may be in the POS already: that one's outcome is found out first.
    """
    if order.shadow:
        return StopSignal("shadow", "the venue is in shadow mode: decided and shown, not sent")
    if venue.mode is VenueMode.SHADOW:
        return StopSignal("venue_in_shadow", "the venue was put in shadow mode before this was sent")
    said = placed(order)
    if write.what is What.CREATE:
        return _against_creating(record, order, write, venue, now, timings)
    if write.what is What.TRACK:
        if said.cancelled_at or said.refund_announced_at or order.status in ("rejected", "deleted"):
            return StopSignal("superseded", "the order does not stand: no driver is needed")
        return None
    if order.create.state is not WriteState.SENT:
        return StopSignal("superseded", "the order is not in the POS")
    if order.status in ("rejected", "deleted", "completed", "cancelled", "partly_refunded", "refunded"):
        return StopSignal("order_closed", f"the order is {order.status}")
    if write.what is not What.CANCEL and order.open_write(What.CANCEL) is not None:
        return StopSignal("superseded", "the order is being cancelled")
    return None


def _against_creating(
    record: OnlineRecord, order: Order, write: Write, venue: Venue, now: datetime, timings: Timings
) -> StopSignal | None:
    said = placed(order)
    if said.handled is not None:
        return StopSignal("handled", "entered by hand")
    if said.cancelled_at is not None:
        return StopSignal("cancelled", "cancelled before it was sent")
    if said.refund_announced_at is not None:
        return StopSignal("refund_announced", "the platform was told to refund it")
    if said.refund_of is not None:
        if record.main.status not in ("completed", "partly_refunded", "refunded"):
            return StopSignal("order_not_complete", f"the order to refund is {record.main.status}")
        return None
    max_age_s = timings.replay_max_age_s if venue.replay_max_age_s is None else venue.replay_max_age_s
    its_time = max(filter(None, (write.changed_at or write.created_at, said.fulfil_at)))
    if now - its_time > timedelta(seconds=max_age_s):
        return StopSignal("too_old", f"its time was more than {max_age_s / 60:.0f} minutes ago")
    return None
