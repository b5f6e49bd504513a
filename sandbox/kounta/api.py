"""The sandbox's Kounta: one request in, one answer out, in the order in which the vendor checks things.

Faults that leave a request unprocessed come first, then format (406, 400), authentication (401), permission (403),
the rate limit (429), the idempotency store, and only then the act itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from sandbox.calls import Call, CallLog
from sandbox.fault_effects import delay_of, lost, suffered
from sandbox.faults import STORED_AFTER, Fault, Faults
from sandbox.kounta import idempotency, oauth, resources
from sandbox.kounta.back_office import Company
from sandbox.kounta.fault_answers import bare_answer, server_error, stored_answer
from sandbox.kounta.models import Order
from sandbox.kounta.rate_limit import RateLimiter, limit_exceeded
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.routes import Route, check_method, read_route
from sandbox.kounta.staff import Staff
from sandbox.kounta.state import KountaState
from sandbox.messages import Delivery, SandboxAnswer, SandboxRequest
from sandbox.settings import SandboxSettings
from sandbox.store import Store
from sandbox.timeline import SandboxClock, utc_now

__all__ = ["KountaSandbox", "SandboxAnswer", "SandboxRequest", "SandboxSettings"]


class KountaSandbox:
    """A Kounta in process. Thread-safe; makes no calls of its own: what it owes others is in `take_deliveries`."""

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
        self.state = KountaState(self.clock, self.settings, self._store)
        self.staff = Staff(self.state, self.lock)
        self.limiter = RateLimiter()

    def handle(self, request: SandboxRequest) -> SandboxAnswer:
        """Answer a request whose path holds `/v1/`; whatever stands before it is taken for the base URL."""
        with self.lock:
            call = self.calls.open(request, "kounta.unknown", self.state.now())
            try:
                answer = self._answer(request, call)
            except RefusalError as refusal:
                answer = refusal.answer()
            finally:
                self._store.flush()
            call.status = None if answer.refused or answer.disconnect or answer.never else answer.status
            return answer

    def take_deliveries(self) -> list[Delivery]:
        """The callbacks and webhooks owed since the last time."""
        with self.lock:
            return self.state.take_deliveries()

    def flush(self) -> None:
        """Write what was changed other than through `handle`."""
        with self.lock:
            self._store.flush()

    def live_orders(self) -> list[Order]:
        """Orders neither deleted nor rejected, oldest first."""
        with self.lock:
            return [order for order in self.state.orders if order.live]

    def reset(self) -> None:
        """Back to the demo set-up: no orders, no faults, no calls, no jumps of the clock."""
        with self.lock:
            self.state.reset()
            self.faults.clear()
            self.calls.clear()
            self.limiter.clear()
            self.clock.reset()
            self._store.flush()

    def _answer(self, request: SandboxRequest, call: Call) -> SandboxAnswer:
        route = read_route(request.method, request.path)
        call.operation = route.operation
        if route.resource == "token":
            # Nothing but secrets.
            call.body = "***"
        fault = self.faults.take(route.operation, request.path, request.body)
        if fault is not None:
            call.fault = fault.name
            early = self._unprocessed(fault, route)
            if early is not None:
                return early
        headers: dict[str, str] = {}
        try:
            check_method(route)
            check_format(route, request)
            if route.resource == "token":
                return self._after(fault, oauth.token_answer(self.state, request))
            caller = oauth.authenticate(self.state, request)
            company = self._company(route, caller)
            per_minute = (
                self.state.switches.oauth_per_minute if caller.by_oauth else self.state.switches.basic_per_minute
            )
            owner = company.id if company is not None else "-"
            let_through, headers = self.limiter.count(f"{owner}/{caller.client.id}", per_minute, self.state.now())
            if not let_through:
                return limit_exceeded(headers)
            visit = resources.Visit(self.state, route, request, caller, company, self._base_url(request))
            if route.operation == "kounta.create_order":
                answer = self._create_once(visit, fault)
            else:
                answer = self._after(fault, resources.carry_out(visit))
        except RefusalError as refusal:
            answer = self._after(fault, refusal.answer())
        return answer.with_headers(headers)

    def _create_once(self, visit: resources.Visit, fault: Fault | None) -> SandboxAnswer:
        """`POST /orders` behind the idempotency store."""
        key, body = visit.request.header("idempotency-key"), visit.request.body
        scope = f"{visit.company_id}/{visit.caller.client.id}"
        if key is not None:
            idempotency.key_is_valid(key)
            known = idempotency.stored_answer(self.state, scope, key, body)
            if known is not None:
                return self._after(fault, known)
        if fault is not None and fault.stored_status is not None:
            answer = stored_answer(fault)
        else:
            try:
                answer = resources.carry_out(visit)
            except RefusalError as refusal:
                answer = refusal.answer()
            if fault is not None and fault.name == STORED_AFTER:
                answer = server_error()
        if key is not None:
            # A slow request keeps its key busy; of a timeout only the answer is lost.
            busy_s = delay_of(fault) if fault is not None and fault.name == "slow" else 0.0
            idempotency.keep_answer(self.state, scope, key, body, answer, busy_s)
        return self._after(fault, answer)

    def _unprocessed(self, fault: Fault, route: Route) -> SandboxAnswer | None:
        if fault.bare_status is not None:
            return bare_answer(fault, route.operation, self.state.now())
        if route.operation != "kounta.create_order" and fault.stored_status is not None:
            return stored_answer(fault)
        return lost(fault)

    def _after(self, fault: Fault | None, answer: SandboxAnswer) -> SandboxAnswer:
        return suffered(fault, answer, server_error())

    def _company(self, route: Route, caller: oauth.Caller) -> Company | None:
        if self.state.switches.permission_lost:
            raise RefusalError(403, "You do not have permission to access this resource.")
        if not route.company:
            return None
        company_id = caller.company_ids[0] if route.company == "me" else int(route.company)
        company = self.state.companies.get(str(company_id))
        if company is None:
            raise not_found()
        if company_id not in caller.company_ids:
            raise RefusalError(403, "You do not have permission to access this company.")
        return company

    def _base_url(self, request: SandboxRequest) -> str:
        if request.base_url:
            return request.base_url
        return self.settings.public_url + request.path.partition("/v1/")[0]


def check_format(route: Route, request: SandboxRequest) -> None:
    """Kounta docs: 406 without `.json` or an Accept header, 400 without a JSON content type on POST and PUT."""
    if route.resource in {"token", "order/pdf"}:
        return
    accept = request.header("accept") or ""
    if not request.path.endswith(".json") and "application/json" not in accept:
        raise RefusalError(406, "The requested format is not acceptable.")
    kind = (request.header("content-type") or "").split(";")[0].strip().lower()
    if request.method in {"POST", "PUT"} and kind != "application/json":
        raise RefusalError(400, "Content-Type must be application/json.")
