"""What travels in and out of the sandbox's core: requests, answers and deliveries, free of any web framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

import simplejson

Json = Any
"""A JSON value; numbers with a fraction are `Decimal`."""


@dataclass(frozen=True)
class SandboxRequest:
    """One HTTP request. `query` may be a mapping or pairs; header names are lower case.

    `base_url` is what stood before `/v1` (scheme, host, prefix); links in answers begin with it.
    """

    method: str
    path: str
    query: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The query as pairs, in the order they were sent."""
        return list(self.query.items()) if isinstance(self.query, Mapping) else list(self.query)

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter, or None."""
        return next((value for key, value in self.pairs() if key == name), None)

    def header(self, name: str) -> str | None:
        """A header by its lower-case name."""
        return self.headers.get(name)


@dataclass(frozen=True)
class SandboxAnswer:
    """One HTTP answer, or the lack of one.

    `refused`: the connection was never made. `disconnect`: the socket closes without an answer. `never`: the socket
    stays open for `delay_s` seconds and then closes without an answer. Otherwise the answer comes after `delay_s`.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    disconnect: bool = False
    delay_s: float = 0.0
    refused: bool = False
    never: bool = False

    def with_headers(self, extra: Mapping[str, str]) -> SandboxAnswer:
        """The same answer with `extra` headers added; its own win."""
        return replace(self, headers={**extra, **self.headers})

    def json(self) -> Json:
        """The body as JSON, for tests."""
        return from_json(self.body)


@dataclass(frozen=True)
class Delivery:
    """A post the sandbox owes to somebody else: a `callback_uri` or a webhook."""

    url: str
    headers: dict[str, str]
    body: bytes


class Answering(Protocol):
    """Anything that answers requests in process."""

    def handle(self, request: SandboxRequest) -> SandboxAnswer: ...


def to_json(value: Json) -> bytes:
    """JSON as the vendors send it: unformatted, decimals as plain numbers."""
    return simplejson.dumps(value, use_decimal=True, separators=(",", ":"), ensure_ascii=False).encode()


def from_json(body: bytes) -> Json:
    """Parse JSON with decimals; raises ValueError for anything that is not JSON, NaN and Infinity included."""

    def refuse(constant: str) -> Json:
        raise ValueError(f"{constant} is not JSON")

    try:
        return simplejson.loads(body.decode(), parse_float=Decimal, parse_constant=refuse)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep


def json_answer(status: int, value: Json, headers: Mapping[str, str] | None = None) -> SandboxAnswer:
    """An answer with a JSON body."""
    return SandboxAnswer(status, {"Content-Type": "application/json", **(headers or {})}, to_json(value))
