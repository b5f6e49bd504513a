"""Takes in what platforms and points of sale deliver: durable first, then a nudge. Never calls out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import Accepted
from shared.domain.pos_news import PosGroup, PosHint
from shared.domain.record import Stored
from shared.usecases.record_book import HintBook, Nudges

log = logging.getLogger("posrelay.ingest")


class EventBook(Protocol):
    """Where booking events are kept, once each."""

    def put_event(
        self, venue_id: str, platform: str, booking_id: str, event: BookingEvent | ThinNotice, now: datetime
    ) -> Stored:
        """Stores an event. Raises ReferenceReusedError when its id was used with other content."""


@dataclass(frozen=True)
class AcceptDeliveries:
    """Stores, then nudges. A nudge that cannot be sent is no reason to refuse: a repeated delivery nudges again, and
    the caretaker finds what nobody decided."""

    events: EventBook
    hints: HintBook
    nudges: Nudges
    now: Callable[[], datetime]
    booking_record_id: Callable[[str, str, str], str]
    news_id: Callable[[str, str], str]
    group_key: Callable[[PosGroup], str]

    def booking_event(
        self, venue_id: str, platform: str, booking_id: str, event: BookingEvent | ThinNotice
    ) -> Accepted:
        """One booking event, or thin notice. Raises ReferenceReusedError."""
        stored = self.events.put_event(venue_id, platform, booking_id, event, self.now())
        if stored.undecided:
            self._nudge(self.booking_record_id(venue_id, platform, booking_id))
        return Accepted(event.event_id, booking_id, stored.duplicate)

    def pos_hint(self, hint: PosHint) -> bool:
        """One word from the POS; False when it was told before."""
        is_new = self.hints.put_hint(hint, self.now())
        self._nudge(self.news_id(hint.venue_id, hint.pos_order_id))
        return is_new

    def pos_group(self, group: PosGroup) -> bool:
        """A finalised group; False when it was told before."""
        is_new = self.hints.put_group(group, self.now())
        self._nudge(self.group_key(group))
        return is_new

    def _nudge(self, record_id: str) -> None:
        try:
            self.nudges.send(record_id)
        except OSError as error:
            log.warning("nudge not sent", extra={"record": record_id, "error": type(error).__name__})
