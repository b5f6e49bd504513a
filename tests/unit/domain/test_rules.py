"""The rules, line by line beside Now Book It's "Conditions to Create NEW Order" and what follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import PaymentSummary
from shared.domain.bookings.rules import DecisionKind, OrderSeen, Stage, decide, judge_undo
from shared.domain.money import amount
from tests.builders import NOON, a_booking, an_event, at

WINDOW = timedelta(seconds=300)
OPEN, KEPT, DELETED = SeatingOutcome.OPEN, SeatingOutcome.KEPT, SeatingOutcome.DELETED
QUEUED, IN_FLIGHT = OrderSeen(Stage.QUEUED), OrderSeen(Stage.IN_FLIGHT)
THERE = OrderSeen(Stage.THERE, created_at=NOON, has_items_or_payments=False)
WITH_ITEMS = OrderSeen(Stage.THERE, created_at=NOON, has_items_or_payments=True)
UNREADABLE = OrderSeen(Stage.THERE, created_at=NOON, has_items_or_payments=None)
CLOSED = OrderSeen(Stage.THERE, created_at=NOON, has_items_or_payments=True, closed=True)
GOING = OrderSeen(Stage.THERE, created_at=NOON, going=True)
UNDOING = ("cancelled", "confirmed", "no_show", "unconfirmed")

CREATE, UPDATE, DELETE = DecisionKind.CREATE_ORDER, DecisionKind.UPDATE_ORDER, DecisionKind.DELETE_ORDER
KEEP, NONE, ERROR = DecisionKind.KEEP_ORDER, DecisionKind.NONE, DecisionKind.ERROR


# condition 1: a new booking with status Seated, or a status changed to Seated; 2: no order has been created for it


def test_1_1_a_new_booking_that_is_seated_makes_an_order() -> None:
    decision = decide(a_booking(), an_event("seated", type="created"), None, WINDOW)
    assert (decision.kind, decision.reason) == (CREATE, "first heard of already seated")


@pytest.mark.parametrize("before", ["unconfirmed", "waitlisted", "confirmed", "arrived", "partially_seated"])
def test_1_2_a_booking_whose_status_changes_to_seated_makes_an_order(before: str) -> None:
    assert decide(a_booking(before), an_event("seated", 60), None, WINDOW).kind is CREATE


@pytest.mark.parametrize("before", ["finished", "cancelled", "no_show"])
def test_1_2_whatever_it_was_before(before: str) -> None:
    assert decide(a_booking(before), an_event("seated", 60), None, WINDOW).kind is CREATE


@pytest.mark.parametrize("kind", ["booking", "walkin"])
def test_walk_ins_follow_the_same_conditions(kind: str) -> None:
    assert decide(a_booking(), an_event("seated", kind=kind), None, WINDOW).kind is CREATE


@pytest.mark.parametrize("order", [QUEUED, IN_FLIGHT, THERE, WITH_ITEMS, CLOSED])
def test_2_a_later_seated_event_makes_nothing(order: OrderSeen) -> None:
    assert decide(a_booking("seated", OPEN), an_event("seated", 60), order, WINDOW).kind is NONE


@pytest.mark.parametrize(
    "status", ["unconfirmed", "waitlisted", "confirmed", "arrived", "partially_seated", "finished"]
)
def test_other_statuses_make_nothing(status: str) -> None:
    assert decide(a_booking(), an_event(status), None, WINDOW).kind is NONE


@pytest.mark.parametrize("status", ["arrived", "partially_seated", "finished", "waitlisted"])
def test_other_statuses_change_nothing_while_the_order_stands(status: str) -> None:
    assert decide(a_booking("seated", OPEN), an_event(status, 60), THERE, WINDOW).kind is NONE


def test_a_status_nobody_knows_changes_nothing() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("dessert", 60), THERE, WINDOW)
    assert decision.kind is NONE
    assert "dessert" in decision.reason


# condition 3: an order has been created; 3.1 within five minutes of its created_at; 3.2 the four statuses; 3.4 delete


@pytest.mark.parametrize("status", UNDOING)
def test_3_4_a_seating_by_mistake_deletes_its_order(status: str) -> None:
    assert decide(a_booking("seated", OPEN), an_event(status, 60), THERE, WINDOW).kind is DELETE


@pytest.mark.parametrize(("seconds", "kind"), [(0, DELETE), (299.999, DELETE), (300, DELETE), (300.001, KEEP)])
def test_3_1_the_window_is_five_minutes_inclusive(seconds: float, kind: DecisionKind) -> None:
    assert decide(a_booking("seated", OPEN), an_event("cancelled", seconds), THERE, WINDOW).kind is kind


def test_3_1_it_is_judged_by_when_the_booking_changed_not_by_when_we_got_to_it() -> None:
    event = an_event("cancelled", 300, received_at=at(86_400))
    assert decide(a_booking("seated", OPEN), event, THERE, WINDOW).kind is DELETE


def test_3_1_it_is_judged_by_the_pos_orders_own_time() -> None:
    later = OrderSeen(Stage.THERE, created_at=at(200), has_items_or_payments=False)
    assert decide(a_booking("seated", OPEN), an_event("cancelled", 500), later, WINDOW).kind is DELETE
    assert decide(a_booking("seated", OPEN), an_event("cancelled", 501), later, WINDOW).kind is KEEP


def test_3_1_the_window_is_a_setting() -> None:
    event = an_event("cancelled", 61)
    assert decide(a_booking("seated", OPEN), event, THERE, timedelta(seconds=60)).kind is KEEP


def test_a_late_change_is_no_error() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("cancelled", 900), WITH_ITEMS, WINDOW)
    assert (decision.kind, decision.code) == (KEEP, None)


def test_a_closed_order_is_kept() -> None:
    assert decide(a_booking("seated", OPEN), an_event("cancelled", 60), CLOSED, WINDOW).kind is KEEP


def test_3_3_an_order_with_items_or_payments_is_not_deleted_an_error_is_returned() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("cancelled", 60), WITH_ITEMS, WINDOW)
    assert (decision.kind, decision.code) == (ERROR, "order_has_items_or_payments")


def test_3_3_an_order_that_cannot_be_read_is_not_deleted() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("cancelled", 60), UNREADABLE, WINDOW)
    assert (decision.kind, decision.code) == (ERROR, "order_not_readable")


@pytest.mark.parametrize("order", [QUEUED, IN_FLIGHT, THERE, WITH_ITEMS, UNREADABLE, CLOSED, None])
@pytest.mark.parametrize("status", UNDOING)
@pytest.mark.parametrize("seconds", [1, 300, 301])
def test_3_5_such_an_event_never_creates_an_order(order: OrderSeen | None, status: str, seconds: float) -> None:
    assert decide(a_booking("seated", OPEN), an_event(status, seconds), order, WINDOW).kind is not CREATE


def test_undo_before_the_order_was_sent() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("cancelled", 900), QUEUED, WINDOW)
    assert decision.kind is DELETE
    assert "before it was sent" in decision.reason


def test_undo_while_the_order_is_on_its_way() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("cancelled", 900), IN_FLIGHT, WINDOW)
    assert decision.kind is DELETE
    assert "once it is known" in decision.reason


def test_finished_before_its_order_was_sent() -> None:
    decision = decide(a_booking("seated", OPEN), an_event("finished", 60), QUEUED, WINDOW)
    assert (decision.kind, decision.code) == (ERROR, "finished_before_sent")


@pytest.mark.parametrize("outcome", [each for each in SeatingOutcome if each is not OPEN])
@pytest.mark.parametrize("status", UNDOING)
def test_there_is_nothing_to_undo_when_the_order_has_met_its_end(outcome: SeatingOutcome, status: str) -> None:
    order = THERE if outcome is KEPT else None
    assert decide(a_booking("seated", outcome), an_event(status, 60), order, WINDOW).kind is NONE


# a new seating


@pytest.mark.parametrize(
    ("outcome", "order", "kind"),
    [
        (SeatingOutcome.WITHDRAWN, None, CREATE),
        (SeatingOutcome.DELETED, None, CREATE),
        (SeatingOutcome.REJECTED, None, CREATE),
        (SeatingOutcome.FAILED, None, CREATE),
        (SeatingOutcome.OPEN, GOING, CREATE),
        (SeatingOutcome.OPEN, THERE, NONE),
        (SeatingOutcome.KEPT, THERE, NONE),
        (SeatingOutcome.COMPLETED, None, NONE),
    ],
)
def test_seated_again(outcome: SeatingOutcome, order: OrderSeen | None, kind: DecisionKind) -> None:
    assert decide(a_booking("confirmed", outcome), an_event("seated", 60), order, WINDOW).kind is kind


def test_only_the_latest_seating_counts() -> None:
    booking = a_booking("confirmed", DELETED, KEPT)
    assert decide(booking, an_event("seated", 60), THERE, WINDOW).kind is NONE
    booking = a_booking("confirmed", DELETED, DELETED)
    assert decide(booking, an_event("seated", 60), None, WINDOW).kind is CREATE


# details


DEPOSIT = PaymentSummary(amount_paid=amount("50.00"), currency="AUD")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tables": ("14",)}, "table 12 → 14"),
        ({"tables": ("12", "13")}, "table 12 → 12+13"),
        ({"tables": ()}, "table 12 → –"),
        ({"party_size": 6}, "covers 4 → 6"),
        ({"party_size": None}, "covers 4 → –"),
        ({"notes": "Window, please"}, "notes changed"),
        ({"payment": DEPOSIT}, "deposit paid 0 → 50.00"),
        ({"tables": ("14",), "party_size": 5}, "table 12 → 14, covers 4 → 5"),
    ],
)
@pytest.mark.parametrize("order", [QUEUED, IN_FLIGHT, THERE, WITH_ITEMS])
def test_changed_details_update_the_order(changes: dict[str, object], words: str, order: OrderSeen) -> None:
    decision = decide(a_booking("seated", OPEN), an_event("seated", 60, **changes), order, WINDOW)
    assert (decision.kind, decision.reason) == (UPDATE, words)


def test_notes_that_differ_only_in_blanks_around_them_are_the_same() -> None:
    booking = a_booking("seated", OPEN, notes="Window")
    assert decide(booking, an_event("seated", 60, notes="  Window \n"), THERE, WINDOW).kind is NONE


def test_a_closed_order_is_not_updated() -> None:
    assert decide(a_booking("seated", OPEN), an_event("seated", 60, tables=("14",)), CLOSED, WINDOW).kind is NONE


def test_details_of_a_booking_that_is_not_seated_change_nothing_in_the_pos() -> None:
    assert decide(a_booking("seated", OPEN), an_event("arrived", 60, tables=("14",)), THERE, WINDOW).kind is NONE


# order of time


def test_an_older_event_changes_nothing() -> None:
    assert decide(a_booking("cancelled", seconds=60), an_event("seated", 59), None, WINDOW).kind is NONE
    assert decide(a_booking("seated", OPEN, seconds=60), an_event("cancelled", 59), THERE, WINDOW).kind is NONE


def test_sequence_decides_over_time_when_both_have_one() -> None:
    booking = a_booking("confirmed", seconds=60, sequence=7)
    assert decide(booking, an_event("seated", 0, sequence=8), None, WINDOW).kind is CREATE
    assert decide(booking, an_event("seated", 120, sequence=6), None, WINDOW).kind is NONE


def test_time_decides_when_one_has_no_sequence() -> None:
    booking = a_booking("confirmed", seconds=60, sequence=7)
    assert decide(booking, an_event("seated", 61), None, WINDOW).kind is CREATE
    assert decide(booking, an_event("seated", 59), None, WINDOW).kind is NONE


@pytest.mark.parametrize("sequence", [None, 7])
def test_of_equals_the_one_received_later_wins(sequence: int | None) -> None:
    booking = a_booking("confirmed", seconds=60, sequence=sequence)
    later = an_event("seated", 60, sequence=sequence, received_at=at(61))
    earlier = an_event("seated", 60, sequence=sequence, received_at=at(59))
    assert decide(booking, later, None, WINDOW).kind is CREATE
    assert decide(booking, earlier, None, WINDOW).kind is NONE


# the judgement that is made again right before the delete


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (None, DELETE),
        (QUEUED, DELETE),
        (IN_FLIGHT, DELETE),
        (THERE, DELETE),
        (WITH_ITEMS, ERROR),
        (UNREADABLE, ERROR),
        (CLOSED, KEEP),
        (OrderSeen(Stage.THERE, created_at=None, has_items_or_payments=False), ERROR),
    ],
)
def test_judging_an_undo(order: OrderSeen | None, kind: DecisionKind) -> None:
    assert judge_undo(at(10), order, WINDOW).kind is kind


@pytest.mark.parametrize(
    ("tables", "words"),
    [(("14",), "table T12 → 14"), (("13", "12"), "table T12 → T13+T12"), (("012",), "details changed")],
)
def test_staff_are_told_by_the_poss_names_of_tables(tables: tuple[str, ...], words: str) -> None:
    names = {"12": "T12", "13": "T13", "012": "T12"}
    booking, event = a_booking("seated", OPEN), an_event("seated", 60, tables=tables)
    decision = decide(booking, event, THERE, WINDOW, lambda name: names.get(name, name))
    assert (decision.kind, decision.reason) == (UPDATE, words)
