"""A thousand bookings on a day on which everything goes wrong, at random but repeatably: calls fail in every way the
sandbox knows, workers die, several take up the same record at once. None lost, none double, each with a final state."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.orders.writes import WriteState
from tests.simulation import Simulation, die

BOOKINGS = 1000
FAULTS = {
    "refused": 0.02,
    "reset_before": 0.02,
    "reset_after": 0.04,
    "timeout": 0.03,
    "500": 0.02,
    "500_stored": 0.01,
    "500_stored_after": 0.02,
    "503": 0.02,
    "429": 0.03,
    "429_stored": 0.005,
    "401": 0.01,
    "401_stored": 0.005,
    "409": 0.01,
    "422": 0.005,
    "html": 0.01,
}


@pytest.fixture
def relay() -> Iterator[Simulation]:
    simulation = Simulation()
    yield simulation
    simulation.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_bookings_in_a_storm(relay: Simulation, seed: int) -> None:
    dice = random.Random(seed)
    for number, (fault, probability) in enumerate(FAULTS.items()):
        relay.fault("kounta.*", fault, -1, probability=probability, seed=100 * seed + number)
    names = [f"B-{number}" for number in range(BOOKINGS)]
    undone = {name for name in names if dice.random() < 0.1}
    deaths = overlaps = 0
    for place, name in enumerate(names):
        relay.change("seated", booking=name)
        if dice.random() < 0.05:
            deaths += 1
            if dice.random() < 0.5:
                relay.book.kill_before_save = dice.randrange(3)
            else:
                relay.around_next_call(dice.choice(["before", "after"]), die)
        if dice.random() < 0.1:
            overlaps += 1
            relay.around_next_call(dice.choice(["before", "after"]), partial(_overlap, relay, dice, names[: place + 1]))
        relay.run(dice.choice([0, 0, 1, 2]))
        if name in undone:
            relay.change("cancelled", booking=name)
    relay.run(600)
    relay.heal()
    relay.settle(4 * 3600)

    live = relay.live_by_order()
    states: Counter[str] = Counter()
    generations: Counter[int] = Counter()
    attempts = look_ups = 0
    failures = set(relay.failures())
    for name in names:
        assert "undecided" not in relay.decisions(name)
        (order,) = relay.record(name).orders
        (seating,) = relay.record(name).booking.seatings
        create = order.create
        assert all(write.state.is_final or write.due_at is None for write in order.writes)
        standing = create.state is WriteState.SENT and seating.outcome is not SeatingOutcome.DELETED
        assert live.get(order.id, 0) == int(standing), (order, seating)
        if create.state is not WriteState.SENT:
            assert create.code == "undone_before_sent" or create.code in failures, create
        if name not in undone:
            assert standing or create.state is WriteState.FAILED
        states[f"{create.state.value}, {seating.outcome.value}"] += 1
        generations[create.generation] += 1
        attempts += sum(attempt.idempotency_key is not None for attempt in create.attempts)
        look_ups += sum(attempt.trigger == "look_up" for attempt in create.attempts)

    print(f"\n{BOOKINGS} bookings seated, {len(undone)} of them undone; {relay.calls('')} calls to the POS")
    print(
        f"{deaths} workers killed, {overlaps} overlapping workers; {attempts} attempts to create, {look_ups} look-ups"
    )
    print(f"orders: {dict(states)}; generations: {dict(sorted(generations.items()))}; live: {sum(live.values())}")
    assert sum(live.values()) == len(live)
    assert states["sent, open"] > 0.8 * BOOKINGS


def _overlap(relay: Simulation, dice: random.Random, names: list[str]) -> None:
    """While one worker waits for the POS, others take up the same record and a few more; perhaps its lease runs out."""
    if dice.random() < 0.5:
        relay.clock.advance(dice.choice([1, 10, 25]))
    for name in (names[-1], *dice.sample(names, min(3, len(names)))):
        relay.work(relay.record_id(name))
