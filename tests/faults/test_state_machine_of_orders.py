"""A state machine lets anything happen to a platform's orders, in any order, and holds the relay to its invariants.

What holds always. A POS order is *live* when it is neither deleted nor rejected in the POS.

- Each order of ours, refunds included, has at most one live POS order.
- No two payments on a POS order bear one `ref`, and no lines are added twice.
- Refunds in the POS never come to more than their order.
- A REJECTED that we wrote is never told as staff's.
- Who was told to refund an order hears of no success after it; who was told that it stands is not told to refund it.

When all faults are healed and time has passed: every write is final or on a person's list; what was told to be
refunded, entered by hand or cancelled is not in the POS alive, unless the register had closed or accepted it first,
which a person hears; what the record believes to be in the POS is there.
"""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.identities import markers_in
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.request import LineRequest
from shared.domain.orders.writes import What, WriteState
from shared.domain.venues import VenueMode
from tests.faults.test_state_machine import FAULTS, STAFF_ACTS
from tests.online_simulation import OnlineSimulation
from tests.simulation import die

REFERENCES = ("P-1", "P-1", "P-1", "P-2")
OPERATIONS = (
    "kounta.create_order",
    "kounta.get_order",
    "kounta.update_order",
    "kounta.lines",
    "kounta.add_payment",
    "kounta.notify",
    "kounta.list_orders",
    "kounta.list_deleted",
    "driver.track",
    "kounta.*",
)
SOLD = 730297
DRIVER = "http://sandbox.test/_driver/demo"

references = st.sampled_from(REFERENCES)
waits_s = st.sampled_from([0, 1, 1, 5, 30, 100])
moments = st.sampled_from(["before", "after"])
faults = st.lists(st.sampled_from(FAULTS), max_size=3)


class OrderingVenue(RuleBasedStateMachine):
    """One venue with two online orders on a bad day."""

    def __init__(self) -> None:
        super().__init__()
        self.relay = OnlineSimulation()
        self.relay.subscribe_webhooks()
        self.numbers = 0

    @initialize(
        lag_s=st.sampled_from([0, 16, 45]),
        offset_s=st.sampled_from([-120, 0, 120]),
        keeps=st.booleans(),
        drivers=st.booleans(),
        fails_when_offline=st.booleans(),
        wrong=faults,
        paid=st.booleans(),
        taken=st.booleans(),
        seconds=waits_s,
    )
    def open_the_venue(
        self,
        lag_s: float,
        offset_s: float,
        keeps: bool,
        drivers: bool,
        fails_when_offline: bool,
        wrong: list[str],
        paid: bool,
        taken: bool,
        seconds: float,
    ) -> None:
        self.relay.control("POST", "/_control/state", {"list_lag_s": lag_s, "advance_s": offset_s})
        self.relay.with_venue(
            keep_failed_orders=keeps,
            driver_tracking_url=DRIVER if drivers else None,
            when_registers_offline="fail" if fails_when_offline else "send_normally",
        )
        self._place("P-1", wrong, paid, drivers, False, seconds)
        if taken:
            self.ask("P-1", "accept", [], 30)

    # what is asked

    @rule(
        reference=references,
        wrong=faults,
        paid=st.booleans(),
        delivered=st.booleans(),
        prints=st.booleans(),
        seconds=waits_s,
    )
    def place(
        self, reference: str, wrong: list[str], paid: bool, delivered: bool, prints: bool, seconds: float
    ) -> None:
        self._place(reference, wrong, paid, delivered, prints, seconds)

    def _place(
        self, reference: str, wrong: list[str], paid: bool, delivered: bool, prints: bool, seconds: float
    ) -> None:
        for fault in wrong:
            self.relay.fault("kounta.create_order", fault, 1)
        more: dict[str, Any] = {"order_type": "Delivery" if delivered else "Takeaway"}
        if not paid:
            more["payments"] = ()
        elif prints:
            more |= {"status": "PENDING", "pass_thru_printing": True}
        self.relay.place(reference, complete_when_paid=None if paid else False, **more)
        self.relay.run(seconds)

    @rule(
        reference=references,
        verb=st.sampled_from(["accept", "accept", "cancel", "handle", "resubmit", "resubmit", "ready", "done"]),
        wrong=faults,
        seconds=waits_s,
    )
    def ask(self, reference: str, verb: str, wrong: list[str], seconds: float) -> None:
        for fault in wrong:
            self.relay.fault("kounta.update_order", fault, 1)
        self._ask(reference, verb)
        self.relay.run(seconds)

    @rule(reference=references, verb=st.sampled_from(["cancel", "handle", "resubmit", "accept"]), moment=moments)
    def asked_during_a_call(self, reference: str, verb: str, moment: str) -> None:
        """Whoever asks while a worker is at it is told to ask again, and nothing changes."""

        def ask() -> None:
            if reference not in self._placed():
                return
            before = self.relay.online(reference)
            if before.is_leased(self.relay.clock.now()) and self._ask(reference, verb) == "sending":
                assert self.relay.online(reference) == before

        self.relay.around_next_call(moment, ask, only_writes=False)

    @rule(reference=references, wrong=faults, seconds=waits_s)
    def add_lines(self, reference: str, wrong: list[str], seconds: float) -> None:
        for fault in wrong:
            self.relay.fault("kounta.lines", fault, 1)
        if reference in self._placed():
            self.numbers += 1
            line = LineRequest("730298", Decimal(1), notes=f"extra {self.numbers}")
            self.relay.add_lines(reference, line, line)
            self.relay.run(seconds)

    @rule(
        reference=references,
        wrong=faults,
        seconds=waits_s,
        amount=st.sampled_from(["5.00", "25.00"]),
        again=st.booleans(),
    )
    def pay(self, reference: str, wrong: list[str], seconds: float, amount: str, again: bool) -> None:
        for fault in wrong:
            self.relay.fault("kounta.add_payment", fault, 1)
        if reference in self._placed():
            self.numbers += not again
            self.relay.pay(amount, f"tx-{reference}-{self.numbers}", reference)
            self.relay.run(seconds)

    @rule(reference=references, act=st.sampled_from(["tip", "notify", "patch", "reject", "line", "remove"]))
    def change(self, reference: str, act: str) -> None:
        if reference not in self._placed():
            return
        asks = {
            "tip": lambda: self.relay.tip(reference=reference),
            "notify": lambda: self.relay.notify(reference=reference),
            "patch": lambda: self.relay.patch(reference, notes="By the window"),
            "reject": lambda: self.relay.patch(reference, status="REJECTED"),
            "line": lambda: self.relay.change_line(2, reference, notes="hot"),
            "remove": lambda: self.relay.remove_line(2, reference),
        }
        asks[act]()

    @rule(reference=references, amount=st.sampled_from([None, "5.00", "12.50", "20.00"]), wrong=faults, seconds=waits_s)
    def refund(self, reference: str, amount: str | None, wrong: list[str], seconds: float) -> None:
        for fault in wrong:
            self.relay.fault("kounta.create_order", fault, 1)
        if reference in self._placed():
            self.numbers += 1
            self.relay.refund(f"R-{self.numbers}", amount, reference)
            self.relay.run(seconds)

    # staff

    @rule(act=st.sampled_from(STAFF_ACTS), newest=st.integers(0, 1), seconds=waits_s)
    def staff_act(self, act: str, newest: int, seconds: float) -> None:
        self._staff(act, newest)
        self.relay.run(seconds)

    @rule(act=st.sampled_from(STAFF_ACTS), newest=st.integers(0, 1), moment=moments, any_call=st.booleans())
    def staff_act_during_a_call(self, act: str, newest: int, moment: str, any_call: bool) -> None:
        self.relay.around_next_call(moment, lambda: self._staff(act, newest), only_writes=not any_call)

    # the venue

    @rule(keeps=st.booleans())
    def the_switch_is_turned(self, keeps: bool) -> None:
        self.relay.with_venue(keep_failed_orders=keeps)

    @rule(mode=st.sampled_from([VenueMode.SHADOW, VenueMode.PAUSED]), seconds=st.sampled_from([1, 30, 400]))
    def the_venue_is_not_live(self, mode: VenueMode, seconds: float) -> None:
        self.relay.with_venue(mode=mode)
        self.relay.run(seconds)
        self.relay.with_venue(mode=VenueMode.LIVE)

    @rule(gone=st.booleans())
    def the_menu_changes(self, gone: bool) -> None:
        self.relay.products_gone(*([SOLD] if gone else []))

    @rule()
    def the_menu_is_imported(self) -> None:
        self.relay.import_menu()

    @rule(offline=st.booleans())
    def printers_go_offline(self, offline: bool) -> None:
        self.relay.control("POST", "/_control/state", {"pass_thru_register_offline": offline})

    # what goes wrong

    @rule(operation=st.sampled_from(OPERATIONS), fault=st.sampled_from(FAULTS), times=st.integers(1, 4))
    def fault(self, operation: str, fault: str, times: int) -> None:
        self.relay.fault(operation, fault, times)

    @rule(fault=st.sampled_from(FAULTS), probability=st.sampled_from([0.2, 0.5, 1.0]), seed=st.integers(0, 99))
    def bad_spell(self, fault: str, probability: float, seed: int) -> None:
        self.relay.fault("kounta.*", fault, -1, probability=probability, seed=seed)

    @precondition(lambda self: self.relay.sandbox.faults.in_force())
    @rule()
    def faults_end(self) -> None:
        self.relay.sandbox.faults.clear()

    @rule(saves=st.integers(0, 3))
    def a_worker_dies_before_it_stores(self, saves: int) -> None:
        self.relay.kill_a_worker(saves)

    @rule(moment=moments, only_writes=st.booleans())
    def a_worker_dies_around_a_call(self, moment: str, only_writes: bool) -> None:
        self.relay.around_next_call(moment, die, only_writes=only_writes)

    @rule(seconds=st.sampled_from([3, 25, 90]), reference=references)
    def an_answer_outlives_the_lease(self, seconds: float, reference: str) -> None:
        """Only the answer: a call that reaches the POS after its worker's lease is as good as one nobody made, and what
        has no key is then made twice (docs/guarantees.md)."""

        def linger() -> None:
            self.relay.clock.advance(seconds)
            self.relay.work(self.relay.online_id(reference))

        self.relay.around_next_call("after", linger)

    @rule()
    def nudges_are_lost(self) -> None:
        self.relay.nudges.waiting.clear()

    # time

    @rule(seconds=st.sampled_from([1, 1, 3, 10, 30, 70, 200, 600, 2000]))
    def time_passes(self, seconds: float) -> None:
        self.relay.run(seconds)

    @rule(hours=st.sampled_from([0.5, 6, 23.5, 26]))
    def nobody_works_for_hours(self, hours: float) -> None:
        self.relay.clock.advance(hours * 3600)
        self.relay.run(60)

    # what holds

    @invariant()
    def no_order_is_there_twice(self) -> None:
        assert all(count == 1 for count in self.relay.live_by_order().values()), self.relay.live_by_order()

    @invariant()
    def nothing_is_added_twice(self) -> None:
        for held in self.relay.pos_orders():
            refs = Counter(payment["ref"] for payment in held["payments"] if payment.get("ref"))
            assert all(count == 1 for count in refs.values()), refs
            extras = Counter(line["notes"] for line in held["lines"] if (line.get("notes") or "").startswith("extra"))
            assert all(count <= 2 for count in extras.values()), extras

    @invariant()
    def no_refund_is_above_its_order(self) -> None:
        totals = {order_id: held["total"] for held in self.relay.live() for order_id in _ours(held)}
        for record in self._records():
            given_back = sum(-totals.get(refund.id, 0) for refund in record.refunds)
            assert given_back <= (record.main.pos.total or 0)

    @invariant()
    def what_is_told_never_contradicts_itself(self) -> None:
        for record in self._records():
            told = self.relay.told_of(record.main)
            assert told.count("order.failed") <= 1
            if "order.failed" in told:
                after = set(told[told.index("order.failed") + 1 :])
                assert not after & {"order.sent", "order.accepted", "order.pos_failed", "order.unknown"}, told
                assert "order.pos_failed" not in told
            if "order.rejected" in told:
                assert self.relay.staff_rejected(record.main), told

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            self.relay.close()

    def _come_to_rest(self) -> None:
        relay = self.relay
        relay.heal()
        relay.with_venue(driver_tracking_url=DRIVER)
        relay.run(3000)
        relay.settle(100_000)
        relay.run(2000)
        relay.settle(100_000)
        self.no_order_is_there_twice()
        self.nothing_is_added_twice()
        self.no_refund_is_above_its_order()
        self.what_is_told_never_contradicts_itself()
        live = {order_id: held["status"] for held in relay.live() for order_id in _ours(held)}
        for record in self._records():
            assert not record.is_leased(relay.clock.now())
            for order in record.orders:
                self._has_ended(order, live)

    def _has_ended(self, order: Order, live: dict[str, str]) -> None:
        codes = self.relay.codes_of(order)
        for write in order.writes:
            assert write.state.is_final or write.code in codes, write
            assert write.open_attempt is None or not write.state.is_final, write
        said = order.placed
        assert said is not None
        if order.create.state is WriteState.SENT:
            gone = order.status in ("rejected", "deleted", "cancelled")
            assert said.handled or (order.id in live) == (not gone), order
        elif order.create.state is not WriteState.UNKNOWN:
            assert order.id not in live, order
            assert said.refund_of is None or "refund_failed" in codes
            told = self.relay.told_of(order)
            given_up = said.handled or said.cancelled_at or order.shadow or said.refund_of
            assert given_up or "order.failed" in told or "order.pos_failed" in told
        if (said.handled or said.refund_announced_at) and order.id in live:
            assert live[order.id] == "COMPLETE", order
            assert "came_after_all" in codes, codes
        if said.cancelled_at and order.create.state is not WriteState.UNKNOWN:
            assert order.id not in live, order
        for write in order.writes:
            if write.what is What.PAY and write.state in (WriteState.FAILED, WriteState.WITHDRAWN):
                assert "payment_not_entered" in codes or order.never_came or write.code == "not_in_pos"
            if write.what is What.CANCEL and write.state is WriteState.FAILED and order.id in live:
                assert "cancel_failed" in codes

    def _ask(self, reference: str, verb: str) -> str | None:
        if reference not in self._placed():
            return None
        if verb in ("ready", "done"):
            return self.relay.progress(Fulfilment(verb), reference)
        said: str | None = getattr(self.relay, verb)(reference)
        return said

    def _placed(self) -> set[str]:
        return {record.placement.reference for record in self._records()}

    def _records(self) -> list[OnlineRecord]:
        return [record for record in self.relay.book.records.values() if isinstance(record, OnlineRecord)]

    def _staff(self, act: str, newest: int) -> None:
        held = self.relay.pos_orders()
        if newest < len(held):
            pressed = str(held[-1 - newest]["id"])
            if self.relay.staff_try(act, pressed) and act == "reject":
                self.relay.rejected_by_staff.add(pressed)


def _ours(held: dict[str, Any]) -> list[str]:
    return [order_id for order_id, _ in markers_in(held["notes"])]


TestOrderingVenue = OrderingVenue.TestCase
TestOrderingVenue.settings = settings(
    max_examples=int(os.environ.get("STATE_MACHINE_EXAMPLES", "80")),
    stateful_step_count=30,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
