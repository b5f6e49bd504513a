"""What callers may read of the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.domain.bookings.booking import Booking
from shared.domain.bookings.events import BookingEvent, Customer, ThinNotice
from shared.domain.notices import Notice
from shared.domain.orders.order import Order
from shared.domain.sales import Sale

OrderStatus = Literal[
    "queued",
    "sending",
    "sent",
    "accepted",
    "rejected",
    "completed",
    "deleted",
    "withdrawn",
    "failed",
    "unknown",
    "handled",
    "cancelled",
    "partly_refunded",
    "refunded",
]
"""What `Order.status` can be."""


@dataclass(frozen=True, slots=True)
class EventReading:
    """An event as it was taken in, and what was decided on it (None: not yet)."""

    event: BookingEvent | ThinNotice
    decision: str | None
    reason: str | None
    code: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class BookingReading:
    """A booking with its events and its orders."""

    booking: Booking
    events: tuple[EventReading, ...]
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class SalesPage:
    """Sales by time of completion, and where the next page begins."""

    sales: tuple[Sale, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OrderReading:
    """An order, and the record that it stands in."""

    order: Order
    record_id: str


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """An order with all that is kept of it."""

    order: Order
    guest: Customer | None = None
    """While that is kept."""
    requests: Mapping[str, bytes] = field(default_factory=dict)
    """Idempotency key → what was, or was about to be, sent under it; while it is kept."""
    notices: tuple[Notice, ...] = ()
    """Who was told of its failures, oldest first."""
    refunds: tuple[Order, ...] = ()
    printed_at: datetime | None = None
    """When the kitchen first printed of it."""


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders of a venue, of those made from `since` to before `until`, newest first."""

    venue_id: str
    since: datetime
    until: datetime
    limit: int
    cursor: str | None = None
    """The `next` of the page before."""
    platform: str | None = None
    """Whose; None: everybody's."""
    status: str | None = None
    failed: bool | None = None
    source: str | None = None
    text: str | None = None
    """An order code, customer code or sale id, or the beginning of a guest's name."""
    guests_of: str | None = None
    """Whose guests may be found by their names; None: everybody's."""

    def fits(self, order: Order) -> bool:
        """Whether the order is one of those, as far as its fields tell."""
        return (
            self.platform in (None, order.platform)
            and self.status in (None, order.status)
            and self.failed in (None, bool(order.failed_services))
            and self.source in (None, order.source)
            and self.since <= order.created_at < self.until
        )


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Orders, newest first, and where the next page begins. A page may hold fewer than were asked for, or none, though
    there is a next one."""

    orders: tuple[Order, ...]
    next: str | None
