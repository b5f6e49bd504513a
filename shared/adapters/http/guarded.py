"""Calls to addresses that others chose: https, to the open internet only, and to the very address that was checked."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import httpx

from shared.domain.deliveries.addresses import is_public, problem_of

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host name. Raises OSError."""


class ForbiddenAddressError(httpx.ConnectError):
    """The address may not be called; nothing was sent."""


def resolve(host: str, port: int) -> list[str]:
    """By the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class GuardedTransport(httpx.BaseTransport):
    """Resolves the name once, refuses it when any of its addresses is inside, and connects to one of those.

    Looking the name up again for the connection would let its owner answer differently the second time. Host header and
    certificate stay the name's.
    """

    def __init__(self, inner: httpx.BaseTransport, resolve: Resolve = resolve) -> None:
        self._inner = inner
        self._resolve = resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call. Raises ForbiddenAddressError, or httpx.ConnectError for a name that leads nowhere."""
        if trouble := problem_of(str(request.url)):
            raise ForbiddenAddressError(f"the endpoint's URL {trouble}", request=request)
        host = request.url.host
        try:
            addresses = self._resolve(host, request.url.port or 443)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError("the name cannot be resolved", request=request) from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise ForbiddenAddressError("the name leads to an address that is not public", request=request)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Ends connections."""
        self._inner.close()


def guarded(transport: httpx.BaseTransport | None = None) -> GuardedTransport:
    """The guard before the network; `transport` stands in for that in tests.

    No connection is kept: a kept one is found again by address alone, and two names behind one address would share a
    connection whose certificate was checked for the first of them only.
    """
    fresh = httpx.Limits(max_keepalive_connections=0)
    return GuardedTransport(transport or httpx.HTTPTransport(retries=0, trust_env=False, limits=fresh))
