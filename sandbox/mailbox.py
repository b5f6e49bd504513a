"""Reading what an AWS emulator has caught: emails and SMS, for `GET /_control/outbox`."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from sandbox.messages import Json

TIMEOUT_S = 5.0


def emulator_mailbox(inspect_url: str, region: str, transport: httpx.BaseTransport | None = None) -> Callable[[], Json]:
    """A reader of the emulator's inspection endpoints; an emulator that is away reads as empty, with the reason."""

    def read() -> Json:
        try:
            with httpx.Client(base_url=inspect_url, timeout=TIMEOUT_S, trust_env=False, transport=transport) as client:
                emails = _read(client, "/_ministack/ses/messages", "messages", {})
                sms = _read(client, "/_ministack/sns/sms-messages", "sms_messages", {"region": region})
        except (httpx.HTTPError, ValueError) as away:
            return {"emails": [], "sms": [], "unreadable": type(away).__name__}
        return {"emails": sorted(emails, key=lambda email: str(email.get("Timestamp", ""))), "sms": sms}

    return read


def _read(client: httpx.Client, path: str, name: str, query: dict[str, str]) -> list[Json]:
    # Emails are grouped by account and SMS by phone number; readers want one list.
    groups = client.get(path, params=query).raise_for_status().json()[name]
    return [message for group in groups.values() for message in group]
