"""The record that decides: a booking with its undecided events, its orders and their writes, under one lease."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.domain.bookings.booking import Booking, Seating, SeatingOutcome
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.rules import Decision, OrderSeen, Stage
from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, Write, WriteState


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may act for the record, and until when."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something that happened and that somebody shall hear of; stored in one transaction with the change itself.

    type: an event of the contract (`booking.order_opened`, …), or `failure.reported` for the relay's own people.
    """

    type: str
    venue_id: str
    platform: str
    at: datetime
    subject: str
    """Record id: what it is about."""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on one event. `event`: what a thin notice turned out to mean."""

    event_id: str
    decision: Decision
    decided_at: datetime
    event: BookingEvent | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything the writer needs to decide and act for one booking. Immutable; a changed copy is saved."""

    id: str
    version: int
    booking: Booking
    orders: tuple[Order, ...] = ()
    undecided: tuple[BookingEvent | ThinNotice, ...] = ()
    newest_event: BookingEvent | None = None
    """The event that the booking's state comes from, with the guest's data, while those are kept."""
    requests: Mapping[str, bytes] = field(default_factory=dict)
    """Idempotency key → the exact bytes that were, or are about to be, sent under it."""
    lease: Lease | None = None
    has_more: bool = False
    """There are more undecided events than one step takes; the oldest are here."""
    slot_at: datetime | None = None
    """A pace slot that was handed out for later: no new one is taken when the record comes back for it."""

    def is_leased(self, now: datetime, but_not_to: str | None = None) -> bool:
        """Whether somebody (else) is acting for it now."""
        return self.lease is not None and self.lease.until > now and self.lease.holder != but_not_to

    def order(self, order_id: str) -> Order:
        """The order with this id. Raises StopIteration when the record has none: a bug."""
        return next(order for order in self.orders if order.id == order_id)

    @property
    def current_order(self) -> Order | None:
        """The order of the latest seating."""
        seating = self.booking.seating
        return self.order(seating.order_id) if seating else None

    def with_order(self, changed: Order) -> Record:
        """With this order added, or put in the place of the one with its id."""
        if any(order.id == changed.id for order in self.orders):
            return replace(self, orders=tuple(changed if order.id == changed.id else order for order in self.orders))
        return replace(self, orders=(*self.orders, changed))

    def with_outcome(self, order_id: str, outcome: SeatingOutcome) -> Record:
        """With the seating of this order ended so."""
        seating = self.seating_of(order_id)
        return replace(self, booking=self.booking.with_seating(replace(seating, outcome=outcome)))

    def seating_of(self, order_id: str) -> Seating:
        """The seating whose order this is. Raises StopIteration when there is none: a bug."""
        return next(seating for seating in self.booking.seatings if seating.order_id == order_id)

    def next_write(self) -> tuple[Order, Write] | None:
        """The oldest open write: writes of a record go one after the other, earlier seatings first."""
        for order in self.orders:
            if order.open_writes:
                return order, order.open_writes[0]
        return None

    def due_at(self, now: datetime) -> datetime | None:
        """When somebody has to look at this record again if nothing else happens; None: nothing is open.

        While it is leased, when the lease ends: then its worker is late or dead.
        """
        if self.lease is not None and self.lease.until > now:
            return self.lease.until
        following = self.next_write()
        return following[1].due_at if following else None

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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased record. `has_slots`: the connection was idle enough for the calls to go out at once."""

    record: Record
    has_slots: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """duplicate: it was here already. undecided: nobody has decided it yet, so a nudge does no harm and may help."""

    duplicate: bool
    undecided: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the platform is told."""

    event_id: str
    booking_id: str
    duplicate: bool
