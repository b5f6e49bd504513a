"""The record that decides: orders and their writes, under one lease. What they are for makes its kind: a booking
(`BookingRecord`) or a platform's order (`OnlineRecord`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from shared.domain.orders.order import Order
from shared.domain.orders.writes import Write


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
class Record(ABC):
    """Everything the writer needs to decide and act. Immutable; a changed copy is saved."""

    id: str
    version: int
    orders: tuple[Order, ...] = field(default=(), kw_only=True)
    requests: Mapping[str, bytes] = field(default_factory=dict, kw_only=True)
    """Idempotency key → the exact bytes that were, or are about to be, sent under it."""
    lease: Lease | None = field(default=None, kw_only=True)
    slot_at: datetime | None = field(default=None, kw_only=True)
    """A pace slot that was handed out for later: no new one is taken when the record comes back for it."""

    @property
    @abstractmethod
    def venue_id(self) -> str:
        """Whose it is."""

    @property
    @abstractmethod
    def platform(self) -> str:
        """Who sent what it is for."""

    def is_leased(self, now: datetime, but_not_to: str | None = None) -> bool:
        """Whether somebody (else) is acting for it now."""
        return self.lease is not None and self.lease.until > now and self.lease.holder != but_not_to

    def order(self, order_id: str) -> Order:
        """The order with this id. Raises StopIteration when the record has none: a bug."""
        return next(order for order in self.orders if order.id == order_id)

    def with_order(self, changed: Order) -> Self:
        """With this order added, or put in the place of the one with its id."""
        if any(order.id == changed.id for order in self.orders):
            return replace(self, orders=tuple(changed if order.id == changed.id else order for order in self.orders))
        return replace(self, orders=(*self.orders, changed))

    def next_write(self) -> tuple[Order, Write] | None:
        """What is to be done next: writes to the POS go one after the other, oldest first; what goes elsewhere may
        overtake one that waits."""
        candidates = [
            found
            for to_the_pos in (True, False)
            if (found := next(_open_writes(self.orders, to_the_pos), None)) is not None
        ]
        return min(candidates, key=lambda found: (found[1].due_at is None, found[1].due_at), default=None)

    def due_at(self, now: datetime) -> datetime | None:
        """When somebody has to look at this record again if nothing else happens; None: nothing is open.

        While it is leased, when the lease ends: then its worker is late or dead.
        """
        if self.lease is not None and self.lease.until > now:
            return self.lease.until
        moments = [self.work_due_at, *(order.watch_at for order in self.orders)]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def work_due_at(self) -> datetime | None:
        """When the next write is due: worth a nudge. What is only to be looked at again waits for the caretaker, and
        costs nothing when it is settled before."""
        following = self.next_write()
        return following[1].due_at if following else None


def _open_writes(orders: Iterable[Order], to_the_pos: bool) -> Iterator[tuple[Order, Write]]:
    for order in orders:
        for write in order.open_writes:
            if write.what.goes_to_the_pos is to_the_pos:
                yield order, write


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
