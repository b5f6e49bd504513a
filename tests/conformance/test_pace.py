"""Pace: one suite, run on the fake and on DynamoDB (moto). No minute ever holds more calls than the vendor allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.dynamodb.pace import DynamoDBPace, interval_ms, tolerance_ms
from shared.domain.pace import Slots
from shared.usecases.record_book import Pace
from tests.builders import NOON, at
from tests.dynamodb_table import TABLE, dynamodb_table
from tests.fakes import InMemoryPace

numbers = count()


@pytest.fixture(params=["fake", "dynamodb"])
def pace(request: pytest.FixtureRequest) -> Iterator[Pace]:
    if request.param == "fake":
        yield InMemoryPace()
        return
    with dynamodb_table() as client:
        yield DynamoDBPace(client, TABLE)


def slots(per_minute: int = 60, calls: int = 1, connection: str = "kounta-5678") -> Slots:
    return Slots(connection, per_minute, calls)


def test_an_idle_connection_gives_a_burst_then_a_steady_pace(pace: Pace) -> None:
    waits = [pace.reserve(slots(), NOON) for _ in range(14)]
    assert waits == [0.0] * 9 + [1.2, 2.4, 3.6, 4.8, 6.0]


def test_several_slots_are_waited_for_until_the_last(pace: Pace) -> None:
    assert pace.reserve(slots(calls=3), NOON) == 0
    assert [pace.reserve(slots(calls=3), NOON) for _ in range(3)] == [0, 0, 3.6]


def test_an_idle_connection_recovers(pace: Pace) -> None:
    for _ in range(30):
        pace.reserve(slots(), NOON)
    assert pace.reserve(slots(), at(120)) == 0


def test_what_is_given_back_can_be_had_again(pace: Pace) -> None:
    waits = [pace.reserve(slots(), NOON) for _ in range(12)]
    for _ in range(3):
        pace.reserve(slots(calls=-1), NOON)
    assert pace.reserve(slots(), NOON) == waits[9]


def test_connections_do_not_hold_each_other(pace: Pace) -> None:
    for _ in range(30):
        pace.reserve(slots(), NOON)
    assert pace.reserve(slots(connection="kounta-9"), NOON) == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    per_minute=st.integers(12, 200),
    asked=st.lists(st.tuples(st.sampled_from([0, 0, 1, 200, 1200, 5000, 30_000]), st.integers(1, 3)), max_size=60),
)
def test_no_minute_holds_more_calls_than_allowed(pace: Pace, per_minute: int, asked: list[tuple[int, int]]) -> None:
    connection, now, calls = f"kounta-{next(numbers)}", NOON, []
    for gap_ms, wanted in asked:
        now += timedelta(milliseconds=gap_ms)
        wait_s = pace.reserve(slots(per_minute, wanted, connection), now)
        calls += [now + timedelta(seconds=wait_s)] * wanted
    calls.sort()
    for place, first in enumerate(calls):
        within = sum(call < first + timedelta(seconds=60) for call in calls[place:])
        assert within <= per_minute


@given(per_minute=st.integers(1, 1000))
def test_the_burst_and_the_steady_pace_fit_into_every_minute(per_minute: int) -> None:
    step, burst = interval_ms(slots(per_minute)), tolerance_ms(slots(per_minute))
    in_a_minute = 1 + (burst + 60_000 - 1) // step
    assert in_a_minute <= per_minute
    assert in_a_minute >= 0.8 * per_minute - 3
