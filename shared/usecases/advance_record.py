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

from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.bookings.rules import Decision, DecisionKind, OrderSeen, nothing_follows
from shared.domain.consequences import (
    after_withdrawal,
    after_write,
    booking_failure,
    take_in_events,
    undo_window,
    wants_to_read_order,
)
from shared.domain.errors import (
    ConflictError,
    OutsideError,
    PacedError,
    PermissionLostError,
    RefusedError,
    RelayError,
)
from shared.domain.orders import protocol
from shared.domain.orders.draft import draft_order
from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.pace import Slots
from shared.domain.record import Decided, Lease, Record
from shared.domain.stop_signals import stop_signal
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode
from shared.usecases.act import Act, Later, is_patient, see_order
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.look_up_orders import Listing, look_up_since, settle_from
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import Nudges, Pace, RecordBook, Venues
from shared.usecases.step import Step

log = logging.getLogger("posrelay.writer")


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
    alarm: Callable[[str], None] = lambda _name: None
    """Counts, under a metric's name, what operations must hear of."""

    def __call__(self, record_id: str, worker: str, time_left_s: Callable[[], float]) -> None:
        """One step for one record. `worker`: unique per invocation; `time_left_s`: of the function's time."""
        record = self.book.load(record_id)
        if record is None:
            return
        venue = self.venues.get(record.booking.venue_id)
        if venue.mode is VenueMode.PAUSED:
            return
        now = self.now()
        if record.is_leased(now):
            if record.undecided:
                self.nudges.send(record_id, 1)
            return
        if record.slot_at is not None and record.slot_at > now:
            return
        try:
            self._advance(Step(record, replace(record, lease=None), venue), worker, time_left_s)
        except ConflictError:
            self.nudges.send(record_id, 1)

    def _advance(self, step: Step, worker: str, time_left_s: Callable[[], float]) -> None:
        self._take_up_a_call_that_was_cut_off(step)
        if not any(isinstance(event, ThinNotice) for event in step.record.undecided):
            self._decide(step, read_order=None)
        self._withdraw_what_is_not_wanted(step)
        due = self._due(step.record)
        if not step.record.undecided and due is None:
            self._store(step, release=True)
            return

        calls = self._calls_ahead(step, due)
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
            self._look_outside_and_decide(step, gateway)
            act = Act(self, step, gateway, time_left_s)
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

    def _act_on_what_is_due(self, act: Act, take_slot: Callable[[], None]) -> None:
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
        self, step: Step, gateway: PosGateway, listing: Listing, worker: str, time_left_s: Callable[[], float]
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
                other = Step(claimed, claimed, step.venue)
                order, write = settle_from(listing, gateway, order, write, self.now, self.timings)
                consequence = after_write(claimed, order, write, self.now())
                other.record, other.outbox = consequence.record, list(consequence.outbox)
                self._store(other, release=True)
            except (ConflictError, OutsideError):
                continue

    def save(self, step: Step) -> None:
        """Stores what changed so far, under the lease, renewed."""
        assert step.record.lease is not None
        until = self.now() + timedelta(seconds=self.timings.lease_s)
        step.record = replace(step.record, lease=Lease(step.record.lease.holder, until))
        self._put(step)

    def _store(self, step: Step, *, release: bool, nudge_in_s: float | None = None) -> None:
        if release:
            step.record = replace(step.record, lease=None)
        if not step.is_changed:
            return
        has_more = step.record.has_more and not step.record.undecided
        self._put(step)
        if has_more:
            nudge_in_s = 0
        if nudge_in_s is None:
            due_at = step.record.due_at(self.now())
            if due_at is None:
                return
            nudge_in_s = max(0.0, (due_at - self.now()).total_seconds())
        self.nudges.send(step.record.id, nudge_in_s)

    def _put(self, step: Step) -> None:
        decided = _latest_of_each(step.decided)
        saved = self.book.save(step.stored, step.record, decided=decided, outbox=step.outbox, now=self.now())
        step.stored, step.record = saved, saved
        step.decided, step.outbox = [], []

    def _take_up_a_call_that_was_cut_off(self, step: Step) -> None:
        following = step.record.next_write()
        if following and following[1].open_attempt:
            order, write = following
            settled = protocol.interrupted(write, self.now(), self.timings, self.jitter)
            consequence = after_write(step.record, order, settled, self.now())
            step.record = consequence.record
            step.outbox += consequence.outbox

    def _decide(self, step: Step, read_order: Callable[[Order], OrderSeen] | None) -> None:
        events = [event for event in step.record.undecided if isinstance(event, BookingEvent)]
        consequence = take_in_events(
            step.record,
            events,
            step.venue,
            self.now(),
            window=undo_window(step.venue, self.timings.undo_window_s),
            new_order_id=self.new_order_id,
            read_order=read_order,
        )
        step.record = consequence.record
        step.decided += consequence.decided
        step.outbox += consequence.outbox

    def _look_outside_and_decide(self, step: Step, gateway: PosGateway) -> None:
        notices = [event for event in step.record.undecided if isinstance(event, ThinNotice)]
        if notices:
            self._fetch(step, notices)
        if step.record.undecided:
            oldest = min(event.received_at for event in step.record.undecided)
            patient = is_patient(self.now() - oldest, self.timings)
            self._decide(step, read_order=lambda order: see_order(gateway, order, patient=patient))

    def _fetch(self, step: Step, notices: list[ThinNotice]) -> None:
        """One fetch tells what all notices received before it meant; the newest carries it, the others are answered."""
        newest = max(notices, key=lambda notice: notice.received_at)
        platform = self.platform_for(step.venue, newest.provider)
        booking_id = step.record.booking.booking_id
        try:
            event = platform.fetch(booking_id, event_id=newest.event_id, received_at=newest.received_at)
        except (PermissionLostError, RefusedError) as error:
            reason = "the booking platform does not let us read the booking"
            unreadable = Decision(DecisionKind.ERROR, reason, code="booking_not_readable")
            step.decided += [Decided(notice.event_id, unreadable, self.now()) for notice in notices]
            step.outbox.append(booking_failure(step.record, self.now(), "booking_not_readable", str(error)))
            rest = tuple(each for each in step.record.undecided if not isinstance(each, ThinNotice))
            step.record = replace(step.record, undecided=rest)
            return
        for notice in notices:
            if notice is not newest or event is None:
                reason = "told again by a later notice" if event else "the platform has no such booking"
                step.decided.append(Decided(notice.event_id, nothing_follows(reason), self.now()))
        rest = tuple(each for each in step.record.undecided if not isinstance(each, ThinNotice))
        step.record = replace(step.record, undecided=(*rest, event) if event else rest)

    def _withdraw_what_is_not_wanted(self, step: Step) -> None:
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
            consequence = after_withdrawal(step.record, order, withdrawn, self.now())
            step.record = consequence.record
            step.outbox += consequence.outbox

    def _show_request(self, step: Step, order: Order, write: Write) -> None:
        """Keeps what would have been sent. Nobody is asked for a customer, so the guest's name stands in the notes."""
        event = step.record.newest_event
        if event is None or write.key in step.record.requests:
            return
        callback_uri = self.callback_uri(step.venue.id, order.id)
        draft = draft_order(step.venue, event, order.id, write.id, callback_uri, None)
        try:
            body = self.gateway_for(step.venue, lambda: None).render_create(draft)
        except RelayError as error:  # a venue that has no credentials yet can be tried in shadow all the same
            log.warning("the request cannot be shown", extra={"record": step.record.id, "code": error.code})
            return
        step.record = replace(step.record, requests={**step.record.requests, write.key: body})

    def _due(self, record: Record) -> tuple[Order, Write] | None:
        following = record.next_write()
        if following is None or following[1].due_at is None or following[1].due_at > self.now():
            return None
        return following

    def _calls_ahead(self, step: Step, due: tuple[Order, Write] | None) -> int:
        """How many calls on the POS connection this step is likely to make."""
        events = [event for event in step.record.undecided if isinstance(event, BookingEvent)]
        if any(wants_to_read_order(step.record, event) for event in events):
            return 4
        if due is None:
            return 1 if step.record.undecided else 0
        order, write = due
        if write.state is WriteState.UNKNOWN or write.what is What.DELETE:
            return 3
        if write.what is What.FINISH_BOOKING:
            return 0
        if write.what in (What.UPDATE, What.NOTIFY):
            return len(order.open_writes)
        event = step.record.newest_event
        customer = event.customer if event else None
        asks_for_customer = (
            write.what is What.CREATE
            and write.key not in step.record.requests
            and step.venue.link_customers
            and customer is not None
            and customer.can_be_matched
        )
        return 3 if asks_for_customer else 1

    def _prepaid(self, slots: Slots) -> Callable[[], None]:
        """For the calls of one step: the slots already taken first, then new ones, not waited for beyond patience."""
        left = slots.calls

        def take() -> None:
            nonlocal left
            left -= 1
            if left >= 0:
                return
            wait_s = self.pace.reserve(replace(slots, calls=1), self.now())
            if wait_s > self.timings.slot_patience_s:
                raise PacedError("the connection's pace is used up", wait_s=wait_s)
            if wait_s > 0:
                self.sleep(wait_s)

        return take

    def _patience(self, step: Step) -> float:
        """Wait before the next look outside: longer, the longer it has been in vain."""
        waiting_since = [event.received_at for event in step.record.undecided]
        if following := step.record.next_write():
            waiting_since.append(following[1].created_at)
        oldest = min(waiting_since, default=self.now())
        return min(300.0, max(2.0, (self.now() - oldest).total_seconds() / 4))


def _latest_of_each(decided: list[Decided]) -> list[Decided]:
    """One decision an event: the last, with what the event turned out to be."""
    latest: dict[str, Decided] = {}
    for each in decided:
        known = latest.get(each.event_id)
        latest[each.event_id] = each if each.event or known is None else replace(each, event=known.event)
    return list(latest.values())
