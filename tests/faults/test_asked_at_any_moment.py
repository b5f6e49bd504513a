"""Commands that come between any two steps of the writer, and while a worker is at it: either they are taken, and then
they hold, or they are refused with a reason, and then nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.domain.orders.writes import What, WriteState
from tests.online_simulation import OnlineSimulation
from tests.simulation import die

VERBS = ("cancel", "handle", "resubmit", "accept")
TROUBLES: dict[str, tuple[tuple[str, int], ...]] = {
    "none": (),
    "lost twice": (("reset_after", 1), ("reset_before", 1)),
    "unknown and there": (("500_stored_after", 1),),
    "unknown and not there": (("500_stored", 1),),
    "unreachable for a while": (("refused", 4),),
    "refused": (("400", 1),),
    "refused after a lost answer": (("reset_after", 1), ("403", 1)),
    "a worker dies": (("dies", 1),),
}


@pytest.fixture
def relay() -> Iterator[OnlineSimulation]:
    simulation = OnlineSimulation()
    simulation.subscribe_webhooks()
    yield simulation
    simulation.close()


def troubled(relay: OnlineSimulation, trouble: str) -> None:
    for fault, times in TROUBLES[trouble]:
        if fault == "dies":
            relay.around_next_call("after", die)
        else:
            relay.fault("kounta.create_order", fault, times)
    relay.place()


def assert_what_was_asked_holds(relay: OnlineSimulation, verb: str, said: str | None) -> None:
    relay.heal()
    relay.run(1800)
    relay.settle()
    order = relay.main()
    live = relay.live_by_order().get(order.id, 0)
    assert live <= 1
    assert all(write.state.is_final for write in order.writes)
    assert "order.rejected" not in relay.told()
    if said is None and verb == "cancel":
        assert live == 0
        assert order.status == "cancelled"
    elif said is None and verb == "handle":
        assert live == 0
        assert order.status == "handled"
        assert "order.failed" not in relay.told()
    else:
        assert live == int(order.create.state is WriteState.SENT)
    if said is None and verb == "accept" and live:
        assert relay.held()["status"] == "COMPLETE"  # paid, and completed by the POS when it is accepted
    if verb == "resubmit":
        assert order.create.state is WriteState.SENT or "order.failed" in relay.told()


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("step", range(7))
def test_between_any_two_steps(relay: OnlineSimulation, verb: str, step: int, trouble: str, kept: bool) -> None:
    relay.with_venue(keep_failed_orders=kept)
    troubled(relay, trouble)
    for _ in range(step):
        relay.next_step()
    before = relay.online()
    said = getattr(relay, verb)()
    if said is not None:
        assert relay.online() == before
    assert_what_was_asked_holds(relay, verb, said)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("trouble", ["none", "lost twice", "unknown and there"])
@pytest.mark.parametrize("verb", VERBS)
def test_while_a_worker_is_at_it(relay: OnlineSimulation, verb: str, moment: str, trouble: str) -> None:
    said: list[str | None] = []

    def ask() -> None:
        before = relay.online()
        said.append(getattr(relay, verb)())
        assert relay.online() == before

    relay.around_next_call(moment, ask)
    troubled(relay, trouble)
    relay.run(30)
    assert said == ["sending"]
    relay.settle()
    assert len(relay.live()) == 1
    assert relay.main().status == "sent"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("act", ["accept", "complete", "reject", "delete"])
def test_staff_act_while_it_is_cancelled(relay: OnlineSimulation, act: str, moment: str) -> None:
    """Either our cancel or what staff did holds, and if staff came first the platform's people hear of it."""
    relay.place(payments=(), complete_when_paid=False)
    relay.settle()
    pressed = relay.main().pos.order_id or ""
    relay.around_next_call(moment, lambda: relay.staff_try(act, pressed), only_writes=False)
    assert relay.cancel() is None
    relay.settle()
    order = relay.main()
    live = relay.live_by_order().get(order.id, 0)
    assert live == (0 if order.status in ("cancelled", "deleted", "rejected") else 1)
    if live:
        assert order.status == "accepted"
        assert relay.codes_of(order) == ["cancel_failed"]
        assert relay.add_lines() is None  # it stands again
    assert "order.rejected" not in relay.told() or order.status == "rejected"


@pytest.mark.parametrize("fault", ["refused", "reset_before", "reset_after"])
def test_staff_add_the_same_lines_between_two_attempts(relay: OnlineSimulation, fault: str) -> None:
    """Known not to have arrived: counted anew. In doubt: what looks like ours is taken for ours (the limit)."""
    relay.place(payments=(), complete_when_paid=False)
    relay.settle()
    relay.fault("kounta.lines", fault, 1)
    relay.add_lines()
    relay.run_until(lambda: relay.main().writes[-1].attempts != ())
    pressed = relay.main().pos.order_id or ""
    relay.staff("add-lines", pressed, {"lines": [{"product_id": 730298, "quantity": 1, "notes": "no ice"}]})
    relay.settle()
    write = relay.main().writes[-1]
    assert (write.what, write.state) == (What.ADD_LINES, WriteState.SENT)
    same = sum(line["product"]["id"] == 730298 for line in relay.held()["lines"])
    assert same == {"refused": 2, "reset_before": 1, "reset_after": 2}[fault]


@pytest.mark.parametrize("fault", ["reset_after", "timeout", "500_stored_after"])
def test_a_cancel_whose_answer_is_lost_is_never_shown_as_staffs(relay: OnlineSimulation, fault: str) -> None:
    relay.place(payments=())
    relay.settle()
    relay.fault("kounta.update_order", fault, 1)
    relay.cancel()
    seen = []
    while not relay.is_settled():
        relay.next_step()
        seen.append(relay.main().status)
    assert set(seen) <= {"sent", "cancelled"}
    assert "cancelled" in seen[:-1]  # known by the callback before the repeat finds out
    assert relay.told() == ["order.sent"]


@pytest.mark.parametrize("paid", [False, True])
def test_a_patch_to_rejected_is_a_cancel(relay: OnlineSimulation, paid: bool) -> None:
    relay.place(complete_when_paid=False, **({} if paid else {"payments": ()}))
    relay.settle()
    assert relay.patch(status="REJECTED") is None
    assert relay.patch(status="REJECTED") is None
    relay.settle()
    assert relay.main().status == "cancelled"
    assert relay.held()["status"] == "REJECTED"
    assert relay.told() == ["order.sent"]


def test_a_patch_to_accepted_changes_the_rest_too(relay: OnlineSimulation) -> None:
    relay.place()
    relay.settle()
    assert relay.patch(status="ACCEPTED", notes="By the window") is None
    relay.settle()
    assert relay.held()["status"] == "COMPLETE"
    assert relay.held()["notes"].startswith("By the window\n")
    assert relay.told() == ["order.sent", "order.accepted", "order.completed"]


@pytest.mark.parametrize("verb", ["cancel", "handle"])
def test_given_up_before_the_last_look(relay: OnlineSimulation, verb: str) -> None:
    """The budget ends while it is given up: nobody is told to refund it for that."""
    relay.fault("kounta.create_order", "500", -1)
    relay.place()
    relay.run_until(lambda: relay.book.records != {} and relay.main().create.generation == 3)
    relay.run_until(lambda: relay.main().create.state is WriteState.UNKNOWN)
    assert getattr(relay, verb)() is None
    relay.settle()
    assert relay.main().create.state is WriteState.FAILED
    assert "order.failed" not in relay.told()
    assert relay.main().status == {"cancel": "cancelled", "handle": "handled"}[verb]
