"""Who is told of a failure: whom the venue named, whatever becomes of the order; else operations; never nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from shared.domain.errors import NotFoundError
from shared.domain.failures import Failure
from shared.domain.notices import Notice
from shared.domain.record import OutboxItem
from shared.domain.venues import PosConnection, Venue
from shared.usecases.report_failure import ReportFailure

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
OPERATIONS = "operations"


@dataclass
class InMemoryFailureBook:
    """FailureBook."""

    kept: dict[str, Failure] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def put_failure(self, failure: Failure) -> Failure:
        return self.kept.setdefault(failure.id, failure)

    def mark_notified(self, failure: Failure, notices: Sequence[Notice]) -> None:
        self.kept[failure.id] = failure
        self.notices += notices


@dataclass
class RecordingPost:
    """Post. `away`: to whom nothing can be sent."""

    away: set[str] = field(default_factory=set)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def _send(self, to: str, text: str) -> None:
        if to in self.away:
            raise OSError(f"{to} is not reached")
        self.sent.append((to, text))

    def mail(self, to: str, _subject: str, text: str) -> None:
        self._send(to, text)

    def sms(self, to: str, text: str) -> None:
        self._send(to, text)

    def tell_operations(self, _subject: str, text: str) -> None:
        self._send(OPERATIONS, text)


@dataclass
class OneVenue:
    """Venues."""

    venue: Venue

    def get(self, venue_id: str) -> Venue:
        if venue_id != self.venue.id:
            raise NotFoundError(f"there is no venue {venue_id}")
        return self.venue


@dataclass
class Office:
    """A venue that has named these, and what they got."""

    emails: tuple[str, ...] = ("duty@example.com", "chef@example.com")
    mobiles: tuple[str, ...] = ("+61255501234",)
    post: RecordingPost = field(default_factory=RecordingPost)
    book: InMemoryFailureBook = field(default_factory=InMemoryFailureBook)

    def report(self, venue_id: str = "demo", **said: object) -> Failure:
        pos = PosConnection("kounta", "5678", "823")
        venue = Venue("demo", "The Example Table", pos, notify_emails=self.emails, notify_mobiles=self.mobiles)
        about = {"code": "online_ordering_paused", "order_code": "MYXE9Y", "reference": "P-77", **said}
        item = OutboxItem("failure.reported", venue_id, "demo-orders", NOW, "ONLINE#demo#demo-orders#P-77", about)
        return ReportFailure(self.book, OneVenue(venue), self.post, lambda: NOW)("OUTBOX#f1", item)

    @property
    def told(self) -> list[str]:
        return [to for to, _ in self.post.sent]


@pytest.mark.parametrize("kept", [True, False, None], ids=["stands", "is paid back", "is a booking's"])
def test_everybody_whom_the_venue_named_is_told_whatever_becomes_of_the_order(kept: bool | None) -> None:
    office = Office()
    assert office.report(kept=kept).notified_at == NOW
    assert office.told == ["duty@example.com", "chef@example.com", "+61255501234"]


@pytest.mark.parametrize("kept", [True, False])
def test_with_nobody_named_operations_are_told(kept: bool) -> None:
    office = Office(emails=(), mobiles=())
    office.report(kept=kept)
    ((to, text),) = office.post.sent
    assert to == OPERATIONS
    assert "Online ordering is paused in the POS" in text
    assert "MYXE9Y" in text
    assert "Order at demo-orders: P-77" in text


def test_one_who_is_not_reached_keeps_nobody_else_from_being_told() -> None:
    office = Office(post=RecordingPost({"duty@example.com", "+61255501234"}))
    office.report()
    assert office.told == ["chef@example.com"]


def test_when_none_of_them_is_reached_operations_are_told() -> None:
    office = Office(post=RecordingPost({"duty@example.com", "chef@example.com", "+61255501234"}))
    office.report()
    assert office.told == [OPERATIONS]


def test_of_a_venue_that_is_not_there_any_more_operations_are_told() -> None:
    office = Office()
    office.report(venue_id="gone")
    assert office.told == [OPERATIONS]


def test_when_nobody_at_all_is_reached_it_comes_again_until_somebody_is() -> None:
    office = Office(emails=(), mobiles=(), post=RecordingPost({OPERATIONS}))
    with pytest.raises(OSError, match="not reached"):
        office.report()
    assert office.book.kept["f1"].notified_at is None
    office.post.away.clear()
    for _ in range(2):
        office.report()
    assert office.told == [OPERATIONS]
