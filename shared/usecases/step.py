"""A record on its way through one step."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.domain.record import Decided, OutboxItem, Record
from shared.domain.venues import Venue


@dataclass
class Step:
    """A record on its way through one step, with all that will be stored with it."""

    stored: Record
    record: Record
    venue: Venue
    decided: list[Decided] = field(default_factory=list)
    outbox: list[OutboxItem] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to store."""
        return self.record != self.stored or bool(self.decided or self.outbox)
