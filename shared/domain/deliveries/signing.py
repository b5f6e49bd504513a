"""Signatures after Standard Webhooks 1.0.0 (symmetric, `v1`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from shared.domain.deliveries.endpoint import SECRET_PREFIX


def signed_headers(event_id: str, body: bytes, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt: the id stays the same over all attempts, the time is the attempt's, and there
    is one signature for each secret, so that the receiver may know either while they change. Without any secret there
    is no third header.

    Raises ValueError for an id that would make the signed text ambiguous, or a secret that is none.
    """
    if not event_id or "." in event_id:
        raise ValueError("a webhook id has no dot")
    timestamp = str(int(at.timestamp()))
    headers = {"webhook-id": event_id, "webhook-timestamp": timestamp}
    if secrets:
        headers["webhook-signature"] = " ".join(_signature(event_id, timestamp, body, secret) for secret in secrets)
    return headers


def _signature(event_id: str, timestamp: str, body: bytes, secret: str) -> str:
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a signing secret begins with {SECRET_PREFIX}")
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
