"""Ports to what the relay remembers, and to how it reminds itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from shared.domain.bookings.record import Decided
from shared.domain.pace import Slots
from shared.domain.pos_news import OrderLink, PosGroup, PosHint, PosOrderFile, SettledNews
from shared.domain.record import Claimed, Lease, OutboxItem, Record
from shared.domain.venues import Venue

R = TypeVar("R", bound=Record)


class RecordBook(Protocol):
    """The records. Every change is conditional on the version that it was made from."""

    def load(self, record_id: str) -> Record | None:
        """The record with its undecided events, read consistently; None when nothing was ever stored for it."""

    def claim(self, record: Record, lease: Lease, slots: Slots | None) -> Claimed:
        """Takes the lease. Raises ConflictError when the record changed since it was loaded."""

    def save(
        self,
        before: Record,
        after: R,
        *,
        decided: Sequence[Decided] = (),
        outbox: Sequence[OutboxItem] = (),
        news: SettledNews | None = None,
        now: datetime,
    ) -> R:
        """Stores all that changed between the two in one transaction, and returns `after` with its new version.

        Raises ConflictError when the record changed since `before`, or when the sale that an order of it was entered as
        by hand is another order's; then nothing is stored.
        """

    def with_unknown_writes(self, venue_id: str) -> Sequence[str]:
        """Ids of the venue's records that hold a write of unknown fate."""

    def link_of_order(self, order_id: str) -> OrderLink | None:
        """Where an order of ours stands."""

    def link_of_sale(self, venue_id: str, sale_name: str) -> OrderLink | None:
        """Which order was entered by hand as this sale, read consistently."""


class PosOrderBook(Protocol):
    """What the relay keeps of the POS's own orders."""

    def load_file(self, venue_id: str, pos_order_id: str) -> PosOrderFile:
        """The order's file; an empty one when it was never heard of."""

    def save_news(self, news: SettledNews, now: datetime) -> None:
        """Stores the outcome of hints on an order that is not ours. Safe to repeat.

        Raises ConflictError when somebody else stored what the register did since the file was loaded.
        """


class HintBook(Protocol):
    """Where hints are kept until somebody looked into them."""

    def put_hint(self, hint: PosHint, now: datetime) -> bool:
        """Stores a hint; False when the same news was told before."""

    def put_group(self, group: PosGroup, now: datetime) -> bool:
        """Stores a finalised group; False when it was told before."""


class Venues(Protocol):
    """The venues' settings."""

    def get(self, venue_id: str) -> Venue:
        """A venue's settings. Raises NotFoundError."""


class Pace(Protocol):
    """Hands out time slots on a connection."""

    def reserve(self, slots: Slots, now: datetime) -> float:
        """Takes the slots, and returns the seconds until all of them may be used."""


class Nudges(Protocol):
    """Reminds the writer of a record. May repeat, come late or be lost: the record decides."""

    def send(self, record_id: str, delay_s: float = 0) -> None:
        """A nudge after so many seconds; what is beyond the queue's 15 minutes is left to the due index."""
