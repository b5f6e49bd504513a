"""A hint that a POS order has changed becomes, after the order was read again, an order's status and a sales record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.consequence import Consequence
from shared.domain.errors import ConflictError, OutsideError, PacedError
from shared.domain.identities import markers_in
from shared.domain.online.by_hand import is_entered_by_hand, may_stand_for, names_of, with_sale
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder
from shared.domain.outcomes import after_news, event_item
from shared.domain.pace import Slots
from shared.domain.pos_activity import Happening, PosActivity, Print, after_customer, after_prints
from shared.domain.pos_news import HintKind, OrderLink, PosOrderFile, SettledNews
from shared.domain.record import OutboxItem, Record
from shared.domain.sales import Sale, sale_of
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.look_up_orders import is_confirmed
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import Nudges, Pace, PosOrderBook, RecordBook, Venues
from shared.usecases.take_slots import take_slots

log = logging.getLogger("posrelay.writer")

HINTS_A_STEP = 40  # a transaction holds at most 100 items


def _uncounted(_name: str) -> None:
    """Where nobody counts."""


@dataclass(frozen=True)
class TakeInPosNews:
    """Looks into the hints about one POS order."""

    book: RecordBook
    files: PosOrderBook
    venues: Venues
    gateway_for: Callable[[Venue, Callable[[], None]], PosGateway]
    pace: Pace
    nudges: Nudges
    timings: Timings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    count: Callable[[str], None] = _uncounted

    def __call__(self, news_id: str, venue_id: str, pos_order_id: str) -> None:
        """Reads the order and stores what became of it. While it cannot be read its hints stay in the due index."""
        file = self.files.load_file(venue_id, pos_order_id)
        if not file.hints:
            return
        if len(file.hints) > HINTS_A_STEP:
            file = replace(file, hints=file.hints[:HINTS_A_STEP])
            self.nudges.send(news_id, 1)
        venue = self.venues.get(venue_id)
        try:
            seen = self._read(venue, pos_order_id)
        except PacedError as paced:
            self.nudges.send(news_id, paced.wait_s)
            return
        except OutsideError as error:
            log.warning("hint kept", extra={"venue": venue_id, "pos_order": pos_order_id, "code": error.code})
            return
        if seen is not None and venue.pos.site_id and seen.site_id not in (None, venue.pos.site_id):
            log.warning("order of another site", extra={"venue": venue_id, "pos_order": pos_order_id})
            self.files.save_news(SettledNews(file, file.sale), self.now())
            return
        link = self._link(file, seen)
        record = self.book.load(link.record_id) if link else None
        if record is None or link is None:
            self._settle_others(news_id, file, seen, venue)
            return
        self._settle(news_id, file, seen, venue, record, link)

    def _settle_others(self, news_id: str, file: PosOrderFile, seen: PosOrder | None, venue: Venue) -> None:
        """An order that is none of ours: what happened is kept and counted, and no platform hears of it."""
        activity, happened = self._activity(file, seen)
        sale = self._sale(file, seen, venue, None, None)
        try:
            self.files.save_news(SettledNews(file, sale, activity), self.now())
        except ConflictError:
            self.nudges.send(news_id, 1)
            return
        for each in happened:
            self.count(_COUNTED_AS[each.type])

    def _activity(self, file: PosOrderFile, seen: PosOrder | None) -> tuple[PosActivity, list[Happening]]:
        """What the register did by these hints; the customer as the order has it now, whatever the hints said."""
        prints = [Print(hint.received_at, hint.digest) for hint in file.hints if hint.kind is HintKind.KITCHEN_PRINT]
        same_within = timedelta(seconds=self.timings.same_print_s)
        activity, happened = after_prints(file.activity, prints, same_within)
        told = [hint.received_at for hint in file.hints if hint.kind is HintKind.CUSTOMER]
        if told and seen is not None:
            activity, changed = after_customer(activity, seen.customer_id, max(told))
            happened += changed
        return activity, happened

    def _settle(
        self, news_id: str, file: PosOrderFile, seen: PosOrder | None, venue: Venue, record: Record, link: OrderLink
    ) -> None:
        now = self.now()
        if record.is_leased(now):
            self.nudges.send(news_id, 1)
            return
        stored = record
        order = record.order(link.order_id)
        activity, happened = self._activity(file, seen)
        if seen is None:
            seen = _gone(order, file.pos_order_id, now)
        consequence: Consequence[Record] = Consequence(record)
        told: list[OutboxItem] = []
        if isinstance(record, OnlineRecord) and is_entered_by_hand(order, seen, file.hints):
            if seen.status == "COMPLETE" and not seen.deleted:
                consequence = with_sale(replace(record, lease=None), order, seen)
        elif order.pos.order_id in (None, seen.id) and (order.pos.order_id or is_confirmed(seen, order)):
            consequence = after_news(replace(record, lease=None), link.order_id, seen, now, venue, self.timings)
            told = [
                event_item(record, order, each.at, each.type, pos_order_id=seen.id, **each.said) for each in happened
            ]
        sale = self._sale(file, seen, venue, order.id, order.booking_id)
        try:
            saved = self.book.save(
                stored,
                consequence.record,
                outbox=(*consequence.outbox, *told),
                news=SettledNews(replace(file, link=link), sale, activity),
                now=now,
            )
        except ConflictError:
            self.nudges.send(news_id, 1)
            return
        if saved.next_write() is not None:
            self.nudges.send(record.id)

    def _read(self, venue: Venue, pos_order_id: str) -> PosOrder | None:
        slots = Slots(venue.pos.connection_id, venue.pos.pace_per_minute, 1)

        def take_slot() -> None:
            patience_s = self.timings.slot_patience_s
            take_slots(self.pace, (slots,), patience_s=patience_s, now=self.now, sleep=self.sleep)

        return self.gateway_for(venue, take_slot).read_order(pos_order_id)

    def _link(self, file: PosOrderFile, seen: PosOrder | None) -> OrderLink | None:
        """Whose order it is: known, or proven by the callback's address, or told by our marker in its notes."""
        if file.link is not None:
            return file.link
        told = [hint.order_id for hint in file.hints if hint.order_id]
        marked = [order_id for order_id, _ in markers_in(seen.notes if seen else None)]
        for order_id in (*told, *marked):
            link = self.book.link_of_order(order_id)
            if link is not None:
                return link
        is_sale = seen is not None and seen.status == "COMPLETE" and not seen.deleted
        return self._entered_as(file.venue_id, seen) if seen is not None and is_sale else None

    def _entered_as(self, venue_id: str, seen: PosOrder) -> OrderLink | None:
        """The order that staff entered by hand as this sale."""
        for name in names_of(seen):
            link = self.book.link_of_sale(venue_id, name)
            record = self.book.load(link.record_id) if link else None
            if link and record and may_stand_for(record.order(link.order_id), seen.id):
                return link
        return None

    def _sale(
        self, file: PosOrderFile, seen: PosOrder | None, venue: Venue, order_id: str | None, booking_id: str | None
    ) -> Sale | None:
        if seen is None or seen.deleted:
            voided = file.sale and file.sale.voided_at is None
            return replace(file.sale, voided_at=self.now()) if file.sale and voided else file.sale
        if seen.status != "COMPLETE":
            return file.sale
        source = "booking" if booking_id else "platform" if order_id else "pos"
        return sale_of(seen, venue.id, venue.currency, order_id=order_id, booking_id=booking_id, source=source)


_COUNTED_AS = {
    "order.kitchen_print": "OthersKitchenPrints",
    "customer.linked": "OthersCustomersLinked",
    "customer.unlinked": "OthersCustomersUnlinked",
}


def _gone(order: Order, pos_order_id: str, now: datetime) -> PosOrder:
    """An order that can no longer be read: deleted. What it held does not matter any more."""
    created_at = order.pos.created_at or now
    return PosOrder(id=pos_order_id, status="DELETED", created_at=created_at, updated_at=now, deleted=True)
