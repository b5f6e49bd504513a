"""A booking as the relay knows it, and its seatings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.domain.bookings.events import BookingEvent, BookingStatus


class SeatingOutcome(StrEnum):
    """What became of the order of one seating."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    KEPT = "kept"
    REJECTED = "rejected"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Seating:
    """One time that the party was seated. Each has at most one order."""

    number: int
    seated_at: datetime
    order_id: str
    pos_order_id: str | None = None
    outcome: SeatingOutcome = SeatingOutcome.OPEN

    @property
    def frees_the_booking(self) -> bool:
        """Whether the next change to Seated makes a new order: the seating's order is gone or never was."""
        return self.outcome in _FREEING

    @property
    def has_order_in_pos(self) -> bool:
        """Whether an order of this seating may be worked on in the POS."""
        return self.outcome in (SeatingOutcome.OPEN, SeatingOutcome.KEPT)


_FREEING = frozenset({SeatingOutcome.WITHDRAWN, SeatingOutcome.DELETED, SeatingOutcome.REJECTED, SeatingOutcome.FAILED})


@dataclass(frozen=True, slots=True)
class Details:
    """What staff read on the POS order and what, when it changes, they are told. Notes only as a fingerprint: they are
    the guest's words and stay out of lasting records."""

    tables: tuple[str, ...] = ()
    party_size: int | None = None
    notes_hash: str | None = None
    paid: Decimal | None = None

    @classmethod
    def of(cls, event: BookingEvent) -> Details:
        """The details that an event shows."""
        notes = (event.notes or "").strip()
        return cls(
            tables=event.tables,
            party_size=event.party_size,
            notes_hash=hashlib.sha256(notes.encode()).hexdigest()[:16] if notes else None,
            paid=event.payment.amount_paid if event.payment else None,
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where the newest event stands in the booking's own order of time."""

    occurred_at: datetime
    received_at: datetime
    sequence: int | None = None

    @classmethod
    def of(cls, event: BookingEvent) -> Position:
        """An event's position."""
        return cls(event.occurred_at, event.received_at, event.sequence)

    def is_before(self, other: Position) -> bool:
        """`sequence` decides when both have one, else `occurred_at`; equal: what was received later wins."""
        if self.sequence is not None and other.sequence is not None and self.sequence != other.sequence:
            return self.sequence < other.sequence
        one_has_none = self.sequence is None or other.sequence is None
        if one_has_none and self.occurred_at != other.occurred_at:
            return self.occurred_at < other.occurred_at
        return self.received_at < other.received_at


@dataclass(frozen=True, slots=True)
class Booking:
    """The state that the newest event left, and the seatings so far. Holds no guest data."""

    venue_id: str
    platform: str
    booking_id: str
    kind: str = "booking"
    channel: str | None = None
    status: BookingStatus | None = None
    raw_status: str | None = None
    details: Details = Details()
    position: Position | None = None
    newest_event_id: str | None = None
    seatings: tuple[Seating, ...] = ()

    @property
    def seating(self) -> Seating | None:
        """The latest seating."""
        return self.seatings[-1] if self.seatings else None

    def is_news(self, event: BookingEvent) -> bool:
        """Whether the event is newer than what is known."""
        return self.position is None or not Position.of(event).is_before(self.position)

    def after(self, event: BookingEvent) -> Booking:
        """The booking once this (newer) event is taken in. A status we do not know is kept and changes nothing."""
        if event.status is None:
            return replace(self, raw_status=event.raw_status)
        return replace(
            self,
            kind=event.kind,
            channel=event.channel or self.channel,
            status=event.status,
            raw_status=event.raw_status,
            details=Details.of(event),
            position=Position.of(event),
            newest_event_id=event.event_id,
        )

    def with_seating(self, seating: Seating) -> Booking:
        """With this seating added, or put in the place of the one with its number."""
        others = tuple(known for known in self.seatings if known.number != seating.number)
        return replace(self, seatings=tuple(sorted((*others, seating), key=lambda each: each.number)))


def in_order_of_time(events: Iterable[BookingEvent]) -> list[BookingEvent]:
    """Events sorted as the booking lived them."""
    ordered: list[BookingEvent] = []
    for event in sorted(events, key=lambda each: (each.occurred_at, each.received_at, each.event_id)):
        place = len(ordered)
        while place and Position.of(event).is_before(Position.of(ordered[place - 1])):
            place -= 1
        ordered.insert(place, event)
    return ordered
