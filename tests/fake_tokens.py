"""A token store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.adapters.kounta.tokens import Tokens
from shared.domain.errors import PermissionLostError, UnreachableError


class InMemoryTokenStore:
    """The port `TokenStore`; one refresh at a time for each connection."""

    def __init__(self, *, patience_s: float = 5.0) -> None:
        self._tokens: dict[str, Tokens] = {}
        self._leases: dict[str, threading.Lock] = {}
        self._patience_s = patience_s

    def read(self, connection_id: str) -> Tokens | None:
        """The stored tokens."""
        return self._tokens.get(connection_id)

    def refresh_under_lease(
        self, connection_id: str, stale_access_token: str, refresh: Callable[[Tokens], Tokens]
    ) -> Tokens:
        """Newer tokens than the stale access token."""
        lease = self._leases.setdefault(connection_id, threading.Lock())
        if not lease.acquire(timeout=self._patience_s):
            raise UnreachableError("another worker refreshes the tokens and is not done yet")
        try:
            known = self._tokens.get(connection_id)
            if known is None:
                raise PermissionLostError("the connection was never authorised")
            if known.access_token != stale_access_token:
                return known
            self._tokens[connection_id] = refresh(known)
            return self._tokens[connection_id]
        finally:
            lease.release()

    def save(self, connection_id: str, tokens: Tokens) -> None:
        """Keep the tokens of a new grant."""
        self._tokens[connection_id] = tokens
