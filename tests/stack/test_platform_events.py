"""What platforms are told: signed, repeated, rotated, disabled and replayed; the sandbox catches it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from ops.access import issue_key
from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries
from shared.domain.access import EVERY_VENUE, SCOPES, Platform
from shared.domain.deliveries.delivery import delivery_of
from shared.domain.deliveries.endpoint import Endpoint
from shared.domain.deliveries.platform_event import PlatformEvent
from tests.stack.relay import Json, Premises, Relay, until


@dataclass
class Hook:
    """One endpoint of a platform of its own, which the sandbox plays under the endpoint's name."""

    relay: Relay
    id: str
    secret: str = ""

    @property
    def path(self) -> str:
        """Its address in the API."""
        return f"/v1/webhook-endpoints/{self.id}"

    def set_up(self, **more: object) -> Json:
        """Makes or changes it; keeps a secret that is new."""
        url = f"{self.relay.sandbox.url}/_platform/{self.id}"
        answer = self.relay.request("PUT", self.path, json={"url": url, **more})
        assert answer.is_success, answer.text
        content: Json = answer.json()
        self.secret = content.get("secret", self.secret)
        return content

    def calls(self, event_type: str = "") -> list[Json]:
        """Every post that arrived, answered well or not, oldest first."""
        return self.relay.sandbox.calls(f"platform.{self.id}", event_type)

    def arrived(self, event_type: str, count: int = 1) -> list[Json]:
        """Waits for so many posts of a type."""

        def look() -> list[Json] | None:
            calls = self.calls(event_type)
            return calls if len(calls) >= count else None

        return until(look, f"{count} × {event_type} at {self.id}")

    def deliveries(self) -> list[Json]:
        """What the relay says of them."""
        found: list[Json] = self.relay.request("GET", f"{self.path}/deliveries").json()["data"]
        return found

    def state(self) -> str:
        """The endpoint's state."""
        return str(self.relay.request("GET", self.path).json()["state"])


def body_of(call: Json) -> str:
    """The raw body of a post."""
    body = call["body"]
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def headers_of(call: Json) -> dict[str, str]:
    """Its headers, in lower case."""
    return {name.lower(): value for name, value in call["headers"].items()}


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue, and a platform that no other test belongs to."""
    platform = Platform(f"hooks-{secrets.token_hex(4)}", "Tests of platform events")
    premises.deployed.settings.put_platform(platform)
    key = issue_key(premises.deployed.settings, platform.id, [EVERY_VENUE], SCOPES, datetime.now(UTC))[1]
    return replace(premises.open_venue("platform-events"), key=key, platform=platform.id)


@pytest.fixture
def hook(relay: Relay) -> Iterator[Hook]:
    """An endpoint that is there for one test."""
    made = Hook(relay, f"hook-{secrets.token_hex(4)}")
    made.set_up()
    yield made
    relay.request("DELETE", made.path)


def test_a_seated_booking_is_told_signed(hook: Hook) -> None:
    pos_order_id = hook.relay.seated("signed")
    (call,) = hook.arrived("booking.order_opened")
    content = Webhook(hook.secret).verify(body_of(call), headers_of(call))
    assert content["type"] == "booking.order_opened"
    assert content["version"] == "1"
    assert content["data"]["booking_id"] == "signed"
    assert content["data"]["pos_order_id"] == pos_order_id
    assert content["data"]["venue_id"] == hook.relay.venue_id
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(body_of(call), headers_of(call))


def test_repeated_after_errors_with_the_same_id(hook: Hook) -> None:
    hook.relay.sandbox.fault(f"platform.{hook.id}", "500", times=2)
    hook.relay.seated("repeated")
    calls = hook.arrived("booking.order_opened", 3)
    assert len({headers_of(call)["webhook-id"] for call in calls}) == 1
    assert len({body_of(call) for call in calls}) == 1
    for call in calls:
        Webhook(hook.secret).verify(body_of(call), headers_of(call))

    def delivered() -> Json | None:
        (delivery,) = hook.deliveries()
        return delivery if delivery["state"] == "delivered" else None

    attempts = until(delivered, "the delivery to be done")["attempts"]
    assert [(each["number"], each["http_status"]) for each in attempts] == [(1, 500), (2, 500), (3, 204)]


def test_410_disables_and_tells_the_owner(hook: Hook) -> None:
    hook.set_up(contact_email="integrations@example.com")
    hook.relay.sandbox.fault(f"platform.{hook.id}", "410")
    hook.relay.seated("gone")
    until(lambda: hook.state() == "disabled", "the endpoint to be disabled")
    hook.relay.seated("gone-too")
    until(lambda: len(hook.deliveries()) == 2, "the second delivery, which is kept")
    assert {each["state"] for each in hook.deliveries()} == {"held"}
    assert len(hook.calls()) == 1
    about = f"About: webhook endpoint {hook.id} of {hook.relay.platform}"
    sent = hook.relay.sandbox.control
    until(lambda: any(about in str(mail["BodyText"]) for mail in sent("outbox")["emails"]), "the mail to its owner")

    hook.set_up()
    assert replay(hook) == 2
    assert len(hook.arrived("booking.order_opened", 3)) == 3


def test_while_secrets_change_both_sign(hook: Hook) -> None:
    old = hook.secret
    assert hook.set_up(rotate_secret=True)["secret"] != old
    hook.relay.seated("rotated")
    (call,) = hook.arrived("booking.order_opened")
    assert len(headers_of(call)["webhook-signature"].split(" ")) == 2
    for secret in (old, hook.secret):
        Webhook(secret).verify(body_of(call), headers_of(call))


def replay(hook: Hook) -> int:
    """Sends the last hour again; how many."""
    now = datetime.now(UTC)
    wanted = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(seconds=5)).isoformat()}
    answer = hook.relay.request("POST", f"{hook.path}/replay", json=wanted)
    assert answer.status_code == 202, answer.text
    count: int = answer.json()["replayed"]
    return count


def test_a_replay_sends_again_with_the_same_id(hook: Hook) -> None:
    hook.relay.seated("replayed")
    hook.arrived("booking.order_opened")
    until(lambda: hook.deliveries()[0]["state"] == "delivered", "the first to be done")
    assert replay(hook) == 1
    first, again = hook.arrived("booking.order_opened", 2)
    assert headers_of(first)["webhook-id"] == headers_of(again)["webhook-id"]
    assert body_of(first) == body_of(again)
    until(lambda: len(hook.deliveries()[0]["attempts"]) == 2, "the replay to be noted")
    assert [each["manual"] for each in hook.deliveries()[0]["attempts"]] == [False, True]


def test_a_test_event_arrives(hook: Hook) -> None:
    answer = hook.relay.request("POST", f"{hook.path}/test")
    assert answer.status_code == 202, answer.text
    (call,) = hook.arrived("webhook.test")
    assert headers_of(call)["webhook-id"] == answer.json()["event_id"]
    Webhook(hook.secret).verify(body_of(call), headers_of(call))


def test_a_later_attempt_is_found_by_the_caretaker(premises: Premises, hook: Hook, care: Callable[[], Json]) -> None:
    now = datetime.now(UTC)
    endpoint = Endpoint(hook.id, hook.relay.platform, "", now)
    event = PlatformEvent(f"evt_{secrets.token_hex(8)}", "order.rejected", now, endpoint.platform, "v", {})
    table = premises.stack["outputs"]["TableName"]
    deliveries = DynamoDBPlatformDeliveries(premises.table, table, 3600)
    deliveries.put_new(delivery_of(event, endpoint, now - timedelta(seconds=5)))

    def found() -> bool:
        care()
        return bool(hook.calls("order.rejected"))

    until(found, "the delivery that nobody queued")


def test_only_what_was_chosen_is_told(hook: Hook) -> None:
    hook.set_up(types=["order.accepted"])
    pos_order_id = hook.relay.seated("chosen")
    hook.relay.sandbox.staff("accept", pos_order_id)
    hook.arrived("order.accepted")
    assert hook.calls("booking.order_opened") == []


def test_no_secret_is_shown_twice_or_kept_in_the_clear(premises: Premises, hook: Hook) -> None:
    assert "secret" not in hook.set_up()
    assert hook.secret not in json.dumps(hook.relay.request("GET", "/v1/webhook-endpoints").json())
    assert hook.secret.removeprefix("whsec_") not in repr(list(premises.items()))


def test_a_removed_endpoint_is_gone(hook: Hook) -> None:
    assert hook.relay.request("DELETE", hook.path).status_code == 200
    assert hook.relay.request("GET", hook.path).status_code == 404
    assert hook.relay.request("POST", f"{hook.path}/test").status_code == 404
