"""ResDiary's webhook and Standard Webhooks on the deployed stack: signed, taken in, and an order in the POS."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from shared.adapters.secretsmanager.stack_secret import HookSecrets
from tests.stack.relay import Premises, Relay, until

RESDIARY_SECRETS = ("stack-tests-resdiary-new", "stack-tests-resdiary-old")
STANDARD_SECRETS = ("whsec_c3RhY2stdGVzdHMtc3RhbmRhcmQta2V5LW5ldw==", "whsec_c3RhY2stdGVzdHMtc3RhbmRhcmQta2V5LW9sZA==")
PLATFORM = "stack-tests-standard"


@dataclass(frozen=True)
class Hooks:
    """A venue as ResDiary and a platform with Standard Webhooks see it."""

    relay: Relay

    def post(self, provider: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """A webhook, whatever its signature."""
        address = f"{self.relay.premises.stack['api_url']}/v1/hooks/bookings/{provider}/{self.relay.venue_id}"
        headers = {"content-type": "application/json", **headers}
        return self.relay.premises.http.post(address, content=body, headers=headers)

    def resdiary(self, booking_id: int, *, secret: str = RESDIARY_SECRETS[0], **booking: Any) -> httpx.Response:
        """ResDiary tells of a booking."""
        known = {"Id": booking_id, "MicrositeName": "StackTests", "PartySize": 3, "Status": "Confirmed"}
        told = {"ChangeDateTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}", "Booking": {**known, **booking}}
        body = json.dumps(told).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        return self.post("resdiary", body, {"X-ResDiary-Signature": f"sha1={signature}"})

    def standard(self, event: Any, *, secret: str = STANDARD_SECRETS[0], at: datetime | None = None) -> httpx.Response:
        """A Standard Webhook, signed by the scheme's own library."""
        at, body, webhook_id = at or datetime.now(UTC), json.dumps(event), f"msg_{uuid.uuid4().hex}"
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
        }
        return self.post("standard", body.encode(), headers)

    def is_known(self, booking_id: object) -> bool:
        """Whether anything was kept of a booking."""
        return any(f"#{booking_id}" in item["pk"]["S"] for item in self.relay.premises.items())


@pytest.fixture(scope="module")
def hooks(premises: Premises) -> Hooks:
    """A venue with both kinds, once the functions know its secrets."""
    relay = premises.open_venue(
        "signed",
        resdiary_restaurant="StackTests",
        standard_hook_platform=PLATFORM,
        tables={"Terrace 14": "T14"},
    )
    secrets = HookSecrets(RESDIARY_SECRETS, PLATFORM, STANDARD_SECRETS)
    premises.deployed.secret.update(lambda content: content.with_hooks(relay.venue_id, secrets))
    made = Hooks(relay)
    until(lambda: made.resdiary(1, MicrositeName="AnotherOne").status_code == 202, "the secrets to be known")
    return made


@pytest.fixture
def number() -> int:
    """A booking of ResDiary's that was never there before."""
    return random.randrange(10**9, 10**10)


def test_seated_in_resdiary_is_an_order_in_the_pos(hooks: Hooks, number: int) -> None:
    relay = replace(hooks.relay, platform="resdiary")
    assert hooks.resdiary(number, Tables=["Terrace 14"]).status_code == 202
    answer = hooks.resdiary(number, Tables=["Terrace 14"], ArrivalStatus="FullySeated", SpecialRequests="Birthday")
    assert (answer.status_code, answer.json()["booking_id"]) == (202, str(number))
    relay.order_in(str(number), "sent")
    (held,) = relay.pos_orders(str(number))
    assert (held["status"], held["guests"]) == ("SUBMITTED", 3)
    assert "Table T14" in held["notes"]
    assert "Birthday" in held["notes"]
    booking = relay.booking(str(number))
    assert booking is not None
    assert booking["tables"] == ["Terrace 14"]

    hooks.resdiary(number, Status="Cancelled")
    relay.order_in(str(number), "deleted")


def test_a_standard_webhook_is_an_order_in_the_pos(hooks: Hooks) -> None:
    relay, booking_id = replace(hooks.relay, platform=PLATFORM), f"S-{uuid.uuid4().hex[:8]}"
    answer = hooks.standard(relay.event(booking_id, "seated"))
    assert answer.status_code == 202
    assert answer.json()["event_id"].startswith("msg_")
    relay.order_in(booking_id, "sent")
    assert len(relay.pos_orders(booking_id)) == 1


def test_the_secrets_before_the_newest_still_open(hooks: Hooks, number: int) -> None:
    assert hooks.resdiary(number, secret=RESDIARY_SECRETS[1]).status_code == 202
    event = hooks.relay.event(f"S-{number}", "confirmed")
    assert hooks.standard(event, secret=STANDARD_SECRETS[1]).status_code == 202


def test_what_is_not_proven_is_refused_and_nothing_of_it_kept(hooks: Hooks, number: int) -> None:
    event = hooks.relay.event(f"S-{number}", "seated")
    now = datetime.now(UTC)
    refused = [
        hooks.resdiary(number, secret="guessed", ArrivalStatus="FullySeated"),
        hooks.post("resdiary", json.dumps({"Booking": {"Id": number}}).encode(), {}),
        hooks.standard(event, secret="whsec_Z3Vlc3NlZA=="),
        hooks.standard(event, at=now - timedelta(minutes=6)),
        hooks.standard(event, at=now + timedelta(minutes=6)),
        hooks.post("standard", json.dumps(event).encode(), {}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(401, "bad_signature")] * 6
    assert not hooks.is_known(number)
    assert not hooks.is_known(f"S-{number}")
