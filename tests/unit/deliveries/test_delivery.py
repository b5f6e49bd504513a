"""Deliveries: what an answer means, when the next attempt is, and what a replay does to the schedule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.deliveries.delivery import (
    ATTEMPTS_KEPT,
    Answer,
    Delivery,
    DeliveryState,
    after_answer,
    begun,
    delivery_of,
    is_spent,
    replayed,
)
from shared.domain.deliveries.endpoint import Endpoint, EndpointState
from shared.domain.deliveries.platform_event import PlatformEvent
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from tests.builders import NOON, at

TIMINGS = Timings()
ENDPOINT = Endpoint("main", "demo-bookings", "https://hooks.example.com/relay", NOON)
ITEM = OutboxItem("booking.order_opened", "demo", "demo-bookings", NOON, "BOOKING#…", {"order_id": "ord_1"})
EVENT = PlatformEvent.of_outbox("OUTBOX#19a3f1", ITEM)
assert EVENT is not None
NEW = delivery_of(EVENT, ENDPOINT, NOON)
PENDING, DELIVERED, FAILED, HELD = (
    DeliveryState.PENDING,
    DeliveryState.DELIVERED,
    DeliveryState.FAILED,
    DeliveryState.HELD,
)
OK, ERROR = Answer(204), Answer(500)


def tried(delivery: Delivery, answer: Answer, seconds: float = 0) -> Delivery:
    """One whole attempt, without spread."""
    return after_answer(begun(delivery, at(seconds), TIMINGS), answer, at(seconds), TIMINGS, lambda wait_s: wait_s)


@pytest.mark.parametrize(
    ("answer", "state", "wait_s"),
    [
        (Answer(200), DELIVERED, None),
        (Answer(202), DELIVERED, None),
        (Answer(299), DELIVERED, None),
        (Answer(301), PENDING, 5),
        (Answer(307), PENDING, 5),
        (Answer(400), PENDING, 5),
        (Answer(404), PENDING, 5),
        (Answer(410), HELD, None),
        (Answer(429), PENDING, 5),
        (Answer(429, None, 60), PENDING, 60),
        (Answer(429, None, 1), PENDING, 5),
        (Answer(503, None, 90), PENDING, 90),
        (Answer(500, None, 90), PENDING, 5),
        (Answer(None, "no_answer"), PENDING, 5),
        (Answer(None, "forbidden_address"), PENDING, 5),
    ],
)
def test_what_an_answer_means(answer: Answer, state: DeliveryState, wait_s: float | None) -> None:
    after = tried(NEW, answer)
    assert after.state is state
    assert after.due_at == (None if wait_s is None else at(wait_s))
    assert after.attempts[-1].status == answer.status
    assert after.attempts[-1].error == answer.error


def test_ten_attempts_over_more_than_72_hours_and_never_sooner() -> None:
    delivery, now = NEW, NOON
    while delivery.due_at is not None:
        now = delivery.due_at
        delivery = after_answer(begun(delivery, now, TIMINGS), ERROR, now, TIMINGS, lambda wait_s: wait_s)
    assert delivery.state is FAILED
    assert [each.number for each in delivery.attempts] == list(range(1, 11))
    assert timedelta(hours=72) <= now - NOON < timedelta(hours=80)


def test_an_attempt_whose_worker_died_counts() -> None:
    delivery = begun(NEW, NOON, TIMINGS)
    assert delivery.is_under_way(at(1))
    assert not delivery.is_due(at(1))
    lost_at = TIMINGS.delivery_timeout_s + 10
    assert delivery.is_due(at(lost_at))
    assert not delivery.is_under_way(at(lost_at))
    assert tried(delivery, ERROR, lost_at).due_at == at(lost_at + 300)


def test_the_last_attempt_whose_worker_died_is_the_last() -> None:
    delivery = NEW
    for _ in range(9):
        delivery = tried(delivery, ERROR)
    assert not is_spent(delivery, TIMINGS)
    assert is_spent(begun(delivery, NOON, TIMINGS), TIMINGS)


def test_a_replay_takes_the_place_of_the_pending_attempt() -> None:
    waiting = tried(NEW, ERROR)
    again = replayed(waiting, at(2))
    assert again.due_at == at(2)
    after = tried(again, ERROR, 2)
    assert [(each.number, each.manual) for each in after.attempts] == [(1, False), (2, True)]
    assert after.due_at == at(2 + 300), "the schedule goes on, it does not begin anew"


@pytest.mark.parametrize("answers", [[OK], [ERROR] * 10, [Answer(410)]])
def test_a_replay_of_what_was_over_begins_the_schedule_anew(answers: list[Answer]) -> None:
    delivery = NEW
    for answer in answers:
        delivery = tried(delivery, answer)
    assert delivery.due_at is None
    after = tried(replayed(delivery, at(9)), ERROR, 9)
    assert after.state is PENDING
    assert after.due_at == at(9 + 5)
    assert (after.attempts[-1].number, after.attempts[-1].manual) == (len(answers) + 1, True)


def test_numbers_run_on_when_old_attempts_are_forgotten() -> None:
    delivery = NEW
    for _ in range(ATTEMPTS_KEPT + 5):
        delivery = tried(replayed(delivery, NOON), OK)
    assert len(delivery.attempts) == ATTEMPTS_KEPT
    assert delivery.made == ATTEMPTS_KEPT + 5


def test_what_comes_while_the_endpoint_is_paused_is_held() -> None:
    assert EVENT is not None
    paused = replace(ENDPOINT, state=EndpointState.PAUSED)
    assert (delivery_of(EVENT, paused, NOON).state, delivery_of(EVENT, paused, NOON).due_at) == (HELD, None)
    test = PlatformEvent.test_of(paused, "evt_test_1", NOON)
    assert delivery_of(test, paused, NOON).state is PENDING


def test_the_event_as_platforms_get_it() -> None:
    assert EVENT is not None
    assert EVENT.id == "evt_19a3f1"
    assert EVENT.body().decode() == (
        '{"type":"booking.order_opened","timestamp":"' + NOON.isoformat() + '",'
        '"data":{"venue_id":"demo","order_id":"ord_1"},"version":"1"}'
    )
    assert PlatformEvent.of_outbox("OUTBOX#1", replace(ITEM, type="failure.reported")) is None
