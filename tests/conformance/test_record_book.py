"""RecordBook and PosOrderBook: one suite, run on the fake and on DynamoDB (moto, with the template's own table)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook
from shared.adapters.dynamodb.due_index import DynamoDBDueIndex
from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
from shared.adapters.dynamodb.record_items import EVENTS_A_STEP
from shared.adapters.dynamodb.schema import booking_record_id, pos_order_pk
from shared.domain.bookings.booking import Booking, Seating, SeatingOutcome
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.bookings.rules import Decision, DecisionKind
from shared.domain.errors import ConflictError
from shared.domain.online.record import OnlineRecord, Placement
from shared.domain.orders.order import PosSide
from shared.domain.orders.placed import Handled, Placed
from shared.domain.orders.writes import Attempt, WriteState
from shared.domain.pace import Slots
from shared.domain.pos_news import OrderLink, PosHint, PosOrderFile, SettledNews
from shared.domain.record import Lease, OutboxItem
from shared.domain.sales import Sale
from shared.domain.timings import Timings
from tests.builders import NOON, ORDER_ID, a_write, an_event, an_order, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryBook

ID = booking_record_id("demo", "demo-bookings", "B-1")
BOOKING = Booking("demo", "demo-bookings", "B-1")
SLOTS = Slots("kounta-5678", 60, 1)
NONE = Decision(DecisionKind.NONE, "already seated")


@dataclass
class Books:
    """The ports side by side: on the fake they are one thing, on DynamoDB three adapters of one table."""

    records: Any
    deliveries: Any
    due: Any
    outbox: Any

    def put(self, event: BookingEvent | ThinNotice) -> None:
        self.deliveries.put_event("demo", "demo-bookings", "B-1", event, NOON)

    def load(self) -> BookingRecord:
        record = self.records.load(ID)
        assert isinstance(record, BookingRecord)
        return record

    def overdue(self, now: datetime) -> set[str]:
        return {pk for pk, _ in self.due.overdue(now)}


@pytest.fixture(params=["fake", "dynamodb"])
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    if request.param == "fake":
        book = InMemoryBook()
        yield Books(book, book, book, lambda: list(book.outbox))
        return
    with dynamodb_table() as client:
        timings = Timings()

        def outbox() -> list[dict[str, Any]]:
            items = client.scan(TableName=TABLE)["Items"]  # a test may scan
            return [item for item in items if item["pk"]["S"].startswith("OUTBOX#")]

        records = DynamoDBRecordBook(client, TABLE, timings)
        yield Books(records, DynamoDBDeliveryBook(client, TABLE, timings), DynamoDBDueIndex(client, TABLE), outbox)


def lease(holder: str = "worker-1", until: float = 20) -> Lease:
    return Lease(holder, at(until))


def with_an_order(record: BookingRecord, state: WriteState = WriteState.QUEUED, **pos: Any) -> BookingRecord:
    """The record with a first seating and its order."""
    order = replace(an_order(state), pos=PosSide(**pos))
    booking = record.booking.after(an_event("seated"))
    return replace(record, booking=booking.with_seating(Seating(1, NOON, ORDER_ID))).with_order(order)


# loading


def test_nothing_was_ever_stored(books: Books) -> None:
    assert books.records.load(ID) is None


def test_an_event_alone_makes_a_record(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    assert (record.version, record.booking.venue_id, record.booking.platform) == (0, "demo", "demo-bookings")
    assert record.booking.booking_id == "B-1"
    assert record.undecided == (an_event("seated"),)
    assert not record.has_more
    assert record.orders == ()


def test_strange_characters_in_ids(books: Books) -> None:
    name = "Table #5/ü%23"
    record_id = booking_record_id("demo", "demo-bookings", name)
    event = an_event("seated", booking_reference=name)
    books.deliveries.put_event("demo", "demo-bookings", name, event, NOON)
    assert books.records.load(record_id).booking.booking_id == name


def test_undecided_events_come_as_the_booking_lived_them_and_notices_last(books: Books) -> None:
    notice = ThinNotice("n-1", "nowbookit", NOON)
    for event in (notice, an_event("cancelled", 20), an_event("seated", 10), an_event("confirmed", 5)):
        books.put(event)
    assert [event.event_id for event in books.load().undecided] == [
        "e-confirmed-5",
        "e-seated-10",
        "e-cancelled-20",
        "n-1",
    ]


def test_more_events_than_one_step_takes(books: Books) -> None:
    for number in range(EVENTS_A_STEP + 5):
        books.put(an_event("seated", number, event_id=f"e-{number:03d}"))
    record = books.load()
    assert [event.event_id for event in record.undecided] == [f"e-{number:03d}" for number in range(EVENTS_A_STEP)]
    assert record.has_more
    decided = [Decided(event.event_id, NONE, NOON) for event in record.undecided]
    books.records.save(record, replace(record, undecided=()), decided=decided, now=NOON)
    rest = books.load()
    assert len(rest.undecided) == 5
    assert not rest.has_more


# saving


def test_what_is_saved_is_loaded(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    attempt = Attempt(1, NOON, "PR-1-g1", duration_ms=120, outcome="lost", http_status=None, note="no answer")
    write = a_write(state=WriteState.SENDING, attempts=(attempt,), doubtful=True, due_at=at(1), started_at=NOON)
    changed = with_an_order(record)
    changed = changed.with_order(replace(changed.order(ORDER_ID), writes=(write,), deposit=Decimal("50.00")))
    changed = replace(changed, requests={"PR-1-g1": b'{"notes":"\xc3\xbc"}'}, slot_at=at(7))
    saved = books.records.save(record, changed, decided=[Decided("e-seated-0", NONE, NOON)], now=NOON)
    loaded = books.load()
    assert loaded == replace(saved, undecided=(), newest_event=an_event("seated"))
    assert loaded.version == 1
    assert loaded.newest_event == an_event("seated")


def test_a_later_order_stands_behind_the_earlier(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    saved = books.records.save(record, with_an_order(record), now=NOON)
    second = replace(an_order(), id="ord_" + "Z" * 16, seating=2)
    books.records.save(saved, saved.with_order(second), now=NOON)
    assert [order.seating for order in books.load().orders] == [1, 2]


def test_of_two_saves_from_one_version_the_second_fails_and_stores_nothing(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    first = books.records.save(record, with_an_order(record), now=NOON)
    item = OutboxItem("order.accepted", "demo", "demo-bookings", NOON, ID, {})
    other = replace(record.booking, channel="second")
    decided = [Decided("e-seated-0", NONE, NOON)]
    for _ in range(2):
        with pytest.raises(ConflictError):
            books.records.save(record, replace(record, booking=other), decided=decided, outbox=[item], now=NOON)
    loaded = books.load()
    assert loaded.version == first.version
    assert loaded.booking.channel is None
    assert loaded.undecided
    assert not books.outbox()


def test_a_save_of_what_somebody_else_made_new_fails(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    books.records.claim(record, lease(), None)
    with pytest.raises(ConflictError):
        books.records.save(record, record, now=NOON)


def test_a_decision_on_an_event_that_is_not_there_fails(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    with pytest.raises(ConflictError):
        books.records.save(record, record, decided=[Decided("e-unknown", NONE, NOON)], now=NOON)
    assert books.load().version == 0


def test_what_a_notice_meant_is_kept_with_its_decision(books: Books) -> None:
    books.put(ThinNotice("n-1", "nowbookit", NOON))
    record = books.load()
    meant = an_event("seated", event_id="n-1")
    changed = replace(record, booking=record.booking.after(meant), undecided=())
    books.records.save(record, changed, decided=[Decided("n-1", NONE, NOON, meant)], now=NOON)
    loaded = books.load()
    assert loaded.undecided == ()
    assert loaded.newest_event == meant


def test_outbox_items_are_stored_with_the_change(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    items = [OutboxItem("order.accepted", "demo", "demo-bookings", NOON, ID, {"total": "5.00"}) for _ in range(3)]
    books.records.save(record, record, outbox=items, now=NOON)
    assert len(books.outbox()) == 3


# the lease


def test_a_lease_is_taken_once(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    claimed = books.records.claim(record, lease(), None).record
    assert claimed.lease == lease()
    with pytest.raises(ConflictError):
        books.records.claim(record, lease("worker-2"), None)
    with pytest.raises(ConflictError):
        books.records.claim(record, lease("worker-2"), SLOTS)
    loaded = books.load()
    assert loaded.lease == lease()
    assert loaded.is_leased(at(19))
    assert not loaded.is_leased(at(20))
    assert not loaded.is_leased(at(19), but_not_to="worker-1")


def test_a_claim_takes_the_slot_of_a_waiting_record(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    saved = books.records.save(record, replace(record, slot_at=at(5)), now=NOON)
    assert books.load().slot_at == at(5)
    books.records.claim(saved, lease(), None)
    assert books.load().slot_at is None


def test_a_lease_is_given_back_and_taken_again(books: Books) -> None:
    books.put(an_event("seated"))
    record = books.load()
    claimed = books.records.claim(record, lease(), None).record
    free = books.records.save(claimed, replace(claimed, lease=None), now=NOON)
    assert books.load().lease is None
    again = books.records.claim(free, lease("worker-2"), None).record
    assert again.version == 3
    assert books.load().lease == lease("worker-2")


def test_a_worker_whose_lease_was_taken_over_cannot_store(books: Books) -> None:
    books.put(an_event("seated"))
    late = books.records.claim(books.load(), lease(), None).record
    books.records.claim(books.load(), lease("worker-2", 60), None)
    with pytest.raises(ConflictError):
        books.records.save(late, with_an_order(late), now=NOON)


def test_slots_on_an_idle_and_on_a_busy_connection(books: Books) -> None:
    for name in ("B-1", "B-2"):
        books.deliveries.put_event("demo", "demo-bookings", name, an_event("seated", booking_reference=name), NOON)
    first = books.records.claim(books.load(), lease(), SLOTS)
    assert first.has_slots
    if isinstance(books.records, InMemoryBook):
        books.records.idle = False
    other = books.records.load(booking_record_id("demo", "demo-bookings", "B-2"))
    second = books.records.claim(other, lease("worker-2"), SLOTS)
    assert not second.has_slots
    assert second.record.lease == lease("worker-2")


# what somebody has to look at again


def test_an_undecided_event_falls_due_until_it_is_decided(books: Books) -> None:
    books.put(an_event("seated"))
    assert books.overdue(at(59)) == set()
    assert books.overdue(at(60)) == {ID}
    record = books.load()
    books.records.save(record, replace(record, undecided=()), decided=[Decided("e-seated-0", NONE, NOON)], now=NOON)
    assert books.overdue(at(3600)) == set()


def test_an_open_write_falls_due(books: Books) -> None:
    record = BookingRecord(ID, 0, BOOKING)
    books.records.save(record, with_an_order(record), now=NOON)
    assert books.overdue(at(-1)) == set()
    assert books.overdue(NOON) == {ID}


def test_a_final_write_does_not(books: Books) -> None:
    record = BookingRecord(ID, 0, BOOKING)
    books.records.save(record, with_an_order(record, WriteState.SENT), now=NOON)
    assert books.overdue(at(86_400)) == set()


def test_a_lease_falls_due_when_it_ends(books: Books) -> None:
    record = BookingRecord(ID, 0, BOOKING)
    saved = books.records.save(record, with_an_order(record), now=NOON)
    books.records.claim(saved, lease(), None)
    assert books.overdue(at(20)) == {ID}


# writes of unknown fate, links


def test_the_listing_of_unknown_writes(books: Books) -> None:
    record = BookingRecord(ID, 0, BOOKING)
    saved = books.records.save(record, with_an_order(record, WriteState.UNKNOWN), now=NOON)
    assert list(books.records.with_unknown_writes("demo")) == [ID]
    assert list(books.records.with_unknown_writes("other")) == []
    claimed = books.records.claim(saved, lease(), None).record
    assert list(books.records.with_unknown_writes("demo")) == [ID]
    books.records.save(claimed, with_an_order(claimed, WriteState.SENT), now=NOON)
    assert list(books.records.with_unknown_writes("demo")) == []


def test_links_of_orders(books: Books) -> None:
    assert books.records.link_of_order(ORDER_ID) is None
    record = BookingRecord(ID, 0, BOOKING)
    saved = books.records.save(record, with_an_order(record), now=NOON)
    assert books.records.link_of_order(ORDER_ID) == OrderLink(ID, ORDER_ID)
    assert books.records.load_file("demo", "9001").link is None
    books.records.save(saved, with_an_order(saved, WriteState.SENT, order_id="9001"), now=NOON)
    assert books.records.load_file("demo", "9001").link == OrderLink(ID, ORDER_ID)
    assert books.records.load_file("other", "9001").link is None


# news and sales


def a_hint(status: str = "COMPLETE", second: int = 0) -> PosHint:
    return PosHint("demo", "9001", "webhook", status, f"2026-11-22T01:00:{second:02d}+00:00", NOON)


def a_sale(**more: Any) -> Sale:
    return Sale("demo", "9001", NOON, NOON, "AUD", Decimal("12.50"), Decimal("1.1364"), **more)


def test_an_order_nobody_told_of_has_an_empty_file(books: Books) -> None:
    assert books.records.load_file("demo", "9001") == PosOrderFile("demo", "9001")


def test_news_of_an_order_that_is_not_ours(books: Books) -> None:
    books.deliveries.put_hint(a_hint(), NOON)
    file = books.records.load_file("demo", "9001")
    assert file.hints == (a_hint(),)
    assert books.overdue(at(60)) == {pos_order_pk("demo", "9001")}
    for _ in range(2):
        books.records.save_news(SettledNews(file, a_sale()), NOON)
    settled = books.records.load_file("demo", "9001")
    assert (settled.hints, settled.sale) == ((), a_sale())
    assert books.overdue(at(3600)) == set()
    assert not books.deliveries.put_hint(a_hint(), NOON), "the same news again"


def test_news_that_came_while_others_were_looked_into_stays(books: Books) -> None:
    books.deliveries.put_hint(a_hint("ACCEPTED"), NOON)
    file = books.records.load_file("demo", "9001")
    books.deliveries.put_hint(a_hint("COMPLETE", 1), NOON)
    books.records.save_news(SettledNews(file, None), NOON)
    assert books.records.load_file("demo", "9001").hints == (a_hint("COMPLETE", 1),)


def test_news_sale_and_record_are_one_change(books: Books) -> None:
    books.deliveries.put_hint(a_hint(), NOON)
    record = BookingRecord(ID, 0, BOOKING)
    saved = books.records.save(record, with_an_order(record, WriteState.SENT, order_id="9001"), now=NOON)
    file = books.records.load_file("demo", "9001")
    news = SettledNews(file, a_sale(order_id=ORDER_ID, booking_id="B-1", source="booking"))
    with pytest.raises(ConflictError):
        books.records.save(record, saved, news=news, now=NOON)
    assert books.records.load_file("demo", "9001").hints
    done = saved.with_outcome(ORDER_ID, SeatingOutcome.COMPLETED)
    books.records.save(saved, done, news=news, now=NOON)
    file = books.records.load_file("demo", "9001")
    assert (file.hints, file.sale, file.link) == ((), news.sale, OrderLink(ID, ORDER_ID))
    assert file.sale.order_id == ORDER_ID
    assert books.load().booking.seatings[0].outcome is SeatingOutcome.COMPLETED


def test_a_sale_is_voided_once(books: Books) -> None:
    file = PosOrderFile("demo", "9001")
    books.records.save_news(SettledNews(file, a_sale()), NOON)
    file = books.records.load_file("demo", "9001")
    books.records.save_news(SettledNews(file, replace(a_sale(), voided_at=NOON + timedelta(hours=1))), NOON)
    assert books.records.load_file("demo", "9001").sale.voided_at == at(3600)


# sales that were entered by hand


def handled_as(sale_number: str | None, reference: str) -> OnlineRecord:
    """A placed order that somebody entered by hand."""
    number = int(reference.removeprefix("P-"))
    record = OnlineRecord(f"ONLINE#demo#demo-orders#{reference}", 0, Placement("demo", "demo-orders", reference))
    said = Placed(reference, "f", handled=Handled(NOON, "demo-orders", sale_number=sale_number))
    return record.with_order(replace(an_order(WriteState.FAILED, id=f"ord_{number:016d}"), placed=said, number=1))


def stored(books: Books, record: OnlineRecord) -> OnlineRecord:
    saved: OnlineRecord = books.records.save(replace(record, orders=()), record, now=NOON)
    return saved


def test_a_sale_stands_for_the_order_that_was_entered_as_it(books: Books) -> None:
    record = stored(books, handled_as("HS-1024", "P-1"))
    link = OrderLink(record.id, record.main.id)
    assert books.records.link_of_sale("demo", "hs1024") == link
    assert books.records.link_of_sale("demo", "hs1025") is None
    assert books.records.link_of_sale("other", "hs1024") is None
    with pytest.raises(ConflictError):
        stored(books, handled_as("#hs 1024", "P-2"))
    assert books.records.load("ONLINE#demo#demo-orders#P-2") is None
    assert books.records.link_of_sale("demo", "hs1024") == link
    again = books.records.save(record, record.with_order(replace(record.main, watch_at=NOON)), now=NOON)
    assert again.main.watch_at == NOON


def test_the_sale_may_be_named_later(books: Books) -> None:
    record = stored(books, handled_as(None, "P-1"))
    named = handled_as("tj4ds8n3", "P-1").main
    books.records.save(record, record.with_order(named), now=NOON)
    assert books.records.link_of_sale("demo", "tj4ds8n3") == OrderLink(record.id, named.id)


def test_an_order_that_is_watched_is_due_only_then(books: Books) -> None:
    record = handled_as(None, "P-1")
    stored(books, record.with_order(replace(record.main, watch_at=at(300))))
    assert books.overdue(at(299)) == set()
    assert books.overdue(at(300)) == {record.id}
