"""Each line of the rules on the deployed stack: which event makes an order, and which takes it back.

Events go in over HTTP, staff act at the sandbox's register. What follows a seating is in test_after_seating.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stack.relay import FISH, Premises, Relay, until
from tests.stack.stories import DEPOSIT, LONGEST_S, Case, Stories, Venues, changed, decisions, outcomes, under_way

CASES: list[Case] = []


def case(tell: Case) -> Case:
    """A story of this file."""
    CASES.append(tell)
    return tell


@pytest.fixture(scope="module")
def stories(premises: Premises) -> Iterator[Stories]:
    """All cases, under way."""
    with under_way(premises, CASES) as begun:
        yield begun


def created_at(relay: Relay, pos_order_id: str) -> datetime:
    """When the POS says that it made the order."""
    return datetime.fromisoformat(relay.pos_order(pos_order_id)["created_at"])


# create


@case
def first_heard_of_already_seated(at: Venues, name: str) -> None:
    number = at.plain.seated(name, type="created")
    (held,) = at.plain.pos_orders(name)
    assert (str(held["id"]), held["status"], held["live"]) == (number, "SUBMITTED", True)
    assert (held["guests"], "Table 12" in held["notes"]) == (4, True)
    assert decisions(at.plain, name) == ["create_order"]


@case
def changed_to_seated(at: Venues, name: str) -> None:
    for status in ("confirmed", "arrived", "partially_seated"):
        assert changed(at.plain, name, status, kind="walkin")["decision"] == "none"
    assert at.plain.pos_orders(name) == []
    at.plain.seated(name, kind="walkin")
    (held,) = at.plain.pos_orders(name)
    assert f"Walk-in ({name})" in held["notes"]
    assert decisions(at.plain, name) == ["none", "none", "none", "create_order"]


@case
def later_seated_events_make_nothing(at: Venues, name: str) -> None:
    at.plain.seated(name)
    for _ in range(3):
        assert changed(at.plain, name, "seated")["decision"] == "none"
    assert len(at.plain.pos_orders(name)) == 1


@case
def a_repeated_delivery_is_one_event(at: Venues, name: str) -> None:
    event = at.plain.event(name, "seated")
    answers = [at.plain.post(event).json() for _ in range(4)]
    assert [answer["duplicate"] for answer in answers] == [False, True, True, True]
    assert len({answer["event_id"] for answer in answers}) == 1
    at.plain.order_in(name, "sent")
    assert len(at.plain.pos_orders(name)) == 1
    assert decisions(at.plain, name) == ["create_order"]


@case
def other_statuses_make_and_change_nothing(at: Venues, name: str) -> None:
    others = ("waitlisted", "arrived", "partially_seated", "finished", "dessert")
    for status in others:
        assert changed(at.plain, f"{name}-before", status)["decision"] == "none"
    assert at.plain.pos_orders(f"{name}-before") == []
    at.plain.seated(name)
    for status in others:
        assert changed(at.plain, name, status)["decision"] == "none"
    assert len(at.plain.pos_orders(name, live=True)) == 1


@case
def an_unknown_status_is_kept(at: Venues, name: str) -> None:
    at.plain.seated(name)
    assert changed(at.plain, name, "Ordering Dessert")["status"] == "Ordering Dessert"
    booking = at.plain.booking(name)
    assert booking is not None
    assert (booking["status"], booking["raw_status"]) == ("seated", "Ordering Dessert")


# undo


def undone_by(status: str) -> Case:
    """A seating by mistake, undone by this status."""

    def tell(at: Venues, name: str) -> None:
        at.plain.seated(name)
        assert changed(at.plain, name, status)["decision"] == "delete_order"
        at.plain.order_in(name, "deleted")
        (held,) = at.plain.pos_orders(name)
        assert held["deleted"]
        assert outcomes(at.plain, name) == ["deleted"]
        assert at.plain.failures(name) == []

    tell.__name__ = f"undone_by_{status}"
    return tell


for _status in ("cancelled", "confirmed", "no_show", "unconfirmed"):
    case(undone_by(_status))


@case
def the_window_is_five_minutes_to_the_second(at: Venues, name: str) -> None:
    in_time, late = f"{name}-300", f"{name}-301"
    for booking, seconds in ((in_time, 300), (late, 301)):
        made = created_at(at.plain, at.plain.seated(booking))
        at.plain.change(booking, "cancelled", at=made + timedelta(seconds=seconds))
    at.plain.order_in(in_time, "deleted")
    until(lambda: decisions(at.plain, late)[-1], "the decision on the late change")
    assert decisions(at.plain, in_time)[-1] == "delete_order"
    assert decisions(at.plain, late)[-1] == "keep_order"
    assert outcomes(at.plain, late) == ["kept"]
    assert len(at.plain.pos_orders(late, live=True)) == 1
    assert at.plain.failures(late) == []
    assert changed(at.plain, late, "seated", at=made + timedelta(seconds=600))["decision"] == "none"
    assert len(at.plain.pos_orders(late)) == 1, "kept: no second order"


@case
def judged_by_when_the_booking_changed(at: Venues, name: str) -> None:
    made = created_at(at.hasty, at.hasty.seated(name))
    until(lambda: datetime.now(UTC) > made + timedelta(seconds=4), "the window to be over")
    assert changed(at.hasty, name, "no_show", at=made + timedelta(seconds=2))["decision"] == "delete_order"
    at.hasty.order_in(name, "deleted")


@case
def items_save_the_order(at: Venues, name: str) -> None:
    number = at.plain.seated(name)
    at.plain.sandbox.staff("add-lines", number, FISH)
    refused = changed(at.plain, name, "cancelled")
    assert (refused["decision"], refused["code"]) == ("error", "order_has_items_or_payments")
    assert until(lambda: at.plain.failures(name), "the failure on a person's list") == ["order_has_items_or_payments"]
    assert until(lambda: "booking.undo_refused" in at.plain.told(name), "word to the platform")
    (mail,) = until(lambda: at.plain.mails(f"POS order: {number}"), "the mail to the venue")
    assert f"Booking: {name}" in mail.splitlines()
    assert any("items or payments" in str(each) for each in at.plain.sandbox.control("outbox")["sms"])
    assert changed(at.plain, name, "seated")["decision"] == "none"
    assert len(at.plain.pos_orders(name)) == len(at.plain.pos_orders(name, live=True)) == 1


@case
def a_payment_saves_the_order(at: Venues, name: str) -> None:
    number = at.plain.seated(name)
    at.plain.sandbox.staff("pay", number, {"amount": 5})
    assert changed(at.plain, name, "no_show")["code"] == "order_has_items_or_payments"
    assert len(at.plain.pos_orders(name, live=True)) == 1


@case
def our_own_deposit_does_not_count(at: Venues, name: str) -> None:
    at.deposits.seated(name, payment_summary=DEPOSIT)
    (held,) = at.deposits.pos_orders(name)
    assert [float(payment["amount"]) for payment in held["payments"]] == [50.0]
    assert held["status"] == "SUBMITTED", "a deposit closes nothing"
    assert changed(at.deposits, name, "cancelled")["decision"] == "delete_order"
    at.deposits.order_in(name, "deleted")
    assert at.deposits.failures(name) == []


@case
def an_undo_never_creates_an_order(at: Venues, name: str) -> None:
    for status in ("confirmed", "cancelled", "no_show", "unconfirmed"):
        assert changed(at.plain, name, status)["decision"] == "none"
    assert at.plain.pos_orders(name) == []


# undo before the order exists


@case
def undone_while_still_queued(at: Venues, name: str) -> None:
    at.plain.sandbox.fault("kounta.create_order", "429", -1, match=f"({name})")
    at.plain.change(name, "seated")
    until(lambda: at.plain.sandbox.calls("kounta.create_order", name), "the first call")
    at.plain.change(name, "cancelled")
    order = at.plain.order_in(name, "withdrawn")
    assert order["writes"][0]["code"] == "undone_before_sent"
    assert decisions(at.plain, name) == ["create_order", "delete_order"]
    assert at.plain.pos_orders(name) == []
    assert at.plain.failures(name) == []


def undone_while_unknown(fault: str, orders: int, **more: Any) -> Case:
    """An undo that comes while nobody knows what became of the create; so many orders are made, none is left."""

    def tell(at: Venues, name: str) -> None:
        at.plain.sandbox.fault("kounta.create_order", fault, match=f"({name})", **more)
        at.plain.change(name, "seated")
        until(lambda: at.plain.sandbox.calls("kounta.create_order", name), "the first call")
        at.plain.change(name, "cancelled")
        at.plain.order_in(name, "deleted", "withdrawn")
        assert decisions(at.plain, name) == ["create_order", "delete_order"]
        assert len(at.plain.pos_orders(name)) == orders
        assert at.plain.pos_orders(name, live=True) == []

    tell.__name__ = f"undone_after_{fault}"
    return tell


case(undone_while_unknown("500_stored_after", 1))
case(undone_while_unknown("500_stored", 0))
case(undone_while_unknown("timeout", 1, delay_s=5))
case(undone_while_unknown("slow", 1, delay_s=2))


@case
def finished_before_it_was_sent(at: Venues, name: str) -> None:
    at.plain.sandbox.fault("kounta.create_order", "429", -1, match=f"({name})")
    at.plain.change(name, "seated")
    until(lambda: at.plain.sandbox.calls("kounta.create_order", name), "the first call")
    finished = changed(at.plain, name, "finished")
    assert (finished["decision"], finished["code"]) == ("error", "finished_before_sent")
    assert until(lambda: at.plain.failures(name), "the failure on a person's list") == ["finished_before_sent"]
    assert at.plain.pos_orders(name) == []


@pytest.mark.parametrize("name", [tell.__name__ for tell in CASES])
def test_rule(stories: Stories, name: str) -> None:
    stories[name].result(timeout=LONGEST_S)
