"""Platforms' endpoints and what is sent to them, through the real handlers; the sandbox catches it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.functions.answers import Answer
from tests.functions.event_files import Event, changed, read_event
from tests.functions.relay import REGION, Relay
from tests.functions.test_openapi import described, is_as_described, validator

SEATED = read_event("booking_events/seated")
CAUGHT = {"url": "http://sandbox.test/_platform/main"}


def call(relay: Relay, name: str, event: Event | None = None, **changes: Any) -> Answer:
    """A call of the API, whose answer is as the reference says."""
    event = changed(event or read_event(f"webhook_endpoints/{name}"), **changes)
    answer = relay.http("webhook_endpoints", event)
    is_as_described(event, answer)
    return answer


def set_up(relay: Relay, **more: Any) -> str:
    """Makes or changes the endpoint; the secret when there is a new one."""
    answer = call(relay, "put", body={**CAUGHT, **more})
    assert answer.status in (200, 201), answer
    return str(answer.json().get("secret", ""))


def posts(relay: Relay) -> list[Any]:
    """What the sandbox caught, oldest first."""
    caught: list[Any] = relay.control("outbox")["platform_events"]
    return caught


def deliveries(relay: Relay) -> list[Any]:
    """What the relay says of its deliveries."""
    found: list[Any] = call(relay, "deliveries").json()["data"]
    return found


def seat(relay: Relay) -> None:
    """A party sits down, and everybody hears of it."""
    relay.http("booking_events", SEATED)
    relay.run()


def come_back(relay: Relay, seconds: float) -> None:
    """Time passes, the caretaker makes its round, what was due is tried."""
    relay.clock.advance(seconds)
    relay.attempts()
    relay.invoke("caretaker", {}, left_s=50)
    relay.run()


def test_a_seated_booking_is_told_signed(relay: Relay) -> None:
    secret = set_up(relay)
    seat(relay)
    (post,) = posts(relay)
    sent = Webhook(secret).sign(post["headers"]["webhook-id"], relay.clock.now(), post["body"])
    assert post["headers"]["webhook-signature"] == sent
    content = json.loads(post["body"])
    assert (content["type"], content["data"]["booking_id"]) == ("booking.order_opened", "B-1001")
    (delivery,) = deliveries(relay)
    assert (delivery["state"], delivery["attempts"][0]["http_status"]) == ("delivered", 204)


def test_the_stream_may_bring_it_twice(relay: Relay) -> None:
    set_up(relay)
    for _ in range(2):
        relay.invoke("platform_events", read_event("platform_events/order_opened"))
    bodies = relay.attempts()
    assert len(bodies) == 2
    for body in bodies:
        relay.attempt(body)
    assert len(posts(relay)) == 1


def test_nobody_hears_of_failures_that_are_for_our_own_people(relay: Relay) -> None:
    set_up(relay)
    relay.invoke("platform_events", read_event("platform_events/failure_reported"))
    assert relay.attempts() == []


def test_a_message_that_comes_twice_or_early_sends_nothing(relay: Relay) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.main", "fault": "500", "times": 1})
    relay.http("booking_events", SEATED)
    relay.run()
    (delivery,) = deliveries(relay)
    body = {"v": 1, "record": f"DELIVERY#demo-bookings#main#{delivery['event_id']}"}
    relay.attempt(json.dumps(body))
    assert len(deliveries(relay)[0]["attempts"]) == 1
    come_back(relay, 6)
    assert deliveries(relay)[0]["state"] == "delivered"
    relay.attempt(json.dumps(body))
    assert len(relay.vendor_calls("platform")) == 2


def test_ten_attempts_and_then_no_more_until_a_replay(relay: Relay) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.main", "fault": "500", "times": 10})
    began = relay.clock.now()
    seat(relay)
    while (due := deliveries(relay)[0]["next_attempt_at"]) is not None:
        come_back(relay, (datetime.fromisoformat(due) - relay.clock.now()).total_seconds() + 1)
    (delivery,) = deliveries(relay)
    assert delivery["state"] == "failed"
    assert [each["number"] for each in delivery["attempts"]] == list(range(1, 11))
    assert timedelta(hours=72) < relay.clock.now() - began < timedelta(hours=90)
    calls = [each for each in relay.control("calls") if each["operation"] == "platform.main"]
    assert {each["headers"]["webhook-id"] for each in calls} == {delivery["event_id"]}
    call(relay, "replay", body={"from": began.isoformat(), "to": relay.clock.now().isoformat()})
    relay.run()
    assert deliveries(relay)[0]["state"] == "delivered"


def test_an_endpoint_that_fails_for_days_is_paused_and_its_owner_told(relay: Relay) -> None:
    set_up(relay, contact_email="integrations@example.com")
    relay.control("faults", {"operation": "platform.main", "fault": "reset_before", "times": -1})
    seat(relay)
    for _ in range(6):
        come_back(relay, 28 * 3600)
    assert call(relay, "get").json()["reason"] == "failing"
    (mail,) = [each for each in relay.mails() if "webhook endpoint main" in each.body]
    assert mail.destinations["ToAddresses"] == ["integrations@example.com"]
    tries = len(relay.vendor_calls("platform"))
    come_back(relay, 28 * 3600)
    assert len(relay.vendor_calls("platform")) == tries
    assert call(relay, "replay").json()["code"] == "not_active"

    relay.control("faults", {"operation": "platform.main", "times": 0})
    set_up(relay)
    assert call(relay, "replay").json()["replayed"] == 1
    relay.run()
    assert [post["headers"]["webhook-id"] for post in posts(relay)] == [deliveries(relay)[0]["event_id"]]


def test_410_disables(relay: Relay) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.main", "fault": "410", "times": 1})
    seat(relay)
    endpoint = call(relay, "get").json()
    assert (endpoint["state"], endpoint["reason"]) == ("disabled", "gone")
    assert deliveries(relay)[0]["state"] == "held"
    assert relay.topic_messages() == 1, "no contact named: operations hear of it"


def test_while_secrets_change_both_sign(relay: Relay) -> None:
    old, new = set_up(relay), set_up(relay, rotate_secret=True)
    assert set_up(relay) == ""
    seat(relay)
    (post,) = posts(relay)
    event_id, at = post["headers"]["webhook-id"], relay.clock.now()
    wanted = [Webhook(secret).sign(event_id, at, post["body"]) for secret in (new, old)]
    assert post["headers"]["webhook-signature"].split(" ") == wanted
    relay.clock.advance(86_401)
    call(relay, "test")
    relay.run()
    assert len(posts(relay)[-1]["headers"]["webhook-signature"].split(" ")) == 1


def test_a_replay_sends_again_and_cancels_the_attempt_that_was_to_come(relay: Relay) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.main", "fault": "503", "times": 1})
    seat(relay)
    relay.attempts()  # the one for later is lost
    assert call(relay, "replay").json() == {"status": "accepted", "replayed": 1, "next": None}
    relay.run()
    come_back(relay, 600)
    (delivery,) = deliveries(relay)
    assert [(each["number"], each["manual"]) for each in delivery["attempts"]] == [(1, False), (2, True)]
    call(relay, "replay")
    relay.run()
    assert len({post["headers"]["webhook-id"] for post in posts(relay)}) == 1
    assert len(posts(relay)) == 2


def test_a_test_event_is_sent_even_to_a_paused_endpoint(relay: Relay) -> None:
    set_up(relay, paused=True, types=["order.rejected"])
    event_id = call(relay, "test").json()["event_id"]
    relay.run()
    (post,) = posts(relay)
    assert post["headers"]["webhook-id"] == event_id
    assert json.loads(post["body"])["type"] == "webhook.test"
    seat(relay)
    assert len(posts(relay)) == 1


def test_what_is_removed_hears_nothing_more(relay: Relay) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.main", "fault": "500", "times": 1})
    seat(relay)
    assert call(relay, "delete").json() == {"status": "removed", "id": "main"}
    come_back(relay, 10)
    assert posts(relay) == []
    for name in ("get", "test", "deliveries", "replay", "delete"):
        assert call(relay, name).status == 404
    assert call(relay, "list").json()["data"] == []


def test_a_list_of_deliveries_has_pages(relay: Relay) -> None:
    set_up(relay)
    for _ in range(3):
        call(relay, "test")
        relay.clock.advance(1)
    relay.run()
    first = call(relay, "deliveries", query={"limit": "2"}).json()
    second = call(relay, "deliveries", query={"limit": "2", "cursor": first["next"]}).json()
    assert len(first["data"]) == 2
    assert len(second["data"]) == 1
    assert second["next"] is None


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({}, "/url"),
        ({"url": "no url"}, "/url"),
        ({"url": "ftp://hooks.example.com"}, "/url"),
        ({**CAUGHT, "types": ["order.unheard_of"]}, "/types/0"),
        ({**CAUGHT, "contact_email": "nobody"}, "/contact_email"),
        ({**CAUGHT, "secret": "whsec_mine"}, "/secret"),
    ],
)
def test_what_is_wrong_is_pointed_at(relay: Relay, content: dict[str, Any], pointer: str) -> None:
    answer = call(relay, "put", body=content)
    assert answer.status == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_private_addresses_are_refused_unless_the_deployment_allows_them(relay: Relay) -> None:
    relay.setenv("PRIVATE_ENDPOINTS", "refused")
    relay.start_over()
    for url in (CAUGHT["url"], "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data"):
        answer = call(relay, "put", body={"url": url})
        assert (answer.status, answer.json()["errors"][0]["pointer"]) == (422, "/url")
    assert call(relay, "put").status == 201


def test_a_key_without_the_scope_or_the_venues_may_not(relay: Relay) -> None:
    set_up(relay)
    for name in ("list", "get", "put", "test", "deliveries", "replay", "delete"):
        answer = call(relay, name, caller={"scopes": "booking:write"})
        assert answer.json()["code"] == "scope_not_granted"
    for name in ("get", "test", "deliveries", "replay", "delete"):
        for other in ({"venues": "elsewhere"}, {"platform": "somebody-else"}):
            assert call(relay, name, caller=other).status == 404
    assert call(relay, "put", body=CAUGHT, caller={"venues": "elsewhere"}).json()["code"] == "venue_not_granted"
    assert call(relay, "list", caller={"venues": "elsewhere"}).json()["data"] == []


def test_an_endpoint_hears_only_of_the_venues_of_its_key(relay: Relay) -> None:
    call(relay, "put", body=CAUGHT, caller={"venues": "elsewhere"})
    seat(relay)
    assert posts(relay) == []


def test_a_platform_has_a_limited_number(relay: Relay) -> None:
    for number in range(20):
        assert call(relay, "put", body=CAUGHT, path={"endpoint_id": f"e{number}"}).status == 201
    assert call(relay, "put", body=CAUGHT).json()["code"] == "too_many"
    assert call(relay, "put", body=CAUGHT, path={"endpoint_id": "e7"}).status == 200
    assert call(relay, "put", body=CAUGHT, path={"endpoint_id": "a.b"}).status == 422


def test_secrets_are_encrypted_and_shown_once(relay: Relay) -> None:
    secret = set_up(relay)
    assert secret.removeprefix("whsec_") not in repr(relay.items())
    assert secret not in call(relay, "get").body + call(relay, "list").body
    assert {each for each in relay.aws_calls if each.startswith("kms")} == {"kms.Encrypt"}


def test_a_secret_that_cannot_be_opened_sends_nothing_and_comes_back(relay: Relay) -> None:
    set_up(relay)
    relay.setenv("TOKEN_KEY_ARN", f"arn:aws:kms:{REGION}:123456789012:key/00000000-0000-4000-8000-000000000000")
    relay.start_over()
    call(relay, "test")
    (body,) = relay.attempts()
    event = read_event("deliveries/due")
    event["Records"][0]["body"] = body
    assert relay.invoke("deliveries", event)["batchItemFailures"]
    assert relay.vendor_calls("platform") == []


def test_the_body_of_the_request_is_as_described() -> None:
    event = read_event("webhook_endpoints/put")
    schema = described(event["routeKey"])["requestBody"]["content"]["application/json"]["schema"]
    validator(schema).validate(json.loads(event["body"]))
