"""What cannot be taken gets the contract's one error shape, over HTTP, never a 5xx, and leaves nothing in the table."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ops.access import issue_key
from shared.domain.access import READ_SALES, SCOPES, Platform
from shared.domain.identities import new_order_id
from shared.web.pos_deliveries import webhook_secret
from tests.stack.relay import CLIENT, Premises, Relay

BIG = json.dumps({"type": "updated", "notes": "x" * 300_000})
NOT_JSON = {
    "empty": "",
    "words": "seated, please",
    "cut off": '{"type": "upd',
    "NaN": '{"type": NaN}',
    "deep": "[" * 9999,
}
NO_UTF8 = b'{"type": "\xff\xfe"}'
WRONG_TYPES: list[tuple[str, Any, str]] = [
    ("", [], ""),
    ("", "seated", ""),
    ("", None, ""),
    ("", 12, ""),
    ("type", "deleted", "/type"),
    ("occurred_at", 1795334531, "/occurred_at"),
    ("occurred_at", "2026-11-22T19:02:11", "/occurred_at"),
    ("sequence", "7", "/sequence"),
    ("event_id", 7, "/event_id"),
    ("event_id", "evt 7", "/event_id"),
    ("booking", [], "/booking"),
    ("booking.id", 1001, "/booking/id"),
    ("booking.id", "tisch-ä", "/booking/id"),
    ("booking.status", None, "/booking/status"),
    ("booking.party_size", "four", "/booking/party_size"),
    ("booking.party_size", -1, "/booking/party_size"),
    ("booking.tables", "12", "/booking/tables"),
    ("booking.customer", "Alex", "/booking/customer"),
    ("booking.payment_summary", {"amount_paid": "NaN"}, "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary", {"amount_paid": "1e999999999"}, "/booking/payment_summary/amount_paid"),
]
# What the relay does by itself meanwhile: sweeps, pace, tokens.
OF_ITS_OWN = {"SWEEP", "PACE", "TOKENS"}


@pytest.fixture(scope="module")
def open_relay(premises: Premises) -> Relay:
    """A venue with one booking, B-1, seated."""
    relay = premises.open_venue("errors")
    relay.seated("B-1")
    return relay


@pytest.fixture
def relay(open_relay: Relay) -> Iterator[Relay]:
    """The same, and nothing is stored by what the test does."""
    before = stored(open_relay)
    yield open_relay
    assert stored(open_relay) - before == set()


def stored(relay: Relay) -> set[tuple[str, str]]:
    """The keys of all items but those that change by themselves."""
    keys = {(item["pk"]["S"], item["sk"]["S"]) for item in relay.premises.items()}
    return {(pk, sk) for pk, sk in keys if sk not in OF_ITS_OWN}


@pytest.fixture(scope="module")
def stranger(premises: Premises, open_relay: Relay) -> Relay:
    """Another platform at the same venue, without the scope to see others' bookings."""
    settings = premises.deployed.settings
    settings.put_platform(Platform("strangers", "Another platform"))
    scopes = [scope for scope in SCOPES if scope not in ("venue:read", READ_SALES)]
    _, key = issue_key(settings, "strangers", [open_relay.venue_id], scopes, datetime.now(UTC))
    return replace(open_relay, key=key, platform="strangers")


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The contract's error, whole."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["type"].endswith(code)
    assert all(told[name] for name in ("title", "detail", "request_id"))
    return told


def events(relay: Relay, body: str | bytes) -> httpx.Response:
    """Posts these very bytes as a booking event."""
    headers = {"content-type": "application/json"}
    return relay.request("POST", f"/v1/venues/{relay.venue_id}/booking-events", content=body, headers=headers)


def hook(relay: Relay, path: str, body: str | bytes, **headers: str) -> httpx.Response:
    """Posts to an address without key."""
    return relay.premises.http.post(f"{relay.premises.stack['api_url']}{path}", content=body, headers=headers)


# who knocks


def test_no_key(relay: Relay) -> None:
    for path in ("booking-events", "bookings/B-1", "sales"):
        method = "POST" if path == "booking-events" else "GET"
        answer = relay.premises.http.request(method, f"{relay.premises.stack['api_url']}/v1/venues/demo/{path}")
        assert answer.status_code == 401
        assert "message" in answer.json()


@pytest.mark.parametrize("shown", ["Bearer prk_nobody", "Bearer x", "Basic ZGVtbzpkZW1v", "prk_nobody"])
def test_wrong_key(relay: Relay, shown: str) -> None:
    answer = relay.request("POST", "/v1/venues/demo/booking-events", json={}, headers={"authorization": shown})
    assert answer.status_code in (401, 403)
    assert "message" in answer.json()


def test_a_venue_that_the_key_does_not_cover(relay: Relay, stranger: Relay) -> None:
    event = relay.event("B-2", "seated")
    problem(stranger.request("POST", "/v1/venues/demo/booking-events", json=event), 403, "venue_not_granted")
    problem(stranger.request("GET", "/v1/venues/demo/bookings/B-1"), 403, "venue_not_granted")
    problem(stranger.request("GET", "/v1/venues/demo/orders/ord_0123456789ABCDEF"), 403, "venue_not_granted")


def test_a_scope_that_the_key_lacks(stranger: Relay, relay: Relay) -> None:
    problem(stranger.request("GET", f"/v1/venues/{relay.venue_id}/sales"), 403, "scope_not_granted")


def test_another_platforms_booking_and_order(stranger: Relay, relay: Relay) -> None:
    venue = f"/v1/venues/{relay.venue_id}"
    problem(stranger.request("GET", f"{venue}/bookings/B-1"), 404, "not_found")
    problem(stranger.request("GET", f"{venue}/bookings/B-1?platform={relay.platform}"), 403, "scope_not_granted")
    order = relay.order_of("B-1")
    assert order is not None
    problem(stranger.request("GET", f"{venue}/orders/{order['id']}"), 404, "not_found")


# what is not there


def test_unknown_venue(relay: Relay) -> None:
    event = relay.event("B-2", "seated")
    problem(relay.request("POST", "/v1/venues/nowhere/booking-events", json=event), 404, "not_found")
    problem(relay.request("GET", "/v1/venues/nowhere/bookings/B-1"), 404, "not_found")


@pytest.mark.parametrize("path", ["bookings/B-404", "booking-events/evt_404", "orders/ord_404", "orders/%00"])
def test_unknown_booking_event_and_order(relay: Relay, path: str) -> None:
    problem(relay.request("GET", f"/v1/venues/{relay.venue_id}/{path}"), 404, "not_found")


def test_another_venues_order(relay: Relay) -> None:
    order = relay.order_of("B-1")
    assert order is not None
    problem(relay.request("GET", f"/v1/venues/demo/orders/{order['id']}"), 404, "not_found")


@pytest.mark.parametrize("route", ["GET /v1/venues/demo", "POST /v1/anything", "DELETE /v1/venues/demo/bookings/B-1"])
def test_unknown_route(relay: Relay, route: str) -> None:
    method, path = route.split()
    assert relay.request(method, path).status_code == 404


# what is in it


def test_too_large(relay: Relay) -> None:
    problem(events(relay, BIG), 413, "too_large")


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_not_json(relay: Relay, body: str) -> None:
    problem(events(relay, body), 400, "not_json")


def test_no_utf_8(relay: Relay) -> None:
    # Gateways may hand these bytes on as they are or with what is wrong in them replaced.
    assert events(relay, NO_UTF8).status_code in (400, 422)


@pytest.mark.parametrize(("field", "value", "pointer"), WRONG_TYPES, ids=[f"{f} {v!r}"[:40] for f, v, _ in WRONG_TYPES])
def test_json_of_wrong_types(relay: Relay, field: str, value: Any, pointer: str) -> None:
    event: Any = relay.event("B-2", "seated")
    *parents, last = field.split(".")
    inner = event
    for parent in parents:
        inner = inner[parent]
    if last:
        inner[last] = value
    told = problem(events(relay, json.dumps(event if last else value)), 422, "invalid_input")
    assert pointer in [each["pointer"] for each in told["errors"]]


@pytest.mark.parametrize("missing", ["type", "occurred_at", "booking"])
def test_a_required_field_is_missing(relay: Relay, missing: str) -> None:
    event = relay.event("B-2", "seated")
    del event[missing]
    told = problem(relay.post(event), 422, "invalid_input")
    assert [each["pointer"] for each in told["errors"]] == [f"/{missing}"]


def test_too_far_in_the_future(relay: Relay) -> None:
    event = relay.event("B-2", "seated", at=datetime.now(UTC) + timedelta(seconds=3700))
    told = problem(relay.post(event), 422, "invalid_input")
    assert [each["pointer"] for each in told["errors"]] == ["/occurred_at"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "from=yesterday", "cursor=%20", "from=2026-01-01T00:00:00Z"])
def test_a_question_that_cannot_be_read(relay: Relay, query: str) -> None:
    problem(relay.request("GET", f"/v1/venues/{relay.venue_id}/sales?{query}"), 422, "invalid_input")


def test_an_event_id_with_other_content(relay: Relay) -> None:
    booking = relay.booking("B-1")
    assert booking is not None
    reused = relay.event("B-1", "cancelled", event_id=booking["events"][0]["event_id"])
    problem(relay.post(reused), 409, "reference_reused")


# the hooks


@pytest.mark.parametrize("body", ["{}", "", "[]", BIG, "not JSON"], ids=["object", "empty", "list", "300 kB", "words"])
def test_a_webhook_without_proof(relay: Relay, body: str) -> None:
    order = new_order_id()
    for path in (
        f"/pos/kounta/{relay.venue_id}/orders-completed",
        "/pos/kounta/nowhere/orders-completed",
        f"/pos/kounta/{relay.venue_id}/orders/{order}/status?token=wrong",
        f"/pos/kounta/{relay.venue_id}/orders/{order}/status",
        f"/pos/kounta/{relay.venue_id}/orders/none-of-ours/status?token=x",
        "/v1/hooks/bookings/nowbookit/demo",
        "/v1/hooks/bookings/nowbookit/nowhere",
    ):
        problem(hook(relay, path, body, authorization="wrong"), 401, "bad_signature")


def test_a_wrong_signature_and_a_right_one_with_a_wrong_header(relay: Relay) -> None:
    body = json.dumps({"id": 1, "site_id": int(relay.site_id), "status": "COMPLETE"}).encode()
    path = f"/pos/kounta/{relay.venue_id}/orders-completed"
    secret = webhook_secret(relay.premises.deployed.secret.link_key(), relay.venue_id)
    for token, authorization in (("another-token", secret), (CLIENT.signature_tokens[0], "wrong")):
        signature = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
        proof = {"x-kounta-signature": signature, "authorization": authorization}
        problem(hook(relay, path, body, **proof), 401, "bad_signature")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "not_json"),
        ("[]", 422, "invalid_input"),
        ('{"id": {}}', 422, "invalid_input"),
        (BIG, 413, "too_large"),
    ],
)
def test_a_signed_webhook_that_cannot_be_read(relay: Relay, body: str, status: int, code: str) -> None:
    signature = hmac.new(CLIENT.signature_tokens[0].encode(), body.encode(), hashlib.sha256).hexdigest()
    secret = webhook_secret(relay.premises.deployed.secret.link_key(), relay.venue_id)
    proof = {"x-kounta-signature": signature, "authorization": secret}
    problem(hook(relay, f"/pos/kounta/{relay.venue_id}/orders-completed", body, **proof), status, code)


def test_the_token_of_another_order(relay: Relay) -> None:
    (held,) = relay.pos_orders("B-1")
    token = held["callback_uri"].partition("token=")[2]
    other = f"/pos/kounta/{relay.venue_id}/orders/{new_order_id()}/status?token={token}"
    problem(hook(relay, other, "{}"), 401, "bad_signature")


def test_an_unknown_topic_and_an_unknown_provider(relay: Relay) -> None:
    problem(hook(relay, f"/pos/kounta/{relay.venue_id}/orders-imagined", "{}"), 404, "not_found")
    problem(hook(relay, f"/v1/hooks/bookings/imagined/{relay.venue_id}", "{}"), 404, "not_found")
