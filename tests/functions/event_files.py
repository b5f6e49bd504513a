"""The files under `events/`, as they are and with other contents."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

EVENTS = Path(__file__).resolve().parents[2] / "events"

# The values that the signatures and tokens in events/ were made with.
API_KEY = "prk_example-key-of-the-demo-platform"
LINK_KEY = "example-link-key"
SIGNATURE_TOKEN = "demo-basic-signature-token"
HOOK_TOKEN = "example-hook-token"
RESDIARY_SECRET = "example-resdiary-secret"
STANDARD_SECRET = "whsec_ZXhhbXBsZS1zdGFuZGFyZC13ZWJob29rcy1rZXktMDE="

Event = dict[str, Any]


@cache
def _text(name: str) -> str:
    return (EVENTS / f"{name}.json").read_text()


def read_event(name: str) -> Event:
    """`booking_events/seated`: a copy of that file."""
    event: Event = json.loads(_text(name))
    return event


def changed(
    event: Event,
    *,
    body: bytes | str | Mapping[str, Any] | None = None,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    caller: Mapping[str, str] | None = None,
) -> Event:
    """The event with other contents. Bytes are handed on as the gateway hands on what is no text: in base64."""
    event = copy.deepcopy(event)
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        event |= {"body": body if isinstance(body, str) else json.dumps(body), "isBase64Encoded": False}
    if path is not None:
        event["pathParameters"] = {**event.get("pathParameters", {}), **path}
    if query is not None:
        event["queryStringParameters"] = dict(query)
    if headers is not None:
        event["headers"] = {**event["headers"], **headers}
    if caller is not None:
        context = event["requestContext"]["authorizer"]["lambda"]
        event["requestContext"]["authorizer"]["lambda"] = {**context, **caller}
    return event


def signed(event: Event, body: bytes) -> Event:
    """A Kounta webhook with another body, signed as Kounta would."""
    signature = hmac.new(SIGNATURE_TOKEN.encode(), body, hashlib.sha256).hexdigest()
    return changed(event, body=body, headers={"x-kounta-signature": signature})


def signed_by_resdiary(event: Event, body: bytes) -> Event:
    """A ResDiary webhook with another body, signed as ResDiary would."""
    signature = hmac.new(RESDIARY_SECRET.encode(), body, hashlib.sha1).hexdigest()
    return changed(event, body=body, headers={"x-resdiary-signature": f"sha1={signature}"})


def signed_as_standard(event: Event, body: bytes, webhook_id: str, at: datetime) -> Event:
    """A Standard Webhook with another body, signed at this time by the scheme's own library."""
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(STANDARD_SECRET).sign(webhook_id, at, body.decode()),
    }
    return changed(event, body=body, headers=headers)


def body_of(event: Event) -> Any:
    """The JSON in an event's body."""
    return json.loads(event["body"])
