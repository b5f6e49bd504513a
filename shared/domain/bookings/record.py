"""A booking's record: the booking with its undecided events, and the orders of its seatings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.bookings.booking import Booking, Seating, SeatingOutcome
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.rules import Decision, OrderSeen, Stage
from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, WriteState
from shared.domain.record import Record


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on one event. `event`: what a thin notice turned out to mean."""

    event_id: str
    decision: Decision
    decided_at: datetime
    event: BookingEvent | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the platform is told."""

    event_id: str
    booking_id: str
    duplicate: bool


@dataclass(frozen=True, slots=True)
class BookingRecord(Record):
    """Everything the writer needs to decide and act for one booking."""

    booking: Booking
    undecided: tuple[BookingEvent | ThinNotice, ...] = field(default=(), kw_only=True)
    newest_event: BookingEvent | None = field(default=None, kw_only=True)
    """The event that the booking's state comes from, with the guest's data, while those are kept."""
    has_more: bool = field(default=False, kw_only=True)
    """There are more undecided events than one step takes; the oldest are here."""

    @property
    def venue_id(self) -> str:
        """Where the table is."""
        return self.booking.venue_id

    @property
    def platform(self) -> str:
        """Where it was booked."""
        return self.booking.platform

    @property
    def current_order(self) -> Order | None:
        """The order of the latest seating."""
        seating = self.booking.seating
        return self.order(seating.order_id) if seating else None

    def with_outcome(self, order_id: str, outcome: SeatingOutcome) -> BookingRecord:
        """With the seating of this order ended so."""
        seating = self.seating_of(order_id)
        return replace(self, booking=self.booking.with_seating(replace(seating, outcome=outcome)))

    def seating_of(self, order_id: str) -> Seating:
        """The seating whose order this is. Raises StopIteration when there is none: a bug."""
        return next(seating for seating in self.booking.seatings if seating.order_id == order_id)

    def order_seen(self) -> OrderSeen | None:
        """The current seating's order as far as the record knows it, for the rules; None when no order stands."""
        order, seating = self.current_order, self.booking.seating
        if order is None or seating is None or not seating.has_order_in_pos:
            return None
        removal = order.open_write(What.DELETE)
        going = removal is not None and removal.state is not WriteState.QUEUED
        match order.create.state:
            case WriteState.QUEUED:
                return OrderSeen(Stage.QUEUED)
            case WriteState.SENDING | WriteState.UNKNOWN:
                return OrderSeen(Stage.IN_FLIGHT, going=going)
            case WriteState.SENT:
                closed = order.status in ("rejected", "completed", "deleted")
                return OrderSeen(Stage.THERE, created_at=order.pos.created_at, closed=closed, going=going)
            case _:
                return None
