"""A state machine lets anything happen in any order, and holds the relay to its invariant after every step.

What the rules allow, exactly. A POS order is *live* when it is neither deleted nor rejected in the POS.

- Each order of ours has at most one live POS order, always: create is repeated under one key, looked up before
  another.
- Each booking has at most one live POS order, always: a seating makes an order only when every earlier one's is known
  to be gone (deleted, rejected) or to have never come in (withdrawn, failed); one that was kept or completed frees no
  booking, and a new order waits behind the delete of the one before.

When all faults are healed and time has passed: every event is decided, every write is final or on a person's list, what
the record believes to be in the POS is there, and nothing else of ours is.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import BookingEvent, BookingStatus, Customer, PaymentSummary
from shared.domain.orders.writes import What, WriteState
from shared.domain.venues import VenueMode
from tests.simulation import Simulation, die

BOOKINGS = ("B-1", "B-2", "B-3")
OPERATIONS = (
    "kounta.create_order",
    "kounta.delete_order",
    "kounta.get_order",
    "kounta.update_order",
    "kounta.notify",
    "kounta.list_orders",
    "kounta.list_deleted",
    "kounta.*",
)
FAULTS = (
    "refused",
    "reset_before",
    "reset_after",
    "timeout",
    "500",
    "500_stored",
    "500_stored_after",
    "502",
    "503",
    "429",
    "429_stored",
    "401",
    "401_stored",
    "400",
    "403",
    # no bare 404: a POS that says of a living order that it is gone is believed, as the protocol has it
    "409",
    "422",
    "slow",
    "html",
)
STAFF_ACTS = ("accept", "reject", "add-lines", "pay", "complete", "delete")

bookings = st.sampled_from(BOOKINGS)
statuses = st.sampled_from([*(status.value for status in BookingStatus), "dessert"])
likely_statuses = st.sampled_from(["seated", "seated", "seated", "cancelled", "confirmed", "no_show", "finished"])
undoing = st.sampled_from(["cancelled", "confirmed", "no_show", "unconfirmed"])
waits_s = st.sampled_from([0, 1, 1, 5, 30, 100])
ages_s = st.sampled_from([0, 0, 0, 1, 5, 60, 299, 300, 301, 900])
tables = st.sampled_from([("12",), ("14",), ("12", "13")])


class Venue(RuleBasedStateMachine):
    """One venue with three bookings on a bad day."""

    def __init__(self) -> None:
        super().__init__()
        self.relay = Simulation()
        self.delivered: list[BookingEvent] = []

    @initialize(
        lag_s=st.sampled_from([0, 16, 45]),
        offset_s=st.sampled_from([-120, -3, 0, 3, 120]),
        knows_no_delete=st.booleans(),
        by_reject=st.booleans(),
        deposits=st.booleans(),
        customers=st.booleans(),
    )
    def open_the_venue(
        self, lag_s: float, offset_s: float, knows_no_delete: bool, by_reject: bool, deposits: bool, customers: bool
    ) -> None:
        state = {"list_lag_s": lag_s, "advance_s": offset_s, "delete_answers_405": knows_no_delete}
        self.relay.control("POST", "/_control/state", state)
        connection = replace(self.relay.venues.get("demo").pos, delete_by_reject=by_reject)
        deposit = "3" if deposits else None
        self.relay.with_venue(pos=connection, deposit_method_id=deposit, link_customers=customers)

    # events

    @rule(booking=bookings, status=likely_statuses | statuses, age_s=ages_s, table=tables, wait=st.booleans())
    def change(self, booking: str, status: str, age_s: float, table: tuple[str, ...], wait: bool) -> None:
        self._deliver(self._event(booking, status, age_s, table))
        if wait:
            self.relay.run(1)

    @rule(booking=bookings, faults=st.lists(st.sampled_from(FAULTS), max_size=3), seconds=waits_s)
    def seat(self, booking: str, faults: list[str], seconds: float) -> None:
        for fault in faults:
            self.relay.fault("kounta.create_order", fault, 1)
        self._deliver(self._event(booking, "seated", 0, ("12",)))
        self.relay.run(seconds)

    @rule(booking=bookings, faults=st.lists(st.sampled_from(FAULTS), max_size=2), seconds=waits_s, status=undoing)
    def undo(self, booking: str, faults: list[str], seconds: float, status: str) -> None:
        for fault in faults:
            self.relay.fault("kounta.delete_order", fault, 1)
        self._deliver(self._event(booking, status, 0, ("12",)))
        self.relay.run(seconds)

    @rule(booking=bookings, first=likely_statuses, second=likely_statuses, swapped=st.booleans())
    def change_twice(self, booking: str, first: str, second: str, swapped: bool) -> None:
        events = [self._event(booking, first, 1, ("12",)), self._event(booking, second, 0, ("12",))]
        for event in reversed(events) if swapped else events:
            self._deliver(event)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        self.relay.deliver(data.draw(st.sampled_from(self.delivered)))

    # the people in the venue

    @precondition(lambda self: self.relay.sandbox.kounta.live_orders())
    @rule(
        acts=st.lists(st.sampled_from(STAFF_ACTS), min_size=1, max_size=3), newest=st.integers(0, 2), wait=st.booleans()
    )
    def staff(self, acts: list[str], newest: int, wait: bool) -> None:
        for act in acts:
            self._staff(act, newest)
        if wait:
            self.relay.run(1)

    @precondition(lambda self: self.relay.sandbox.kounta.live_orders())
    @rule(newest=st.integers(0, 2))
    def serve(self, newest: int) -> None:
        for act in ("accept", "add-lines", "pay", "complete"):
            self._staff(act, newest)

    @rule(mode=st.sampled_from([VenueMode.PAUSED, VenueMode.PAUSED, VenueMode.SHADOW]), seconds=waits_s)
    def another_mode_for_a_while(self, mode: VenueMode, seconds: float) -> None:
        self.relay.with_venue(mode=mode)
        self.relay.run(seconds)
        self.relay.with_venue(mode=VenueMode.LIVE)

    # what goes wrong

    @rule(operation=st.sampled_from(OPERATIONS), fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def fault(self, operation: str, fault: str, times: int) -> None:
        self.relay.fault(operation, fault, times)

    @rule(fault=st.sampled_from(FAULTS), probability=st.sampled_from([0.2, 0.5]), seed=st.integers(0, 99))
    def bad_spell(self, fault: str, probability: float, seed: int) -> None:
        self.relay.fault("kounta.*", fault, -1, probability=probability, seed=seed)

    @precondition(lambda self: self.relay.sandbox.faults.in_force())
    @rule()
    def faults_end(self) -> None:
        self.relay.sandbox.faults.clear()

    @rule(saves=st.integers(0, 2))
    def a_worker_dies_before_it_stores(self, saves: int) -> None:
        self.relay.book.kill_before_save = saves

    @rule(moment=st.sampled_from(["before", "after"]), only_writes=st.booleans())
    def a_worker_dies_around_a_call(self, moment: str, only_writes: bool) -> None:
        self.relay.around_next_call(moment, die, only_writes=only_writes)

    @rule(moment=st.sampled_from(["before", "after"]), booking=bookings, status=likely_statuses)
    def a_change_during_a_call(self, moment: str, booking: str, status: str) -> None:
        self.relay.around_next_call(moment, lambda: self._deliver(self._event(booking, status, 0, ("15",))))

    @rule(moment=st.sampled_from(["before", "after"]), act=st.sampled_from(STAFF_ACTS), newest=st.integers(0, 1))
    def staff_act_during_a_call(self, moment: str, act: str, newest: int) -> None:
        self.relay.around_next_call(moment, lambda: self._staff(act, newest))

    @rule(moment=st.sampled_from(["before", "after"]), seconds=st.sampled_from([3, 25, 90]), booking=bookings)
    def a_call_outlives_the_lease(self, moment: str, seconds: float, booking: str) -> None:
        def linger() -> None:
            self.relay.clock.advance(seconds)
            self.relay.work(self.relay.record_id(booking))

        self.relay.around_next_call(moment, linger)

    @rule(mode=st.sampled_from(list(VenueMode)), moment=st.sampled_from(["before", "after"]))
    def switched_during_a_call(self, mode: VenueMode, moment: str) -> None:
        self.relay.around_next_call(moment, lambda: self.relay.with_venue(mode=mode))
        self.relay.run(1)

    @rule(lag_s=st.sampled_from([0, 16, 45]))
    def lists_lag(self, lag_s: float) -> None:
        self.relay.control("POST", "/_control/state", {"list_lag_s": lag_s})

    # time

    @rule(seconds=st.sampled_from([1, 1, 3, 10, 30, 70, 200, 600, 2000]))
    def time_passes(self, seconds: float) -> None:
        self.relay.run(seconds)

    @rule(hours=st.sampled_from([0.5, 6, 22.9, 23.5, 24.1, 26]))
    def nobody_works_for_hours(self, hours: float) -> None:
        self.relay.clock.advance(hours * 3600)
        self.relay.run(60)

    # what holds

    @invariant()
    def no_order_is_there_twice(self) -> None:
        assert all(count == 1 for count in self.relay.live_by_order().values()), self.relay.live_by_order()

    @invariant()
    def no_booking_has_two_orders(self) -> None:
        live = self.relay.live_by_order()
        for record in self.relay.book.records.values():
            standing = [order.id for order in record.orders if order.id in live]
            assert len(standing) <= 1, (standing, record.booking.seatings)

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            self.relay.close()

    def _come_to_rest(self) -> None:
        relay = self.relay
        relay.heal()
        relay.settle()
        self.no_order_is_there_twice()
        self.no_booking_has_two_orders()
        live = relay.live_by_order()
        failures = {(item.data["order_id"], item.data["code"]) for item in relay.book.outbox if _is_failure(item.type)}
        told_of = {order_id for order_id, _ in failures}
        for record in relay.book.records.values():
            assert record.lease is None or not record.is_leased(relay.clock.now())
            for order, seating in zip(record.orders, record.booking.seatings, strict=True):
                assert seating.order_id == order.id
                for write in order.writes:
                    assert write.state.is_final or (order.id, write.code) in failures, write
                    assert write.open_attempt is None or not write.state.is_final, write
                create = order.create
                if create.state is WriteState.SENT:
                    gone = seating.outcome in (SeatingOutcome.DELETED, SeatingOutcome.REJECTED)
                    assert live.get(order.id, 0) == (0 if gone else 1), (order, seating)
                elif create.state is not WriteState.UNKNOWN:
                    assert order.id not in live, (order, seating)
                if create.state is WriteState.FAILED:
                    assert order.id in told_of
                if any(write.what is What.DELETE and write.state is WriteState.FAILED for write in order.writes):
                    assert order.id in told_of or seating.outcome is not SeatingOutcome.OPEN, order
        self._completed_orders_are_told_once()

    def _completed_orders_are_told_once(self) -> None:
        finished = [item.data["order_id"] for item in self.relay.book.outbox if item.type == "booking.finished"]
        assert len(finished) == len(set(finished)), finished
        for record in self.relay.book.records.values():
            for order in record.orders:
                if order.pos.status == "COMPLETE":
                    assert order.id in finished, order

    def _event(self, booking: str, status: str, age_s: float, table: tuple[str, ...]) -> BookingEvent:
        at = self.relay.clock.now() - timedelta(seconds=age_s)
        paid = Decimal("50.00") if booking == "B-1" else None
        payment = PaymentSummary(amount_paid=paid, currency="AUD")
        guest = Customer(first_name="Alex", email="alex@example.com")
        return self.relay.event(status, booking=booking, at=at, tables=table, payment=payment, customer=guest)

    def _deliver(self, event: BookingEvent) -> None:
        self.delivered.append(event)
        self.relay.deliver(event)

    def _staff(self, act: str, newest: int) -> None:
        held = self.relay.pos_orders()
        if newest < len(held):
            self.relay.staff_try(act, str(held[-1 - newest]["id"]))


def _is_failure(kind: str) -> bool:
    return kind == "failure.reported"


TestVenue = Venue.TestCase
TestVenue.settings = settings(
    max_examples=int(os.environ.get("STATE_MACHINE_EXAMPLES", "150")),
    stateful_step_count=30,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
