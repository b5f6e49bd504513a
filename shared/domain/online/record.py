"""A platform's order as a record: the order itself, what was added to it, and its refunds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.orders.acts import LineChanges, PaymentChanges
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Placed
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OrderChanges,
    OrderRequest,
    PaymentRequest,
)
from shared.domain.record import Record


@dataclass(frozen=True, slots=True)
class Content:
    """What one write carries, in the platform's words. May hold guests' data: kept only as long as those may be."""

    order: OrderRequest | None = None
    lines: tuple[LineRequest, ...] = ()
    number: int | None = None
    """Which line, option set or payment of the POS order, counted from 1."""
    option: OptionRequest | None = None
    payment: PaymentRequest | None = None
    line_changes: LineChanges | None = None
    payment_changes: PaymentChanges | None = None
    changes: OrderChanges | None = None
    notification: Notification | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Who placed the order under which reference."""

    venue_id: str
    platform: str
    reference: str


@dataclass(frozen=True, slots=True)
class OnlineRecord(Record):
    """Everything the writer needs to decide and act for one placed order. The first of its orders is the order itself,
    the others are its refunds."""

    placement: Placement
    contents: Mapping[str, Content] = field(default_factory=dict, kw_only=True)
    """Write id → what it carries."""

    @property
    def venue_id(self) -> str:
        """Whose guests ordered."""
        return self.placement.venue_id

    @property
    def platform(self) -> str:
        """Where they ordered."""
        return self.placement.platform

    @property
    def main(self) -> Order:
        """The order itself."""
        return self.orders[0]

    @property
    def refunds(self) -> tuple[Order, ...]:
        """What gives (part of) it back."""
        return self.orders[1:]

    def content(self, write_id: str) -> Content:
        """What a write carries; an empty one when it was only kept for so long."""
        return self.contents.get(write_id, Content())

    def carrying(self, write_id: str, content: Content) -> OnlineRecord:
        """With this as what the write carries."""
        return replace(self, contents={**self.contents, write_id: content})


def placed(order: Order) -> Placed:
    """What the platform asked for. Raises AssertionError for a booking's order: a bug."""
    assert order.placed is not None
    return order.placed


def changed(order: Order, **fields: object) -> Order:
    """The order with these fields of `placed` changed."""
    return replace(order, placed=replace(placed(order), **fields))  # type: ignore[arg-type]


def awaited_menu_since(record: Record) -> datetime | None:
    """Since when a write of the record waits for a newer menu; None: none does."""
    waiting = [
        write.awaits_menu_since for order in record.orders for write in order.open_writes if write.awaits_menu_since
    ]
    return min(waiting, default=None)
