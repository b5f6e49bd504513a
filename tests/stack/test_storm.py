"""A thousand bookings with random faults and several writers at once, some of them killed: none lost, none double."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.stack.relay import Json, Premises, Relay, until
from tests.stack.test_faults import writers

BOOKINGS = int(os.environ.get("STORM_BOOKINGS", "1000"))
SENDERS = 16
OPEN = ("queued", "sending", "unknown")


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    return premises.open_venue("storm")


def brew(relay: Relay) -> None:
    """About a third of all calls go wrong, in every way."""
    for seed, fault in enumerate(
        ("reset_before", "reset_after", "500", "500_stored", "500_stored_after", "503", "429", "409", "html", "401")
    ):
        relay.sandbox.fault("kounta.create_order", fault, -1, probability=0.04, seed=seed)
    for seed, fault in enumerate(("reset_before", "500", "503", "429")):
        relay.sandbox.fault("kounta.get_order", fault, -1, probability=0.03, seed=seed)
        relay.sandbox.fault("kounta.list_orders", fault, -1, probability=0.03, seed=seed)


def final_order(relay: Relay, booking_id: str) -> Json | None:
    order = relay.order_of(booking_id)
    return order if order and order["status"] not in OPEN else None


def test_a_thousand_bookings_in_a_storm(
    premises: Premises, relay: Relay, stack: dict[str, Any], stack_file: Path
) -> None:
    booking_ids = [f"storm-{number}" for number in range(BOOKINGS)]
    brew(relay)
    began = time.monotonic()
    dice = random.Random(7)
    try:
        with ThreadPoolExecutor(SENDERS) as senders:
            for start in range(0, BOOKINGS, 100):
                list(senders.map(lambda one: relay.change(one, "seated"), booking_ids[start : start + 100]))
                running = writers(stack, stack_file)
                if running:
                    os.kill(dice.choice(running), signal.SIGKILL)
        taken_in_s = time.monotonic() - began
        open_ones = set(booking_ids)
        orders: dict[str, Json] = {}

        def all_final() -> bool:
            premises.care()
            with ThreadPoolExecutor(4) as lookers:
                for booking_id, order in zip(
                    sorted(open_ones), lookers.map(lambda one: final_order(relay, one), sorted(open_ones)), strict=True
                ):
                    if order is not None:
                        orders[booking_id] = order
            open_ones.difference_update(orders)
            return not open_ones

        until(all_final, f"{BOOKINGS} bookings in a final state", 600)
    finally:
        for operation in ("create_order", "get_order", "list_orders"):
            relay.sandbox.control("faults", {"operation": f"kounta.{operation}", "times": 0})
    ended_s = time.monotonic() - began
    held = Counter(order["notes"].split("(")[1].split(")")[0] for order in relay.pos_orders(live=True))
    for booking_id, order in orders.items():
        assert held[booking_id] == (1 if order["status"] == "sent" else 0), (booking_id, order)
        if order["status"] != "sent":
            assert relay.failures(booking_id), booking_id
    attempts = Counter(attempt["outcome"] for order in orders.values() for attempt in order["attempts"])
    states = Counter(order["status"] for order in orders.values())
    figures = (
        f"{BOOKINGS} bookings taken in within {taken_in_s:.0f} s, final after {ended_s:.0f} s: {dict(states)}\n"
        f"attempts and look-ups by outcome: {dict(attempts.most_common())}\n"
    )
    (stack_file.parent / "storm.txt").write_text(figures)
    print(f"\n{figures}")
    assert sum(states.values()) == BOOKINGS
