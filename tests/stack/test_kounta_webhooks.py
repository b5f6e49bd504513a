"""Kounta's five kinds of webhooks on the deployed stack: what staff do reaches the platform's endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from ops.access import issue_key
from shared.domain.access import EVERY_VENUE, SCOPES, Platform
from shared.web.pos_deliveries import webhook_secret
from tests.stack.relay import CLIENT, COMPANY_ID, FISH, Json, Premises, Relay, until
from tests.stack.test_platform_events import Hook, body_of, headers_of


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue, and a platform that no other test belongs to."""
    platform = Platform(f"pos-news-{secrets.token_hex(4)}", "Tests of Kounta's webhooks")
    premises.deployed.settings.put_platform(platform)
    key = issue_key(premises.deployed.settings, platform.id, [EVERY_VENUE], SCOPES, datetime.now(UTC))[1]
    return replace(premises.open_venue("kounta-webhooks"), key=key, platform=platform.id)


@pytest.fixture
def hook(relay: Relay) -> Iterator[Hook]:
    """An endpoint that is there for one test."""
    made = Hook(relay, f"hook-{secrets.token_hex(4)}")
    made.set_up()
    yield made
    relay.request("DELETE", made.path)


def arrived(hook: Hook, event_type: str, count: int = 1) -> list[Json]:
    """What so many verified events of a type say."""
    calls = hook.arrived(event_type, count)
    heard = [Webhook(hook.secret).verify(body_of(call), headers_of(call)) for call in calls]
    assert {each["type"] for each in heard} == {event_type}
    return [each["data"] for each in heard]


def order_id(relay: Relay, booking_id: str) -> str:
    """Our id of a booking's order."""
    order = relay.order_of(booking_id)
    assert order is not None
    return str(order["id"])


def guest(relay: Relay) -> str:
    """A customer of the POS who bears a reference of ours: Kounta tells of no other."""
    credentials = (CLIENT.credentials.client_id, CLIENT.credentials.client_secret)
    at_kounta = f"{relay.sandbox.url}/kounta/v1/companies/{COMPANY_ID}/customers"
    name = f"guest-{secrets.token_hex(4)}"
    wanted = {"first_name": "Alex", "email": f"{name}@example.com", "reference_id": name}
    headers = {"accept": "application/json"}
    made = relay.premises.http.post(at_kounta, json=wanted, headers=headers, auth=credentials)
    assert made.status_code == 201, made.text
    return made.headers["location"].rstrip("/").rsplit("/", 1)[1].removesuffix(".json")


def test_a_customer_whom_staff_link_and_take_off(hook: Hook) -> None:
    relay, customer = hook.relay, guest(hook.relay)
    pos_order_id = relay.seated("customer")
    relay.sandbox.staff("customer", pos_order_id, {"customer_id": int(customer)})
    (linked,) = arrived(hook, "customer.linked")
    assert (linked["order_id"], linked["pos_customer_id"]) == (order_id(relay, "customer"), customer)
    relay.sandbox.staff("customer", pos_order_id)
    (unlinked,) = arrived(hook, "customer.unlinked")
    assert unlinked == linked
    assert "Alex" not in json.dumps(hook.calls())


def test_what_the_kitchen_prints(hook: Hook) -> None:
    relay = hook.relay
    pos_order_id = relay.seated("printed")
    relay.sandbox.staff("add-lines", pos_order_id, FISH)
    relay.sandbox.staff("print", pos_order_id)
    (printed,) = arrived(hook, "order.kitchen_print")
    assert (printed["order_id"], printed["pos_order_id"]) == (order_id(relay, "printed"), pos_order_id)
    assert datetime.fromisoformat(printed["printed_at"]) <= datetime.now(UTC)
    file = f"POSORDER#{relay.venue_id}#{pos_order_id}"
    (kept,) = [item for item in relay.premises.items() if (item["pk"]["S"], item["sk"]["S"]) == (file, "ACTIVITY")]
    assert datetime.fromisoformat(json.loads(kept["body"]["S"])["first_printed_at"]) == datetime.fromisoformat(
        printed["printed_at"]
    )


def test_a_table_that_pays_together(hook: Hook) -> None:
    relay = hook.relay
    ours = [relay.seated(name) for name in ("group-1", "group-2")]
    walk_in = relay.sandbox.control("kounta/orders", {"site_id": int(relay.site_id), "paid": False, **FISH})
    for pos_order_id in ours:
        relay.sandbox.staff("add-lines", pos_order_id, FISH)
    relay.sandbox.staff("group", ours[0], {"order_ids": [int(ours[1]), int(walk_in["id"])]})
    for pos_order_id in (*ours, str(walk_in["id"])):
        relay.sandbox.staff("pay", pos_order_id)
    relay.sandbox.staff("finalise", ours[0])
    (told,) = arrived(hook, "order.group_finalised")
    assert set(told["order_ids"]) == {order_id(relay, name) for name in ("group-1", "group-2")}
    for name in ("group-1", "group-2"):
        relay.order_in(name, "completed")
    arrived(hook, "order.completed", 2)


PATHS = ("orders-completed", "orders-deleted", "customer-linked", "kitchen-print", "group-finalised")


def delivery(relay: Relay, path: str, site_id: int, token: str = CLIENT.signature_tokens[0]) -> tuple[int, Json]:
    """A webhook about an order of a site; status and body of the answer."""
    order: Json = {
        "id": 9_300_000_000_000_000_000 + secrets.randbelow(10**15),
        "site_id": site_id,
        "status": "ACCEPTED",
    }
    content = {"group_id": 1, "site_id": site_id, "orders": [order]} if path == "group-finalised" else order
    body = json.dumps(content).encode()
    headers = {
        "content-type": "application/json",
        "x-kounta-signature": hmac.new(token.encode(), body, hashlib.sha256).hexdigest(),
        "authorization": webhook_secret(relay.premises.deployed.secret.link_key(), relay.venue_id),
    }
    address = f"{relay.premises.stack['api_url']}/pos/kounta/{relay.venue_id}/{path}"
    answer = relay.premises.http.post(address, content=body, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", PATHS)
def test_a_forged_signature_and_another_site(relay: Relay, path: str) -> None:
    site_id = int(relay.site_id)
    status, problem = delivery(relay, path, site_id, token="another-token")
    assert (status, problem["code"]) == (401, "bad_signature")
    assert delivery(relay, path, site_id + 1) == (200, {"status": "ignored"})
    assert delivery(relay, path, site_id) == (200, {"status": "accepted", "duplicate": False})


def test_a_group_of_orders_that_are_nobodys_is_taken_up(relay: Relay) -> None:
    def open_groups() -> list[str]:
        groups = [item for item in relay.premises.items() if item["pk"]["S"].startswith(f"GROUP#{relay.venue_id}#")]
        return [item["pk"]["S"] for item in groups if "linked_at" not in item]

    assert delivery(relay, "group-finalised", int(relay.site_id))[0] == 200
    until(lambda: not open_groups(), "the group to be linked")
