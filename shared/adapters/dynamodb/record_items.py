"""The items of a record's partition, put together to the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import (
    Item,
    booking_of,
    is_online,
    moment,
    placement_of,
)
from shared.domain.bookings.booking import Booking, in_order_of_time
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import BookingRecord
from shared.domain.online.record import Content, OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.record import Lease, Record

if TYPE_CHECKING:
    pass

EVENTS_A_STEP = 12  # a transaction holds at most 100 items, and every other event may make an order with its entries


def event_of(item: Item) -> BookingEvent | ThinNotice:
    """The event, or the thin notice, that an EVENT item holds."""
    kind: type[BookingEvent] | type[ThinNotice] = ThinNotice if item["kind"]["S"] == "thin" else BookingEvent
    return codec.load(kind, item["body"]["S"])


def subject_of(record: Record) -> str:
    """What stands in a record's head: whom or what it is for."""
    return codec.dump(record.placement if isinstance(record, OnlineRecord) else cast(BookingRecord, record).booking)


def record_of(record_id: str, items: Sequence[Item]) -> Record:
    """The record that these items of one partition make."""
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item["sk"]["S"].split("#")[0], []).append(item)
    head = by_kind.get("HEAD", [{}])[0]
    common = _Common(
        orders=tuple(codec.load(Order, item["body"]["S"]) for item in by_kind.get("ORDER", [])),
        requests={item["sk"]["S"].removeprefix("REQUEST#"): item["body"]["B"] for item in by_kind.get("REQUEST", [])},
        lease=Lease(head["lease_holder"]["S"], moment(head["lease_until"]["N"])) if "lease_holder" in head else None,
        slot_at=moment(head["slot_at"]["N"]) if "slot_at" in head else None,
    )
    version = int(head["version"]["N"]) if "version" in head else 0
    if is_online(record_id):
        contents = {
            item["sk"]["S"].removeprefix("CONTENT#"): codec.load(Content, item["body"]["S"])
            for item in by_kind.get("CONTENT", [])
        }
        return OnlineRecord(record_id, version, placement_of(record_id), contents=contents, **common)
    booking = codec.load(Booking, head["body"]["S"]) if "body" in head else Booking(*booking_of(record_id))
    events = by_kind.get("EVENT", [])
    undecided = _oldest([event_of(item) for item in events if "decision" not in item])
    newest = next((item for item in events if item["sk"]["S"] == f"EVENT#{booking.newest_event_id}"), None)
    newest_event = event_of(newest) if newest else None
    return BookingRecord(
        record_id,
        version,
        booking,
        undecided=undecided[:EVENTS_A_STEP],
        has_more=len(undecided) > EVENTS_A_STEP,
        newest_event=newest_event if isinstance(newest_event, BookingEvent) else None,
        **common,
    )


class _Common(TypedDict):
    orders: tuple[Order, ...]
    requests: dict[str, bytes]
    lease: Lease | None
    slot_at: datetime | None


def _oldest(events: Sequence[BookingEvent | ThinNotice]) -> tuple[BookingEvent | ThinNotice, ...]:
    """Full events as the booking lived them, then the notices: those will be the newest once they are fetched."""
    full = in_order_of_time(event for event in events if isinstance(event, BookingEvent))
    return (*full, *(event for event in events if isinstance(event, ThinNotice)))
