"""The sandbox's driver-tracking service: catches the orders it is told to deliver, one venue each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from sandbox.calls import CallLog
from sandbox.fault_effects import lost, suffered
from sandbox.faults import Faults
from sandbox.messages import Json, SandboxAnswer, SandboxRequest, from_json, json_answer
from sandbox.store import Shelf, Store

OPERATION = "driver.track"


class TrackedOrder(BaseModel):
    """One order caught at `/_driver/{venue}`, as it came."""

    id: str
    venue: str
    at: datetime
    headers: dict[str, str]
    body: str


class DriverTracking:
    """Takes `POST /_driver/{venue}` with any JSON object and answers 201 with an id of its own."""

    def __init__(
        self, now: Callable[[], datetime], store: Store, faults: Faults, calls: CallLog, is_down: Callable[[], bool]
    ) -> None:
        self._now = now
        self._store = store
        self._faults = faults
        self._calls = calls
        self._is_down = is_down
        self._tracked = Shelf(store, "driver.order", TrackedOrder)

    def handle(self, request: SandboxRequest) -> SandboxAnswer:
        """Answer one request; 503 while the service is down."""
        call = self._calls.open(request, OPERATION, self._now())
        fault = self._faults.take(call.operation, request.path, request.body)
        call.fault = fault.name if fault is not None else None
        status = (fault.bare_status or fault.stored_status) if fault is not None else None
        if status is None and self._is_down():
            status = 503
        answer = _trouble(status, "The request could not be served.") if status is not None else None
        if answer is None and fault is not None:
            answer = lost(fault)
        if answer is None:
            answer = suffered(fault, self._track(request), _trouble(500, "The request could not be served."))
        call.status = None if answer.refused or answer.disconnect or answer.never else answer.status
        return answer

    def shown(self, venue: str | None = None) -> Json:
        """What was caught, oldest first."""
        return [one.model_dump(mode="json") for one in self._tracked if venue in (None, one.venue)]

    def clear(self) -> None:
        """Forget all of it."""
        self._tracked.clear()

    def _track(self, request: SandboxRequest) -> SandboxAnswer:
        venue = request.path.strip("/").partition("/")[2]
        if not venue:
            return _trouble(404, "Which venue?")
        if request.method != "POST":
            return _trouble(405, "Method Not Allowed")
        try:
            readable = isinstance(from_json(request.body), dict)
        except ValueError:
            readable = False
        if not readable:
            return _trouble(400, "The body is not a JSON object.")
        tracked = TrackedOrder(
            id=f"DRV-{len(self._tracked) + 1}",
            venue=venue,
            at=self._now(),
            headers=dict(request.headers),
            body=request.body.decode(errors="replace"),
        )
        self._tracked.put(tracked.id, tracked)
        self._store.flush()
        return json_answer(201, {"id": tracked.id})


def _trouble(status: int, words: str) -> SandboxAnswer:
    return json_answer(status, {"error": words})
