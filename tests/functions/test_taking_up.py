"""Sent to the POS, but nobody at the register takes the order up: told once, with what to do, and cleared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.event_files import read_event
from tests.functions.relay import VENUE, Relay
from tests.functions.test_online_orders import after, an_order, placed, shown

MINUTE = 60


def wait(relay: Relay, seconds: float) -> None:
    """Time passes; the caretaker makes its round."""
    relay.clock.advance(seconds)
    relay.invoke("caretaker", read_event("caretaker/every_minute"))
    relay.run()


def without_sweep(relay: Relay) -> None:
    """Nor does the caretaker's sweep find what became of orders."""
    for lists in ("list_orders", "list_deleted"):
        relay.control("faults", {"operation": f"kounta.{lists}", "fault": "503", "times": -1})


def watched(relay: Relay) -> list[str]:
    """What stands in the due index."""
    return [item["pk"]["S"] for item in relay.items() if "due_pk" in item and item["pk"]["S"].startswith("ONLINE#")]


def reports(relay: Relay) -> list[str]:
    """The subjects of the mails."""
    return [mail.subject for mail in relay.mails()]


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ({}, "The register has not taken up an order"),
        ({"site_offline": True}, "No register is on, and an order waits"),
        ({"registers_offline": [16]}, "No register is on, and an order waits"),
    ],
)
def test_people_hear_once_that_nobody_took_it_up(relay: Relay, state: dict[str, Any], title: str) -> None:
    order = placed(relay)
    relay.control("state", {"site_id": 823, **state, "list_lag_s": 0})
    wait(relay, 4 * MINUTE)
    assert reports(relay) == []
    wait(relay, MINUTE)
    assert reports(relay) == [f"The Example Table: {title}"]
    (mail,) = relay.mails()
    assert "\n1. Basic POS checkup" in mail.body
    assert len(relay.texts()[-1][1]) <= 160
    assert "5 minutes" in mail.body
    said = shown(relay, order["id"])
    assert (said["status"], said["failed_services"]) == ("sent", [])
    assert said["not_taken_up_at"] == relay.clock.now().isoformat()
    for _ in range(3):
        wait(relay, 10 * MINUTE)
    assert len(reports(relay)) == 1


def by_staff(relay: Relay, order: dict[str, Any]) -> None:
    relay.control(f"kounta/orders/{order['pos']['order_id']}/accept", {})
    relay.run()


def by_the_platform(relay: Relay, order: dict[str, Any]) -> None:
    after(relay, order, "accept")


def rejected(relay: Relay, order: dict[str, Any]) -> None:
    relay.control(f"kounta/orders/{order['pos']['order_id']}/reject", {})
    relay.run()


def cancelled(relay: Relay, order: dict[str, Any]) -> None:
    after(relay, order, "cancel")


ACTS = [by_staff, by_the_platform, rejected, cancelled]


@pytest.mark.parametrize("act", ACTS)
def test_what_is_taken_up_in_time_is_not_told(relay: Relay, act: Callable[[Relay, dict[str, Any]], None]) -> None:
    order = placed(relay)
    relay.clock.advance(2 * MINUTE)
    act(relay, order)
    assert watched(relay) == []
    wait(relay, 5 * MINUTE)
    assert "kounta.catalogue" not in relay.vendor_calls("kounta")
    assert reports(relay) == []


@pytest.mark.parametrize("act", ACTS)
def test_what_is_taken_up_later_is_cleared(relay: Relay, act: Callable[[Relay, dict[str, Any]], None]) -> None:
    order = placed(relay)
    wait(relay, 5 * MINUTE)
    assert shown(relay, order["id"])["not_taken_up_at"]
    act(relay, order)
    assert shown(relay, order["id"])["not_taken_up_at"] is None


@pytest.mark.parametrize(
    ("act", "status"),
    [("accept", "accepted"), ("reject", "rejected"), ("delete", "deleted"), ("complete", "completed")],
)
def test_a_look_makes_good_for_news_that_got_lost(relay: Relay, act: str, status: str) -> None:
    order = placed(relay, complete_when_paid=False)
    pos_order = f"kounta/orders/{order['pos']['order_id']}"
    without_sweep(relay)
    relay.clock.advance(1)
    relay.control(f"{pos_order}/{act}", {})
    relay.sandbox.take_deliveries()
    wait(relay, 5 * MINUTE)
    said = shown(relay, order["id"])
    assert (said["status"], said["not_taken_up_at"]) == (status, None)
    assert reports(relay) == []
    sales = relay.call("GET", "/v1/venues/demo/sales").content["data"]
    assert len(sales) == (act == "complete")


def test_a_preorder_is_looked_at_before_its_time(relay: Relay) -> None:
    due = relay.clock.now() + timedelta(hours=3)
    order = placed(relay, fulfil_at=due.isoformat(), payments=[])
    assert relay.pos_orders()[0]["status"] == "ON_HOLD"
    wait(relay, 164 * MINUTE)
    assert reports(relay) == []
    wait(relay, 2 * MINUTE)
    assert reports(relay) == ["The Example Table: The register has not taken up an order"]
    assert shown(relay, order["id"])["not_taken_up_at"]


def test_a_preorder_that_staff_opened_is_taken_up(relay: Relay) -> None:
    due = relay.clock.now() + timedelta(hours=3)
    order = placed(relay, fulfil_at=due.isoformat(), payments=[])
    relay.control(f"kounta/orders/{order['pos']['order_id']}/add-lines", {})
    wait(relay, 166 * MINUTE)
    assert reports(relay) == []


def test_a_pos_that_cannot_be_read_is_asked_again_later(relay: Relay) -> None:
    order = placed(relay)
    without_sweep(relay)
    relay.control("faults", {"operation": "kounta.get_order", "fault": "503", "times": -1})
    wait(relay, 5 * MINUTE)
    asked = relay.vendor_calls("kounta").count("kounta.get_order")
    wait(relay, MINUTE)
    assert relay.vendor_calls("kounta").count("kounta.get_order") == asked
    relay.control("faults", {"operation": "kounta.get_order", "fault": "503", "times": 0})
    wait(relay, 4 * MINUTE)
    assert len(reports(relay)) == 1
    assert shown(relay, order["id"])["not_taken_up_at"]


def test_a_site_that_cannot_be_asked_holds_nothing_back(relay: Relay) -> None:
    placed(relay)
    relay.control("state", {"site_id": 823, "site_offline": True})
    relay.control("faults", {"operation": "kounta.catalogue", "fault": "503", "times": -1})
    wait(relay, 5 * MINUTE)
    assert reports(relay) == ["The Example Table: The register has not taken up an order"]


def test_the_venue_says_how_long(relay: Relay) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, take_up_s=60))
    placed(relay)
    wait(relay, MINUTE)
    assert len(reports(relay)) == 1


def test_watching_costs_no_call_while_all_goes_well(relay: Relay) -> None:
    placed(relay, reference="P-1")
    relay.clock.advance(10)
    relay.call("POST", "/v1/venues/demo/orders", an_order("P-2"))
    (nudge,) = relay.nudges()
    relay.aws_calls.clear()
    relay.write(nudge)
    calls = Counter(relay.aws_calls)
    assert calls["sqs.SendMessage"] == 0
    assert calls["dynamodb.TransactWriteItems"] == 3
    assert relay.nudges() == []
