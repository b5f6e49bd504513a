"""Reading what an AWS emulator has caught: emails and SMS, for `GET /_control/outbox`."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from sandbox.messages import Json

TIMEOUT_S = 5.0


def emulator_mailbox(inspect_url: str, region: str) -> Callable[[], Json]:
    """A reader of the emulator's inspection endpoints; an emulator that is away reads as empty, with the reason."""

    def read() -> Json:
        try:
            with httpx.Client(base_url=inspect_url, timeout=TIMEOUT_S, trust_env=False) as client:
                emails = _messages(client.get("/_ministack/ses/messages"))
                sms = _messages(client.get("/_ministack/sns/sms-messages", params={"region": region}))
        except (httpx.HTTPError, ValueError) as away:
            return {"emails": [], "sms": [], "unreadable": type(away).__name__}
        return {"emails": emails, "sms": sms}

    return read


def _messages(answer: httpx.Response) -> Json:
    body = answer.raise_for_status().json()
    # The list itself, or the one list in an envelope.
    lists = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else [body]
    return lists[0] if lists else body
