"""The caretaker's round: nudges whatever is overdue, announces what nobody announced, tells how old the oldest is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.errors import NotFoundError
from shared.domain.venues import VenueMode
from shared.usecases.announce import Announce
from shared.usecases.record_book import Venues


class DueIndex(Protocol):
    """What somebody has to look at again."""

    def overdue(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        """(id, when it was due), oldest first within each shard; an id may come more than once."""


class NudgesInBulk(Protocol):
    """Many nudges at once."""

    def send_all(self, record_ids: Sequence[str]) -> None:
        """A nudge for each. Raises OSError when the queue does not take them."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round found. `oldest_s`: how long the oldest has been overdue."""

    nudged: int
    announced: int
    held: int
    """Of paused venues: they wait for their venue, not for us."""
    delivering: int
    """Deliveries to platforms whose next attempt is due."""
    oldest_s: float


@dataclass(frozen=True)
class CareForRecords:
    """One round over the due index."""

    due: DueIndex
    venues: Venues
    nudges: NudgesInBulk
    deliveries: NudgesInBulk
    announce: Announce
    now: Callable[[], datetime]
    venue_of: Callable[[str], str]

    def __call__(self) -> Round:
        """Nudges and announces. Raises OSError when the queue is away: the next round repeats it."""
        now = self.now()
        first_due: dict[str, datetime] = {}
        for item_id, due_at in self.due.overdue(now):
            first_due[item_id] = min(due_at, first_due.get(item_id, due_at))
        outbox = [item_id for item_id in first_due if item_id.startswith("OUTBOX#")]
        for item_id in outbox:
            self.announce(item_id)
        attempts = [item_id for item_id in first_due if item_id.startswith("DELIVERY#")]
        records = [item_id for item_id in first_due if not item_id.startswith(("OUTBOX#", "DELIVERY#"))]
        awake = [item_id for item_id in records if not self._is_paused(item_id)]
        awake.sort(key=lambda item_id: first_due[item_id])
        self.nudges.send_all(awake)
        self.deliveries.send_all(attempts)
        oldest_s = max(((now - first_due[item_id]).total_seconds() for item_id in awake), default=0.0)
        return Round(len(awake), len(outbox), len(records) - len(awake), len(attempts), oldest_s)

    def _is_paused(self, record_id: str) -> bool:
        try:
            return self.venues.get(self.venue_of(record_id)).mode is VenueMode.PAUSED
        except NotFoundError:
            return False
