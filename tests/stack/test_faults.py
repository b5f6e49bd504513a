"""Each fault of the sandbox's control API on each operation, on the deployed stack: one live order, or a failure with
its reason, and the timeline says why. And the writer's process, killed while Kounta answers."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_every_fault import FAULTS
from tests.stack.relay import Json, Premises, Relay, until

LONG = 90.0
FINAL = ("sent", "failed", "withdrawn", "deleted", "accepted")


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    return premises.open_venue("faults")


def assert_one_live_order_or_a_reason(relay: Relay, booking_id: str) -> Json:
    order = relay.order_in(booking_id, *FINAL, within_s=LONG)
    live = relay.pos_orders(booking_id, live=True)
    if order["status"] == "failed":
        assert live == []
        (failed,) = order["failed_services"]
        assert failed["code"]
        assert failed["action"]
        until(lambda: failed["code"] in relay.failures(booking_id), f"{failed['code']} on a person's list")
    else:
        assert order["status"] == "sent"
        assert len(live) == 1
        assert str(live[0]["id"]) == order["pos"]["order_id"]
    assert all(attempt["outcome"] for attempt in order["attempts"])
    return order


@pytest.mark.parametrize("times", [1, 2])
def test_every_fault_while_an_order_is_created(relay: Relay, times: int) -> None:
    for fault in FAULTS:
        match = f"(c{times}-{fault})"
        relay.sandbox.fault("kounta.create_order", fault, times, match=match)
        relay.change(f"c{times}-{fault}", "seated")
    for fault in FAULTS:
        order = assert_one_live_order_or_a_reason(relay, f"c{times}-{fault}")
        assert [attempt["outcome"] for attempt in order["attempts"]] != ["done"] or fault in ("slow", "refused"), fault


def test_every_fault_that_lasts_ends_in_a_reason(relay: Relay) -> None:
    for fault in FAULTS:
        relay.sandbox.fault("kounta.create_order", fault, -1, match=f"(last-{fault})")
        relay.change(f"last-{fault}", "seated")
    for fault in FAULTS:
        order = assert_one_live_order_or_a_reason(relay, f"last-{fault}")
        assert len(order["attempts"]) > 1 or order["status"] == "sent"
    relay.sandbox.control("faults", {"operation": "kounta.create_order", "times": 0})


@pytest.mark.parametrize("operation", ["delete_order", "get_order"])
def test_every_fault_while_an_order_is_undone(relay: Relay, operation: str) -> None:
    ids: dict[str, str] = {}
    for fault in FAULTS:
        ids[fault] = relay.seated(f"{operation}-{fault}")
    for fault in FAULTS:
        relay.sandbox.fault(f"kounta.{operation}", fault, 1, match=ids[fault])
        relay.change(f"{operation}-{fault}", "cancelled")
    for fault in FAULTS:
        booking_id = f"{operation}-{fault}"

        def settled(booking_id: str = booking_id) -> str | None:
            booking = relay.booking(booking_id)
            outcome: str | None = booking["seatings"][-1]["outcome"] if booking else None
            return outcome if outcome in ("deleted", "kept") else None

        outcome = until(settled, f"the end of {booking_id}", LONG)
        live = relay.pos_orders(booking_id, live=True)
        if outcome == "deleted":
            assert live == [], fault
        else:
            assert len(live) == 1, fault
            assert relay.failures(booking_id), fault


def test_a_stored_500_after_the_order_was_made_is_found_out(relay: Relay) -> None:
    relay.sandbox.fault("kounta.create_order", "500_stored_after", match="(found-out)")
    relay.change("found-out", "seated")
    order = relay.order_in("found-out", "sent")
    assert len(relay.pos_orders("found-out")) == 1
    *_, last = order["attempts"]
    assert last["outcome"] == "found"
    assert "found order" in last["note"]


def writers(stack: dict[str, Any], stack_file: Path) -> list[int]:
    """Process ids of the writer's workers on this machine."""
    scratch = str(stack_file.parent / "scratch")
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if scratch in command and "PosWriter" in command:
            found.append(int(entry.name))
    return found


def test_a_writer_killed_after_kounta_answered_leaves_one_order(
    premises: Premises, relay: Relay, stack: dict[str, Any], stack_file: Path
) -> None:
    relay.seated("warm")
    relay.sandbox.fault("kounta.create_order", "slow", match="(killed)", delay_s=1.5)
    relay.change("killed", "seated")
    until(lambda: relay.pos_orders("killed"), "the order in the POS")
    killed = writers(stack, stack_file)
    assert killed, "no worker of the writer runs"
    for process in killed:
        os.kill(process, signal.SIGKILL)

    def sent() -> Json | None:
        premises.care()
        order = relay.order_of("killed")
        return order if order and order["status"] == "sent" else None

    order = until(sent, "the order to be known as sent", LONG)
    assert len(relay.pos_orders("killed")) == 1
    assert order["attempts"][0]["outcome"] == "lost"
    assert order["attempts"][0]["note"] == "the worker ended in mid-call"
