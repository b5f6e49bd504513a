"""EventBook and HintBook: one suite, run on the fake and on DynamoDB (moto)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook, content_hash
from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
from shared.adapters.dynamodb.schema import booking_record_id
from shared.domain.bookings.events import Customer, PaymentSummary, ThinNotice
from shared.domain.bookings.record import Decided
from shared.domain.bookings.rules import nothing_follows
from shared.domain.errors import ReferenceReusedError
from shared.domain.pos_news import PosHint
from shared.domain.record import Stored
from shared.domain.timings import Timings
from tests.builders import NOON, an_event, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryBook

ID = booking_record_id("demo", "demo-bookings", "B-1")
EVENT = an_event(
    "seated",
    notes="Window, please – größer",
    customer=Customer("Alex", "Example", "alex@example.com", "+61 2 5550 1234"),
    payment=PaymentSummary("deposit", Decimal("80.00"), Decimal("50.00"), Decimal("30.00"), "AUD", "T-1", NOON),
    sequence=7,
    scheduled_at=NOON,
)


@pytest.fixture(params=["fake", "dynamodb"])
def books(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    if request.param == "fake":
        book = InMemoryBook()
        yield book, book
        return
    with dynamodb_table() as client:
        yield DynamoDBDeliveryBook(client, TABLE, Timings()), DynamoDBRecordBook(client, TABLE, Timings())


def test_an_event_is_kept_whole(books: tuple[Any, Any]) -> None:
    deliveries, records = books
    assert deliveries.put_event("demo", "demo-bookings", "B-1", EVENT, NOON) == Stored(False, True)
    assert records.load(ID).undecided == (EVENT,)


def test_the_same_event_again_is_a_duplicate_whenever_it_was_received(books: tuple[Any, Any]) -> None:
    deliveries, records = books
    deliveries.put_event("demo", "demo-bookings", "B-1", EVENT, NOON)
    again = replace(EVENT, received_at=at(90))
    assert deliveries.put_event("demo", "demo-bookings", "B-1", again, at(90)) == Stored(True, True)
    assert records.load(ID).undecided == (EVENT,)
    record = records.load(ID)
    decided = [Decided(EVENT.event_id, nothing_follows("for the test"), NOON)]
    records.save(record, replace(record, undecided=()), decided=decided, now=NOON)
    assert deliveries.put_event("demo", "demo-bookings", "B-1", again, at(99)) == Stored(True, False)


@pytest.mark.parametrize(
    "changes", [{"party_size": 5}, {"notes": None}, {"occurred_at": at(1)}, {"raw_status": "Seated"}]
)
def test_an_event_id_with_other_content_is_refused(books: tuple[Any, Any], changes: dict[str, Any]) -> None:
    deliveries, records = books
    deliveries.put_event("demo", "demo-bookings", "B-1", EVENT, NOON)
    with pytest.raises(ReferenceReusedError):
        deliveries.put_event("demo", "demo-bookings", "B-1", replace(EVENT, **changes), NOON)
    assert records.load(ID).undecided == (EVENT,)


def test_the_same_event_id_of_another_booking_is_another_event(books: tuple[Any, Any]) -> None:
    deliveries, _ = books
    deliveries.put_event("demo", "demo-bookings", "B-1", EVENT, NOON)
    other = replace(EVENT, booking_reference="B-2")
    assert deliveries.put_event("demo", "demo-bookings", "B-2", other, NOON) == Stored(False, True)
    assert deliveries.put_event("other", "demo-bookings", "B-1", EVENT, NOON) == Stored(False, True)


def test_notices_are_kept_one_by_one(books: tuple[Any, Any]) -> None:
    deliveries, records = books
    notices = [ThinNotice(f"n-{number}", "nowbookit", at(number)) for number in range(3)]
    for notice in notices:
        deliveries.put_event("demo", "demo-bookings", "B-1", notice, NOON)
    assert set(records.load(ID).undecided) == set(notices)


def test_a_hint_is_kept_once(books: tuple[Any, Any]) -> None:
    deliveries, records = books
    hint = PosHint("demo", "9001", "webhook", "COMPLETE", "2026-11-22T01:00:00+00:00", NOON)
    assert deliveries.put_hint(hint, NOON)
    told_otherwise = replace(hint, told_by="callback", received_at=at(5), order_id="ord_0123456789ABCDEF")
    assert not deliveries.put_hint(told_otherwise, at(5))
    assert deliveries.put_hint(replace(hint, deleted=True), NOON)
    assert deliveries.put_hint(replace(hint, updated_at="2026-11-22T01:00:01+00:00"), NOON)
    assert len(records.load_file("demo", "9001").hints) == 3


def test_content_is_told_apart_by_everything_but_when_it_was_received() -> None:
    assert content_hash(EVENT) == content_hash(replace(EVENT, received_at=at(500)))
    assert content_hash(EVENT) != content_hash(replace(EVENT, sequence=8))


def test_what_has_expired_is_not_read_although_dynamodb_removes_it_later() -> None:
    with dynamodb_table() as client:
        deliveries, records = (
            DynamoDBDeliveryBook(client, TABLE, Timings()),
            DynamoDBRecordBook(client, TABLE, Timings()),
        )
        long_ago = datetime.now(UTC) - timedelta(days=91)
        deliveries.put_event("demo", "demo-bookings", "B-1", replace(EVENT, received_at=long_ago), long_ago)
        assert records.load(ID) is None
        deliveries.put_event("demo", "demo-bookings", "B-2", EVENT, datetime.now(UTC))
        assert records.load(booking_record_id("demo", "demo-bookings", "B-2")) is not None
