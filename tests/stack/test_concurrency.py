"""Many at once, repeated, and out of order: one live order, on the deployed stack."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.stack.relay import Premises, Relay, until

SENDERS = 32


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    return premises.open_venue("concurrency")


def all_decided(relay: Relay, booking_id: str, events: int) -> bool:
    booking = relay.booking(booking_id)
    return (
        booking is not None
        and len(booking["events"]) == events
        and all(event["decision"] for event in booking["events"])
    )


def test_the_same_seated_event_two_hundred_times_at_once_is_one_order(relay: Relay) -> None:
    event = relay.event("same", "seated")
    with ThreadPoolExecutor(SENDERS) as senders:
        answers = list(senders.map(lambda _: relay.post(event), range(200)))
    assert Counter(answer.status_code for answer in answers) == {202: 200}
    assert len({answer.json()["event_id"] for answer in answers}) == 1
    assert sum(not answer.json()["duplicate"] for answer in answers) == 1
    relay.order_in("same", "sent")
    assert all_decided(relay, "same", 1)
    assert len(relay.pos_orders("same")) == 1
    assert len(relay.sandbox.calls("kounta.create_order", holding=f"/{relay.venue_id}/")) == 1


def test_two_hundred_different_seated_events_of_one_booking_at_once_are_one_order(relay: Relay) -> None:
    at = datetime.now(UTC)
    events = [relay.event("many", "seated", at=at, event_id=f"many-{number}") for number in range(200)]
    with ThreadPoolExecutor(SENDERS) as senders:
        assert Counter(answer.status_code for answer in senders.map(relay.post, events)) == {202: 200}
    until(lambda: all_decided(relay, "many", 200), "all 200 events decided")
    relay.order_in("many", "sent")
    assert len(relay.pos_orders("many", live=True)) == 1
    booking = relay.booking("many")
    assert booking is not None
    assert Counter(event["decision"] for event in booking["events"]) == {"create_order": 1, "none": 199}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("with_sequence", [True, False], ids=["by sequence", "by time"])
def test_twenty_different_events_in_shuffled_order_end_in_the_newest(
    relay: Relay, seed: int, with_sequence: bool
) -> None:
    booking_id = f"shuffled-{with_sequence}-{seed}"
    dice = random.Random(seed)
    words = ["confirmed", "seated", "cancelled", "arrived", "no_show", "seated", "finished", "sms_sent", "unconfirmed"]
    began = datetime.now(UTC) - timedelta(seconds=60)
    events = []
    for number in range(20):
        status = "seated" if number == 19 else dice.choice(words)
        sequence = {"sequence": number} if with_sequence else {}
        at = began + timedelta(seconds=number)
        events.append(relay.event(booking_id, status, at=at, event_id=f"{booking_id}-{number}", **sequence))
    dice.shuffle(events)
    with ThreadPoolExecutor(20) as senders:
        assert Counter(answer.status_code for answer in senders.map(relay.post, events)) == {202: 20}
    until(lambda: all_decided(relay, booking_id, 20), "all 20 events decided")
    order = relay.order_in(booking_id, "sent")
    (held,) = relay.pos_orders(booking_id, live=True)
    assert str(held["id"]) == order["pos"]["order_id"]
    booking = relay.booking(booking_id)
    assert booking is not None
    assert booking["status"] == "seated"
    assert [seating["outcome"] for seating in booking["seatings"]].count("open") == 1
