"""The writer: takes one record one step further. The only place that writes to a point of sale.

One step is: load → decide what can be decided without a look outside → claim the lease, and with it the pace slots →
look outside → decide the rest → look once more whether the next write is wanted → send it once → record its outcome, go
on with a write that waits right behind it, and give the lease back. What is still to be done gets a nudge; what is not
done because a worker died is found by its due time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.errors import ConflictError, OutsideError, PacedError, RelayError
from shared.domain.online.record import OnlineRecord, awaited_menu_since
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.outcomes import after_withdrawal, after_write, stop_signal
from shared.domain.pace import Slots
from shared.domain.record import Lease, Record
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode
from shared.usecases.act import Act, Later
from shared.usecases.act_on_booking import ActOnBooking
from shared.usecases.act_on_placed_order import ActOnPlacedOrder
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.decide_events import DecideEvents
from shared.usecases.driver_tracking import DriverTracking
from shared.usecases.look_at_register import LookAtRegister
from shared.usecases.look_up_orders import Listing, look_up_since, settle_from
from shared.usecases.menu_book import MenuReading
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import Nudges, Pace, RecordBook, Venues
from shared.usecases.step import Step, of_booking, of_placed
from shared.usecases.take_slots import take_slots

log = logging.getLogger("posrelay.writer")
CARETAKERS_ROUND_S = 60


@dataclass(frozen=True)
class AdvanceRecord:
    """Takes records further. Every dependency is replaceable; time, sleep and chance are injected."""

    book: RecordBook
    venues: Venues
    gateway_for: Callable[[Venue, Callable[[], None]], PosGateway]
    platform_for: Callable[[Venue, str], BookingPlatform]
    pace: Pace
    nudges: Nudges
    timings: Timings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    new_order_id: Callable[[], str]
    callback_uri: Callable[[str, str], str]
    jitter: Callable[[float], float] = lambda wait: wait
    look_at_register: LookAtRegister | None = None
    """Looks whether orders were taken up; None: nobody does."""
    alarm: Callable[[str], None] = lambda _name: None
    """Counts, under a metric's name, what operations must hear of."""
    menus: MenuReading | None = None
    """The venues' menus; None: nothing is checked before it is sent."""
    tracking_for: Callable[[Venue], DriverTracking] | None = None
    """A venue's driver tracking."""

    def __call__(self, record_id: str, worker: str, time_left_s: Callable[[], float]) -> None:
        """One step for one record. `worker`: unique per invocation; `time_left_s`: of the function's time."""
        record = self.book.load(record_id)
        if record is None:
            return
        venue = self.venues.get(record.venue_id)
        if venue.mode is VenueMode.PAUSED:
            return
        now = self.now()
        if record.is_leased(now):
            if isinstance(record, BookingRecord) and record.undecided:
                self.nudges.send(record_id, 1)
            return
        if record.slot_at is not None and record.slot_at > now:
            return
        try:
            self._advance(Step(record, replace(record, lease=None), venue), worker, time_left_s)
        except ConflictError:
            self.nudges.send(record_id, 1)

    @property
    def _events(self) -> DecideEvents:
        return DecideEvents(self.platform_for, self.timings, self.now, self.new_order_id)

    def _advance(self, step: Step[Record], worker: str, time_left_s: Callable[[], float]) -> None:
        self._take_up_a_call_that_was_cut_off(step)
        if of_booking(step):
            self._events.without_looking(step)
        self._note_newer_menu(step)
        self._withdraw_what_is_not_wanted(step)
        due = self._due(step.record)
        has_undecided = isinstance(step.record, BookingRecord) and bool(step.record.undecided)
        is_watched = due is None and self.look_at_register is not None and self.look_at_register.is_due(step.record)
        if not has_undecided and due is None and not is_watched:
            self._store(step, release=True)
            return

        calls = 2 if is_watched else self._calls_ahead(step, due)
        slots = Slots(step.venue.pos.connection_id, step.venue.pos.pace_per_minute, calls)
        waiting_for_slot = step.stored.slot_at is not None
        lease = Lease(worker, self.now() + timedelta(seconds=self.timings.lease_s))
        claimed = self.book.claim(step.stored, lease, slots if calls and not waiting_for_slot else None)
        step.record = replace(step.record, version=claimed.record.version, lease=lease, slot_at=None)
        step.stored = claimed.record
        if calls and not claimed.has_slots and not waiting_for_slot:
            wait_s = self.pace.reserve(slots, self.now())
            if wait_s > self.timings.slot_patience_s:
                step.record = replace(step.record, slot_at=self.now() + timedelta(seconds=wait_s))
                self._store(step, release=True, nudge_in_s=wait_s)
                return
            if wait_s > 0:
                self.sleep(wait_s)

        take_slot = self._prepaid(slots)
        gateway = self.gateway_for(step.venue, take_slot)
        try:
            if of_booking(step):
                self._events.looking(step, gateway)
            if is_watched and self.look_at_register is not None:
                self.look_at_register(step, gateway)
            act = self._act(step, gateway, time_left_s)
            self._act_on_what_is_due(act, take_slot)
            self._store(step, release=True)
            if act.listing is not None:
                self._settle_others(step, gateway, act.listing, worker, time_left_s)
        except Later as later:
            self._store(step, release=True, nudge_in_s=later.wait_s)
        except PacedError as paced:
            self._store(step, release=True, nudge_in_s=paced.wait_s)
        except OutsideError as error:
            log.warning("could not look outside", extra={"record": step.record.id, "code": error.code})
            self._store(step, release=True, nudge_in_s=self._patience(step))

    def _act(self, step: Step[Record], gateway: PosGateway, time_left_s: Callable[[], float]) -> Act[Any]:
        if of_booking(step):
            return ActOnBooking(self, step, gateway, time_left_s)
        assert of_placed(step)
        return ActOnPlacedOrder(self, step, gateway, time_left_s)

    def _act_on_what_is_due(self, act: Act[Any], take_slot: Callable[[], None]) -> None:
        """The next write, and what waits right behind it. No write is sent twice in one step: a repeat, even one that
        is due at once, comes with a nudge of its own. An outcome is stored with the beginning of what follows it."""
        sent: set[str] = set()
        while True:
            self._withdraw_what_is_not_wanted(act.step)
            due = self._due(act.step.record)
            if due is None or due[1].id in sent or act.listing is not None:
                return
            if sent:
                take_slot()
            sent.add(due[1].id)
            act(*due)

    def _settle_others(
        self, step: Step[Any], gateway: PosGateway, listing: Listing, worker: str, time_left_s: Callable[[], float]
    ) -> None:
        """One listing serves all the site's orders of unknown fate that it is late enough for."""
        for record_id in self.book.with_unknown_writes(step.venue.id):
            if time_left_s() < self.timings.read_timeout_s + self.timings.time_reserve_s:
                return
            record = self.book.load(record_id)
            following = record.next_write() if record else None
            if record is None or following is None or record.is_leased(self.now()):
                continue
            order, write = following
            is_due = write.due_at is not None and write.due_at <= listing.taken_at
            covered = listing.since <= look_up_since(write, self.timings)
            if write.state is not WriteState.UNKNOWN or write.what is not What.CREATE or not (is_due and covered):
                continue
            try:
                lease = Lease(worker, self.now() + timedelta(seconds=self.timings.lease_s))
                claimed = self.book.claim(record, lease, None).record
                other: Step[Record] = Step(claimed, claimed, step.venue)
                order, write = settle_from(listing, gateway, order, write, self.now, self.timings)
                other.take(after_write(claimed, order, write, self.now(), step.venue, self.timings))
                self._store(other, release=True)
            except (ConflictError, OutsideError):
                continue

    def save(self, step: Step[Any]) -> None:
        """Stores what changed so far, under the lease, renewed."""
        assert step.record.lease is not None
        until = self.now() + timedelta(seconds=self.timings.lease_s)
        step.record = replace(step.record, lease=Lease(step.record.lease.holder, until))
        self._put(step)

    def _store(self, step: Step[Any], *, release: bool, nudge_in_s: float | None = None) -> None:
        if release:
            step.record = replace(step.record, lease=None)
        if not step.is_changed:
            return
        record = step.record
        has_more = isinstance(record, BookingRecord) and record.has_more and not record.undecided
        self._put(step)
        if has_more:
            nudge_in_s = 0
        if nudge_in_s is None:
            due_at = step.record.work_due_at
            if due_at is None:
                return
            nudge_in_s = max(0.0, (due_at - self.now()).total_seconds())
            if nudge_in_s > CARETAKERS_ROUND_S and step.record.next_write() is None:
                return  # only a look whether staff took it up: found in its minute without a message of its own
        self.nudges.send(step.record.id, nudge_in_s)

    def _put(self, step: Step[Any]) -> None:
        decided = _latest_of_each(step.decided)
        saved = self.book.save(step.stored, step.record, decided=decided, outbox=step.outbox, now=self.now())
        step.stored, step.record = saved, saved
        step.decided, step.outbox = [], []

    def _take_up_a_call_that_was_cut_off(self, step: Step[Any]) -> None:
        for order_id, write in [(order.id, write) for order in step.record.orders for write in order.open_writes]:
            if write.open_attempt is None:
                continue
            settled = protocol.interrupted(write, self.now(), self.timings, self.jitter)
            order = step.record.order(order_id)
            step.take(after_write(step.record, order, settled, self.now(), step.venue, self.timings))

    def _note_newer_menu(self, step: Step[Record]) -> None:
        """What waited for a newer menu, and has one, is due."""
        since = awaited_menu_since(step.record)
        stored = self.menus.stored(step.venue.id) if since and self.menus else None
        if since is None or stored is None or stored.imported_at <= since:
            return
        now = self.now()

        def due(write: Write) -> Write:
            return replace(write, due_at=now) if write.awaits_menu_since else write

        step.record = replace(step.record, orders=tuple(order.with_writes(due) for order in step.record.orders))

    def _withdraw_what_is_not_wanted(self, step: Step[Any]) -> None:
        while due := self._due(step.record):
            order, write = due
            if write.state is not WriteState.QUEUED:
                return
            signal = stop_signal(step.record, order, write, step.venue, self.now(), self.timings)
            if signal is None:
                return
            if signal.code == "shadow" and write.what is What.CREATE:
                self._show_request(step, order, write)
            withdrawn = protocol.withdrawn(write, signal.reason, signal.code)
            step.take(after_withdrawal(step.record, order, withdrawn, self.now(), step.venue, self.timings))

    def _show_request(self, step: Step[Any], order: Order, write: Write) -> None:
        """Keeps what would have been sent. Nobody is asked for a customer, so the guest's name stands in the notes."""
        if write.key in step.record.requests:
            return
        try:
            gateway = self.gateway_for(step.venue, lambda: None)
            body = self._act(step, gateway, lambda: 0).body_to_show(order, write)
        except RelayError as error:  # a venue that has no credentials yet can be tried in shadow all the same
            log.warning("the request cannot be shown", extra={"record": step.record.id, "code": error.code})
            return
        if body is not None:
            step.record = replace(step.record, requests={**step.record.requests, write.key: body})

    def _due(self, record: Record) -> tuple[Order, Write] | None:
        following = record.next_write()
        if following is None or following[1].due_at is None or following[1].due_at > self.now():
            return None
        return following

    def _calls_ahead(self, step: Step[Any], due: tuple[Order, Write] | None) -> int:
        """How many calls on the POS connection this step is likely to make."""
        if of_booking(step) and (calls := self._events.calls_ahead(step.record)):
            return calls
        if due is None:
            return 1
        order, write = due
        if write.state is WriteState.UNKNOWN or write.what is What.DELETE:
            return 3
        if write.what in (What.FINISH_BOOKING, What.TRACK):
            return 0
        if write.what in (What.UPDATE, What.NOTIFY):
            return len(order.open_writes)
        if write.what is not What.CREATE:
            return 2
        asks_for_customer = write.key not in step.record.requests and _has_customer_to_link(step, write)
        return 3 if asks_for_customer else 1

    def _prepaid(self, slots: Slots) -> Callable[[], None]:
        """For the calls of one step: the slots already taken first, then new ones, not waited for beyond patience."""
        left = slots.calls

        def take() -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                return
            one, patience_s = replace(slots, calls=1), self.timings.slot_patience_s
            take_slots(self.pace, (one,), patience_s=patience_s, now=self.now, sleep=self.sleep)

        return take

    def _patience(self, step: Step[Any]) -> float:
        """Wait before the next look outside: longer, the longer it has been in vain."""
        waiting_since = []
        if of_booking(step):
            waiting_since = [event.received_at for event in step.record.undecided]
        if following := step.record.next_write():
            waiting_since.append(following[1].created_at)
        oldest = min(waiting_since, default=self.now())
        return min(300.0, max(2.0, (self.now() - oldest).total_seconds() / 4))


def _has_customer_to_link(step: Step[Any], write: Write) -> bool:
    record = step.record
    if isinstance(record, OnlineRecord):
        asked = record.content(write.id).order
        customer = asked.customer if asked and asked.customer_id is None else None
    else:
        customer = record.newest_event.customer if record.newest_event else None
    return bool(step.venue.link_customers and customer is not None and customer.can_be_matched)


def _latest_of_each(decided: list[Decided]) -> list[Decided]:
    """One decision an event: the last, with what the event turned out to be."""
    latest: dict[str, Decided] = {}
    for each in decided:
        known = latest.get(each.event_id)
        latest[each.event_id] = each if each.event or known is None else replace(each, event=known.event)
    return list(latest.values())
