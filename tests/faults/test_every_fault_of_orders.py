"""Each fault of the sandbox's control API on each thing that may be asked of a platform's order: it is done once, or a
person hears why not; and never twice. Workers are killed around each of them as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, Write, WriteState
from tests.faults.test_every_fault import FAULTS
from tests.online_simulation import EXTRA, OnlineSimulation
from tests.simulation import die

Held = dict[str, Any]
OPEN: dict[str, Any] = {"payments": ()}


@dataclass(frozen=True)
class Act:
    """Something that is asked. `operation`: the call it makes; `times`: how often it shows on what the POS holds."""

    what: What
    operation: str
    ask: Callable[[OnlineSimulation], str | None]
    times: Callable[[Held], int]
    placed: dict[str, Any] | None = None
    """How the order was placed before; None: asking is placing it."""
    prepare: Callable[[OnlineSimulation], object] = lambda _relay: None


def lines_of(held: Held, product_id: int) -> int:
    return sum(line["product"]["id"] == product_id for line in held["lines"])


def with_plate(relay: OnlineSimulation) -> None:
    relay.add_option_set()
    relay.settle()


def completed(relay: OnlineSimulation) -> None:
    relay.accept()
    relay.settle()


ACTS = {
    "create": Act(What.CREATE, "kounta.create_order", lambda relay: relay.place(), lambda _held: 1),
    "accept": Act(
        What.ACCEPT,
        "kounta.update_order",
        lambda relay: relay.accept(),
        lambda held: int(held["status"] == "ACCEPTED"),
        OPEN,
    ),
    "cancel": Act(
        What.CANCEL,
        "kounta.update_order",
        lambda relay: relay.cancel(),
        lambda held: int(held["status"] == "REJECTED"),
        OPEN,
    ),
    "add lines": Act(
        What.ADD_LINES, "kounta.lines", lambda relay: relay.add_lines(), lambda held: lines_of(held, 730298), OPEN
    ),
    "change a line": Act(
        What.CHANGE_LINE,
        "kounta.lines",
        lambda relay: relay.change_line(1, quantity=Decimal(3)),
        lambda held: int(held["lines"][0]["quantity"] == 3),
        OPEN,
    ),
    "remove a line": Act(
        What.REMOVE_LINE,
        "kounta.lines",
        lambda relay: relay.remove_line(1),
        lambda held: 2 - len(held["lines"]),
        OPEN,
        lambda relay: (relay.add_lines(), relay.settle()),
    ),
    "add an option set": Act(
        What.ADD_OPTION_SET,
        "kounta.option_sets",
        lambda relay: relay.add_option_set(),
        lambda held: len(held["options"]),
        OPEN,
    ),
    "remove an option set": Act(
        What.REMOVE_OPTION_SET,
        "kounta.option_sets",
        lambda relay: relay.remove_option_set(1),
        lambda held: 2 - len(held["options"]),
        OPEN,
        lambda relay: (with_plate(relay), with_plate(relay)),
    ),
    "add a payment": Act(
        What.PAY,
        "kounta.add_payment",
        lambda relay: relay.pay(),
        lambda held: sum(payment["ref"] == "tx-more" for payment in held["payments"]),
        OPEN,
    ),
    "pay the whole": Act(
        What.PAY,
        "kounta.add_payment",
        lambda relay: relay.pay("25.00"),
        lambda held: sum(payment["ref"] == "tx-more" for payment in held["payments"]),
        OPEN,
    ),
    "tip": Act(
        What.CHANGE_PAYMENT,
        "kounta.add_payment",
        lambda relay: relay.tip(),
        lambda held: sum(payment["tip"] == 3 for payment in held["payments"]),
        {"complete_when_paid": False},
    ),
    "notify": Act(
        What.NOTIFY, "kounta.notify", lambda relay: relay.notify(), lambda held: len(held["notifications"]), OPEN
    ),
    "patch": Act(
        What.UPDATE,
        "kounta.update_order",
        lambda relay: relay.patch(notes="By the window"),
        lambda held: int("By the window" in held["notes"]),
        OPEN,
    ),
    "complete by patch": Act(
        What.UPDATE,
        "kounta.update_order",
        lambda relay: relay.patch(status="COMPLETE"),
        lambda held: int(held["status"] == "COMPLETE"),
        {"complete_when_paid": False},
    ),
}


@pytest.fixture
def relay() -> Iterator[OnlineSimulation]:
    simulation = OnlineSimulation()
    yield simulation
    simulation.close()


def ready_for(relay: OnlineSimulation, act: Act) -> None:
    if act.placed is not None:
        relay.place(**act.placed)
        relay.settle()
        act.prepare(relay)


def assert_done_once_or_told(relay: OnlineSimulation, act: Act) -> None:
    order = relay.main()
    write = order.writes[-1] if act.placed is not None else order.create
    assert write.what is act.what
    assert write.state.is_final, write
    assert all(attempt.outcome for attempt in write.attempts), write
    live = relay.live_by_order().get(order.id, 0)
    assert live <= 1
    assert "order.rejected" not in relay.told()
    if act.what is What.CREATE:
        assert live == int(write.state is WriteState.SENT)
    done = act.times(relay.held()) if order.create.state is WriteState.SENT else 0
    assert done <= 1
    if write.state is WriteState.SENT:
        assert done == 1
    else:
        assert write.code
        assert relay.codes_of(order), write
        # Only a word to staff cannot be looked for.
        assert done == 0 or write.what is What.NOTIFY


@pytest.mark.parametrize("times", [1, 2, -1])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ACTS)
def test_whatever_happens_to_the_call(relay: OnlineSimulation, name: str, fault: str, times: int) -> None:
    act = ACTS[name]
    ready_for(relay, act)
    relay.fault(act.operation, fault, times)
    assert act.ask(relay) is None
    relay.settle()
    assert_done_once_or_told(relay, act)
    relay.heal()
    relay.settle()
    assert_done_once_or_told(relay, act)
    write = relay.main().writes[-1]
    if times == 1 and fault != "422" and not (act.what is What.NOTIFY and write.may_have_arrived):
        assert write.state is WriteState.SENT


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("create", "notify")])
def test_a_look_that_fails(relay: OnlineSimulation, name: str, fault: str) -> None:
    act = ACTS[name]
    ready_for(relay, act)
    relay.fault("kounta.get_order", fault, 3)
    act.ask(relay)
    relay.settle()
    assert_done_once_or_told(relay, act)
    assert relay.main().writes[-1].state is WriteState.SENT


@pytest.mark.parametrize("fault", ["403", "503", "refused"])
@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("create", "notify")])
def test_an_order_that_cannot_be_read_for_good(relay: OnlineSimulation, name: str, fault: str) -> None:
    act = ACTS[name]
    ready_for(relay, act)
    relay.fault("kounta.get_order", fault, -1)
    act.ask(relay)
    relay.run(900)
    assert relay.main().writes[-1].state is WriteState.FAILED
    assert_done_once_or_told(relay, act)


@pytest.mark.parametrize("fault", ["403", "503", "refused"])
@pytest.mark.parametrize("name", [name for name in ACTS if name not in ("create", "notify")])
def test_an_answer_that_was_lost_and_an_order_that_cannot_be_read(
    relay: OnlineSimulation, name: str, fault: str
) -> None:
    act = ACTS[name]
    ready_for(relay, act)
    relay.fault(act.operation, "reset_after", 1)
    act.ask(relay)
    relay.around_next_call("after", lambda: relay.fault("kounta.get_order", fault, -1))
    relay.run(1800)
    order = relay.main()
    assert order.writes[-1].state is WriteState.UNKNOWN
    assert relay.codes_of(order) == ["change_unconfirmed"]
    relay.heal()
    relay.settle()
    assert order_is_done(relay, act)


def order_is_done(relay: OnlineSimulation, act: Act) -> bool:
    assert_done_once_or_told(relay, act)
    return relay.main().writes[-1].state is WriteState.SENT


def killed(relay: OnlineSimulation, moment: str) -> None:
    """A worker dies around the next call, or before it stores for the n-th time from now."""
    if moment in ("before", "after"):
        relay.around_next_call(moment, die)
    else:
        relay.book.kill_before_save = int(moment)


MOMENTS = ("before", "after", "0", "1", "2")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", ACTS)
def test_a_worker_killed_around_it(relay: OnlineSimulation, name: str, moment: str) -> None:
    act = ACTS[name]
    ready_for(relay, act)
    act.ask(relay)
    killed(relay, moment)
    relay.settle()
    assert_done_once_or_told(relay, act)
    write: Write = relay.main().writes[-1]
    assert write.state is WriteState.SENT or (act.what is What.NOTIFY and write.may_have_arrived)


# refunds


def refund_of(relay: OnlineSimulation) -> Order:
    return relay.online().refunds[-1]


def assert_refunded_once_or_told(relay: OnlineSimulation) -> None:
    totals = [Decimal(str(held["total"])) for held in relay.live() if held["total"] < 0]
    assert sum(totals) >= -25
    for refund in relay.online().refunds:
        live = relay.live_by_order().get(refund.id, 0)
        assert refund.create.state.is_final
        assert live == int(refund.create.state is WriteState.SENT)
        if not live:
            assert "refund_failed" in relay.codes_of(refund)
    assert relay.main().placed is not None
    assert relay.main().placed.refunded == -sum(totals)  # type: ignore[union-attr]


@pytest.mark.parametrize("times", [1, 2, -1])
@pytest.mark.parametrize("fault", FAULTS)
def test_refunding(relay: OnlineSimulation, fault: str, times: int) -> None:
    relay.place()
    relay.settle()
    completed(relay)
    relay.fault("kounta.create_order", fault, times)
    assert relay.refund("R-1", "10.00") is None
    assert relay.refund("R-1", "10.00") is None
    assert relay.refund("R-2", "15.01") == "refund_above_order"
    assert relay.refund("R-3", "15.00") is None
    relay.settle()
    assert_refunded_once_or_told(relay)
    if times == 1 and fault != "422":
        assert relay.main().status == "refunded"
    relay.heal()
    if relay.main().status != "refunded":
        assert relay.refund("R-4") is None
    relay.settle()
    assert_refunded_once_or_told(relay)
    assert relay.main().status == "refunded"
    assert relay.refund("R-5", "0.01") == "refund_above_order"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_around_a_refund(relay: OnlineSimulation, moment: str) -> None:
    relay.place()
    relay.settle()
    completed(relay)
    relay.refund()
    killed(relay, moment)
    relay.settle()
    assert_refunded_once_or_told(relay)
    assert relay.main().status == "refunded"


def test_a_refund_that_staff_delete_gives_nothing_back(relay: OnlineSimulation) -> None:
    relay.subscribe_webhooks()
    relay.place()
    relay.settle()
    completed(relay)
    relay.refund()
    relay.settle()
    told = relay.told()
    assert told[-1] == "order.refunded"
    assert told.count("order.completed") == 1
    relay.staff("delete", refund_of(relay).pos.order_id or "")
    relay.settle()
    assert relay.main().status == "completed"
    assert relay.codes_of(refund_of(relay)) == ["refund_removed"]


# driver tracking


@pytest.mark.parametrize("times", [1, 2, -1])
@pytest.mark.parametrize("fault", FAULTS)
def test_driver_tracking_never_holds_the_order(relay: OnlineSimulation, fault: str, times: int) -> None:
    relay.with_venue(driver_tracking_url="http://sandbox.test/_driver/demo")
    relay.fault("driver.track", fault, times)
    relay.place(order_type="Delivery")
    relay.run(2)
    assert len(relay.live()) == 1
    relay.settle()
    order = relay.main()
    track = order.writes[-1]
    assert track.what is What.TRACK
    assert track.state.is_final
    assert all(attempt.outcome for attempt in track.attempts)
    # A repetition bears the same id and the same bytes, by which the service knows it.
    assert len({(each["headers"]["webhook-id"], each["body"]) for each in relay.tracked()}) <= 1
    if track.state is WriteState.FAILED:
        assert relay.codes_of(order) == ["driver_tracking_failed"]
        assert [service for service, _ in order.failed_services] == ["driver_tracking"]
        relay.heal()
        assert relay.resubmit() is None
        relay.settle()
        assert relay.resubmit() == "already_in_pos"
    assert len({each["headers"]["webhook-id"] for each in relay.tracked()}) == (0 if fault == "409" else 1)
    assert relay.calls("kounta.create_order") == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_it_calls_the_driver(relay: OnlineSimulation, moment: str) -> None:
    relay.with_venue(driver_tracking_url="http://sandbox.test/_driver/demo")
    relay.around_next_call("after", lambda: relay.around_next_call(moment, die))
    relay.place(order_type="Delivery")
    relay.run_until(lambda: relay.book.records != {} and relay.add_lines("P-1", EXTRA) is None)
    relay.settle()
    assert [write.state for write in relay.main().writes] == [WriteState.SENT] * 3
    assert all(attempt.outcome for write in relay.main().writes for attempt in write.attempts)
    assert len({each["headers"]["webhook-id"] for each in relay.tracked()}) == 1
