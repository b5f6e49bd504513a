"""The look before every attempt: whether what is about to be written is still wanted."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import BookingStatus
from shared.domain.bookings.record import BookingRecord
from shared.domain.bookings.rules import UNDOES
from shared.domain.orders.order import Order
from shared.domain.orders.stop_signal import StopSignal
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode


def stop_signal(
    record: BookingRecord, order: Order, write: Write, venue: Venue, now: datetime, timings: Timings
) -> StopSignal | None:
    """Why this queued write is not to be sent any more; None: go on.

    Never asked for a write that may be in the POS already: that one's outcome is found out first.
    """
    if order.shadow or venue.mode is VenueMode.SHADOW:
        return StopSignal("shadow", "the venue is in shadow mode: decided and shown, not sent")
    match write.what:
        case What.CREATE:
            return _against_creating(record, order, write, venue, now, timings)
        case What.UPDATE | What.NOTIFY:
            return _against_updating(record, order)
        case What.DELETE:
            if order.create.state is not WriteState.SENT:
                return StopSignal("nothing_to_delete", "the order never came into the POS")
            return None
        case What.FINISH_BOOKING:
            if venue.nowbookit_location_id is None or record.booking.platform != "nowbookit":
                return StopSignal("told_by_event", "the platform hears of it by its event")
            return None
        case _:
            return None


def _against_creating(
    record: BookingRecord, order: Order, write: Write, venue: Venue, now: datetime, timings: Timings
) -> StopSignal | None:
    if order.open_write(What.DELETE) is not None:
        return StopSignal("undone_before_sent", "seated by mistake: undone before it was sent")
    if record.booking.status in UNDOES or record.booking.status is BookingStatus.FINISHED:
        return StopSignal("not_seated", f"the booking is {record.booking.status} by now")
    for seating in record.booking.seatings:
        if seating.order_id != order.id and seating.outcome in _STANDING:
            return StopSignal("order_stands", f"the order of seating {seating.number} still stands")
    max_age_s = timings.replay_max_age_s if venue.replay_max_age_s is None else venue.replay_max_age_s
    wanted_since = write.changed_at or write.created_at
    if now - wanted_since > timedelta(seconds=max_age_s):
        return StopSignal("too_old", f"the party was seated more than {max_age_s / 60:.0f} minutes ago")
    return None


def _against_updating(record: BookingRecord, order: Order) -> StopSignal | None:
    if order.status in ("rejected", "completed", "deleted"):
        return StopSignal("order_closed", f"the order is {order.status} in the POS")
    if order.create.state is not WriteState.SENT:
        return StopSignal("superseded", "the order is not in the POS")
    if record.booking.status is not BookingStatus.SEATED:
        return StopSignal("not_seated", "the booking is not seated any more")
    return None


_STANDING = frozenset({SeatingOutcome.OPEN, SeatingOutcome.KEPT, SeatingOutcome.COMPLETED})
