"""The address that came with an order: the order is posted there whenever it changes; the sandbox catches it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.functions.event_files import body_of, changed, read_event
from tests.functions.relay import Relay
from tests.functions.test_openapi import SPEC, validator
from tests.functions.test_webhook_endpoints import call, come_back, set_up

SEATED = read_event("booking_events/seated")
HAPPENED = read_event("platform_events/order_accepted")["Records"][0]["dynamodb"]["NewImage"]
CALLBACK = "http://sandbox.test/_platform/callback"


@pytest.fixture
def order_id(relay: Relay) -> str:
    """An order in the POS."""
    return an_order(relay, "B-1001")


def an_order(relay: Relay, booking_id: str) -> str:
    """A party sits down."""
    body = body_of(SEATED)
    body["event_id"] = f"evt-{booking_id}"
    body["booking"]["id"] = booking_id
    relay.http("booking_events", changed(SEATED, body=body))
    relay.run()
    seatings = relay.get("booking", {"booking_id": booking_id}).json()["seatings"]
    return str(seatings[0]["order_id"])


def happens(relay: Relay, order_id: str, event_type: str = "order.accepted", *, number: int = 1, **data: Any) -> None:
    """An event of an order with a callback stands in the outbox, and is told."""
    item = json.loads(json.dumps(HAPPENED))
    content = json.loads(item["body"]["S"])
    content["type"] = event_type
    content["data"] |= {"order_id": order_id, **data}
    item["pk"]["S"] = f"OUTBOX#{order_id}{number}"
    item["type"]["S"] = event_type
    item["body"]["S"] = json.dumps(content)
    relay.dynamodb.put_item(TableName="posrelay", Item=item)
    relay.run()


def posts(relay: Relay, name: str = "callback") -> list[Any]:
    """What was caught there, oldest first."""
    return [each for each in relay.control("outbox")["platform_events"] if each["name"] == name]


def tried(relay: Relay) -> list[dict[str, Any]]:
    """Every call of the callback's address."""
    return [each for each in relay.control("calls") if each["operation"] == "platform.callback"]


def test_the_order_is_posted_as_it_is_shown_and_signed(relay: Relay, order_id: str) -> None:
    secret = set_up(relay)
    happens(relay, order_id)
    (post,) = posts(relay)
    order = json.loads(post["body"])
    validator(SPEC["components"]["schemas"]["Order"]).validate(order)
    assert (order["id"], order["status"]) == (order_id, "sent")
    assert "+61255501001" not in post["body"]
    assert all("request" not in write for write in order["writes"])
    event_id = post["headers"]["webhook-id"]
    assert post["headers"]["webhook-signature"] == Webhook(secret).sign(event_id, relay.clock.now(), post["body"])


def test_endpoints_hear_of_the_event_but_not_of_the_address(relay: Relay, order_id: str) -> None:
    set_up(relay)
    happens(relay, order_id)
    (told,) = posts(relay, "main")
    content = json.loads(told["body"])
    assert content["type"] == "order.accepted"
    assert "callback_uri" not in told["body"]
    assert told["headers"]["webhook-id"] != posts(relay)[0]["headers"]["webhook-id"], "one may hear both"


@pytest.mark.parametrize("endpoint", [None, {"paused": True}])
def test_without_a_secret_in_common_it_goes_unsigned(
    relay: Relay, order_id: str, endpoint: dict[str, Any] | None
) -> None:
    if endpoint is not None:
        set_up(relay, **endpoint)
    happens(relay, order_id)
    (post,) = posts(relay)
    assert post["headers"]["webhook-id"].startswith("cb_")
    assert post["headers"]["webhook-timestamp"] == str(int(relay.clock.now().timestamp()))
    assert "webhook-signature" not in post["headers"]


def test_another_venues_secret_does_not_sign(relay: Relay, order_id: str) -> None:
    call(relay, "put", body={"url": "http://sandbox.test/_platform/main"}, caller={"venues": "elsewhere"})
    happens(relay, order_id)
    assert "webhook-signature" not in posts(relay)[0]["headers"]


def test_the_stream_may_bring_it_twice(relay: Relay, order_id: str) -> None:
    happens(relay, order_id)
    happens(relay, order_id)
    relay.invoke("caretaker", {}, left_s=50)
    relay.run()
    assert len(posts(relay)) == 1


def test_it_is_repeated_ten_times_with_the_same_bytes_and_nothing_is_paused(relay: Relay, order_id: str) -> None:
    set_up(relay)
    relay.control("faults", {"operation": "platform.callback", "fault": "500", "times": -1})
    happens(relay, order_id)
    (held,) = relay.pos_orders()
    relay.control(f"kounta/orders/{held['id']}/accept", {})
    relay.run()
    for _ in range(14):
        come_back(relay, 28 * 3600)
    calls = tried(relay)
    assert len(calls) == 10
    assert len({each["body"] for each in calls}) == 1
    assert len({each["headers"]["webhook-id"] for each in calls}) == 1
    assert call(relay, "get").json()["state"] == "active"
    assert relay.topic_messages() == 0


def test_it_is_repeated_when_due_and_shows_the_order_of_its_moment(relay: Relay, order_id: str) -> None:
    relay.control("faults", {"operation": "platform.callback", "fault": "reset_before", "times": 1})
    happens(relay, order_id)
    assert posts(relay) == []
    come_back(relay, 6)
    (held,) = relay.pos_orders()
    relay.subscribe()
    relay.control(f"kounta/orders/{held['id']}/accept", {})
    relay.run()
    happens(relay, order_id, number=2)
    assert [json.loads(each["body"])["status"] for each in posts(relay)] == ["sent", "accepted"]


def test_410_ends_it_for_that_order_alone(relay: Relay, order_id: str) -> None:
    other = an_order(relay, "B-1002")
    relay.control("faults", {"operation": "platform.callback", "fault": "503", "times": 1})
    happens(relay, order_id, number=1)  # to be repeated
    relay.control("faults", {"operation": "platform.callback", "fault": "410", "times": 1})
    happens(relay, order_id, "order.completed", number=2)
    happens(relay, order_id, "order.refunded", number=3)
    come_back(relay, 400)
    assert len(tried(relay)) == 2
    assert posts(relay) == []
    happens(relay, other)
    assert [json.loads(each["body"])["id"] for each in posts(relay)] == [other]


def test_a_worker_that_died_counts_as_an_attempt(relay: Relay, order_id: str) -> None:
    relay.control("faults", {"operation": "platform.callback", "fault": "503", "times": 1})
    happens(relay, order_id)
    (stored,) = [each for each in relay.items() if each["pk"]["S"].startswith("DELIVERY#")]
    content = json.loads(stored["body"]["S"])
    content["attempts"] = [{**content["attempts"][0], "number": 10, "ended_at": None}]
    stored["body"]["S"] = json.dumps(content)
    relay.dynamodb.put_item(TableName="posrelay", Item=stored)
    come_back(relay, 60)
    assert len(tried(relay)) == 1


def test_private_addresses_are_not_called(relay: Relay, order_id: str) -> None:
    relay.setenv("PRIVATE_ENDPOINTS", "refused")
    relay.start_over()
    for number, url in enumerate((CALLBACK, "https://169.254.169.254/latest/meta-data")):
        happens(relay, order_id, number=number, callback_uri=url)
    assert relay.vendor_calls("platform") == []


def test_an_order_that_nobody_knows_is_not_called_back_for(relay: Relay) -> None:
    happens(relay, "ord_unheard_of")
    assert tried(relay) == []


def test_only_orders_have_callbacks(relay: Relay, order_id: str) -> None:
    set_up(relay)
    happens(relay, order_id, "booking.finished")
    assert tried(relay) == []
    assert "callback_uri" not in posts(relay, "main")[0]["body"]


def test_no_log_holds_the_address(relay: Relay, order_id: str, caplog: pytest.LogCaptureFixture) -> None:
    happens(relay, order_id, callback_uri=f"{CALLBACK}?key=of-the-platform")
    assert len(posts(relay)) == 1
    assert "delivery attempted" in caplog.messages
    assert "of-the-platform" not in repr([vars(record) for record in caplog.records])
