"""Idempotency keys of `POST /orders` (Kounta docs: Idempotency Headers).

The status and body of the first request under a key are kept, whatever they were, for 24 hours.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from sandbox.kounta.models import IdempotencyRecord
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.state import KountaState
from sandbox.messages import SandboxAnswer

KEY = re.compile(r"[a-zA-Z0-9-]{1,255}")


def key_is_valid(key: str) -> None:
    """Raise the vendor's 400 unless the key has the documented form."""
    if not KEY.fullmatch(key):
        raise RefusalError(400, "Invalid Idempotency-Key Header")


def key_in_use() -> RefusalError:
    """Another request with this key is still being processed."""
    return RefusalError(409, "Conflict Idempotency-Key Header")


def key_used_otherwise() -> RefusalError:
    """The key was used with a different payload."""
    return RefusalError(422, "Used Idempotency-Key Header")


def stored_answer(state: KountaState, scope: str, key: str, body: bytes) -> SandboxAnswer | None:
    """What the first request of this key was answered; None for a fresh or expired key.

    Raises RefusalError 409 while the first one is still processed, 422 for another payload.
    """
    name = f"{scope}/{key}"
    record = state.keys.get(name)
    if record is None:
        return None
    if state.now() >= record.first_used_at + timedelta(seconds=state.switches.idempotency_ttl_s):
        state.keys.remove(name)
        return None
    if record.digest != _digest(body):
        raise key_used_otherwise()
    if record.busy_until is not None and state.now() < record.busy_until:
        raise key_in_use()
    headers = record.headers
    if not state.switches.replay_location:
        headers = {header: value for header, value in headers.items() if header != "Location"}
    return SandboxAnswer(record.status, dict(headers), record.body.encode())


def keep_answer(state: KountaState, scope: str, key: str, body: bytes, answer: SandboxAnswer, busy_s: float) -> None:
    """Keep the first answer of a key; for `busy_s` seconds repeats are told that it is still processed."""
    now = state.now()
    record = IdempotencyRecord(
        scope=scope,
        digest=_digest(body),
        first_used_at=now,
        busy_until=now + timedelta(seconds=busy_s) if busy_s else None,
        status=answer.status,
        headers=answer.headers,
        body=answer.body.decode(),
    )
    state.keys.put(f"{scope}/{key}", record)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
