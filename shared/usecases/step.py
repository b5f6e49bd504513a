"""A record on its way through one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeGuard, TypeVar

from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.consequence import Consequence
from shared.domain.online.record import OnlineRecord
from shared.domain.record import OutboxItem, Record
from shared.domain.venues import Venue

R = TypeVar("R", bound=Record)


@dataclass
class Step(Generic[R]):
    """A record on its way through one step, with all that will be stored with it."""

    stored: R
    record: R
    venue: Venue
    decided: list[Decided] = field(default_factory=list)
    outbox: list[OutboxItem] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to store."""
        return self.record != self.stored or bool(self.decided or self.outbox)

    def take(self, consequence: Consequence[R]) -> None:
        """Goes on with the changed record; what is to be told is told when it is stored."""
        self.record = consequence.record
        self.decided += consequence.decided
        self.outbox += consequence.outbox


def of_booking(step: Step[Record]) -> TypeGuard[Step[BookingRecord]]:
    """Whether the step is a booking's."""
    return isinstance(step.record, BookingRecord)


def of_placed(step: Step[Record]) -> TypeGuard[Step[OnlineRecord]]:
    """Whether the step is a placed order's."""
    return isinstance(step.record, OnlineRecord)
