"""Waits a little for the decision on an event that was just taken in, for a caller who asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.readings import EventReading

FIRST_LOOK_S = 0.2
LONGEST_PAUSE_S = 0.8


class Decisions(Protocol):
    """Where decisions are read."""

    def decision(self, record_id: str, event_id: str) -> EventReading | None:
        """One event of a record, read consistently."""


@dataclass(frozen=True)
class AwaitDecision:
    """Looks again and again, less often the longer it takes: at most 16 reads in ten seconds."""

    decisions: Decisions
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def __call__(self, record_id: str, event_id: str, wait_s: float, *, may_be_decided: bool) -> EventReading | None:
        """The decided event; None when it is not decided within `wait_s`. `may_be_decided`: look before waiting."""
        until = self.now() + timedelta(seconds=wait_s)
        pause_s = FIRST_LOOK_S
        if may_be_decided and (decided := self._decided(record_id, event_id)):
            return decided
        while (left_s := (until - self.now()).total_seconds()) > 0:
            self.sleep(min(pause_s, left_s))
            if decided := self._decided(record_id, event_id):
                return decided
            pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
        return None

    def _decided(self, record_id: str, event_id: str) -> EventReading | None:
        reading = self.decisions.decision(record_id, event_id)
        return reading if reading is not None and reading.decision is not None else None
