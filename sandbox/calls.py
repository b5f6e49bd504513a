"""The log of every call received, for `GET /_control/calls`."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sandbox.messages import Json, SandboxRequest

SECRET_HEADERS = {"authorization", "x-api-key", "cookie"}


@dataclass
class Call:
    """One received call; `status` is None when it was never answered."""

    number: int
    at: datetime
    operation: str
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: str
    status: int | None = None
    fault: str | None = None

    def as_json(self) -> Json:
        """The call as the control API shows it."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": [list(pair) for pair in self.query],
            "headers": self.headers,
            "body": self.body,
            "status": self.status,
            "fault": self.fault,
        }


def masked(name: str, value: str) -> str:
    """A header's value with what is secret in it replaced, its scheme kept."""
    if name not in SECRET_HEADERS:
        return value
    scheme, _, secret = value.partition(" ")
    return f"{scheme} ***" if secret else "***"


class CallLog:
    """The last calls, oldest first."""

    def __init__(self, kept: int) -> None:
        self._calls: deque[Call] = deque(maxlen=kept)
        self._number = 0

    def open(self, request: SandboxRequest, operation: str, at: datetime) -> Call:
        """Note that a call has come; its outcome is filled in later."""
        self._number += 1
        headers = {name: masked(name, value) for name, value in request.headers.items()}
        body = request.body.decode("utf-8", "replace")
        call = Call(self._number, at, operation, request.method, request.path, request.pairs(), headers, body)
        self._calls.append(call)
        return call

    def of(self, operation: str | None = None) -> list[Call]:
        """Calls of an operation (a pattern such as `kounta.*` will do), or all."""
        return [call for call in self._calls if operation is None or fnmatchcase(call.operation, operation)]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
