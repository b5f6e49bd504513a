"""Platforms and their API keys: issuing, listing, revoking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ops.errors import OperatorError
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.domain.access import EVERY_VENUE, SCOPES, ApiKey, new_key
from shared.domain.errors import NotFoundError


def issue_key(
    book: DynamoDBSettingsBook,
    platform_id: str,
    venues: Sequence[str],
    scopes: Sequence[str],
    now: datetime,
    expires_in: timedelta | None = None,
) -> tuple[ApiKey, str]:
    """A new key of a platform: (what is kept, the key to hand out once).

    Earlier keys go on being good, so that a platform can change over. Raises NotFoundError for a platform or venue
    that does not exist, OperatorError for a scope that does not.
    """
    platform = book.platform(platform_id)
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise OperatorError(f"there is no scope {unknown[0]}", f"choose of: {', '.join(SCOPES)}")
    for venue in venues:
        if venue != EVERY_VENUE:
            book.get(venue)
    key_id, text, digest = new_key()
    key = ApiKey(
        id=key_id,
        digest=digest,
        platform=platform.id,
        scopes=tuple(dict.fromkeys(scopes)),
        venues=tuple(dict.fromkeys(venues)),
        created_at=now,
        expires_at=now + expires_in if expires_in else None,
    )
    book.put_key(key)
    return key, text


def revoke_key(book: DynamoDBSettingsBook, key_id: str, now: datetime) -> ApiKey:
    """Ends a key; one that was ended before stays as it is. Raises NotFoundError."""
    for platform in book.platforms():
        for key in book.keys(platform.id):
            if key.id == key_id:
                revoked = key if key.revoked_at else replace(key, revoked_at=now)
                book.put_key(revoked)
                return revoked
    raise NotFoundError(f"there is no key {key_id}")


def keys_of(book: DynamoDBSettingsBook, platform_id: str) -> Iterator[ApiKey]:
    """A platform's keys, by id. Raises NotFoundError for an unknown platform: a typing error is no empty list."""
    book.platform(platform_id)
    return book.keys(platform_id)


def state_of(key: ApiKey, now: datetime) -> str:
    """valid, revoked or expired."""
    if key.is_valid(now):
        return "valid"
    return "revoked" if key.revoked_at is not None and key.revoked_at <= now else "expired"
