"""Identifies the API key of a `/v1` request. Venue and scope are judged by the function behind it."""

from __future__ import annotations

from typing import Any

from shared import bootstrap
from shared.domain.access import KEY_PREFIX, Caller, digest_of
from shared.observability import listen_to_the_relay, logger
from shared.web.requests import authorized

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """API Gateway's simple response: refused, or allowed with what the key stands for."""
    kind, _, text = str((event.get("identitySource") or [""])[0]).partition(" ")
    if kind.lower() != "bearer" or not text.startswith(KEY_PREFIX):
        return {"isAuthorized": False}
    key = bootstrap.settings_book().key_by_hash(digest_of(text.strip()))
    if key is None or not key.is_valid(bootstrap.now()):
        return {"isAuthorized": False}
    return authorized(Caller(key.platform, frozenset(key.scopes), frozenset(key.venues), key.id))
