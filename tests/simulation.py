"""The relay's own use cases against the sandbox, in process, on a clock that a test moves.

Everything is real but the table (in memory) and the network (the sandbox behind httpx's transport): the rules, the
write protocol, the Kounta adapter and the vendor's habits. A worker can be killed at any of the three moments that
matter: before a call, after it, and before its outcome is stored.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import simplejson

from sandbox.core import Sandbox
from sandbox.messages import Delivery, SandboxAnswer, SandboxRequest
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport
from shared.adapters.dynamodb.schema import booking_record_id, pos_order_of, pos_order_pk
from shared.adapters.http.clients import make_client
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.gateway import KountaGateway
from shared.adapters.kounta.tokens import Credentials
from shared.domain.bookings.events import BookingEvent, BookingStatus
from shared.domain.bookings.record import BookingRecord
from shared.domain.errors import ConflictError, OutsideError
from shared.domain.identities import ALPHABET, markers_in
from shared.domain.orders.order import Order
from shared.domain.pos_news import PosHint
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection, Venue, VenueMode
from shared.usecases.advance_record import AdvanceRecord
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.take_in_pos_news import TakeInPosNews
from tests.fakes import InMemoryBook, InMemoryVenues, UnlimitedPace

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
VENUE = Venue(
    id="demo",
    name="The Example Table",
    pos=PosConnection(kind="kounta", company_id="5678", site_id="823"),
    link_customers=False,
    nowbookit_location_id="LOC-823",
)
PLATFORM = "demo-bookings"


class WorkerKilledError(BaseException):
    """The process ends here. Not an Exception: nothing in the relay may catch it."""


@dataclass
class Clock:
    """The test's time."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class KillableBook(InMemoryBook):
    """Dies before the n-th save from now, when told to."""

    kill_before_save: int | None = None

    def save(self, before: BookingRecord, after: BookingRecord, **rest: Any) -> BookingRecord:
        if self.kill_before_save is not None:
            self.kill_before_save -= 1
            if self.kill_before_save < 0:
                self.kill_before_save = None
                raise WorkerKilledError
        return super().save(before, after, **rest)


@dataclass
class Wire(httpx.BaseTransport):
    """The wire to the POS, with what shall happen around its next calls: a worker dies, staff act, an event comes in,
    the lease runs out. Each deed happens once; `before` when the POS has heard nothing yet, `after` when it has
    answered and the worker does not know."""

    inner: httpx.BaseTransport
    before: list[tuple[bool, Callable[[], None]]] = field(default_factory=list)
    after: list[tuple[bool, Callable[[], None]]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        writes = request.method != "GET"
        self._do(self.before, writes)
        try:
            return self.inner.handle_request(request)
        finally:
            self._do(self.after, writes)

    def calm(self) -> None:
        """Forgets what has not happened."""
        self.before.clear()
        self.after.clear()

    def _do(self, deeds: list[tuple[bool, Callable[[], None]]], writes: bool) -> None:
        for place, (only_writes, deed) in enumerate(deeds):
            if writes or not only_writes:
                del deeds[place]
                deed()
                return


def die() -> None:
    """The worker is killed here."""
    raise WorkerKilledError


@dataclass
class TimedNudges:
    """The queue: nudges with their delays, delivered by the test's clock."""

    clock: Clock
    waiting: list[tuple[datetime, int, str]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def send(self, record_id: str, delay_s: float = 0) -> None:
        if delay_s <= 900:
            due = self.clock.now() + timedelta(seconds=delay_s)
            heapq.heappush(self.waiting, (due, next(self._numbers), record_id))

    def pop(self, until: datetime) -> str | None:
        if self.waiting and self.waiting[0][0] <= until:
            due, _, record_id = heapq.heappop(self.waiting)
            self.clock.moment = max(self.clock.moment, due)
            return record_id
        return None


class Simulation:
    """A relay and a sandbox. `seat`, `change` and `deliver` put events in; `run` lets time pass; the rest looks."""

    def __init__(self, *, timings: Timings | None = None, venue: Venue = VENUE, list_lag_s: float = 16) -> None:
        self.clock = Clock()
        self._next_minute = self.clock.now() + timedelta(seconds=60)
        self.timings = timings or Timings()
        self.sandbox = Sandbox(
            self.clock.now, SandboxSettings(list_lag_s=list_lag_s, basic_per_minute=0, oauth_per_minute=0)
        )
        self.book = KillableBook(timings=self.timings)
        self.venues = InMemoryVenues({venue.id: venue})
        self.venue_id = venue.id
        self.nudges = TimedNudges(self.clock)
        self.platform: BookingPlatform | None = None
        self._ids = itertools.count(1)
        self._workers = itertools.count(1)
        self.wire = Wire(sandbox_transport(self.sandbox))
        self._http = make_client(self.wire)
        shared: dict[str, Any] = {
            "book": self.book,
            "venues": self.venues,
            "gateway_for": self._gateway,
            "pace": UnlimitedPace(),
            "nudges": self.nudges,
            "timings": self.timings,
            "now": self.clock.now,
            "sleep": self.clock.advance,
        }
        self.advance = AdvanceRecord(
            **shared,
            platform_for=lambda _venue, _name: self._the_platform(),
            new_order_id=self._new_order_id,
            callback_uri=lambda venue_id, order_id: (
                f"https://relay.example.com/pos/kounta/{venue_id}/orders/{order_id}/status?token=t"
            ),
        )
        self.news = TakeInPosNews(**shared, files=self.book)

    def close(self) -> None:
        self._http.close()
        self.sandbox.close()

    # events in

    def event(self, status: str, *, booking: str = "B-1", at: datetime | None = None, **more: Any) -> BookingEvent:
        number = next(self._ids)
        known = status in set(BookingStatus)
        fields: dict[str, Any] = {"tables": ("12",), "party_size": 4, **more}
        return BookingEvent(
            event_id=fields.pop("event_id", f"e-{number}"),
            booking_reference=booking,
            type="updated",
            occurred_at=at or self.clock.now(),
            received_at=self.clock.now() + timedelta(microseconds=number),
            status=BookingStatus(status) if known else None,
            raw_status=status,
            **fields,
        )

    def deliver(self, event: BookingEvent) -> None:
        self.book.put_event(self.venue_id, PLATFORM, event.booking_reference, event, self.clock.now())
        self.nudges.send(self.record_id(event.booking_reference))

    def change(self, status: str, *, booking: str = "B-1", at: datetime | None = None, **more: Any) -> None:
        self.deliver(self.event(status, booking=booking, at=at, **more))

    # time and work

    def run(self, seconds: float = 0) -> None:
        """Lets so many seconds pass: nudges, the POS's deliveries, and each minute the caretaker."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while True:
            self._pump_deliveries()
            record_id = self.nudges.pop(min(until, self._next_minute))
            if record_id is not None:
                self.work(record_id)
                continue
            if self._next_minute > until:
                break
            self.clock.moment = max(self.clock.moment, self._next_minute)
            self._next_minute = self.clock.now() + timedelta(seconds=60)
            self.care()
        self.clock.moment = max(self.clock.moment, until)

    def settle(self, most_seconds: float = 7200) -> None:
        """Lets time pass until nothing is undecided and no write is open."""
        end = self.clock.now() + timedelta(seconds=most_seconds)
        while self.clock.now() < end:
            self.run(30)
            if self.is_settled():
                return
        raise AssertionError(f"not settled: {[(r.id, r.next_write()) for r in self.book.records.values()]}")

    def is_settled(self) -> bool:
        undecided = any(kept.decision is None for events in self.book.events.values() for kept in events.values())
        hints = any(file.hints for file in self.book.files.values())
        open_writes = any(
            write.is_open and write.due_at is not None
            for record in self.book.records.values()
            for order in record.orders
            for write in order.writes
        )
        return not undecided and not open_writes and not hints

    def work(self, record_id: str) -> None:
        """One invocation of the writer; a killed one leaves everything as it was at that moment."""
        try:
            if record_id.startswith("POSORDER#"):
                self.news(record_id, *pos_order_of(record_id))
            else:
                self.advance(record_id, f"worker-{next(self._workers)}", lambda: 25.0)
        except WorkerKilledError:
            self.clock.advance(0.1)
        except (OutsideError, ConflictError):
            self.nudges.send(record_id, 5)

    def around_next_call(self, moment: str, deed: Callable[[], None], *, only_writes: bool = True) -> None:
        """Has something happen right `before` or `after` the next call (or only the next one that writes)."""
        (self.wire.before if moment == "before" else self.wire.after).append((only_writes, deed))

    def heal(self) -> None:
        """No faults any more, nobody dies, the venue is live."""
        self.sandbox.faults.clear()
        self.wire.calm()
        self.book.kill_before_save = None
        self.with_venue(mode=VenueMode.LIVE)

    def subscribe_webhooks(self) -> None:
        """The POS tells of completed and deleted orders of the whole site, as an operator sets it up."""
        for topic in ("orders/completed", "orders/deleted"):
            wanted = {"topic": topic, "address": "https://relay.example.com/pos/kounta/demo", "format": "json"}
            answer = self._http.post(
                "http://sandbox.test/kounta/v1/companies/5678/webhooks",
                json={**wanted, "filter": {"site_ids": [823]}},
                headers={"accept": "application/json"},
                auth=("demo-basic", "demo-basic-secret"),
            )
            assert answer.status_code == 201, answer.text

    def care(self) -> None:
        """What the caretaker does each minute: nudges what is overdue."""
        for record_id, _ in list(self.book.overdue(self.clock.now())):
            self.nudges.send(record_id)

    # faults and staff

    def fault(self, operation: str, fault: str, times: int = 1, **more: Any) -> None:
        self.control("POST", "/_control/faults", {"operation": operation, "fault": fault, "times": times, **more})

    def staff(self, act: str, pos_order_id: str, content: dict[str, Any] | None = None) -> None:
        self.control("POST", f"/_control/kounta/orders/{pos_order_id}/{act}", content or {})

    def staff_try(self, act: str, pos_order_id: str) -> bool:
        """Presses a button at the register; False when the register does not let them."""
        return self._control("POST", f"/_control/kounta/orders/{pos_order_id}/{act}", {}).status < 300

    def control(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        answer = self._control(method, path, content)
        assert answer.status < 300, (path, answer.status, answer.body)
        return simplejson.loads(answer.body) if answer.body else None

    def _control(self, method: str, path: str, content: dict[str, Any] | None) -> SandboxAnswer:
        body = simplejson.dumps(content, use_decimal=True).encode() if content is not None else b""
        headers = {"content-type": "application/json", "accept": "application/json"}
        return self.sandbox.handle(SandboxRequest(method=method, path=path, query=[], headers=headers, body=body))

    # looks

    def record_id(self, booking: str = "B-1") -> str:
        return booking_record_id(self.venue_id, PLATFORM, booking)

    def record(self, booking: str = "B-1") -> BookingRecord:
        return self.book.records[self.record_id(booking)]

    def order(self, booking: str = "B-1", seating: int = -1) -> Order:
        return self.record(booking).orders[seating]

    def decisions(self, booking: str = "B-1") -> list[str]:
        kept = self.book.events[self.record_id(booking)].values()
        return [each.decision.kind.value if each.decision else "undecided" for each in kept]

    def pos_orders(self) -> Sequence[dict[str, Any]]:
        """Everything the POS holds, deleted ones too."""
        held: Sequence[dict[str, Any]] = self.control("GET", "/_control/kounta/orders")
        return held

    def live(self) -> list[dict[str, Any]]:
        """POS orders that stand: neither deleted nor rejected."""
        return [order for order in self.pos_orders() if not order["deleted"] and order["status"] != "REJECTED"]

    def live_by_order(self) -> dict[str, int]:
        """How many standing POS orders bear each of our orders' markers."""
        counts: dict[str, int] = {}
        for held in self.live():
            for order_id, _ in markers_in(held["notes"]):
                counts[order_id] = counts.get(order_id, 0) + 1
        return counts

    def calls(self, operation: str) -> int:
        return (
            len(self.control("GET", "/_control/calls"))
            if not operation
            else sum(call["operation"] == operation for call in self.control("GET", "/_control/calls"))
        )

    def failures(self) -> list[str]:
        return [str(item.data.get("code")) for item in self.book.outbox if item.type == "failure.reported"]

    def told(self) -> list[str]:
        return [item.type for item in self.book.outbox if item.type != "failure.reported"]

    def with_venue(self, **changes: Any) -> None:
        self.venues.known[self.venue_id] = replace(self.venues.known[self.venue_id], **changes)

    def _gateway(self, venue: Venue, pace: Callable[[], None]) -> KountaGateway:
        client = KountaClient(
            self._http,
            api_url="http://sandbox.test/kounta",
            connection_id=venue.pos.connection_id,
            company_id=venue.pos.company_id,
            credentials=Credentials("demo-basic", "demo-basic-secret"),
            tokens=None,
            timings=self.timings,
            now=self.clock.now,
        )
        return KountaGateway(client, venue.pos, pace=pace, sleep=self.clock.advance)

    def _pump_deliveries(self) -> None:
        """The POS's callbacks and webhooks, as pos_events would take them in."""
        self.take_in(self.sandbox.take_deliveries())

    def take_in(self, deliveries: Iterable[Delivery]) -> None:
        """Stores what the POS told, and nudges."""
        for delivery in deliveries:
            content = simplejson.loads(delivery.body)
            order_id = delivery.url.split("/orders/")[1].split("/")[0] if "/status?" in delivery.url else None
            hint = PosHint(
                venue_id=self.venue_id,
                pos_order_id=str(content["id"]),
                told_by="callback" if order_id else "webhook",
                status=content["status"],
                updated_at=content["updated_at"],
                received_at=self.clock.now(),
                deleted=bool(content.get("deleted")),
                order_id=order_id,
            )
            self.book.put_hint(hint, self.clock.now())
            self.nudges.send(pos_order_pk(self.venue_id, hint.pos_order_id))

    def _the_platform(self) -> BookingPlatform:
        assert self.platform is not None, "this test has no booking platform"
        return self.platform

    def _new_order_id(self) -> str:
        number, text = next(self._ids), ""
        for _ in range(16):
            number, rest = divmod(number, 32)
            text = ALPHABET[rest] + text
        return f"ord_{text}"
