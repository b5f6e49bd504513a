"""Each fault of the sandbox's control API on each operation, on the protocol in process: one live order, or a failure
with its reason; and the timeline says why. The same matrix runs on the deployed stack in tests/stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import Customer
from shared.domain.orders.writes import WriteState
from tests.simulation import Simulation

FAULTS = (
    "refused",
    "reset_before",
    "reset_after",
    "timeout",
    "500",
    "500_stored",
    "500_stored_after",
    "503",
    "429",
    "429_stored",
    "401",
    "401_stored",
    "409",
    "422",
    "slow",
    "html",
)


@pytest.fixture
def relay() -> Iterator[Simulation]:
    simulation = Simulation()
    yield simulation
    simulation.close()


def assert_one_live_order_or_a_reason(relay: Simulation, booking: str = "B-1") -> None:
    order = relay.order(booking)
    live = relay.live_by_order().get(order.id, 0)
    create = order.create
    assert live <= 1
    if create.state is WriteState.SENT:
        assert live == 1
    else:
        assert create.state is WriteState.FAILED, create
        assert live == 0
        assert create.code
        assert create.code in relay.failures()
    assert create.attempts
    assert all(attempt.outcome for attempt in create.attempts)


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_creating_an_order(relay: Simulation, fault: str, times: int) -> None:
    relay.fault("kounta.create_order", fault, times)
    relay.change("seated")
    relay.settle()
    assert_one_live_order_or_a_reason(relay)
    if times == 1 and fault not in ("422",):
        assert relay.order().create.state is WriteState.SENT


@pytest.mark.parametrize("fault", FAULTS)
def test_creating_an_order_while_the_fault_lasts(relay: Simulation, fault: str) -> None:
    relay.fault("kounta.create_order", fault, -1)
    relay.change("seated")
    relay.settle()
    assert_one_live_order_or_a_reason(relay)
    relay.fault("kounta.create_order", fault, 0)
    relay.settle()
    assert_one_live_order_or_a_reason(relay)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_whole_pos_is_away_for_ten_minutes(relay: Simulation, fault: str) -> None:
    relay.fault("kounta.*", fault, -1)
    relay.change("seated")
    relay.run(600)
    relay.fault("kounta.*", fault, 0)
    relay.settle()
    assert_one_live_order_or_a_reason(relay)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["kounta.delete_order", "kounta.get_order"])
def test_undoing(relay: Simulation, operation: str, fault: str, times: int) -> None:
    relay.change("seated")
    relay.settle()
    relay.fault(operation, fault, times)
    relay.change("cancelled")
    relay.settle()
    outcome = relay.record().booking.seatings[0].outcome
    if outcome is SeatingOutcome.DELETED:
        assert not relay.live()
    else:
        assert outcome is SeatingOutcome.KEPT
        assert len(relay.live()) == 1
        assert relay.failures()
    assert len(relay.pos_orders()) == 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["kounta.update_order", "kounta.notify"])
def test_updating(relay: Simulation, operation: str, fault: str) -> None:
    relay.change("seated")
    relay.settle()
    relay.fault(operation, fault, 2)
    relay.change("seated", tables=("14",))
    relay.settle()
    (held,) = relay.live()
    if fault not in ("409", "422") or operation == "kounta.notify":
        assert "Table 14" in held["notes"]
    assert len(held["notifications"]) <= 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["kounta.find_customer", "kounta.create_customer"])
def test_a_customer_never_holds_an_order(relay: Simulation, operation: str, fault: str) -> None:
    relay.with_venue(link_customers=True)
    relay.fault(operation, fault, -1)
    relay.change("seated", customer=Customer(first_name="Alex", email="alex@example.com"))
    relay.run(10)
    (held,) = relay.live()
    assert "Alex" in held["notes"] or held.get("customer")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["kounta.list_orders", "kounta.list_deleted", "kounta.get_order"])
def test_looking_up_an_order_of_unknown_fate(relay: Simulation, operation: str, fault: str) -> None:
    relay.fault("kounta.create_order", "500_stored_after", 1)
    relay.fault(operation, fault, 3)
    relay.change("seated")
    relay.settle()
    assert relay.order().create.state is WriteState.SENT
    assert len(relay.live()) == 1
    assert any(attempt.trigger == "look_up" for attempt in relay.order().create.attempts)


def test_a_stored_500_after_the_order_was_made_is_found_out(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "500_stored_after", 1)
    relay.change("seated")
    relay.run(5)
    assert relay.order().status == "unknown"
    assert relay.failures() == ["may_already_be_in_pos"]
    relay.settle()
    assert relay.order().status == "sent"
    assert len(relay.live()) == 1
    outcomes = [attempt.outcome for attempt in relay.order().create.attempts]
    assert outcomes == ["server_error", "server_error", "found"]


def test_a_stored_500_without_an_order_is_sent_anew_under_another_key(relay: Simulation) -> None:
    relay.fault("kounta.create_order", "500_stored", 1)
    relay.change("seated")
    relay.settle()
    keys = {attempt.idempotency_key for attempt in relay.order().create.attempts if attempt.idempotency_key}
    assert len(keys) == 2
    assert len(relay.live()) == 1


@pytest.mark.parametrize("saves", [0, 1])
def test_a_worker_killed_around_the_call_leaves_one_order(relay: Simulation, saves: int) -> None:
    relay.change("seated")
    relay.book.kill_before_save = saves
    relay.run(1)
    relay.settle()
    assert relay.order().status == "sent"
    assert len(relay.live()) == 1
    if saves == 1:
        assert [attempt.outcome for attempt in relay.order().create.attempts] == ["lost", "done"]


@pytest.mark.parametrize("refusal", ["400", "403", "404"])
def test_a_refusal_after_a_lost_answer_says_nothing_about_the_first_call(relay: Simulation, refusal: str) -> None:
    relay.fault("kounta.create_order", "reset_after", 1)
    relay.fault("kounta.create_order", refusal, 1)
    relay.change("seated")
    relay.run(10)
    assert relay.order().status == "unknown"
    relay.change("confirmed")
    relay.change("seated")
    relay.settle()
    assert relay.order().status == "sent"
    assert len(relay.live()) == 1


@pytest.mark.parametrize("fault", ["401", "403"])
def test_a_permission_that_is_lost_for_a_moment_does_not_end_an_undo(relay: Simulation, fault: str) -> None:
    relay.change("seated")
    relay.settle()
    relay.fault("kounta.get_order", fault, 4)
    relay.change("cancelled")
    relay.settle()
    assert relay.record().booking.seatings[0].outcome is SeatingOutcome.DELETED
    assert not relay.live()
