"""What follows a seating, on the deployed stack: seated again, changed, accepted, completed, sold, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stack.relay import Premises, until
from tests.stack.stories import (
    DEPOSIT,
    GUEST,
    LONGEST_S,
    Case,
    Stories,
    Venues,
    changed,
    decisions,
    outcomes,
    under_way,
)

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


# a new seating


@case
def a_new_seating_after_our_undo(at: Venues, name: str) -> None:
    at.plain.seated(name)
    at.plain.change(name, "confirmed")
    at.plain.order_in(name, "deleted")
    at.plain.seated(name)
    assert outcomes(at.plain, name) == ["deleted", "open"]
    assert [order["live"] for order in at.plain.pos_orders(name)] == [False, True]


def new_seating_after_staff(act: str, status: str, **content: str) -> Case:
    """Staff turn the order down; the booking goes back, and is seated again."""

    def tell(at: Venues, name: str) -> None:
        number = at.plain.seated(name)
        at.plain.sandbox.staff(act, number, dict(content))
        order = at.plain.order_in(name, status)
        assert not content or content["reason"] in order["reject_reason"]
        assert changed(at.plain, name, "seated")["decision"] == "none"
        assert changed(at.plain, name, "confirmed")["decision"] == "none"
        at.plain.seated(name)
        assert outcomes(at.plain, name) == [status, "open"]
        assert len(at.plain.pos_orders(name)) == 2
        assert len(at.plain.pos_orders(name, live=True)) == 1
        assert f"order.{status}" in at.plain.told(name)

    tell.__name__ = f"a_new_seating_after_staff_{act}"
    return tell


case(new_seating_after_staff("reject", "rejected", reason="No free table"))
case(new_seating_after_staff("delete", "deleted"))


@case
def no_new_seating_after_completion(at: Venues, name: str) -> None:
    number = at.plain.seated(name)
    at.plain.complete(number)
    at.plain.order_in(name, "completed")
    assert changed(at.plain, name, "confirmed")["decision"] == "none"
    assert changed(at.plain, name, "seated")["decision"] == "none"
    assert len(at.plain.pos_orders(name)) == 1


# details


@case
def changed_details_reach_the_order_and_its_staff(at: Venues, name: str) -> None:
    at.plain.seated(name)
    told = changed(at.plain, name, "seated", tables=["14"], party_size=6, notes="Window, please")
    assert told["decision"] == "update_order"
    until(lambda: at.plain.pos_orders(name)[0]["notifications"], "the notification")
    (held,) = at.plain.pos_orders(name)
    assert held["guests"] == 6
    assert "Table 14" in held["notes"]
    assert "Window, please" in held["notes"]
    (notice,) = held["notifications"]
    assert "table 12 → 14, covers 4 → 6, notes changed" in notice["message"]


@case
def staff_are_told_at_most_five_times(at: Venues, name: str) -> None:
    at.plain.seated(name)
    for table in range(20, 27):
        changed(at.plain, name, "seated", tables=[str(table)])
        until(lambda table=table: f"Table {table}" in at.plain.pos_orders(name)[0]["notes"], f"table {table}")  # type: ignore[misc]
    assert len(at.plain.pos_orders(name)[0]["notifications"]) == 5
    assert at.plain.failures(name) == []


@case
def a_deposit_that_changes(at: Venues, name: str) -> None:
    at.plain.seated(name, payment_summary=DEPOSIT)
    assert "Deposit: paid AUD 50.00 of 80.00" in at.plain.pos_orders(name)[0]["notes"]
    paid = {**DEPOSIT, "amount_paid": "80.00", "amount_due": "0.00"}
    assert changed(at.plain, name, "seated", payment_summary=paid)["decision"] == "update_order"
    until(lambda: "paid AUD 80.00 of 80.00" in at.plain.pos_orders(name)[0]["notes"], "the new deposit in the notes")
    assert at.plain.pos_orders(name)[0]["payments"] == []


@case
def a_completed_order_is_not_updated(at: Venues, name: str) -> None:
    number = at.plain.seated(name)
    at.plain.complete(number)
    at.plain.order_in(name, "completed")
    assert changed(at.plain, name, "seated", tables=["14"])["decision"] == "none"
    assert "Table 12" in at.plain.pos_orders(name)[0]["notes"]
    assert at.plain.failures(name) == []


@case
def a_deposit_of_another_currency_is_no_payment(at: Venues, name: str) -> None:
    at.deposits.seated(name, payment_summary={**DEPOSIT, "currency": "NZD"})
    (held,) = at.deposits.pos_orders(name)
    assert held["payments"] == []
    assert "paid NZD 50.00" in held["notes"]


@case
def a_guest_is_made_once_and_then_found(at: Venues, name: str) -> None:
    first = at.guests.seated(f"{name}-1", customer=GUEST)
    second = at.guests.seated(f"{name}-2", customer=GUEST)
    linked = [at.guests.pos_order(number)["customer"]["id"] for number in (first, second)]
    assert linked[0] == linked[1]
    assert len(at.guests.sandbox.calls("kounta.create_customer", GUEST["email"])) == 1


# order of events


@case
def out_of_order_the_newest_counts(at: Venues, name: str) -> None:
    began = datetime.now(UTC)
    story = ["confirmed", "seated", "confirmed", "arrived", "seated"]
    events = [at.plain.event(name, status, at=began + timedelta(seconds=n)) for n, status in enumerate(story)]
    for number in (4, 1, 3, 0, 2):
        assert at.plain.post(events[number]).status_code == 202
    at.plain.order_in(name, "sent")
    until(lambda: None not in decisions(at.plain, name), "all decisions")
    booking = at.plain.booking(name)
    assert booking is not None
    assert booking["status"] == "seated"
    assert len(at.plain.pos_orders(name, live=True)) == 1


@case
def a_sequence_decides_before_the_time(at: Venues, name: str) -> None:
    now = datetime.now(UTC)
    at.plain.seated(name, sequence=8, at=now)
    older = at.plain.change(name, "cancelled", sequence=7, at=now + timedelta(seconds=5))
    assert at.plain.decided(older)["decision"] == "none"
    assert len(at.plain.pos_orders(name, live=True)) == 1


# back from the POS


@case
def accepted_and_completed_with_its_sale(at: Venues, name: str) -> None:
    number = at.plain.seated(name)
    at.plain.sandbox.staff("accept", number)
    at.plain.order_in(name, "accepted")
    at.plain.complete(number)
    at.plain.order_in(name, "completed")
    sale = until(lambda: at.plain.sale_of(number), "the sale")
    assert (sale["booking_id"], sale["source"], sale["covers"], sale["total"]) == (name, "booking", 4, "40.00")
    assert outcomes(at.plain, name) == ["completed"]
    wanted = {"booking.order_opened", "order.accepted", "order.completed", "booking.finished"}
    until(lambda: wanted <= set(at.plain.told(name)), "all four words to the platform")
    assert len(at.plain.told(name)) == len(wanted)
    at.plain.sandbox.staff("delete", number)
    assert until(lambda: (at.plain.sale_of(number) or {}).get("voided_at"), "the voided sale")


@case
def what_webhooks_missed_is_found(at: Venues, name: str) -> None:
    rung_up = at.untold.sandbox.control("kounta/orders", {"site_id": int(at.untold.site_id)})
    number = str(rung_up["id"])

    def look() -> dict[str, Any] | None:
        at.untold.premises.care()
        return at.untold.sale_of(number)

    assert until(look, "the sale")["source"] == "pos"
    at.untold.sandbox.staff("delete", number)

    def look_again() -> bool:
        look()
        return bool((at.untold.sale_of(number) or {}).get("voided_at"))

    until(look_again, "the voided sale")


@case
def a_sale_at_the_till(at: Venues, name: str) -> None:
    rung_up = at.plain.sandbox.control("kounta/orders", {"site_id": int(at.plain.site_id)})
    sale = until(lambda: at.plain.sale_of(str(rung_up["id"])), "the sale")
    assert (sale["source"], sale["booking_id"], sale["order_id"]) == ("pos", None, None)
    assert at.guests.sale_of(str(rung_up["id"])) is None


@pytest.mark.parametrize("name", [tell.__name__ for tell in CASES])
def test_what_follows(stories: Stories, name: str) -> None:
    stories[name].result(timeout=LONGEST_S)
