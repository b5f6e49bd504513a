"""News of POS orders wait for the connection's pace, and do not use it up by waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.dynamodb.pace import interval_ms
from shared.domain.orders.pos_order import PosOrder
from shared.domain.pace import Slots
from shared.domain.pos_news import PosHint
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.take_in_pos_news import TakeInPosNews
from tests.builders import VENUE
from tests.fakes import InMemoryBook, InMemoryNudges, InMemoryPace, InMemoryVenues

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class PacedGateway:
    """Takes a slot for each read, and finds nothing."""

    def __init__(self, take_slot: Callable[[], None]) -> None:
        self._take_slot = take_slot

    def read_order(self, _pos_order_id: str) -> PosOrder | None:
        self._take_slot()
        return None


def test_news_that_must_wait_take_no_slot_from_others() -> None:
    book, pace, nudges = InMemoryBook(), InMemoryPace(), InMemoryNudges()
    slots = Slots(VENUE.pos.connection_id, VENUE.pos.pace_per_minute, 1)
    while pace.reserve(slots, NOW) <= Timings().slot_patience_s:
        pass
    taken = dict(pace.taken_until)
    book.put_hint(PosHint(VENUE.id, "9001", "webhook", "ACCEPTED", "1", NOW), NOW)
    moment = NOW

    def gateway_for(_venue: Venue, take_slot: Callable[[], None]) -> Any:
        return PacedGateway(take_slot)

    news = TakeInPosNews(
        book=book,
        files=book,
        venues=InMemoryVenues({VENUE.id: VENUE}),
        gateway_for=gateway_for,
        pace=pace,
        nudges=nudges,
        timings=Timings(),
        now=lambda: moment,
        sleep=lambda _: None,
    )
    for _ in range(5):  # as many nudges as there were webhooks, all of one order
        news("POSORDER#demo#9001", VENUE.id, "9001")
    assert pace.taken_until == taken
    assert len(nudges.sent) == 5
    moment = NOW + timedelta(milliseconds=(taken[slots.connection_id] - NOW.timestamp() * 1000) + interval_ms(slots))
    news("POSORDER#demo#9001", VENUE.id, "9001")
    assert not book.load_file(VENUE.id, "9001").hints
