"""Who may call: platforms and their API keys."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

KEY_PREFIX = "prk_"
EVERY_VENUE = "*"

WRITE_BOOKINGS = "booking:write"
WRITE_ORDERS = "orders:write"
READ_VENUE = "venue:read"
READ_SALES = "sales:read"
MANAGE_WEBHOOKS = "webhooks:manage"
SCOPES = (WRITE_BOOKINGS, WRITE_ORDERS, READ_VENUE, READ_SALES, MANAGE_WEBHOOKS)


@dataclass(frozen=True, slots=True)
class Platform:
    """A booking or ordering platform that calls us."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a platform: what it may do, and where. The key itself is shown once and kept only as its SHA-256."""

    id: str
    digest: str
    platform: str
    scopes: tuple[str, ...]
    venues: tuple[str, ...]
    """Venue ids, or `*`."""
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return (self.revoked_at is None or self.revoked_at > now) and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key a request bears, as the authorizer found out."""

    platform: str
    scopes: frozenset[str]
    venues: frozenset[str]
    key_id: str = ""

    def may_touch(self, venue_id: str) -> bool:
        """Whether the key covers this venue."""
        return EVERY_VENUE in self.venues or venue_id in self.venues


def new_key() -> tuple[str, str, str]:
    """A new key: (id, the key to hand out once, its digest). 256 random bits."""
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    return "key_" + secrets.token_hex(4), text, digest_of(text)


def digest_of(text: str) -> str:
    """What is stored in place of the key. A plain hash will do: the key has 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()
