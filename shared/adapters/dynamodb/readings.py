"""What callers may read: bookings, events, orders, sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.activity import activity_of
from shared.adapters.dynamodb.client import get_kept, query_all
from shared.adapters.dynamodb.order_listing import DynamoDBOrderListing
from shared.adapters.dynamodb.outbox import notices_of
from shared.adapters.dynamodb.record_items import event_of
from shared.adapters.dynamodb.schema import (
    Item,
    booking_of,
    booking_record_id,
    event_listing,
    is_online,
    key,
    moment,
    order_link_key,
    pos_order_pk,
)
from shared.domain.bookings.booking import Booking
from shared.domain.bookings.events import BookingEvent, Customer
from shared.domain.online.record import Content
from shared.domain.orders.order import Order
from shared.domain.readings import (
    BookingReading,
    EventReading,
    OrderDetails,
    OrderQuery,
    OrderReading,
    OrdersPage,
    SalesPage,
)
from shared.domain.sales import Sale

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBReadings:
    """Reads by key, or by day: never a scan, never a filter over what others own."""

    client: DynamoDBClient
    table: str

    def booking(self, venue_id: str, platform: str, booking_id: str) -> BookingReading | None:
        """A booking; None when nothing was ever heard of it."""
        pk = booking_record_id(venue_id, platform, booking_id)
        booking = Booking(venue_id, platform, booking_id)
        events: list[EventReading] = []
        orders: list[Order] = []
        found = False
        for item in query_all(
            self.client,
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND sk < :requests",
            ExpressionAttributeValues={":pk": {"S": pk}, ":requests": {"S": "REQUEST#"}},
        ):
            found = True
            match item["sk"]["S"].split("#")[0]:
                case "HEAD" if "body" in item:
                    booking = codec.load(Booking, item["body"]["S"])
                case "EVENT":
                    events.append(_event_reading(item))
                case "ORDER":
                    orders.append(codec.load(Order, item["body"]["S"]))
        if not found:
            return None
        events.sort(key=lambda each: each.event.received_at)
        return BookingReading(booking, tuple(events), tuple(orders))

    def event(self, venue_id: str, platform: str, event_id: str) -> tuple[str, EventReading] | None:
        """(booking id, event) of one event."""
        items = query_all(
            self.client,
            TableName=self.table,
            IndexName="listing",
            KeyConditionExpression="list_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": event_listing(venue_id, platform, event_id)}},
        )
        return next(((booking_of(item["pk"]["S"])[2], _event_reading(item)) for item in items), None)

    def decision(self, record_id: str, event_id: str) -> EventReading | None:
        """One event of a record whose id is known, read consistently."""
        where = key(record_id, f"EVENT#{event_id}")
        item = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        return _event_reading(item) if item else None

    def order(self, order_id: str, *, fresh: bool = False) -> Order | None:
        """An order by its id; `fresh`: with everything that was stored before now."""
        found = self.order_with_record(order_id, fresh=fresh)
        return found.order if found else None

    def order_with_record(self, order_id: str, *, fresh: bool = False) -> OrderReading | None:
        """An order by its id, and the record that it stands in."""
        where = order_link_key(order_id)
        link = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=fresh).get("Item")
        if link is None:
            return None
        for item in query_all(
            self.client,
            TableName=self.table,
            ConsistentRead=fresh,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :orders)",
            ExpressionAttributeValues={":pk": link["record_id"], ":orders": {"S": "ORDER#"}},
        ):
            order = codec.load(Order, item["body"]["S"])
            if order.id == order_id:
                return OrderReading(order, link["record_id"]["S"])
        return None

    def order_details(self, order_id: str) -> OrderDetails | None:
        """An order by its id, with all that is kept of it: its record's heads, orders and requests, and two items."""
        link = self.client.get_item(TableName=self.table, Key=order_link_key(order_id)).get("Item")
        if link is None:
            return None
        record_id = link["record_id"]["S"]
        by_kind: dict[str, list[Item]] = {}
        for item in query_all(
            self.client,
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND sk >= :head",
            ExpressionAttributeValues={":pk": {"S": record_id}, ":head": {"S": "HEAD"}},
        ):
            by_kind.setdefault(item["sk"]["S"].split("#")[0], []).append(item)
        orders = [codec.load(Order, item["body"]["S"]) for item in by_kind.get("ORDER", [])]
        order = next(each for each in orders if each.id == order_id)
        told = [each for item in by_kind.get("NOTICES", []) for each in notices_of(item)]
        return OrderDetails(
            order,
            guest=self._guest(record_id, order, by_kind["HEAD"][0]),
            requests={
                item["sk"]["S"].removeprefix("REQUEST#"): item["body"]["B"] for item in by_kind.get("REQUEST", [])
            },
            notices=tuple(each for each in told if each.order_id == order_id),
            refunds=tuple(each for each in orders if each.placed and each.placed.refund_of == order_id),
            printed_at=self._printed_at(order),
        )

    def _guest(self, record_id: str, order: Order, head: Item) -> Customer | None:
        if is_online(record_id):
            item = get_kept(self.client, self.table, key(record_id, f"CONTENT#{order.create.id}"))
            request = codec.load(Content, item["body"]["S"]).order if item else None
            return request.customer if request else None
        newest = codec.load(Booking, head["body"]["S"]).newest_event_id
        item = get_kept(self.client, self.table, key(record_id, f"EVENT#{newest}")) if newest else None
        event = event_of(item) if item else None
        return event.customer if isinstance(event, BookingEvent) else None

    def _printed_at(self, order: Order) -> datetime | None:
        if order.pos.order_id is None:
            return None
        item = get_kept(self.client, self.table, key(pos_order_pk(order.venue_id, order.pos.order_id), "ACTIVITY"))
        return activity_of(item).first_printed_at if item else None

    def orders(self, asked: OrderQuery) -> OrdersPage:
        """A venue's orders, newest first."""
        return DynamoDBOrderListing(self.client, self.table).page(asked)

    def sales(self, venue_id: str, since: datetime, until: datetime, limit: int, cursor: str | None) -> SalesPage:
        """Sales completed from `since` to before `until`, oldest first. `cursor`: the `next` of the page before."""
        sales: list[Sale] = []
        for day in _days(since, until):
            for item in self._sales_of_day(venue_id, day, cursor):
                place = item["list_sk"]["S"]
                if cursor is not None and place <= cursor:
                    continue
                sale = codec.load(Sale, item["body"]["S"])
                if not since <= sale.completed_at < until:
                    continue
                if len(sales) == limit:
                    return SalesPage(tuple(sales), _place(sales[-1]))
                sales.append(sale)
        return SalesPage(tuple(sales), None)

    def _sales_of_day(self, venue_id: str, day: str, cursor: str | None) -> Iterator[Item]:
        if cursor is not None and day < cursor[:10]:
            return
        yield from query_all(
            self.client,
            TableName=self.table,
            IndexName="listing",
            KeyConditionExpression="list_pk = :pk AND list_sk > :after",
            ExpressionAttributeValues={
                ":pk": {"S": f"SALES#{venue_id}#{day}"},
                ":after": {"S": cursor if cursor is not None and cursor[:10] == day else "0"},
            },
        )


def _place(sale: Sale) -> str:
    return f"{sale.completed_at.astimezone(UTC).isoformat()}#{sale.pos_order_id}"


def _days(since: datetime, until: datetime) -> Iterator[str]:
    day = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        yield f"{day:%Y-%m-%d}"
        day += timedelta(days=1)


def _event_reading(item: Item) -> EventReading:
    return EventReading(
        event=event_of(item),
        decision=item["decision"]["S"] if "decision" in item else None,
        reason=item["reason"]["S"] if "reason" in item else None,
        code=item["code"]["S"] if "code" in item else None,
        decided_at=moment(item["decided_at"]["N"]) if "decided_at" in item else None,
    )
