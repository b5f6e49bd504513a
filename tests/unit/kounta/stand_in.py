"""A Kounta made by hand: answers are written down, requests are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from shared.adapters.http.clients import make_client
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.tokens import Credentials, TokenStore
from shared.domain.timings import Timings

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
API = "https://kounta.example.com"
COMPANY = f"{API}/v1/companies/5678"

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class StandIn:
    """Answers the replies one after the other; the last one again and again."""

    replies: list[Reply]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    @property
    def calls(self) -> list[str]:
        """Method and address of every request."""
        return [f"{request.method} {request.url}" for request in self.requests]


@dataclass
class Ticking:
    """A monotonic clock that only moves when told."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def json_reply(status: int, said: object = None, **headers: str) -> httpx.Response:
    """A JSON answer; underscores in header names stand for dashes."""
    return httpx.Response(status, json=said, headers={name.replace("_", "-"): text for name, text in headers.items()})


def client_to(
    replies: Iterable[Reply],
    *,
    tokens: TokenStore | None = None,
    timings: Timings | None = None,
    clock: Ticking | None = None,
) -> tuple[KountaClient, StandIn]:
    """A client of company 5678 whose network is a stand-in."""
    stand_in = StandIn(list(replies))
    client = KountaClient(
        make_client(httpx.MockTransport(stand_in)),
        api_url=API,
        connection_id="kounta-5678",
        company_id="5678",
        credentials=Credentials("client-1", "secret-1"),
        tokens=tokens,
        timings=timings or Timings(),
        now=lambda: NOW,
        clock=clock or Ticking(),
    )
    return client, stand_in
