"""Groups, and what the register did with an order: one suite, run on the fakes and on DynamoDB (moto)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook
from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
from shared.adapters.dynamodb.group_book import DynamoDBGroupBook
from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
from shared.adapters.dynamodb.schema import booking_record_id, group_pk
from shared.domain.bookings.booking import Booking
from shared.domain.bookings.record import BookingRecord
from shared.domain.errors import ConflictError
from shared.domain.pos_activity import PosActivity
from shared.domain.pos_news import GroupLink, GroupMember, HintKind, PosGroup, PosHint, PosOrderFile, SettledNews
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from tests.builders import NOON, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryBook

ID = booking_record_id("demo", "demo-bookings", "B-1")
MEMBERS = (GroupMember("9001", "COMPLETE", "12:00", marked=("ord_0123456789ABCDEF",)), GroupMember("9002"))
GROUP = PosGroup("demo", "17", NOON, MEMBERS)
KEY = group_pk(GROUP)
TOLD = OutboxItem("order.group_finalised", "demo", "demo-bookings", NOON, KEY, {"group_id": "17"})
PRINTED = PosActivity(first_printed_at=NOON, last_printed_at=at(5), last_print="abc")


@dataclass
class Books:
    """The ports side by side."""

    deliveries: Any
    records: Any
    groups: Any
    due: Any
    outbox: Any

    def overdue(self, now: datetime) -> set[str]:
        return {pk for pk, _ in self.due.overdue(now)}


@pytest.fixture(params=["fake", "dynamodb"])
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    if request.param == "fake":
        book = InMemoryBook()
        yield Books(book, book, book, book, lambda: [item.type for item in book.outbox])
        return
    with dynamodb_table() as client:

        def outbox() -> list[str]:
            items = client.scan(TableName=TABLE)["Items"]  # a test may scan
            return [item["type"]["S"] for item in items if item["pk"]["S"].startswith("OUTBOX#")]

        timings = Timings()
        yield Books(
            DynamoDBDeliveryBook(client, TABLE, timings),
            DynamoDBRecordBook(client, TABLE, timings),
            DynamoDBGroupBook(client, TABLE, timings),
            DynamoDBDueIndex(client, TABLE),
            outbox,
        )


# groups


def test_a_group_is_kept_whole_and_once(books: Books) -> None:
    assert books.groups.open_group(KEY) is None
    assert books.deliveries.put_group(GROUP, NOON)
    assert not books.deliveries.put_group(replace(GROUP, received_at=at(9), members=MEMBERS[::-1]), at(9))
    assert books.groups.open_group(KEY) == GROUP
    assert books.overdue(at(60)) == {KEY}


def test_the_same_number_again_is_another_group(books: Books) -> None:
    books.deliveries.put_group(GROUP, NOON)
    later = replace(GROUP, members=(GroupMember("9777"),))
    assert books.deliveries.put_group(later, at(60))
    assert books.deliveries.put_group(replace(GROUP, venue_id="other"), at(60))
    books.groups.close_group(GROUP, [TOLD], NOON)
    assert books.groups.open_group(group_pk(later)) == later


def test_members_know_their_group(books: Books) -> None:
    books.deliveries.put_group(GROUP, NOON)
    for _ in range(2):
        books.groups.link_members(GROUP, NOON)
    for pos_order_id in ("9001", "9002"):
        assert books.records.load_file("demo", pos_order_id).group == GroupLink("17", NOON)
    assert books.records.load_file("demo", "9003").group is None


def test_a_group_is_closed_and_told_once(books: Books) -> None:
    with pytest.raises(ConflictError):
        books.groups.close_group(GROUP, [TOLD], NOON)
    books.deliveries.put_group(GROUP, NOON)
    books.groups.close_group(GROUP, [TOLD], NOON)
    with pytest.raises(ConflictError):
        books.groups.close_group(GROUP, [TOLD], NOON)
    assert books.outbox() == ["order.group_finalised"]
    assert books.groups.open_group(KEY) is None
    assert KEY not in books.overdue(at(3600))
    assert not books.deliveries.put_group(GROUP, at(60))


def test_a_group_in_which_nobody_has_an_order_is_closed_too(books: Books) -> None:
    books.deliveries.put_group(GROUP, NOON)
    books.groups.close_group(GROUP, [], NOON)
    assert books.groups.open_group(KEY) is None


# what the register did


def news(file: PosOrderFile, activity: PosActivity) -> SettledNews:
    return SettledNews(file, None, activity)


def test_activity_is_kept_with_the_file(books: Books) -> None:
    file = books.records.load_file("demo", "9001")
    assert file.activity == PosActivity()
    books.records.save_news(news(file, PRINTED), NOON)
    assert books.records.load_file("demo", "9001").activity == replace(PRINTED, version=1)


def test_what_is_not_told_of_stays(books: Books) -> None:
    books.records.save_news(news(books.records.load_file("demo", "9001"), PRINTED), NOON)
    file = books.records.load_file("demo", "9001")
    books.records.save_news(SettledNews(file, None), NOON)
    books.records.save_news(news(file, file.activity), NOON)
    assert books.records.load_file("demo", "9001").activity == replace(PRINTED, version=1)


def test_of_two_changes_from_one_version_the_second_is_refused_and_its_hints_stay(books: Books) -> None:
    earlier = books.records.load_file("demo", "9001")
    books.records.save_news(news(earlier, PRINTED), NOON)
    hint = PosHint("demo", "9001", "webhook", "ACCEPTED", "", NOON, kind=HintKind.CUSTOMER, digest="d")
    books.deliveries.put_hint(hint, NOON)
    stale = replace(earlier, hints=(hint,))
    linked = PosActivity("5", True)
    with pytest.raises(ConflictError):
        books.records.save_news(news(stale, linked), NOON)
    record = BookingRecord(ID, 0, Booking("demo", "demo-bookings", "B-1"))
    with pytest.raises(ConflictError):
        books.records.save(record, record, news=news(stale, linked), now=NOON)
    file = books.records.load_file("demo", "9001")
    assert (file.activity.last_print, file.hints) == ("abc", (hint,))
    books.records.save(record, record, news=news(file, replace(file.activity, customer_id="5")), now=NOON)
    assert books.records.load_file("demo", "9001").activity.customer_id == "5"


def test_each_print_is_a_hint_of_its_own(books: Books) -> None:
    hint = PosHint("demo", "9001", "webhook", "ACCEPTED", "12:00", NOON, kind=HintKind.KITCHEN_PRINT, digest="d")
    for each in (hint, replace(hint, received_at=at(1)), replace(hint, digest="e"), replace(hint, kind=HintKind.ORDER)):
        assert books.deliveries.put_hint(each, NOON)
    assert not books.deliveries.put_hint(hint, NOON)
    file = books.records.load_file("demo", "9001")
    assert len(file.hints) == 4
    books.records.save_news(SettledNews(file, None), NOON)
    assert books.records.load_file("demo", "9001").hints == ()


def test_activity_that_has_expired_is_none_although_it_is_still_there() -> None:
    with dynamodb_table() as client:
        records = DynamoDBRecordBook(client, TABLE, Timings())
        file = PosOrderFile("demo", "9001")
        long_ago = datetime.now(UTC) - timedelta(days=91)
        records.save_news(news(file, PRINTED), long_ago)
        assert records.load_file("demo", "9001").activity == PosActivity()
        records.save_news(news(file, PosActivity("5", True)), datetime.now(UTC))
        assert records.load_file("demo", "9001").activity == PosActivity("5", True, version=1)
