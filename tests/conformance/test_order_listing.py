"""Lists of orders: one suite, run on the fake and on DynamoDB (moto, with the template's own table); and what a page
costs, counted in read units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.order_listing import DynamoDBOrderListing, entry_changes
from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
from shared.adapters.dynamodb.schema import key, online_record_id
from shared.domain.bookings.events import Customer
from shared.domain.identities import write_id
from shared.domain.online.record import Content, OnlineRecord, Placement
from shared.domain.orders.order import Order, PosSide
from shared.domain.orders.placed import Placed
from shared.domain.orders.request import OrderRequest
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.readings import OrderQuery
from shared.domain.timings import Timings
from tests.builders import NOON
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryBook
from tests.metered_table import MeteredTable

DAY_S = 86_400


def placed_order(number: int, at: datetime = NOON, platform: str = "demo-orders", venue: str = "demo") -> Order:
    """The number-th order, queued."""
    order_id = f"ord_{number:016d}"
    return Order(
        id=order_id,
        venue_id=venue,
        platform=platform,
        source="platform",
        created_at=at,
        number=1,
        writes=(Write(write_id(order_id, 1), What.CREATE, at, due_at=at),),
        placed=Placed(reference=f"P-{number}", fingerprint="f", customer_code=f"C{number}"),
    )


def in_state(order: Order, state: WriteState, pos_status: str | None = None) -> Order:
    """The order once its create reached this state."""
    pos = PosSide(order_id=f"9{order.id[-6:]}", status=pos_status, sale_id=f"SALE{order.id[-4:]}")
    write = replace(order.create, state=state, code="refused" if state is WriteState.FAILED else None)
    return replace(order, writes=(write,), pos=pos if state is WriteState.SENT else order.pos)


@dataclass
class Lists:
    """A book to keep orders in, and the lists of what it keeps."""

    book: Any
    listing: Any

    def keep(self, order: Order, guest: Customer | None = None) -> OnlineRecord:
        """A new order's record."""
        assert order.placed is not None
        placement = Placement(order.venue_id, order.platform, order.placed.reference)
        record_id = online_record_id(*(order.venue_id, order.platform, order.placed.reference))
        empty = OnlineRecord(record_id, 0, placement)
        content = Content(order=OrderRequest(order.placed.reference, customer=guest))
        record = replace(empty, orders=(order,)).carrying(order.create.id, content)
        saved: OnlineRecord = self.book.save(empty, record, now=order.created_at)
        return saved

    def change(self, record: OnlineRecord, order: Order) -> OnlineRecord:
        """The order in the place of the one that was kept."""
        saved: OnlineRecord = self.book.save(record, record.with_order(order), now=NOON)
        return saved

    def ids(self, limit: int = 100, **asked: Any) -> list[str]:
        """The ids on all pages; none of them is larger than was asked for."""
        since, until = NOON - timedelta(days=90), NOON + timedelta(days=1)
        query = OrderQuery(**{"venue_id": "demo", "since": since, "until": until, "limit": limit, **asked})
        found: list[str] = []
        while True:
            page = self.listing.page(query)
            assert len(page.orders) <= limit
            found += [order.id for order in page.orders]
            if page.next is None:
                return found
            assert query.cursor is None or page.next < query.cursor
            query = replace(query, cursor=page.next)


@pytest.fixture(params=["fake", "dynamodb"])
def lists(request: pytest.FixtureRequest) -> Iterator[Lists]:
    if request.param == "fake":
        book = InMemoryBook()
        yield Lists(book, book)
        return
    with dynamodb_table() as client:
        yield Lists(DynamoDBRecordBook(client, TABLE, Timings()), DynamoDBOrderListing(client, TABLE))


def test_nothing_is_there(lists: Lists) -> None:
    assert lists.ids() == lists.ids(status="sent", text="x") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_order_stands_on_one_page_newest_first_over_months(lists: Lists, limit: int) -> None:
    orders = [placed_order(number, NOON - timedelta(days=13 * number)) for number in range(7)]
    for order in orders[::2] + orders[1::2]:
        lists.keep(order)
    assert lists.ids(limit) == [order.id for order in orders]
    assert lists.ids(limit, source="platform", status="queued") == [order.id for order in orders]


def test_of_the_same_moment_each_is_shown_once(lists: Lists) -> None:
    for number in range(5):
        lists.keep(placed_order(number))
    assert lists.ids(2) == [f"ord_{number:016d}" for number in (4, 3, 2, 1, 0)]


def test_from_is_in_the_range_and_to_is_not(lists: Lists) -> None:
    for number in range(4):
        lists.keep(placed_order(number, NOON + timedelta(seconds=number)))
    asked = {"since": NOON + timedelta(seconds=1), "until": NOON + timedelta(seconds=3)}
    assert lists.ids(**asked) == lists.ids(1, **asked) == ["ord_0000000000000002", "ord_0000000000000001"]
    assert lists.ids(since=NOON, until=NOON) == []


def test_a_cursor_before_the_range_ends_it(lists: Lists) -> None:
    lists.keep(placed_order(1))
    assert lists.ids(cursor="2001-01-01T00:00:00.000000#ord_1") == []


def test_an_order_is_listed_by_its_status_of_now(lists: Lists) -> None:
    record = lists.keep(placed_order(1))
    assert lists.ids(status="queued") == ["ord_0000000000000001"]
    record = lists.change(record, in_state(record.main, WriteState.SENT))
    assert (lists.ids(status="queued"), lists.ids(status="sent")) == ([], ["ord_0000000000000001"])
    record = lists.change(record, in_state(record.main, WriteState.SENT, "COMPLETE"))
    assert (lists.ids(status="sent"), lists.ids(status="completed")) == ([], ["ord_0000000000000001"])
    assert lists.ids() == lists.ids(platform="demo-orders") == ["ord_0000000000000001"]


def test_what_failed_and_was_cured(lists: Lists) -> None:
    record = lists.keep(placed_order(1))
    record = lists.change(record, in_state(record.main, WriteState.FAILED))
    assert lists.ids(failed=True) == lists.ids(status="failed") == ["ord_0000000000000001"]
    assert lists.ids(failed=True, source="booking") == lists.ids(failed=False) == []
    lists.change(record, in_state(record.main, WriteState.SENT))
    assert lists.ids(failed=True) == []
    assert lists.ids(failed=False) == ["ord_0000000000000001"]


def test_venues_and_platforms_are_apart(lists: Lists) -> None:
    lists.keep(placed_order(1))
    lists.keep(placed_order(2, platform="other/orders#1"))
    lists.keep(placed_order(3, venue="demo#2"))
    assert lists.ids() == ["ord_0000000000000002", "ord_0000000000000001"]
    assert lists.ids(platform="other/orders#1") == ["ord_0000000000000002"]
    assert lists.ids(platform="*") == []
    assert lists.ids(venue_id="demo#2") == lists.ids(venue_id="demo#2", text="c3") == ["ord_0000000000000003"]
    assert lists.ids(text="c3") == []


@pytest.mark.parametrize("text", ["000000", "c1", "C1 ", "sale0001", "SALE0001"])
def test_found_by_what_names_it(lists: Lists, text: str) -> None:
    record = lists.keep(placed_order(1))
    lists.change(record, in_state(record.main, WriteState.SENT))
    assert lists.ids(text=text) == ["ord_0000000000000001"]
    assert lists.ids(text=text[:-2]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zoe", [2, 1]),
        ("ZOË", [2, 1]),
        ("o'brien", [1]),
        ("O Brien Zoe", [1]),
        ("zoe ob", []),
        ("zoe o", [2, 1]),
        ("ortega", [2]),
        ("o", [2, 1]),
        ("rien", []),
        ("-", []),
    ],
)
def test_found_by_the_beginning_of_a_name(lists: Lists, text: str, found: list[int]) -> None:
    lists.keep(placed_order(1), Customer(first_name="Zoë", last_name="O’Brien"))
    lists.keep(placed_order(2), Customer(first_name="Zoe", last_name="Ortega"))
    lists.keep(placed_order(3, platform="other"), Customer(first_name="Zoe"))
    lists.keep(placed_order(4), Customer(email="zoe@example.com"))
    assert lists.ids(1, text=text, guests_of="demo-orders") == [f"ord_{number:016d}" for number in found]


def test_named_orders_come_newest_first_over_days(lists: Lists) -> None:
    for number in range(6):
        lists.keep(placed_order(number, NOON - timedelta(days=number)), Customer(f"Sam{number % 2}", "Sample"))
    assert lists.ids(2, text="sam") == [f"ord_{number:016d}" for number in range(6)]
    assert lists.ids(2, text="sam", since=NOON - timedelta(days=2)) == [f"ord_{number:016d}" for number in range(3)]


# what it costs


def filled(orders: int) -> MeteredTable:
    """A table with so many orders of 13 days and all their entries; half of them of bookings, half of them failed."""
    table = MeteredTable()
    for number in reversed(range(orders)):
        order = placed_order(number, NOON - timedelta(seconds=13 * DAY_S * number / orders))
        order = replace(order, source=("booking", "platform")[number % 2])
        order = in_state(order, (WriteState.SENT, WriteState.FAILED)[number // 2 % 2])
        record_id = f"ONLINE#demo#demo-orders#P-{number:06d}"
        table.put({**key(record_id, "ORDER#000001"), "body": {"S": codec.dump(order)}})
        for entry in entry_changes(None, order, record_id)[0]:
            table.put(entry)
    return table


ASKED: list[dict[str, Any]] = [
    {},
    {"platform": "demo-orders"},
    {"status": "sent"},
    {"failed": True, "source": "booking"},
    {"source": "booking", "status": "failed"},
    {"text": "C17"},
    {"text": "nobody"},
]


def costs(orders: int) -> list[list[float]]:
    """For each question, the read units of its first three pages."""
    table = filled(orders)
    listing = DynamoDBOrderListing(cast(Any, table), TABLE)
    found = []
    for asked in ASKED:
        query = OrderQuery("demo", NOON - timedelta(days=14), NOON + timedelta(days=1), 50, **asked)
        units = []
        for _ in range(3):
            table.units = 0.0
            page = listing.page(query)
            units.append(table.units)
            if page.next is None:
                break
            query = replace(query, cursor=page.next)
        found.append(units)
    return found


def test_a_page_costs_the_same_among_a_thousand_and_among_a_hundred_thousand_orders() -> None:
    few, many = costs(1_000), costs(100_000)
    assert few == many
    assert [len(units) for units in few] == [3, 3, 3, 3, 3, 1, 1]
    assert max(max(units) for units in few) < 35  # 50 orders of half a unit each, and their entries
