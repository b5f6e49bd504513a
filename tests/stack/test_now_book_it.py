"""Now Book It's thin webhooks on the deployed stack: fetched by the writer, and the booking finished at the end."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx
import pytest

from shared.web.signatures import derive_token
from tests.stack.relay import Premises, Relay, until

VENUE = "demo"
LOCATION = "LOC-823"
LIMIT_WINDOW_S = 1.0  # "10 times every 1000 milliseconds" (Now Book It docs: limits)


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """The demo venue, whose diary the sandbox keeps, as Now Book It's bookings are seen there."""
    return Relay(premises, VENUE, premises.key, "nowbookit")


@pytest.fixture
def booking_id() -> str:
    """A booking that was never there before."""
    return f"NBI-{uuid.uuid4().hex[:8]}"


def diary(relay: Relay, booking_id: str, status: str, **fields: Any) -> None:
    """The host changes a booking in Now Book It; its webhook fires unless `quiet`."""
    known = {"bookingId": booking_id, "locationId": LOCATION, "people": 3, "tables": ["7"], **fields}
    relay.sandbox.control(f"nowbookit/bookings/{booking_id}", {**known, "status": status})


def knock(relay: Relay, booking_id: str, event: str = "BOOKING_UPDATED", **changes: str | None) -> httpx.Response:
    """A webhook of Now Book It's, posted by hand. `changes`: token, location."""
    token = derive_token(relay.premises.deployed.secret.link_key(), "nowbookit-hook", VENUE)
    given = {"token": token, "location": LOCATION, **changes}
    content = {"eventType": event, "data": {"bookingId": booking_id, "locationId": given["location"]}}
    headers = {"authorization": given["token"]} if given["token"] else {}
    address = f"{relay.premises.stack['api_url']}/v1/hooks/bookings/nowbookit/{VENUE}"
    return relay.premises.http.post(address, json=content, headers=headers)


def test_seated_in_the_diary_becomes_an_order(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Confirmed")
    diary(relay, booking_id, "Seated", notes="Birthday")
    relay.order_in(booking_id, "sent")
    (held,) = relay.pos_orders(booking_id)
    assert (held["status"], held["guests"]) == ("SUBMITTED", 3)
    assert "Table 7" in held["notes"]
    assert "Birthday" in held["notes"]


def test_a_walk_in(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Seated", walkin=True)
    relay.order_in(booking_id, "sent")
    booking = relay.booking(booking_id)
    assert booking is not None
    assert booking["kind"] == "walkin"
    assert f"Walk-in ({booking_id})" in relay.pos_orders(booking_id)[0]["notes"]


def test_its_rate_limit_is_honoured(relay: Relay, booking_id: str) -> None:
    relay.sandbox.fault("nowbookit.get_booking", "429", 2, match=booking_id)
    diary(relay, booking_id, "Seated")
    relay.order_in(booking_id, "sent")
    calls = relay.sandbox.calls("nowbookit.get_booking", booking_id)
    assert [call["status"] for call in calls] == [429, 429, 200]
    at = [datetime.fromisoformat(call["at"]) for call in calls]
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(at)]
    assert min(waits) >= LIMIT_WINDOW_S
    assert relay.failures(booking_id) == []


def test_two_updates_with_the_same_body_both_count(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Seated", quiet=True)
    assert knock(relay, booking_id).json()["duplicate"] is False
    relay.order_in(booking_id, "sent")
    diary(relay, booking_id, "Confirmed", quiet=True)
    second = knock(relay, booking_id)
    assert (second.status_code, second.json()["duplicate"]) == (202, False)
    relay.order_in(booking_id, "deleted")
    booking = relay.booking(booking_id)
    assert booking is not None
    assert sorted(event["decision"] for event in booking["events"]) == ["create_order", "delete_order"]


def test_a_webhook_that_comes_again_changes_nothing(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Seated")
    relay.order_in(booking_id, "sent")
    told = [knock(relay, booking_id).json()["event_id"] for _ in range(3)]
    assert [relay.decided(event_id)["decision"] for event_id in told] == ["none"] * 3
    assert len(relay.pos_orders(booking_id)) == 1


def test_completed_in_the_pos_is_finished_with_the_amount_in_the_diary(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Seated")
    number = str(relay.order_in(booking_id, "sent")["pos"]["order_id"])
    relay.complete(number)
    relay.order_in(booking_id, "completed")

    def finished() -> dict[str, Any] | None:
        shown: dict[str, Any] = relay.sandbox.control(f"nowbookit/bookings/{booking_id}")
        return shown if shown["status"]["code"] == "FINISHED" else None

    reported = until(finished, "Finished in the diary")["reported"]
    assert Decimal(str(reported["amountSpent"])) == Decimal(str(relay.pos_order(number)["total"])) > 0
    assert len(relay.sandbox.calls("nowbookit.update_status", booking_id)) == 1
    until(lambda: "booking.finished" in relay.told(booking_id), "word of it")


@pytest.mark.parametrize("event", ["GIFT_CARD_CREATED", "GIFT_CARD_REDEEMED"])
def test_a_gift_card_is_no_booking(relay: Relay, booking_id: str, event: str) -> None:
    answer = knock(relay, booking_id, event)
    assert (answer.status_code, answer.json()) == (202, {"status": "ignored"})
    assert not any(booking_id in item["pk"]["S"] for item in relay.premises.items())


def test_another_locations_booking_is_not_ours(relay: Relay, booking_id: str) -> None:
    answer = knock(relay, booking_id, location="LOC-999")
    assert (answer.status_code, answer.json()) == (202, {"status": "ignored"})
    assert relay.sandbox.calls("nowbookit.get_booking", booking_id) == []


@pytest.mark.parametrize("token", ["wrong", None])
def test_a_wrong_token_is_refused(relay: Relay, booking_id: str, token: str | None) -> None:
    answer = knock(relay, booking_id, token=token)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert not any(booking_id in item["pk"]["S"] for item in relay.premises.items())


def test_a_booking_that_is_not_there(relay: Relay, booking_id: str) -> None:
    event_id = knock(relay, booking_id).json()["event_id"]
    assert relay.decided(event_id)["decision"] == "none"
    assert relay.pos_orders(booking_id) == []


def test_platforms_do_not_share_booking_ids(relay: Relay, booking_id: str) -> None:
    diary(relay, booking_id, "Seated")
    relay.order_in(booking_id, "sent")
    assert replace(relay, platform="demo-bookings").booking(booking_id) is None
