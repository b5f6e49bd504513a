"""The sandbox's Now Book It: one request in, one answer out (Now Book It docs: authentication, limits, Bookings)."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel

from sandbox.calls import Call, CallLog
from sandbox.demo import read_demo
from sandbox.fault_effects import lost, suffered
from sandbox.faults import Fault, Faults
from sandbox.messages import Delivery, Json, SandboxAnswer, SandboxRequest, from_json, json_answer, to_json
from sandbox.nowbookit import bookings
from sandbox.nowbookit.models import Booking, BookingChange, Hook
from sandbox.settings import SandboxSettings
from sandbox.store import Shelf, Store
from sandbox.timeline import SandboxClock, utc_now

LIMIT_WINDOW_S = 1.0
UNKNOWN = "nowbookit.unknown"


class Limit(BaseModel):
    """Calls a second that are let through; 0 = unlimited."""

    per_second: int


class NowBookItSandbox:
    """A Now Book It in process. Thread-safe; makes no calls of its own."""

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        settings: SandboxSettings | None = None,
        *,
        store: Store | None = None,
        faults: Faults | None = None,
        calls: CallLog | None = None,
        lock: threading.RLock | None = None,
    ) -> None:
        self.settings = settings or SandboxSettings()
        self.clock = SandboxClock(clock)
        self.faults = faults or Faults()
        self.calls = calls or CallLog(self.settings.calls_kept)
        self.lock = lock or threading.RLock()
        self._store = store or Store()
        self.bookings = Shelf(self._store, "nowbookit.booking", Booking)
        self._hooks = Shelf(self._store, "nowbookit.hook", Hook)
        self._limits = Shelf(self._store, "nowbookit.limit", Limit)
        self._recent: deque[float] = deque()
        self._deliveries: list[Delivery] = []
        self._api_keys: list[str] = read_demo()["nowbookit"]["api_keys"]
        if len(self.bookings) == 0:
            self._furnish()

    def _furnish(self) -> None:
        for booking in read_demo()["nowbookit"]["bookings"]:
            change = BookingChange.model_validate({**booking, "quiet": True})
            self.put_booking(change.bookingId or "", change)

    def handle(self, request: SandboxRequest) -> SandboxAnswer:
        """Answer a request; what stands in the path before `/Bookings` or `/Resources` is ignored."""
        with self.lock:
            segments = _segments(request.path)
            call = self.calls.open(request, _operation(request.method, segments), self.clock.now())
            answer = self._answer(request, segments, call)
            self._store.flush()
            call.status = None if answer.refused or answer.disconnect or answer.never else answer.status
            return answer

    def take_deliveries(self) -> list[Delivery]:
        """The webhooks owed since the last time."""
        with self.lock:
            taken, self._deliveries = self._deliveries, []
            return taken

    def put_booking(self, booking_id: str | None, change: BookingChange) -> Booking:
        """Make or change a booking as the venue's diary would; its webhook fires."""
        with self.lock:
            booking_id = booking_id or f"NBI-{5000 + len(self.bookings) + 1}"
            booking = self.bookings.get(booking_id)
            event = "BOOKING_CREATED" if booking is None else "BOOKING_UPDATED"
            if booking is None:
                booking = bookings.new_booking(booking_id, change, self.clock.now())
            else:
                bookings.change_booking(booking, change, self.clock.now())
            self.bookings.put(booking_id, booking)
            if not change.quiet:
                self._announce(event, booking)
            self._store.flush()
            return booking

    def register_hook(self, hook: Hook) -> None:
        """Where webhooks go from now on."""
        with self.lock:
            self._hooks.put("only", hook)
            self._store.flush()

    def limit_to(self, per_second: int) -> None:
        """Change the rate limit; 0 = unlimited."""
        with self.lock:
            self._limits.put("only", Limit(per_second=per_second))
            self._store.flush()

    def reset(self) -> None:
        """Back to the demo bookings, no webhook."""
        with self.lock:
            for shelf in (self.bookings, self._hooks, self._limits):
                shelf.clear()
            self._recent.clear()
            self._deliveries = []
            self._furnish()
            self._store.flush()

    def _announce(self, event: str, booking: Booking) -> None:
        hook = self._hooks.get("only")
        if hook is None:
            return
        body = {"eventType": event, "data": {"bookingId": booking.id, "locationId": booking.shown["locationId"]}}
        headers = {"Content-Type": "application/json", hook.header: hook.token}
        self._deliveries.append(Delivery(hook.url, headers, to_json(body)))

    def _answer(self, request: SandboxRequest, segments: list[str], call: Call) -> SandboxAnswer:
        fault = self.faults.take(call.operation, request.path, request.body)
        if fault is not None:
            call.fault = fault.name
            early = _unprocessed(fault)
            if early is not None:
                return early
        if request.header("x-api-key") not in self._api_keys:
            answer = _message(401, "Invalid API key")
        elif not self._let_through():
            answer = _too_many()
        else:
            answer = self._carry_out(request, segments, call.operation)
        return suffered(fault, answer, _message(500, "The request could not be served"))

    def _carry_out(self, request: SandboxRequest, segments: list[str], operation: str) -> SandboxAnswer:
        if operation == "nowbookit.statuses":
            return json_answer(200, [bookings.status_json(name) for name in bookings.STATUS_NAMES])
        booking = self.bookings.get(segments[1]) if len(segments) > 1 else None
        if operation == UNKNOWN or booking is None:
            return _message(404, "Not found")
        if operation == "nowbookit.get_booking":
            return json_answer(200, booking.shown)
        return self._update_status(booking, request)

    def _update_status(self, booking: Booking, request: SandboxRequest) -> SandboxAnswer:
        try:
            body: Json = from_json(request.body)
        except ValueError:
            return _message(400, "The request body is not valid JSON")
        word = body.get("status") if isinstance(body, dict) else None
        status = bookings.status_named(word) if isinstance(word, str) else None
        if status is None:
            return _message(400, "status is not a known booking status")
        spent, pax = body.get("amountSpent"), body.get("pax")
        if spent is not None and (isinstance(spent, bool) or not isinstance(spent, int | Decimal)):
            return _message(400, "amountSpent must be a number")
        if pax is not None and (isinstance(pax, bool) or not isinstance(pax, int)):
            return _message(400, "pax must be a whole number")
        booking.amount_spent = str(spent) if spent is not None else booking.amount_spent
        booking.pax = pax if pax is not None else booking.pax
        bookings.change_booking(booking, BookingChange(status=status), self.clock.now())
        self.bookings.put(booking.id, booking)
        return json_answer(200, bookings.report_json(booking))

    def _let_through(self) -> bool:
        limit = self._limits.get("only")
        per_second = limit.per_second if limit is not None else self.settings.nowbookit_per_second
        now = self.clock.now().timestamp()
        while self._recent and not 0 <= now - self._recent[0] < LIMIT_WINDOW_S:
            self._recent.popleft()
        if 0 < per_second <= len(self._recent):
            return False
        self._recent.append(now)
        return True


def _segments(path: str) -> list[str]:
    words = [word for word in path.split("/") if word]
    start = next((place for place, word in enumerate(words) if word in {"Bookings", "Resources"}), len(words))
    return words[start:]


def _operation(method: str, segments: list[str]) -> str:
    if method == "GET" and segments == ["Resources", "booking-statuses"]:
        return "nowbookit.statuses"
    if method == "GET" and len(segments) == 2 and segments[0] == "Bookings":
        return "nowbookit.get_booking"
    if method == "PATCH" and len(segments) == 3 and segments[2] == "updatestatus":
        return "nowbookit.update_status"
    return UNKNOWN


def _message(status: int, text: str) -> SandboxAnswer:
    return json_answer(status, {"message": text})


def _too_many() -> SandboxAnswer:
    return _message(429, "You may only perform this action 10 times every 1000 milliseconds")


def _unprocessed(fault: Fault) -> SandboxAnswer | None:
    status = fault.bare_status or fault.stored_status
    if status is not None:
        return _too_many() if status == 429 else _message(status, "The request could not be served")
    return lost(fault)
