"""Each line of the rules through the whole relay: events in, orders in the sandbox's POS, staff at the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import Customer, PaymentSummary
from shared.domain.orders.writes import What, WriteState
from shared.domain.venues import VenueMode
from tests.simulation import Simulation

FISH = {"lines": [{"product_id": 730303, "quantity": 1}]}
DEPOSIT = PaymentSummary(payment_type="deposit", amount=Decimal("80"), amount_paid=Decimal("50"), currency="AUD")
UNDOING = ("cancelled", "confirmed", "no_show", "unconfirmed")


@pytest.fixture
def relay() -> Iterator[Simulation]:
    simulation = Simulation()
    yield simulation
    simulation.close()


def seated(relay: Simulation, **more: Any) -> str:
    """A party sits down; returns the POS order's id."""
    relay.change("seated", **more)
    relay.run(2)
    return pos_id(relay)


def pos_id(relay: Simulation) -> str:
    number = relay.order().pos.order_id
    assert number is not None
    return number


def complete(relay: Simulation, number: str) -> None:
    relay.staff("add-lines", number, FISH)
    relay.staff("pay", number)
    relay.staff("complete", number)
    relay.run(2)


# create


@pytest.mark.parametrize("before", [(), ("confirmed",), ("confirmed", "arrived", "partially_seated")])
@pytest.mark.parametrize("kind", ["booking", "walkin"])
def test_seated_makes_one_submitted_order(relay: Simulation, before: tuple[str, ...], kind: str) -> None:
    for status in before:
        relay.change(status, kind=kind)
        relay.run(60)
    assert not relay.pos_orders()
    seated(relay, kind=kind)
    (held,) = relay.live()
    assert held["status"] == "SUBMITTED"
    assert relay.decisions()[-1] == "create_order"
    assert relay.told() == ["booking.order_opened"]
    assert ("Walk-in" if kind == "walkin" else "Booking") in held["notes"]


def test_later_seated_events_make_nothing(relay: Simulation) -> None:
    seated(relay)
    for _ in range(5):
        relay.change("seated")
        relay.run(10)
    assert len(relay.pos_orders()) == 1
    assert relay.decisions() == ["create_order", *["none"] * 5]


def test_the_same_event_two_hundred_times(relay: Simulation) -> None:
    event = relay.event("seated")
    for _ in range(200):
        relay.deliver(event)
    relay.settle()
    assert len(relay.pos_orders()) == 1
    assert relay.calls("kounta.create_order") == 1


def test_a_seated_booking_costs_one_call(relay: Simulation) -> None:
    seated(relay)
    assert relay.calls("") == 1


@pytest.mark.parametrize("status", ["arrived", "partially_seated", "waitlisted", "finished", "dessert"])
def test_other_statuses_make_and_change_nothing(relay: Simulation, status: str) -> None:
    relay.change(status)
    relay.run(5)
    assert not relay.pos_orders()
    seated(relay)
    relay.change(status)
    relay.settle()
    assert len(relay.live()) == 1
    assert relay.decisions() == ["none", "create_order", "none"]


# undo


@pytest.mark.parametrize("status", UNDOING)
def test_a_seating_by_mistake_is_undone(relay: Simulation, status: str) -> None:
    seated(relay)
    relay.change(status)
    relay.settle()
    assert not relay.live()
    assert relay.decisions() == ["create_order", "delete_order"]
    assert relay.record().booking.seatings[0].outcome is SeatingOutcome.DELETED
    assert relay.order().status == "deleted"
    assert "order.deleted" not in relay.told()  # ours, not staff's
    assert not relay.failures()


@pytest.mark.parametrize(("seconds", "standing"), [(299, 0), (300, 0), (300.001, 1), (900, 1)])
def test_the_window_runs_from_the_pos_orders_creation(relay: Simulation, seconds: float, standing: int) -> None:
    seated(relay)
    created_at = relay.order().pos.created_at or relay.order().created_at.replace(microsecond=0)
    relay.run(1000)
    relay.change("cancelled", at=created_at + timedelta(seconds=seconds))
    relay.settle()
    assert len(relay.live()) == standing
    assert relay.decisions()[-1] == ("keep_order" if standing else "delete_order")
    assert not relay.failures()


def test_an_event_that_comes_late_is_judged_by_when_the_booking_changed(relay: Simulation) -> None:
    seated(relay)
    changed_at = relay.clock.now() + timedelta(seconds=120)
    relay.run(4000)
    relay.change("no_show", at=changed_at)
    relay.settle()
    assert not relay.live()


@pytest.mark.parametrize("act", ["add-lines", "pay"])
def test_an_order_with_items_or_payments_is_not_deleted(relay: Simulation, act: str) -> None:
    number = seated(relay)
    relay.staff("add-lines", number, FISH) if act == "add-lines" else relay.staff("pay", number, {"amount": 5})
    relay.change("cancelled")
    relay.settle()
    assert len(relay.live()) == 1
    assert relay.decisions()[-1] == "error"
    assert relay.told()[-1] == "booking.undo_refused"
    assert relay.failures() == ["order_has_items_or_payments"]
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 1, "kept: no second order"


def test_items_that_come_between_the_decision_and_the_delete_save_the_order(relay: Simulation) -> None:
    number = seated(relay)
    relay.fault("kounta.delete_order", "503", 2)
    relay.change("cancelled")
    relay.run(1)
    relay.staff("add-lines", number, FISH)
    relay.settle()
    assert len(relay.live()) == 1
    assert relay.decisions()[-1] == "error"
    assert relay.failures() == ["order_has_items_or_payments"]


def test_our_own_deposit_does_not_count(relay: Simulation) -> None:
    relay.with_venue(deposit_method_id="3")
    seated(relay, payment=DEPOSIT)
    (held,) = relay.live()
    assert len(held["payments"]) == 1
    assert held["status"] == "SUBMITTED", "a deposit closes nothing"
    relay.change("cancelled")
    relay.settle()
    assert relay.decisions() == ["create_order", "delete_order"]
    assert not relay.live()
    assert not relay.failures()


def test_undo_of_an_order_that_is_still_queued_makes_no_call(relay: Simulation) -> None:
    relay.change("seated")
    relay.change("cancelled")
    relay.settle()
    assert relay.calls("") == 0
    assert relay.decisions() == ["create_order", "delete_order"]
    assert relay.order().create.state is WriteState.WITHDRAWN
    assert relay.order().create.code == "undone_before_sent"
    assert not relay.failures()


def test_undo_while_the_pos_is_certainly_not_reached_makes_no_order(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "refused", -1)
    relay.change("seated")
    relay.run(2)
    relay.change("cancelled")
    relay.run(1)
    relay.heal()
    relay.settle()
    assert not relay.pos_orders()
    assert relay.order().create.state is WriteState.WITHDRAWN


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "timeout", "500_stored_after", "500_stored"])
def test_undo_while_sending_or_unknown_waits_for_the_outcome(relay: Simulation, fault: str) -> None:
    relay.fault("kounta.create_order", fault, 1)
    relay.change("seated")
    relay.run(0.5)
    relay.change("cancelled")
    relay.settle()
    assert not relay.live()
    assert relay.decisions() == ["create_order", "delete_order"]
    create = relay.order().create
    assert create.state in (WriteState.SENT, WriteState.WITHDRAWN)
    assert len(relay.pos_orders()) == (create.state is WriteState.SENT)


def test_undo_during_the_call_that_makes_the_order(relay: Simulation) -> None:
    relay.change("seated")
    relay.around_next_call("after", lambda: relay.change("cancelled"))
    relay.settle()
    assert len(relay.pos_orders()) == 1
    assert not relay.live()


def test_finished_before_it_was_sent_is_not_sent_and_a_person_hears_of_it(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "refused", -1)
    relay.change("seated")
    relay.run(2)
    relay.change("finished")
    relay.run(1)
    relay.heal()
    relay.settle()
    assert not relay.pos_orders()
    assert relay.decisions() == ["create_order", "error"]
    assert relay.failures() == ["finished_before_sent"]


def test_undone_and_seated_again_before_the_delete_went_out_keeps_the_order(relay: Simulation) -> None:
    seated(relay)
    relay.fault("kounta.get_order", "503", 6)
    relay.change("cancelled")
    relay.run(1)
    relay.change("seated")
    relay.settle()
    assert len(relay.live()) == 1


# a new seating


def test_after_our_undo_a_new_seating_makes_a_new_order(relay: Simulation) -> None:
    seated(relay)
    relay.change("confirmed")
    relay.run(5)
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 2
    assert len(relay.live()) == 1
    assert [seating.outcome for seating in relay.record().booking.seatings] == [
        SeatingOutcome.DELETED,
        SeatingOutcome.OPEN,
    ]


@pytest.mark.parametrize(("act", "told"), [("reject", "order.rejected"), ("delete", "order.deleted")])
def test_after_staff_turned_it_down_a_new_seating_makes_a_new_order(relay: Simulation, act: str, told: str) -> None:
    number = seated(relay)
    relay.staff(act, number, {"reason": "No table"} if act == "reject" else None)
    relay.run(2)
    assert told in relay.told()
    assert len(relay.live()) == 0
    relay.change("seated")
    relay.run(2)
    assert len(relay.pos_orders()) == 1, "still seated: no new order by itself"
    relay.change("confirmed")
    relay.run(2)
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 2
    assert len(relay.live()) == 1


def test_rejected_while_our_undo_waits_frees_the_booking(relay: Simulation) -> None:
    number = seated(relay)
    relay.change("cancelled")
    relay.staff("reject", number, {"reason": "No table"})
    relay.settle()
    relay.change("seated")
    relay.settle()
    assert len(relay.live()) == 1
    assert len(relay.pos_orders()) == 2


def test_after_it_was_kept_a_new_seating_makes_none(relay: Simulation) -> None:
    seated(relay)
    relay.run(900)
    relay.change("confirmed")
    relay.run(5)
    assert relay.record().booking.seatings[0].outcome is SeatingOutcome.KEPT
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 1


def test_after_it_was_completed_a_new_seating_makes_none(relay: Simulation) -> None:
    number = seated(relay)
    complete(relay, number)
    relay.change("confirmed")
    relay.run(5)
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 1
    assert relay.decisions()[-1] == "none"


# details


def test_changed_details_reach_the_order_and_its_staff(relay: Simulation) -> None:
    seated(relay)
    relay.change("seated", tables=("14",), party_size=6, notes="Window, please")
    relay.settle()
    (held,) = relay.live()
    assert "Table 14" in held["notes"]
    assert "6 covers" in held["notes"]
    assert "Window, please" in held["notes"]
    (notice,) = held["notifications"]
    assert "table 12 → 14, covers 4 → 6, notes changed" in notice["message"]
    assert len(notice["message"]) <= 300


def test_staff_are_told_at_most_five_times_an_order(relay: Simulation) -> None:
    seated(relay)
    for number in range(20, 28):
        relay.change("seated", tables=(str(number),))
        relay.run(5)
    (held,) = relay.live()
    assert len(held["notifications"]) == 5
    assert "Table 27" in held["notes"]
    assert not relay.failures()


def test_a_change_before_the_order_was_sent_is_in_the_order(relay: Simulation) -> None:
    relay.change("seated")
    relay.change("seated", tables=("14",))
    relay.settle()
    (held,) = relay.live()
    assert "Table 14" in held["notes"]
    assert relay.calls("") == 1


@pytest.mark.parametrize("act", ["reject", "delete", "complete"])
def test_a_closed_order_is_not_updated(relay: Simulation, act: str) -> None:
    number = seated(relay)
    complete(relay, number) if act == "complete" else relay.staff(act, number)
    relay.run(2)
    relay.change("seated", tables=("14",))
    relay.settle()
    assert relay.calls("kounta.update_order") == 0
    assert not relay.failures()


# deposits


def test_a_deposit_stands_in_the_notes(relay: Simulation) -> None:
    seated(relay, payment=DEPOSIT)
    (held,) = relay.live()
    assert "Deposit: paid AUD 50.00 of 80.00" in held["notes"]
    assert held["payments"] == []


def test_a_deposit_as_a_payment_when_the_venue_names_a_method(relay: Simulation) -> None:
    relay.with_venue(deposit_method_id="3")
    number = seated(relay, payment=DEPOSIT)
    (held,) = relay.live()
    assert [Decimal(str(payment["amount"])) for payment in held["payments"]] == [50]
    complete(relay, number)
    assert relay.order().status == "completed"


@pytest.mark.parametrize("changes", [{"currency": "NZD"}, {"amount_paid": None}, {"amount_paid": Decimal(0)}])
def test_a_deposit_of_another_currency_or_unpaid_is_no_payment(relay: Simulation, changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"amount_paid": Decimal(50), "currency": "AUD", "amount": Decimal(50), **changes}
    relay.with_venue(deposit_method_id="3")
    seated(relay, payment=PaymentSummary(**fields))
    (held,) = relay.live()
    assert held["payments"] == []


def test_a_guest_is_linked_or_named(relay: Simulation) -> None:
    relay.with_venue(link_customers=True)
    seated(relay, customer=Customer(first_name="Alex", last_name="Example", email="alex@example.com"))
    (held,) = relay.live()
    assert held["customer"]
    assert relay.calls("") == 3


# modes and age


def test_shadow_sends_nothing_and_shows_what_it_would_have(relay: Simulation) -> None:
    relay.with_venue(mode=VenueMode.SHADOW)
    relay.change("seated")
    relay.settle()
    relay.change("seated", tables=("14",))
    relay.change("cancelled")
    relay.settle()
    assert relay.calls("") == 0
    assert relay.decisions()[0] == "create_order"
    assert relay.order().create.code == "shadow"
    shown = relay.record().requests[relay.order().create.key]
    assert b"Table 12" in shown
    assert b'"status":"SUBMITTED"' in shown
    assert not relay.failures()
    relay.with_venue(mode=VenueMode.LIVE)
    relay.settle()
    assert relay.calls("") == 0, "what was decided in shadow stays unsent"


def test_paused_holds_and_when_resumed_decides_anew(relay: Simulation) -> None:
    relay.with_venue(mode=VenueMode.PAUSED)
    relay.change("seated", booking="B-1")
    relay.change("seated", booking="B-2")
    relay.run(300)
    assert relay.calls("") == 0
    relay.change("cancelled", booking="B-2")
    relay.with_venue(mode=VenueMode.LIVE)
    relay.settle()
    (held,) = relay.live()
    assert "(B-1)" in held["notes"]
    assert relay.order("B-2").create.code == "undone_before_sent"


def test_paused_for_too_long_is_not_sent_and_a_person_hears_of_it(relay: Simulation) -> None:
    relay.with_venue(mode=VenueMode.PAUSED)
    relay.change("seated")
    relay.run(3600)
    relay.with_venue(mode=VenueMode.LIVE)
    relay.settle()
    assert not relay.pos_orders()
    assert relay.order().create.code == "too_old"
    assert relay.failures() == ["too_old"]


# back from the POS


def test_accepted_completed_and_its_sale(relay: Simulation) -> None:
    relay.subscribe_webhooks()
    number = seated(relay)
    relay.staff("accept", number)
    relay.run(2)
    complete(relay, number)
    assert relay.order().status == "completed"
    assert relay.told() == ["booking.order_opened", "order.accepted", "order.completed", "booking.finished"]
    (sale,) = relay.book.sales
    assert (sale.pos_order_id, sale.booking_id, sale.source) == (number, "B-1", "booking")
    assert sale.total == Decimal(str(relay.live()[0]["total"]))
    assert sale.covers == 4


def test_a_completion_told_twice_and_out_of_order(relay: Simulation) -> None:
    relay.subscribe_webhooks()
    number = seated(relay)
    relay.staff("accept", number)
    relay.clock.advance(1)
    relay.staff("add-lines", number, FISH)
    relay.staff("pay", number)
    relay.staff("complete", number)
    told = relay.sandbox.take_deliveries()
    relay.take_in([*reversed(told), *told])
    relay.settle()
    relay.take_in(told)
    relay.settle()
    assert relay.order().status == "completed"
    assert relay.told().count("order.completed") == 1
    assert relay.told().count("booking.finished") == 1
    assert len(relay.book.sales) == 1


def test_a_callback_before_our_own_outcome_is_stored(relay: Simulation) -> None:
    relay.change("seated")
    relay.around_next_call("after", lambda: relay.staff("accept", str(relay.pos_orders()[-1]["id"])))
    relay.settle()
    assert relay.order().status == "accepted"
    assert relay.told() == ["booking.order_opened", "order.accepted"]
    assert len(relay.live()) == 1


def test_a_worker_killed_after_the_pos_answered_while_staff_accept(relay: Simulation) -> None:
    def accept_and_die() -> None:
        relay.staff("accept", str(relay.pos_orders()[-1]["id"]))
        relay.book.kill_before_save = 0

    relay.change("seated")
    relay.around_next_call("after", accept_and_die)
    relay.settle()
    assert len(relay.pos_orders()) == 1
    assert relay.order().status == "accepted"
    assert relay.told().count("order.accepted") == 1


def test_a_deleted_sale_is_voided(relay: Simulation) -> None:
    relay.subscribe_webhooks()
    number = seated(relay)
    complete(relay, number)
    relay.staff("delete", number)
    relay.settle()
    (sale,) = relay.book.sales
    assert sale.voided_at is not None
    assert relay.order().status == "deleted"


def test_sales_of_orders_that_are_not_ours(relay: Simulation) -> None:
    relay.subscribe_webhooks()
    rung_up = relay.control("POST", "/_control/kounta/orders", {"site_id": 823})
    relay.run(2)
    (sale,) = relay.book.sales
    assert (sale.pos_order_id, sale.source, sale.booking_id) == (str(rung_up["id"]), "pos", None)
    relay.staff("delete", str(rung_up["id"]))
    relay.settle()
    (voided,) = relay.book.sales
    assert voided.voided_at is not None
    assert not relay.told()


def test_an_order_of_another_site_is_dropped(relay: Simulation) -> None:
    relay.subscribe_webhooks()
    relay.control("POST", "/_control/kounta/orders", {"site_id": 824})
    relay.run(2)
    assert not relay.book.sales


def test_a_completion_while_our_delete_is_on_its_way_is_still_told(relay: Simulation) -> None:
    number = seated(relay)
    relay.fault("kounta.delete_order", "503", 1)
    relay.change("cancelled")
    relay.run(0.5)
    assert relay.order().writes[-1].what is What.DELETE
    relay.staff("add-lines", number, FISH)
    relay.staff("pay", number)
    relay.staff("complete", number)
    relay.settle()
    assert len(relay.live()) == 1
    assert relay.told().count("booking.finished") == 1
    assert relay.record().booking.seatings[0].outcome is SeatingOutcome.COMPLETED


@pytest.mark.parametrize(("act", "told"), [("reject", "order.rejected"), ("delete", "order.deleted")])
def test_an_end_that_a_look_up_finds_is_told(relay: Simulation, act: str, told: str) -> None:
    relay.fault("kounta.create_order", "500_stored_after", 1)
    relay.around_next_call("after", lambda: relay.staff(act, str(relay.pos_orders()[-1]["id"])))
    relay.change("seated")
    relay.settle()
    assert relay.told().count(told) == 1
    assert not relay.live()


def test_a_completion_that_came_while_the_order_was_of_unknown_fate_is_told(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "500_stored_after", 1)
    relay.fault("kounta.get_order", "503", 2)
    relay.around_next_call("after", lambda: relay.staff("complete", str(relay.pos_orders()[-1]["id"])))
    relay.change("seated")
    relay.settle()
    assert relay.order().status == "completed"
    assert relay.told().count("booking.finished") == 1


def test_an_order_that_was_given_up_and_is_there_after_all_stands(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "reset_after", 1)
    relay.fault("kounta.create_order", "400", 1)
    relay.change("seated")
    relay.run(5)
    relay.staff_try("accept", str(relay.pos_orders()[-1]["id"]))
    relay.settle()
    assert relay.order().status == "accepted"
    relay.change("arrived")
    relay.run(1)
    relay.change("seated")
    relay.settle()
    assert len(relay.pos_orders()) == 1


def test_a_refused_undo_puts_no_words_into_the_poss_mouth(relay: Simulation) -> None:
    relay.change("seated")
    relay.settle()
    relay.staff("add-lines", relay.order().pos.order_id or "", {"lines": [{"product_id": 730297, "quantity": 1}]})
    relay.change("cancelled")
    relay.settle()
    (reported,) = [item for item in relay.book.outbox if item.type == "failure.reported"]
    assert reported.data["code"] == "order_has_items_or_payments"
    assert "message" not in reported.data
