"""OAuth tokens of a connection, and the port to where they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credentials:
    """An app's client id and secret: HTTP Basic for the own company, or the client of an OAuth grant."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A grant. `expires_at`: when the access token ends, where the vendor said so."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime | None = None

    def ends_within(self, margin: timedelta, now: datetime) -> bool:
        """Whether the access token is known to be of no use soon."""
        return self.expires_at is not None and self.expires_at - margin <= now


class TokenStore(Protocol):
    """Tokens by connection. Raises UnreachableError when it cannot be asked."""

    def read(self, connection_id: str) -> Tokens | None:
        """The stored tokens; None when the connection was never authorised."""

    def refresh_under_lease(
        self, connection_id: str, stale_access_token: str, refresh: Callable[[Tokens], Tokens]
    ) -> Tokens:
        """Tokens that are newer than the stale access token, stored before they are returned.

        `refresh` is called by one worker at a time and not at all when somebody else has renewed them already; the
        others wait a little for its result. Raises what `refresh` raises, PermissionLostError when nothing is stored,
        UnreachableError when another worker's refresh is not over in time.
        """

    def save(self, connection_id: str, tokens: Tokens) -> None:
        """Keep the tokens of a new grant, whatever was there."""
