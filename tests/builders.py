"""Short ways to make domain values in tests: sensible unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.bookings.booking import Booking, Details, Position, Seating, SeatingOutcome
from shared.domain.bookings.events import BookingEvent, BookingStatus
from shared.domain.bookings.record import BookingRecord
from shared.domain.orders.order import Order, PosSide
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.venues import PosConnection, Venue

NOON = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ORDER_ID = "ord_0123456789ABCDEF"
VENUE = Venue(id="demo", name="The Example Table", pos=PosConnection(kind="kounta", company_id="5678", site_id="823"))


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def an_event(status: str, seconds: float = 0, **more: Any) -> BookingEvent:
    """An event that happened `seconds` after noon and was received at once."""
    known = status in set(BookingStatus)
    fields: dict[str, Any] = {
        "event_id": f"e-{status}-{seconds}",
        "booking_reference": "B-1",
        "type": "updated",
        "occurred_at": at(seconds),
        "received_at": at(seconds),
        "status": BookingStatus(status) if known else None,
        "raw_status": status,
        "tables": ("12",),
        "party_size": 4,
        **more,
    }
    return BookingEvent(**fields)


def a_booking(status: str | None = None, *outcomes: SeatingOutcome, seconds: float = 0, **more: Any) -> Booking:
    """A booking last heard of `seconds` after noon, with a seating for each outcome."""
    booking = Booking("demo", "demo-bookings", "B-1")
    if status is not None:
        event = an_event(status, seconds, **more)
        booking = replace(
            booking,
            status=event.status,
            raw_status=status,
            details=Details.of(event),
            position=Position.of(event),
            newest_event_id=event.event_id,
        )
    for number, outcome in enumerate(outcomes, start=1):
        booking = booking.with_seating(Seating(number, NOON, f"ord_{number:016d}", outcome=outcome))
    return booking


def a_write(what: What = What.CREATE, **more: Any) -> Write:
    """A queued write, wanted at noon."""
    fields: dict[str, Any] = {"created_at": NOON, "due_at": NOON, "changed_at": NOON, **more}
    return Write(id="PR-0123456789ABCDEF-1", what=what, **fields)


def an_order(state: WriteState = WriteState.SENT, pos_status: str | None = None, *more: Write, **fields: Any) -> Order:
    """An order whose create is in this state, and further writes."""
    pos = PosSide(order_id="9001", status=pos_status, created_at=NOON) if state is WriteState.SENT else PosSide()
    given: dict[str, Any] = {"id": ORDER_ID, "pos": pos, "writes": (a_write(state=state), *more), **fields}
    return Order(
        venue_id="demo",
        platform="demo-bookings",
        source="booking",
        created_at=NOON,
        booking_id="B-1",
        seating=1,
        **given,
    )


def a_record(order: Order, status: str = "seated", outcome: SeatingOutcome = SeatingOutcome.OPEN) -> BookingRecord:
    """A record with one seating and its order."""
    booking = a_booking(status).with_seating(Seating(1, NOON, order.id, outcome=outcome))
    return BookingRecord(id="BOOKING#demo#demo-bookings#B-1", version=1, booking=booking, orders=(order,))
