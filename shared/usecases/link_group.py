"""A finalised group: its orders are looked at again, know their group, and each platform hears of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.errors import ConflictError
from shared.domain.orders.order import Order
from shared.domain.pos_news import GroupMember, OrderLink, PosGroup, PosHint
from shared.domain.record import OutboxItem
from shared.usecases.record_book import HintBook, Nudges, PosOrderBook, RecordBook

log = logging.getLogger("posrelay.writer")


class GroupBook(Protocol):
    """The finalised groups."""

    def open_group(self, group_key: str) -> PosGroup | None:
        """The group, until its orders are linked to it."""

    def link_members(self, group: PosGroup, now: datetime) -> None:
        """Writes the group into the file of each of its orders. Safe to repeat."""

    def close_group(self, group: PosGroup, outbox: Sequence[OutboxItem], now: datetime) -> None:
        """Stores that it is done, with what is to be told. Raises ConflictError when somebody else has."""


@dataclass(frozen=True)
class LinkGroup:
    """Takes up one finalised group. What is interrupted is done again: the group stays due until it is closed."""

    groups: GroupBook
    book: RecordBook
    files: PosOrderBook
    hints: HintBook
    nudges: Nudges
    news_id: Callable[[str, str], str]
    now: Callable[[], datetime]

    def __call__(self, group_key: str) -> None:
        """Links the orders and tells the platforms that have one in it, each of its own orders only."""
        group = self.groups.open_group(group_key)
        if group is None:
            return
        self.groups.link_members(group, self.now())
        for member in group.members:
            self._look_at(group, member)
        by_platform: dict[str, list[Order]] = {}
        for order in self._orders_of_ours(group):
            by_platform.setdefault(order.platform, []).append(order)
        outbox = [
            OutboxItem(
                type="order.group_finalised",
                venue_id=group.venue_id,
                platform=platform,
                at=group.received_at,
                subject=group_key,
                data={"group_id": group.group_id, "order_ids": [order.id for order in orders]},
            )
            for platform, orders in by_platform.items()
        ]
        try:
            self.groups.close_group(group, outbox, self.now())
        except ConflictError:
            log.info("group linked by another worker", extra={"venue": group.venue_id, "group": group.group_id})

    def _look_at(self, group: PosGroup, member: GroupMember) -> None:
        """A group is finalised when it is paid, so its orders may be complete (Kounta support: Group Ordering)."""
        hint = PosHint(
            venue_id=group.venue_id,
            pos_order_id=member.pos_order_id,
            told_by="group",
            status=member.status,
            updated_at=member.updated_at,
            received_at=group.received_at,
            deleted=member.deleted,
        )
        if self.hints.put_hint(hint, self.now()):
            self.nudges.send(self.news_id(group.venue_id, member.pos_order_id))

    def _orders_of_ours(self, group: PosGroup) -> Iterator[Order]:
        for member in group.members:
            link = self._link(group, member)
            record = self.book.load(link.record_id) if link else None
            if record is None or link is None:
                continue
            order = record.order(link.order_id)
            if order.venue_id == group.venue_id and order.pos.order_id in (None, member.pos_order_id):
                yield order

    def _link(self, group: PosGroup, member: GroupMember) -> OrderLink | None:
        """Known; else by our marker, when the answer that names the POS order was lost."""
        known = self.files.load_file(group.venue_id, member.pos_order_id).link
        found = (self.book.link_of_order(order_id) for order_id in member.marked)
        return known or next((link for link in found if link is not None), None)
