"""The whole sandbox in process: Kounta, Now Book It, the control API, catchers of platform events and deliveries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from sandbox.calls import CallLog
from sandbox.control import Control
from sandbox.driver import DriverTracking
from sandbox.fault_effects import lost
from sandbox.faults import Faults
from sandbox.kounta.api import KountaSandbox
from sandbox.messages import Delivery, Json, SandboxAnswer, SandboxRequest, json_answer
from sandbox.nowbookit.api import NowBookItSandbox
from sandbox.settings import SandboxSettings
from sandbox.store import Shelf, Store
from sandbox.timeline import SandboxClock, utc_now


class PlatformEvent(BaseModel):
    """One post caught at `/_platform/{name}`."""

    name: str
    at: datetime
    headers: dict[str, str]
    body: str


def empty_mailbox() -> Json:
    """No emails and no SMS: the reader used when no AWS emulator is known."""
    return {"emails": [], "sms": []}


class Sandbox:
    """Everything behind one `handle`. With a folder, what it holds survives a restart."""

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        settings: SandboxSettings | None = None,
        *,
        state_dir: Path | None = None,
        read_mailbox: Callable[[], Json] = empty_mailbox,
    ) -> None:
        self.settings = settings or SandboxSettings()
        self.clock = SandboxClock(clock)
        self.faults = Faults()
        self.calls = CallLog(self.settings.calls_kept)
        self.lock = threading.RLock()
        self._store = Store(state_dir)
        self._read_mailbox = read_mailbox
        self.kounta = KountaSandbox(
            self.clock.now,
            self.settings,
            store=self._store,
            faults=self.faults,
            calls=self.calls,
            lock=self.lock,
        )
        self.nowbookit = NowBookItSandbox(
            self.clock.now,
            self.settings,
            store=self._store,
            faults=self.faults,
            calls=self.calls,
            lock=self.lock,
        )
        self._platform_events = Shelf(self._store, "platform.event", PlatformEvent)
        self.driver = DriverTracking(
            self.clock.now,
            self._store,
            self.faults,
            self.calls,
            lambda: self.kounta.state.switches.driver_tracking_down,
        )
        self._control = Control(self)

    def handle(self, request: SandboxRequest) -> SandboxAnswer:
        """Answer a request to any part of the sandbox."""
        first = request.path.strip("/").split("/")[0]
        if first == "kounta":
            return self.kounta.handle(request)
        if first == "nowbookit":
            return self.nowbookit.handle(request)
        if first == "_control":
            return self._control.handle(request)
        if first == "_platform":
            return self._catch(request)
        if first == "_driver":
            with self.lock:
                return self.driver.handle(request)
        return json_answer(404, {"error": "not_found", "error_description": "No such part of the sandbox."})

    def take_deliveries(self) -> list[Delivery]:
        """Everything owed to others since the last time."""
        return self.kounta.take_deliveries() + self.nowbookit.take_deliveries()

    def outbox(self) -> Json:
        """What the relay sent: emails and SMS from the AWS emulator, events caught here. May wait for the emulator."""
        mailbox = self._read_mailbox()
        with self.lock:
            events = [event.model_dump(mode="json") for event in self._platform_events]
        return {**mailbox, "platform_events": events}

    def reset(self) -> None:
        """Empty it: no orders, bookings, faults, calls or events."""
        with self.lock:
            self.kounta.reset()
            self.nowbookit.reset()
            self._platform_events.clear()
            self.driver.clear()
            self.clock.reset()
            self._store.flush()

    def close(self) -> None:
        """Write what is left and let go of the file."""
        with self.lock:
            self._store.close()

    def _catch(self, request: SandboxRequest) -> SandboxAnswer:
        with self.lock:
            name = request.path.strip("/").partition("/")[2] or "unnamed"
            call = self.calls.open(request, f"platform.{name}", self.clock.now())
            fault = self.faults.take(call.operation, request.path, request.body)
            if fault is not None:
                call.fault = fault.name
                status = fault.bare_status or fault.stored_status
                answer = SandboxAnswer(status) if status is not None else lost(fault)
                return answer or SandboxAnswer(200)
            event = PlatformEvent(
                name=name,
                at=self.clock.now(),
                headers=dict(request.headers),
                body=request.body.decode(errors="replace"),
            )
            self._platform_events.put(str(len(self._platform_events) + 1), event)
            self._store.flush()
            call.status = 204
            return SandboxAnswer(204)
