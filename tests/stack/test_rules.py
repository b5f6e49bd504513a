"""Each line of the rules on the deployed stack: events over HTTP, staff at the sandbox's register.

Every case has bookings of its own, so all are under way at once and each test waits for its own: some forty stories in
the time of a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stack.relay import FISH, Premises, Relay, until

AT_ONCE = 6
DEPOSIT = {
    "payment_type": "deposit",
    "amount": "80.00",
    "amount_paid": "50.00",
    "amount_due": "30.00",
    "currency": "AUD",
    "transaction_id": "tx_1",
}
GUEST = {"first_name": "Alex", "last_name": "Example", "email": "alex.rules@example.com"}


@dataclass(frozen=True)
class Venues:
    """Relays at venues with different settings."""

    plain: Relay
    deposits: Relay
    """Deposits are entered as payments here."""
    guests: Relay
    """Customers are linked here."""
    hasty: Relay
    """The undo window is three seconds here."""
    untold: Relay
    """Kounta's webhooks do not come from here."""


Case = Callable[[Venues, str], None]
CASES: list[Case] = []


def case(tell: Case) -> Case:
    """A story that gets the venues and an id that no other story's bookings begin with."""
    CASES.append(tell)
    return tell


@pytest.fixture(scope="module")
def stories(premises: Premises) -> Iterator[dict[str, Future[None]]]:
    """All cases, under way."""
    venues = Venues(
        premises.open_venue("rules", notify_emails=("duty@example.com",), notify_mobiles=("+61255501234",)),
        premises.open_venue("deposits", deposit_method_id="3"),
        premises.open_venue("guests", link_customers=True),
        premises.open_venue("hasty", undo_window_s=3),
        premises.open_venue("untold", told=False),
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {tell.__name__: pool.submit(tell, venues, f"R{number}") for number, tell in enumerate(CASES)}


def decisions(relay: Relay, booking_id: str) -> list[str | None]:
    """The decisions on a booking's events, in the order in which the booking lived them."""
    booking = relay.booking(booking_id)
    assert booking is not None
    return [event["decision"] for event in sorted(booking["events"], key=lambda each: str(each["occurred_at"]))]


def outcomes(relay: Relay, booking_id: str) -> list[str]:
    """What became of each seating."""
    booking = relay.booking(booking_id)
    assert booking is not None
    return [each["outcome"] for each in sorted(booking["seatings"], key=lambda each: int(each["number"]))]


def changed(relay: Relay, booking_id: str, status: str, **fields: Any) -> dict[str, Any]:
    """Delivers an event and waits for its decision."""
    return relay.decided(relay.change(booking_id, status, **fields))


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
def test_rule(stories: dict[str, Future[None]], name: str) -> None:
    stories[name].result(timeout=180)
