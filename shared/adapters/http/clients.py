"""The one place that makes HTTP clients, and the one way in which a call is made with them.

Every call has an end: connecting, sending and each silence are limited, and so is the whole. Redirects are answers, not
instructions; nothing is repeated underneath us; no cookie of one account travels with another's call.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

USER_AGENT = "POS-Relay/0.1"
LONGEST_CONNECT_S = 3.0
SHORTEST_PHASE_S = 0.001
USUAL_TIMEOUT_S = 10.0  # of each phase, for who asks the client directly
LARGEST_BODY = 16 * 1024 * 1024  # bytes; a page of 25 orders is far below

Clock = Callable[[], float]
"""A monotonic clock in seconds."""


@dataclass(frozen=True, slots=True)
class Received:
    """An answer with its whole body. Not in its repr: what it says may be personal."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)


def make_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client for all calls of one function; `transport` stands in for the network in tests.

    Proxies and certificates of the environment are not used: credentials go to the vendor, nowhere else.
    """
    # httpx writes whole URLs at INFO: they hold guests' names and tokens.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    return httpx.Client(
        transport=transport if transport is not None else httpx.HTTPTransport(retries=0, trust_env=False),
        timeout=USUAL_TIMEOUT_S,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
    )


class TimeLeft(Mapping[str, float]):
    """httpx's `timeout` extension as a whole time-out: each phase gets what is left when it begins, connecting at most
    three seconds."""

    def __init__(self, total_s: float, clock: Clock) -> None:
        self._clock = clock
        self._limits = {"connect": min(LONGEST_CONNECT_S, total_s), "pool": min(LONGEST_CONNECT_S, total_s)}
        self._limits |= {"read": total_s, "write": total_s}
        self.ends_at = clock() + total_s

    def __getitem__(self, phase: str) -> float:
        return min(self._limits[phase], max(self.ends_at - self._clock(), SHORTEST_PHASE_S))

    def __iter__(self) -> Iterator[str]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)


def exchange(
    client: httpx.Client,
    method: str,
    url: httpx.URL | str,
    *,
    total_s: float,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    body_matters: Callable[[int, httpx.Headers], bool] = lambda _status, _headers: True,
    clock: Clock = time.monotonic,
) -> Received:
    """Send one request once and read the answer to its end.

    `body_matters`, given status and headers: False = they say it all, so that a body cut off loses nothing.
    The whole ends with `total_s`; only an answer whose headers come drop by drop may outlive it (a lease ends that).
    Raises httpx.TransportError (and httpx.DecodingError for a body that cannot be unpacked).
    """
    time_left = TimeLeft(total_s, clock)
    request = client.build_request(
        method, url, params=params, headers=dict(headers), content=content, extensions={"timeout": time_left}
    )
    response = client.send(request, stream=True)
    try:
        body = _read(response, request, time_left.ends_at, clock)
    except httpx.RequestError:
        if body_matters(response.status_code, response.headers):
            raise
        body = b""
    finally:
        response.close()
    return Received(response.status_code, response.headers, body)


def _read(response: httpx.Response, request: httpx.Request, ends_at: float, clock: Clock) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            raise httpx.ReadError("the answer is too large", request=request)
        if clock() > ends_at:
            raise httpx.ReadTimeout("the answer trickles", request=request)
    return b"".join(parts)
