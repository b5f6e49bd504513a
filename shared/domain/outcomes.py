"""What follows for a record, of whichever kind: the one place that tells bookings from placed orders."""

from __future__ import annotations

from datetime import datetime

from shared.domain.bookings import consequences as of_booking
from shared.domain.bookings import stop_signals as against_booking
from shared.domain.bookings.record import BookingRecord
from shared.domain.consequence import Consequence
from shared.domain.online import consequences as of_placed
from shared.domain.online import stop_signals as against_placed
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder
from shared.domain.orders.stop_signal import StopSignal
from shared.domain.orders.writes import Write
from shared.domain.record import OutboxItem, Record
from shared.domain.timings import Timings
from shared.domain.venues import Venue


def after_write(
    record: Record, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[Record]:
    """The record once a write of one of its orders reached this state."""
    match record:
        case BookingRecord():
            return of_booking.after_write(record, order, write, now)
        case OnlineRecord():
            return of_placed.after_write(record, order, write, now, venue, timings)
    raise _unknown(record)


def after_withdrawal(
    record: Record, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[Record]:
    """The record once the look before an attempt found a write not wanted any more."""
    match record:
        case BookingRecord():
            return of_booking.after_withdrawal(record, order, write, now)
        case OnlineRecord():
            return of_placed.after_withdrawal(record, order, write, now, venue, timings)
    raise _unknown(record)


def after_news(
    record: Record, order_id: str, seen: PosOrder, now: datetime, venue: Venue, timings: Timings
) -> Consequence[Record]:
    """The record once the POS told, and a re-reading confirmed, what has become of an order of ours."""
    match record:
        case BookingRecord():
            return of_booking.after_news(record, order_id, seen, now)
        case OnlineRecord():
            return of_placed.after_news(record, order_id, seen, now, venue, timings)
    raise _unknown(record)


def stop_signal(
    record: Record, order: Order, write: Write, venue: Venue, now: datetime, timings: Timings
) -> StopSignal | None:
    """Why a queued write is not to be sent any more; None: go on."""
    match record:
        case BookingRecord():
            return against_booking.stop_signal(record, order, write, venue, now, timings)
        case OnlineRecord():
            return against_placed.stop_signal(record, order, write, venue, now, timings)
    raise _unknown(record)


def event_item(record: Record, order: Order, now: datetime, kind: str, **more: object) -> OutboxItem:
    """Something that the order's platform hears of."""
    match record:
        case BookingRecord():
            return of_booking.event_item(record, order, now, kind, **more)
        case OnlineRecord():
            return of_placed.event_item(record, order, now, kind, **more)
    raise _unknown(record)


def _unknown(record: Record) -> TypeError:
    return TypeError(f"no rules for a {type(record).__name__}")
