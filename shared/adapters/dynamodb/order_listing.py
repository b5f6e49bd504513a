"""Under which entries an order is found, and pages of orders, newest first.

An entry is a small item that names an order's item. Its partition holds one month of one listing, so none grows without
bound and 92 days are at most five queries. Entries are written in the transaction that changes the order, so a list
never shows less than is stored. What a page costs depends on its size, not on how many orders there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import query_all
from shared.adapters.dynamodb.schema import Item, Key, finding, key, names_of_day, order_listing
from shared.domain.bookings.events import Customer
from shared.domain.bookings.record import BookingRecord
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.readings import OrderQuery, OrdersPage
from shared.domain.record import Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SOURCES = ("booking", "platform")


def entries_of(order: Order) -> list[Key]:
    """The keys of an order's entries: by source, by status, among the failed; for the venue and for its platform; and
    by all that names it exactly."""
    place = place_of(order)
    month = place[:7]
    facets = [f"source={order.source}", f"status={order.status}", *(["failed"] if order.failed_services else [])]
    listings = [
        order_listing(order.venue_id, platform, facet, month) for platform in (None, order.platform) for facet in facets
    ]
    names = {order.code, order.placed.customer_code if order.placed else None, order.pos.sale_id}
    found = {finding(order.venue_id, spelled(name), month) for name in names if name}
    return [key(pk, place) for pk in (*listings, *sorted(found))]


def entry_changes(before: Order | None, after: Order, record_id: str) -> tuple[list[Item], list[Key]]:
    """The entries that a changed order gets, and the keys of those that it loses."""
    stood, stands = entries_of(before) if before else [], entries_of(after)
    return (
        [_entry_item(each, record_id, after) for each in stands if each not in stood],
        [each for each in stood if each not in stands],
    )


def name_entries(before: Record, after: Record, expires_at: Item) -> list[Item]:
    """The entries of the record's new orders by their guest's name: from the first name on, and from the last name on.
    Guests' data: they expire."""
    known = {order.id for order in before.orders}
    items: list[Item] = []
    for order in after.orders:
        guest = _guest_of(after, order) if order.id not in known else None
        if guest is None:
            continue
        place = place_of(order)
        names = [folded(name) for name in (guest.first_name, guest.last_name) if name]
        for spelling in sorted({" ".join(names), " ".join(reversed(names))} - {""}):
            entry = key(names_of_day(order.venue_id, place[:10]), f"{spelling[:200]}#{place}")
            more = {"place": {"S": place}, "platform": {"S": order.platform}, "expires_at": expires_at}
            items.append({**_entry_item(entry, after.id, order), **more})
    return items


def _guest_of(record: Record, order: Order) -> Customer | None:
    match record:
        case OnlineRecord():
            request = record.content(order.create.id).order
            return request.customer if request else None
        case BookingRecord():
            return record.newest_event.customer if record.newest_event else None
    return None


def spelled(code: str) -> str:
    """A code as it is compared: without regard to case."""
    return code.strip().casefold()


def folded(text: str) -> str:
    """A name as it is compared: letters and digits without case and accents, one space between words."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in apart if not unicodedata.combining(each)).translate(_WITHOUT_STROKE)
    return " ".join("".join(each if each.isalnum() else " " for each in plain).split())


def place_of(order: Order) -> str:
    """Where an order stands among all of its venue: by when it came. Sorts as text; never changes."""
    return f"{_text(order.created_at)}#{order.id}"


_WITHOUT_STROKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart into a plain one and an accent."""


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    record_id: str
    sk: str


@dataclass(frozen=True)
class DynamoDBOrderListing:
    """Pages of orders: entries first, then the orders that they name."""

    client: DynamoDBClient
    table: str

    def page(self, asked: OrderQuery) -> OrdersPage:
        """At most `limit` entries are looked at. One listing is walked; what else was asked thins the page."""
        entries = list(islice(self._entries(asked), asked.limit + 1))
        here = entries[: asked.limit]
        orders = self._orders(here)
        return OrdersPage(
            tuple(order for order in orders if asked.fits(order)),
            here[-1].place if len(entries) > asked.limit else None,
        )

    def _entries(self, asked: OrderQuery) -> Iterator[_Entry]:
        """Newest first, each once."""
        low, high = _text(asked.since), min(_text(asked.until), asked.cursor or "9")
        walks = []
        if asked.text is not None:
            code = spelled(asked.text)
            walks.append(self._walk(asked, low, high, lambda month: finding(asked.venue_id, code, month)))
            walks.append(self._named(asked, low, high))
        else:
            for facet in _facets(asked):
                listing = partial(order_listing, asked.venue_id, asked.platform, facet)
                walks.append(self._walk(asked, low, high, listing))
        for _, same in groupby(merge(*walks, key=attrgetter("place"), reverse=True), attrgetter("place")):
            yield next(same)

    def _walk(self, asked: OrderQuery, low: str, high: str, listing: Callable[[str], str]) -> Iterator[_Entry]:
        """One listing from `high`, which is not in it any more, down to `low`."""
        for month in _months(low, high):
            found = query_all(
                self.client,
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
                ExpressionAttributeValues={":pk": {"S": listing(month)}, ":low": {"S": low}, ":high": {"S": high}},
                ScanIndexForward=False,
                Limit=asked.limit + 2,
            )
            for item in found:
                if item["sk"]["S"] < high:
                    yield _Entry(item["sk"]["S"], item["record_id"]["S"], item["order_sk"]["S"])

    def _named(self, asked: OrderQuery, low: str, high: str) -> Iterator[_Entry]:
        """Of each day those whose guest's name begins so. Guests of others are found only by who may see them."""
        beginning = folded(asked.text or "")
        for day in _days(low, high) if beginning else ():
            items = query_all(
                self.client,
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :beginning)",
                ExpressionAttributeValues={
                    ":pk": {"S": names_of_day(asked.venue_id, day)},
                    ":beginning": {"S": beginning},
                },
            )
            entries = [
                _Entry(item["place"]["S"], item["record_id"]["S"], item["order_sk"]["S"])
                for item in items
                if asked.guests_of in (None, item["platform"]["S"]) and low <= item["place"]["S"] < high
            ]
            yield from sorted(entries, key=attrgetter("place"), reverse=True)

    def _orders(self, entries: Sequence[_Entry]) -> list[Order]:
        """As they are now, in the order of their entries."""
        left: list[Key] = [key(entry.record_id, entry.sk) for entry in entries]
        found: dict[tuple[str, str], Order] = {}
        while left:
            answer: Any = self.client.batch_get_item(RequestItems={self.table: {"Keys": left}})
            for item in answer["Responses"].get(self.table, []):
                found[item["pk"]["S"], item["sk"]["S"]] = codec.load(Order, item["body"]["S"])
            left = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
        return [found[entry.record_id, entry.sk] for entry in entries if (entry.record_id, entry.sk) in found]


def order_sk(order: Order) -> str:
    """The sort key of an order's item in its record."""
    return f"ORDER#{order.seating or order.number or 0:06d}"


def _entry_item(entry: Item, record_id: str, order: Order) -> Item:
    """An entry that names the order's item."""
    return {**entry, "record_id": {"S": record_id}, "order_sk": {"S": order_sk(order)}}


def _facets(asked: OrderQuery) -> list[str]:
    """The listing with the fewest orders that cannot be asked for; without a filter, those of both sources."""
    if asked.failed:
        return ["failed"]
    if asked.status is not None:
        return [f"status={asked.status}"]
    return [f"source={source}" for source in ((asked.source,) if asked.source else SOURCES)]


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"


def _months(low: str, high: str) -> Iterator[str]:
    """From that of `high` back to that of `low`; none when nothing lies between them."""
    if low >= high:
        return
    month = high[:7]
    while month >= low[:7]:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year:04d}-{number - 1:02d}" if number > 1 else f"{year - 1:04d}-12"


def _days(low: str, high: str) -> Iterator[str]:
    day = datetime.fromisoformat(high[:10])
    while low < high and f"{day:%Y-%m-%d}" >= low[:10]:
        yield f"{day:%Y-%m-%d}"
        day -= timedelta(days=1)
