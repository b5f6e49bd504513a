"""ResDiary's and Standard Webhooks at the door: taken in when they prove themselves, else nothing is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.answers import is_problem
from tests.functions.event_files import Event, body_of, changed, read_event, signed_as_standard, signed_by_resdiary
from tests.functions.relay import VENUE, Relay

RESDIARY = read_event("booking_events/resdiary_seated")
STANDARD = read_event("booking_events/standard_seated")


def resdiary(at: str = "2026-11-22T08:02:11Z", **booking: Any) -> Event:
    body = body_of(RESDIARY)
    body |= {"ChangeDateTime": at, "Booking": body["Booking"] | booking}
    return signed_by_resdiary(RESDIARY, json.dumps(body).encode())


def test_seated_in_resdiary_becomes_an_order_with_the_poss_table(relay: Relay) -> None:
    first = relay.http("booking_events", RESDIARY)
    assert (first.status, first.json()["booking_id"], first.json()["duplicate"]) == (202, "4711001", False)
    assert relay.http("booking_events", RESDIARY).json() == {**first.json(), "duplicate": True}
    relay.run()
    (held,) = relay.pos_orders()
    assert held["notes"].splitlines()[0] == "Table T14 · 4 covers"
    assert "(EXMPL1)" in held["notes"]
    asked = {"platform": "resdiary"}
    booking = relay.get("booking", {"booking_id": "4711001"}, asked).json()
    assert (booking["tables"], booking["raw_status"]) == (["Terrace 14"], "Confirmed/FullySeated")


def test_a_moved_party_is_told_by_the_poss_names(relay: Relay) -> None:
    relay.http("booking_events", RESDIARY)
    relay.run()
    relay.clock.advance(60)
    relay.http("booking_events", resdiary("2026-11-22T08:03:00Z", ArrivalStatus="FullySeated", Tables=["3"]))
    relay.run()
    (held,) = relay.pos_orders()
    assert held["notes"].startswith("Table 3 ·")
    (notice,) = held["notifications"]
    assert "table T14 → 3" in notice["message"]


def test_cancelled_in_resdiary_takes_the_order_away(relay: Relay) -> None:
    relay.http("booking_events", RESDIARY)
    relay.run()
    relay.clock.advance(110)
    relay.http("booking_events", read_event("booking_events/resdiary_cancelled"))
    relay.run()
    assert [order["deleted"] for order in relay.pos_orders()] == [True]


def test_another_restaurants_booking_is_ignored(relay: Relay) -> None:
    before = relay.stored()
    answer = relay.http("booking_events", resdiary(MicrositeName="OtherTable", ProviderId=1))
    assert (answer.status, answer.json()) == (202, {"status": "ignored"})
    assert relay.stored() == before


def test_a_standard_webhook_becomes_an_order_and_its_id_the_events(relay: Relay) -> None:
    first = relay.http("booking_events", STANDARD)
    name = STANDARD["headers"]["webhook-id"]
    assert (first.status, first.json()["event_id"], first.json()["duplicate"]) == (202, name, False)
    later = relay.clock.now() + timedelta(seconds=200)
    relay.clock.advance(200)
    again = signed_as_standard(STANDARD, STANDARD["body"].encode(), name, later)
    assert relay.http("booking_events", again).json() == {**first.json(), "duplicate": True}
    relay.run()
    assert len(relay.pos_orders()) == 1
    assert relay.get("booking", query={"platform": "example-bookings"}).status == 200


def test_an_events_own_id_goes_before_the_webhooks(relay: Relay) -> None:
    body = json.dumps({**body_of(STANDARD), "event_id": "evt-9"}).encode()
    for webhook_id in ("msg_1", "msg_2"):
        event = signed_as_standard(STANDARD, body, webhook_id, relay.clock.now())
        assert relay.http("booking_events", event).json()["event_id"] == "evt-9"


def test_a_webhook_id_with_other_content_is_refused(relay: Relay) -> None:
    relay.http("booking_events", STANDARD)
    body = json.dumps({**body_of(STANDARD), "sequence": 8}).encode()
    event = signed_as_standard(STANDARD, body, STANDARD["headers"]["webhook-id"], relay.clock.now())
    is_problem(relay.http("booking_events", event), 409, "reference_reused")


def test_a_webhook_id_that_can_name_no_event(relay: Relay) -> None:
    event = signed_as_standard(STANDARD, STANDARD["body"].encode(), "x" * 129, relay.clock.now())
    is_problem(relay.http("booking_events", event), 422, "invalid_input")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"no json", 400, "not_json"),
        (b"\xff", 400, "not_json"),
        (b"[]", 422, "invalid_input"),
        (b"{}", 422, "invalid_input"),
        (b" " * 300_000, 413, "too_large"),
    ],
)
def test_a_proven_one_that_cannot_be_taken(relay: Relay, body: bytes, status: int, code: str) -> None:
    before = relay.stored()
    is_problem(relay.http("booking_events", signed_by_resdiary(RESDIARY, body)), status, code)
    if body.isascii():
        event = signed_as_standard(STANDARD, body, "msg_1", relay.clock.now())
        is_problem(relay.http("booking_events", event), status, code)
    assert relay.stored() == before


UNPROVEN = {
    "no signature of ResDiary's": changed(RESDIARY, headers={"x-resdiary-signature": ""}),
    "another signature of ResDiary's": changed(RESDIARY, headers={"x-resdiary-signature": "sha1=" + "0" * 40}),
    "another body of ResDiary's": changed(RESDIARY, body=RESDIARY["body"] + " "),
    "ResDiary's at another venue": changed(RESDIARY, path={"venue_id": "elsewhere"}),
    "ResDiary's at Now Book It's": changed(RESDIARY, path={"provider": "nowbookit"}),
    "ResDiary's as standard": changed(RESDIARY, path={"provider": "standard"}),
    "no standard signature": changed(STANDARD, headers={"webhook-signature": ""}),
    "another standard signature": changed(STANDARD, headers={"webhook-signature": "v1,AAAA"}),
    "another id": changed(STANDARD, headers={"webhook-id": "msg_9"}),
    "another time": changed(STANDARD, headers={"webhook-timestamp": "1795334533"}),
    "another standard body": changed(STANDARD, body=STANDARD["body"] + " "),
    "standard at another venue": changed(STANDARD, path={"venue_id": "elsewhere"}),
    "no JSON, unsigned": changed(STANDARD, body="no json"),
}


@pytest.mark.parametrize("event", UNPROVEN.values(), ids=UNPROVEN)
def test_every_unproven_one_gets_the_same_answer(relay: Relay, event: Event) -> None:
    before = relay.stored()
    content = is_problem(relay.http("booking_events", event), 401, "bad_signature")
    assert content["detail"] == "the delivery cannot be verified"
    assert relay.stored() == before
    assert relay.nudges() == []


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_recording_is_refused(relay: Relay, seconds: int) -> None:
    relay.clock.advance(seconds)
    is_problem(relay.http("booking_events", STANDARD), 401, "bad_signature")


@pytest.mark.parametrize("setting", ["resdiary_restaurant", "standard_hook_platform"])
@pytest.mark.parametrize("value", [None, "somebody-else"])
def test_a_secret_alone_opens_no_door(relay: Relay, setting: str, value: str | None) -> None:
    changes: dict[str, Any] = {setting: value}
    bootstrap.settings_book().put_venue(replace(VENUE, **changes))
    event = RESDIARY if setting == "resdiary_restaurant" else STANDARD
    answer = relay.http("booking_events", event)
    if event is RESDIARY and value:
        assert answer.json() == {"status": "ignored"}
    else:
        is_problem(answer, 401, "bad_signature")
