"""What callers may read of the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.bookings.booking import Booking
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.orders.order import Order
from shared.domain.sales import Sale


@dataclass(frozen=True, slots=True)
class EventReading:
    """An event as it was taken in, and what was decided on it (None: not yet)."""

    event: BookingEvent | ThinNotice
    decision: str | None
    reason: str | None
    code: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class BookingReading:
    """A booking with its events and its orders."""

    booking: Booking
    events: tuple[EventReading, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class SalesPage:
    """Sales by time of completion, and where the next page begins."""

    sales: tuple[Sale, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OrderReading:
    """An order, and the record that it stands in."""

    order: Order
    record_id: str
