"""Venues, platforms and keys in DynamoDB (moto), the Venues port beside its fake; the codec on every domain type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.domain.access import ApiKey, Platform, new_key
from shared.domain.bookings.booking import Booking, SeatingOutcome
from shared.domain.bookings.events import Customer, PaymentSummary, ThinNotice
from shared.domain.errors import NotFoundError
from shared.domain.orders.pos_order import PosLine, PosPayment
from shared.domain.orders.writes import Attempt, What, WriteState
from shared.domain.pos_news import OrderLink, PosHint, PosOrderFile
from shared.domain.record import OutboxItem
from shared.domain.sales import Sale
from shared.domain.venues import PosConnection, Venue, VenueMode
from tests.builders import NOON, a_booking, a_write, an_event, an_order, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryVenues

VENUE = Venue(
    id="demo",
    name="The Example Table",
    pos=PosConnection(
        "kounta", "5678", "823", register_id="16", auth="oauth", calls_a_minute=30, delete_by_reject=True
    ),
    mode=VenueMode.SHADOW,
    deposit_method_id="3",
    nowbookit_location_id="LOC-823",
    notify_emails=("floor@example.com",),
    notify_mobiles=("+61255501234",),
    undo_window_s=240.5,
    pass_thru="on",
    pass_thru_register="16",
    registers=("16", "18"),
    when_registers_offline="fail",
    take_up_s=120.0,
    preorder_after_s=1800.0,
)


@dataclass
class Moments:
    """A clock that a test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moments:
    return Moments()


@pytest.fixture
def books(clock: Moments) -> Iterator[tuple[DynamoDBSettingsBook, DynamoDBSettingsBook]]:
    """Two books of one table: two warm functions."""
    with dynamodb_table() as client:
        yield DynamoDBSettingsBook(client, TABLE, clock), DynamoDBSettingsBook(client, TABLE, clock)


@pytest.mark.parametrize("kind", ["fake", "dynamodb"])
def test_venues(kind: str, books: tuple[DynamoDBSettingsBook, DynamoDBSettingsBook]) -> None:
    book = InMemoryVenues() if kind == "fake" else books[0]
    with pytest.raises(NotFoundError):
        book.get("demo")
    if isinstance(book, InMemoryVenues):
        book.known["demo"] = VENUE
    else:
        book.put_venue(VENUE)
    assert book.get("demo") == VENUE


def test_a_venue_is_remembered_for_a_while(
    books: tuple[DynamoDBSettingsBook, DynamoDBSettingsBook], clock: Moments
) -> None:
    here, there = books
    here.put_venue(VENUE)
    assert there.get("demo").mode is VenueMode.SHADOW
    here.put_venue(replace(VENUE, mode=VenueMode.PAUSED))
    assert here.get("demo").mode is VenueMode.PAUSED
    assert there.get("demo").mode is VenueMode.SHADOW
    clock.now = at(21)
    assert there.get("demo").mode is VenueMode.PAUSED


def test_venues_and_platforms_are_listed_by_id(books: tuple[DynamoDBSettingsBook, DynamoDBSettingsBook]) -> None:
    book, _ = books
    for name in ("c", "a", "b", "a"):
        book.put_venue(replace(VENUE, id=name))
        book.put_platform(Platform(name, name.upper()))
    assert [venue.id for venue in book.venues()] == ["a", "b", "c"]
    assert list(book.platforms()) == [Platform("a", "A"), Platform("b", "B"), Platform("c", "C")]
    assert book.platform("a") == Platform("a", "A")
    with pytest.raises(NotFoundError):
        book.platform("d")


def test_keys_are_found_by_their_hash_alone(books: tuple[DynamoDBSettingsBook, DynamoDBSettingsBook]) -> None:
    book, _ = books
    key_id, text, digest = new_key()
    made = ApiKey(key_id, digest, "a", ("booking:write",), ("*",), NOON, expires_at=at(60))
    book.put_key(made)
    book.put_key(replace(made, id="key_other", digest="0" * 64, platform="b"))
    assert book.key_by_hash(digest) == made
    assert book.key_by_hash("1" * 64) is None
    assert list(book.keys("a")) == [made]
    assert text not in codec.dump(made)
    book.put_key(replace(made, revoked_at=NOON))
    assert [each.revoked_at for each in book.keys("a")] == [NOON]


FULL_ORDER = replace(
    an_order(
        WriteState.UNKNOWN,
        None,
        a_write(What.DELETE, due_at=None, code="kept", event_id="e-1"),
        reject_reason="No table",
        deposit=Decimal("50.00"),
    ),
    shadow=True,
)
ATTEMPT = Attempt(2, NOON, "PR-1-g2", "retry", 88, "lost", 503, "pos_unreachable", "no answer")
LINE = PosLine(1, "730303", "Fish", Decimal("1.5"), Decimal("27.2727"), Decimal("2.7273"))
SALE = Sale(
    "demo",
    "9001",
    NOON,
    NOON,
    "AUD",
    Decimal("30.00"),
    Decimal("2.7273"),
    tips=Decimal("3.10"),
    voided_at=at(0.123456),
    lines=(LINE,),
    payments=(PosPayment("2", "Card", Decimal("30.00"), Decimal("3.10"), "ref"),),
)
EVERY_KIND: tuple[Any, ...] = (
    VENUE,
    Platform("a", "A"),
    ApiKey("key_1", "0" * 64, "a", ("venue:read",), ("demo",), NOON),
    a_booking("seated", SeatingOutcome.DELETED, SeatingOutcome.OPEN, sequence=3, notes="Window"),
    Booking("demo", "demo-bookings", "B-1"),
    an_event(
        "seated",
        0.123456,
        customer=Customer("Ålex", None, "alex@example.com"),
        payment=PaymentSummary("deposit", Decimal("1E+2"), Decimal("50.0000"), paid_at=NOON),
        notes='\u2028 "quoted" \\ 😀',
    ),
    an_event("dessert"),
    ThinNotice("n-1", "nowbookit", NOON),
    FULL_ORDER,
    replace(FULL_ORDER, writes=(replace(a_write(), attempts=(ATTEMPT,), doubtful=True, generation=3),)),
    SALE,
    PosHint("demo", "9001", "callback", "COMPLETE", "2026-11-22T12:00:00+11:00", NOON, order_id="ord_1"),
    PosOrderFile("demo", "9001", OrderLink("BOOKING#a#b#c", "ord_1"), (), SALE),
    OutboxItem("order.accepted", "demo", "demo-bookings", NOON, "BOOKING#a#b#c", {"total": "5.00", "tables": ["12"]}),
)


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda value: type(value).__name__)
def test_every_kind_comes_back_as_it_was(value: Any) -> None:
    assert codec.load(type(value), codec.dump(value)) == value


@pytest.mark.parametrize("value", EVERY_KIND, ids=lambda value: type(value).__name__)
def test_entries_from_newer_code_are_ignored(value: Any) -> None:
    newer = json.loads(codec.dump(value)) | {"from_the_future": {"a": [1]}}
    assert codec.load(type(value), json.dumps(newer)) == value


def test_money_keeps_its_digits() -> None:
    loaded = codec.load(Sale, codec.dump(SALE))
    assert str(loaded.lines[0].total_ex_tax) == "27.2727"
    assert str(loaded.total) == "30.00"
