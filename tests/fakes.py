"""In-memory stand-ins for the ports. The conformance suites run on these and on the real adapters alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from shared.adapters.dynamodb.delivery_book import content_hash
from shared.adapters.dynamodb.order_listing import folded
from shared.adapters.dynamodb.pace import interval_ms, tolerance_ms
from shared.adapters.dynamodb.record_items import EVENTS_A_STEP
from shared.adapters.dynamodb.schema import booking_of, booking_record_id, group_pk, is_online, millis, pos_order_pk
from shared.domain.bookings.booking import Booking, in_order_of_time
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.bookings.rules import Decision
from shared.domain.errors import ConflictError, NotFoundError, ReferenceReusedError
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.orders.writes import WriteState
from shared.domain.pace import Slots
from shared.domain.pos_activity import PosActivity
from shared.domain.pos_news import GroupLink, OrderLink, PosGroup, PosHint, PosOrderFile, SettledNews
from shared.domain.readings import OrderQuery, OrdersPage
from shared.domain.record import Claimed, Lease, OutboxItem, Record, Stored
from shared.domain.sales import Sale
from shared.domain.timings import Timings
from shared.domain.venues import Venue


@dataclass
class KeptEvent:
    """An event with its decision."""

    event: BookingEvent | ThinNotice
    content: str
    due_at: datetime
    decision: Decision | None = None


@dataclass
class InMemoryBook:
    """RecordBook, PosOrderBook, EventBook and HintBook in dictionaries."""

    timings: Timings = field(default_factory=Timings)
    records: dict[str, Record] = field(default_factory=dict)
    events: dict[str, dict[str, KeptEvent]] = field(default_factory=dict)
    files: dict[str, PosOrderFile] = field(default_factory=dict)
    settled_hints: dict[str, set[str]] = field(default_factory=dict)
    groups: dict[str, PosGroup] = field(default_factory=dict)
    closed_groups: set[str] = field(default_factory=set)
    order_links: dict[str, OrderLink] = field(default_factory=dict)
    sale_links: dict[tuple[str, str], OrderLink] = field(default_factory=dict)
    outbox: list[OutboxItem] = field(default_factory=list)
    idle: bool = True

    def load(self, record_id: str) -> Record | None:
        if is_online(record_id):
            return self.records.get(record_id)
        kept = self.events.get(record_id, {})
        head = self.records.get(record_id)
        if head is None and not kept:
            return None
        assert head is None or isinstance(head, BookingRecord)
        record = head or BookingRecord(id=record_id, version=0, booking=Booking(*booking_of(record_id)))
        open_events = [each.event for each in kept.values() if each.decision is None]
        full = in_order_of_time(event for event in open_events if isinstance(event, BookingEvent))
        undecided: tuple[BookingEvent | ThinNotice, ...] = (
            *full,
            *(event for event in open_events if isinstance(event, ThinNotice)),
        )
        newest = kept.get(record.booking.newest_event_id or "")
        return replace(
            record,
            undecided=undecided[:EVENTS_A_STEP],
            has_more=len(undecided) > EVENTS_A_STEP,
            newest_event=newest.event if newest and isinstance(newest.event, BookingEvent) else None,
        )

    def claim(self, record: Record, lease: Lease, slots: Slots | None) -> Claimed:
        self._check(record)
        claimed = replace(record, version=record.version + 1, lease=lease, slot_at=None)
        self._keep(claimed)
        return Claimed(claimed, has_slots=slots is not None and self.idle)

    def save(
        self,
        before: Record,
        after: Record,
        *,
        decided: Sequence[Decided] = (),
        outbox: Sequence[OutboxItem] = (),
        news: SettledNews | None = None,
        now: datetime,
    ) -> Record:
        self._check(before)
        for each in decided:
            if each.event_id not in self.events.get(after.id, {}):
                raise ConflictError(each.event_id)
        if news is not None:
            self._next_activity(self.load_file(news.file.venue_id, news.file.pos_order_id), news)
        saved = replace(after, version=before.version + 1)
        self._claim_sales(saved)
        self._keep(saved)
        for order in saved.orders:
            self.order_links.setdefault(order.id, OrderLink(saved.id, order.id))
            if order.pos.order_id:
                self._link(order.venue_id, order.pos.order_id, OrderLink(saved.id, order.id))
        for each in decided:
            kept = self.events[after.id][each.event_id]
            kept.decision = each.decision
            kept.event = each.event or kept.event
        self.outbox += outbox
        if news is not None:
            self.save_news(news, now)
        return saved

    def with_unknown_writes(self, venue_id: str) -> Sequence[str]:
        return [
            record.id
            for record in self.records.values()
            if record.venue_id == venue_id
            and any(write.state is WriteState.UNKNOWN for order in record.orders for write in order.writes)
        ]

    def link_of_order(self, order_id: str) -> OrderLink | None:
        return self.order_links.get(order_id)

    def link_of_sale(self, venue_id: str, sale_name: str) -> OrderLink | None:
        return self.sale_links.get((venue_id, sale_name))

    def _claim_sales(self, record: Record) -> None:
        for order in record.orders:
            handled = order.placed.handled if order.placed else None
            if handled and handled.sale_name:
                link = OrderLink(record.id, order.id)
                if self.sale_links.setdefault((order.venue_id, handled.sale_name), link) != link:
                    raise ConflictError(handled.sale_name)

    def load_file(self, venue_id: str, pos_order_id: str) -> PosOrderFile:
        return self.files.get(pos_order_pk(venue_id, pos_order_id), PosOrderFile(venue_id, pos_order_id))

    def save_news(self, news: SettledNews, now: datetime) -> None:
        pk = pos_order_pk(news.file.venue_id, news.file.pos_order_id)
        known = self.load_file(news.file.venue_id, news.file.pos_order_id)
        done = {hint.id for hint in news.file.hints}
        self.settled_hints.setdefault(pk, set()).update(done)
        left = tuple(hint for hint in known.hints if hint.id not in done)
        self.files[pk] = replace(
            known,
            link=news.file.link or known.link,
            hints=left,
            sale=news.sale or known.sale,
            activity=self._next_activity(known, news),
        )

    def _next_activity(self, known: PosOrderFile, news: SettledNews) -> PosActivity:
        if news.activity is None or news.activity == news.file.activity:
            return known.activity
        if known.activity.version != news.file.activity.version:
            raise ConflictError("activity")
        return replace(news.activity, version=known.activity.version + 1)

    def put_event(
        self, venue_id: str, platform: str, booking_id: str, event: BookingEvent | ThinNotice, now: datetime
    ) -> Stored:
        kept = self.events.setdefault(booking_record_id(venue_id, platform, booking_id), {})
        known = kept.get(event.event_id)
        content = content_hash(event)
        if known is None:
            due_at = now + timedelta(seconds=self.timings.undecided_after_s)
            kept[event.event_id] = KeptEvent(event, content, due_at)
            return Stored(duplicate=False, undecided=True)
        if known.content != content:
            raise ReferenceReusedError(event.event_id)
        return Stored(duplicate=True, undecided=known.decision is None)

    def put_hint(self, hint: PosHint, now: datetime) -> bool:
        pk = pos_order_pk(hint.venue_id, hint.pos_order_id)
        file = self.load_file(hint.venue_id, hint.pos_order_id)
        if hint.id in self.settled_hints.get(pk, set()) or hint.id in {known.id for known in file.hints}:
            return False
        self.files[pk] = replace(file, hints=(*file.hints, hint))
        return True

    def put_group(self, group: PosGroup, now: datetime) -> bool:
        is_new = group_pk(group) not in self.groups
        self.groups.setdefault(group_pk(group), group)
        return is_new

    def open_group(self, group_key: str) -> PosGroup | None:
        return None if group_key in self.closed_groups else self.groups.get(group_key)

    def link_members(self, group: PosGroup, now: datetime) -> None:
        for member in group.members:
            file = self.load_file(group.venue_id, member.pos_order_id)
            link = GroupLink(group.group_id, group.received_at)
            self.files[pos_order_pk(group.venue_id, member.pos_order_id)] = replace(file, group=link)

    def close_group(self, group: PosGroup, outbox: Sequence[OutboxItem], now: datetime) -> None:
        key = group_pk(group)
        if key in self.closed_groups or key not in self.groups:
            raise ConflictError(key)
        self.closed_groups.add(key)
        self.outbox.extend(outbox)

    def overdue(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        for record_id, kept in self.events.items():
            yield from ((record_id, each.due_at) for each in kept.values() if not each.decision and each.due_at <= now)
        for record in self.records.values():
            due_at = record.due_at(now) or (record.lease.until if record.lease else None)
            if due_at is not None and due_at <= now:
                yield record.id, due_at
        for pk, file in self.files.items():
            yield from ((pk, hint.received_at) for hint in file.hints)
        yield from ((key, each.received_at) for key, each in self.groups.items() if key not in self.closed_groups)

    def page(self, asked: OrderQuery) -> OrdersPage:
        """Without the entries: every order is looked at."""
        found = {
            f"{order.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}#{order.id}": order
            for record in self.records.values()
            for order in record.orders
            if order.venue_id == asked.venue_id and asked.fits(order) and self._is_found(record, order, asked)
        }
        places = sorted((place for place in found if place < (asked.cursor or "9")), reverse=True)
        here = places[: asked.limit]
        return OrdersPage(tuple(found[place] for place in here), here[-1] if len(places) > asked.limit else None)

    def _is_found(self, record: Record, order: Order, asked: OrderQuery) -> bool:
        if asked.text is None:
            return True
        codes = {order.code, order.placed.customer_code if order.placed else None, order.pos.sale_id}
        if asked.text.strip().casefold() in {code.casefold() for code in codes if code}:
            return True
        request = record.content(order.create.id).order if isinstance(record, OnlineRecord) else None
        guest = request.customer if request else None
        if guest is None or asked.guests_of not in (None, order.platform):
            return False
        first, last, beginning = (folded(text) for text in (guest.first_name or "", guest.last_name or "", asked.text))
        return bool(beginning) and any(
            name.strip().startswith(beginning) for name in (f"{first} {last}", f"{last} {first}")
        )

    @property
    def sales(self) -> list[Sale]:
        """Every sale there is."""
        return [file.sale for file in self.files.values() if file.sale]

    def _check(self, record: Record) -> None:
        known = self.records.get(record.id)
        if (known.version if known else 0) != record.version:
            raise ConflictError(record.id)

    def _keep(self, record: Record) -> None:
        if isinstance(record, BookingRecord):
            record = replace(record, undecided=(), newest_event=None, has_more=False)
        self.records[record.id] = record

    def _link(self, venue_id: str, pos_order_id: str, link: OrderLink) -> None:
        file = self.load_file(venue_id, pos_order_id)
        self.files[pos_order_pk(venue_id, pos_order_id)] = replace(file, link=link)


@dataclass
class InMemoryVenues:
    """Venues by id."""

    known: dict[str, Venue] = field(default_factory=dict)

    def get(self, venue_id: str) -> Venue:
        if venue_id not in self.known:
            raise NotFoundError(venue_id)
        return self.known[venue_id]


@dataclass
class InMemoryNudges:
    """Nudges, with when they are due by the test's clock."""

    sent: list[tuple[str, float]] = field(default_factory=list)

    def send(self, record_id: str, delay_s: float = 0) -> None:
        self.sent.append((record_id, delay_s))


@dataclass
class UnlimitedPace:
    """Every slot is now."""

    def reserve(self, slots: Slots, now: datetime) -> float:
        return 0.0


@dataclass
class InMemoryPace:
    """The limiter's rule by itself: each call moves the bucket on by one interval, and may be ahead by the burst."""

    taken_until: dict[str, int] = field(default_factory=dict)

    def reserve(self, slots: Slots, now: datetime) -> float:
        now_ms, step_ms = millis(now), interval_ms(slots)
        taken = max(self.taken_until.get(slots.connection_id, 0), now_ms) + slots.calls * step_ms
        self.taken_until[slots.connection_id] = taken
        return max(0, taken - step_ms - tolerance_ms(slots) - now_ms) / 1000
