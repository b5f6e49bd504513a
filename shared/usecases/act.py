"""One act on the outside: the next write of a record, sent once, with what must be looked at before and after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from shared.domain.bookings.events import BookingEvent
from shared.domain.bookings.rules import Decision, DecisionKind, OrderSeen, Stage, judge_undo
from shared.domain.consequences import after_write, failure, kept, undo_refused, undo_window
from shared.domain.errors import OutsideError, PermissionLostError, RefusedError
from shared.domain.orders import protocol
from shared.domain.orders.draft import NOTIFICATION_LENGTH, deposit_ref, draft_order, order_notes
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder, PosPayment
from shared.domain.orders.writes import Answer, Outcome, What, Write, WriteState
from shared.domain.record import Decided
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.booking_platform import BookingPlatform
from shared.usecases.look_up_orders import Listing, look_up_since, settle_from, take_listing
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.step import Step

log = logging.getLogger("posrelay.writer")


class Later(Exception):
    """Not now: give the lease back and come again in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


def see_order(gateway: PosGateway, order: Order, *, patient: bool) -> OrderSeen:
    """The order as it is in the POS now, for the rules. Raises OutsideError when it cannot be read just now.

    An order that we may not read is one of which nothing is known; but while we are `patient`, a lost permission is
    taken for one that may come back.
    """
    assert order.pos.order_id is not None
    try:
        return as_seen(gateway.read_order(order.pos.order_id), order)
    except (PermissionLostError, RefusedError) as error:
        if patient and isinstance(error, PermissionLostError):
            raise
        return OrderSeen(Stage.THERE, created_at=order.pos.created_at, has_items_or_payments=None)


def is_patient(waited: timedelta, timings: Timings) -> bool:
    """Whether a lost permission is still waited for: a token may be renewed, a proxy may have lied."""
    return waited < timedelta(seconds=timings.write_clock_s)


def as_seen(read: PosOrder | None, order: Order) -> OrderSeen:
    """What the rules want to know of an order that was just read."""
    if read is None:
        return OrderSeen(Stage.THERE, created_at=order.pos.created_at, has_items_or_payments=False, closed=True)
    return OrderSeen(
        Stage.THERE,
        created_at=read.created_at,
        has_items_or_payments=bool(read.lines) or any(not _is_our_deposit(payment, order) for payment in read.payments),
        closed=read.is_closed,
    )


def _is_our_deposit(payment: PosPayment, order: Order) -> bool:
    return payment.ref == deposit_ref(order.id) and payment.amount == order.deposit


class Writer(Protocol):
    """What an act borrows from the writer: its settings, clock and book."""

    @property
    def timings(self) -> Timings:
        """Every window and ladder."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The time."""

    @property
    def jitter(self) -> Callable[[float], float]:
        """A wait, spread a little."""

    @property
    def alarm(self) -> Callable[[str], None]:
        """Counts what operations must hear of."""

    @property
    def callback_uri(self) -> Callable[[str, str], str]:
        """Where the POS tells of an order: of (venue id, order id)."""

    @property
    def platform_for(self) -> Callable[[Venue, str], BookingPlatform]:
        """A venue's account at a booking platform."""

    def save(self, step: Step) -> None:
        """Stores what changed so far, under the lease, renewed."""


@dataclass
class Act:
    """One act. `relay` lends its settings, clock and book; `step` is changed as the act goes on."""

    relay: Writer
    step: Step
    gateway: PosGateway
    time_left_s: Callable[[], float]
    listing: Listing | None = None
    """The site's lists, when the act looked through them: they tell of other orders of unknown fate too."""

    def __call__(self, order: Order, write: Write) -> None:
        """Does what is due for this write. Raises Later when there is not enough time left, OutsideError when a look
        that it needs could not be taken."""
        if write.state is WriteState.UNKNOWN:
            self._look_up(order, write)
            return
        match write.what:
            case What.CREATE:
                self._create(order, write)
            case What.DELETE:
                self._delete(order, write)
            case What.UPDATE:
                self._update(order, write)
            case What.NOTIFY:
                self._notify(order, write)
            case What.FINISH_BOOKING:
                self._finish_booking(order, write)

    def _create(self, order: Order, write: Write) -> None:
        now = self.relay.now()
        if protocol.must_look_up_first(write, now, self.relay.timings):
            self._reached(order, protocol.doubt(write, now, self.relay.timings, code="key_expired"))
            return
        body = self.step.record.requests.get(write.key)
        if body is None:
            order, body = self._render(order, write)
            requests = {**self.step.record.requests, write.key: body}
            self.step.record = replace(self.step.record, requests=requests)
        self._send(order, write, lambda: self.gateway.create_order(body, write.key))

    def _render(self, order: Order, write: Write) -> tuple[Order, bytes]:
        venue, event = self.step.venue, self._event()
        customer_id = None
        if venue.link_customers and event.customer and event.customer.can_be_matched:
            customer_id = self.gateway.find_customer(event.customer)
            if customer_id is None and event.customer.can_be_created:
                customer_id = self.gateway.create_customer(event.customer, write.id)
        callback_uri = self.relay.callback_uri(venue.id, order.id)
        draft = draft_order(venue, event, order.id, write.id, callback_uri, customer_id)
        deposit = draft.payments[0].amount if draft.payments else None
        order = replace(order, deposit=deposit, named_in_notes=customer_id is None)
        return order, self.gateway.render_create(draft)

    def _delete(self, order: Order, write: Write) -> None:
        assert order.pos.order_id is not None
        pos_order_id = order.pos.order_id
        if self._is_known_to_be_gone(order, write):
            return
        read = self._read(order, write)
        if read is _UNREADABLE:
            return
        assert not isinstance(read, _Unreadable)
        now = self.relay.now()
        if read is None or read.deleted or (write.attempts and read.status == "REJECTED"):
            self._reached(order, protocol.found(write, now, "the order is not in the POS any more"))
            return
        window = undo_window(self.step.venue, self.relay.timings.undo_window_s)
        decision = judge_undo(write.changed_at or write.created_at, as_seen(read, order), window)
        if decision.kind is not DecisionKind.DELETE_ORDER:
            self._leave_standing(order, write, decision)
            return
        order = replace(order, pos=replace(order.pos, created_at=read.created_at))
        self._send(order, write, lambda: self.gateway.delete_order(pos_order_id))
        self._look_at_what_was_deleted(order.id)

    def _is_known_to_be_gone(self, order: Order, write: Write) -> bool:
        """Whether the POS told already that the order is gone; then the delete has nothing left to do. Matters when
        the order may not be read any more: one that is gone must not be taken for one that was left standing."""
        if order.pos.status != "DELETED" and not (write.attempts and order.pos.status == "REJECTED"):
            return False
        self._reached(order, protocol.found(write, self.relay.now(), "the POS told that the order is gone"))
        return True

    def _read(self, order: Order, write: Write) -> PosOrder | _Unreadable | None:
        """The order, None when it is gone. When it may not be read at all, the write ends."""
        assert order.pos.order_id is not None
        try:
            return self.gateway.read_order(order.pos.order_id)
        except (PermissionLostError, RefusedError) as error:
            waited = self.relay.now() - write.created_at
            if isinstance(error, PermissionLostError) and is_patient(waited, self.relay.timings):
                raise
            ended = protocol.refused_by_look(write, self.relay.now(), error.code, "the order could not be read")
            decision = Decision(DecisionKind.ERROR, "the order could not be read: not deleted", "order_not_readable")
            self._leave_standing(order, ended, decision)
            return _UNREADABLE

    def _leave_standing(self, order: Order, write: Write, decision: Decision) -> None:
        """The undo is not carried out after all: too late, already closed, or there is something on the order."""
        now = self.relay.now()
        if write.is_open:
            code = decision.code or "kept"
            write = protocol.refused_by_look(write, now, code, decision.reason)
        order = order.with_write(write)
        record = self.step.record.with_order(order)
        if decision.kind is DecisionKind.ERROR:
            record, outbox = undo_refused(record, order, now, decision)
            self.step.outbox += outbox
        else:
            record = kept(record, order)
        self.step.record = record
        if write.event_id:
            self.step.decided.append(Decided(write.event_id, decision, now))

    def _look_at_what_was_deleted(self, order_id: str) -> None:
        """Reads once more after a delete that went through: lines that came in between are somebody's food."""
        order = self.step.record.order(order_id)
        if order.open_write(What.DELETE) is not None or order.pos.order_id is None:
            return
        try:
            left = self.gateway.read_order(order.pos.order_id)
        except OutsideError:
            return
        if left is not None and left.lines:
            content = ", ".join(f"{line.quantity} × {line.product_name}" for line in left.lines)
            now = self.relay.now()
            self.step.outbox.append(failure(self.step.record, order, now, "lines_after_delete", note=content))

    def _update(self, order: Order, write: Write) -> None:
        assert order.pos.order_id is not None
        pos_order_id = order.pos.order_id
        event = self._event()
        notes = order_notes(self.step.venue, event, order.create.id, with_name=order.named_in_notes)
        self._send(order, write, lambda: self.gateway.update_order(pos_order_id, notes=notes, guests=event.party_size))

    def _notify(self, order: Order, write: Write) -> None:
        assert order.pos.order_id is not None
        pos_order_id = order.pos.order_id
        message = f"Booking {order.booking_id}: {write.why}"[:NOTIFICATION_LENGTH]
        self._send(order, write, lambda: self.gateway.notify(pos_order_id, message))

    def _finish_booking(self, order: Order, write: Write) -> None:
        booking = self.step.record.booking
        platform = self.relay.platform_for(self.step.venue, booking.platform)
        covers = booking.details.party_size
        self._send(
            order,
            write,
            lambda: platform.finish(booking.booking_id, amount_spent=Decimal(write.why), covers=covers),
        )

    def _event(self) -> BookingEvent:
        """The newest event; when the guest's data are no longer kept, what the booking itself still knows."""
        record = self.step.record
        if record.newest_event is not None:
            return record.newest_event
        booking, position = record.booking, record.booking.position
        assert position is not None
        return BookingEvent(
            event_id="",
            booking_reference=booking.booking_id,
            type="updated",
            occurred_at=position.occurred_at,
            received_at=position.received_at,
            status=booking.status,
            raw_status=booking.raw_status or "",
            kind=booking.kind,
            party_size=booking.details.party_size,
            tables=booking.details.tables,
        )

    def _send(self, order: Order, write: Write, call: Callable[[], Answer]) -> None:
        """Stores that the call begins, makes it, and takes in what it came to."""
        timings = self.relay.timings
        needed = timings.write_timeout_s + timings.time_reserve_s
        if self.time_left_s() < needed:
            raise Later(0)
        begun = protocol.begin(write, self.relay.now(), trigger="retry" if write.attempts else "first")
        self.step.record = self.step.record.with_order(order.with_write(begun))
        self.relay.save(self.step)
        if write.unauthorized:
            self._refresh()
        answer = call()
        others_succeed = self.gateway.probe() if protocol.wants_probe(write, answer.outcome) else None
        now = self.relay.now()
        settled = protocol.settle(begun, answer, now, timings, jitter=self.relay.jitter, others_succeed=others_succeed)
        if answer.outcome is Outcome.KEY_REUSED and write.what is What.CREATE:
            log.error("the POS says that our bytes were not stable", extra={"order": order.id, "write": write.id})
            self.relay.alarm("WriterErrors")
        order = self.step.record.order(order.id)
        if answer.pos_order_id is not None:
            order = replace(order, pos=replace(order.pos, order_id=answer.pos_order_id))
        last = settled.attempts[-1]
        log.info(
            "write attempted",
            extra={
                "venue": order.venue_id,
                "order": order.id,
                "write": write.id,
                "what": write.what.value,
                "attempt": last.number,
                "generation": write.generation,
                "outcome": answer.outcome.value,
                "http_status": answer.http_status,
                "code": answer.code,
                "duration_ms": last.duration_ms,
                "state": settled.state.value,
                "again_at": settled.due_at.isoformat() if settled.due_at else None,
            },
        )
        self._reached(order, settled)

    def _refresh(self) -> None:
        try:
            self.gateway.refresh()
        except OutsideError as error:
            log.warning("could not refresh the access", extra={"venue": self.step.venue.id, "code": error.code})

    def _reached(self, order: Order, write: Write) -> None:
        consequence = after_write(self.step.record, order, write, self.relay.now())
        self.step.record = consequence.record
        self.step.outbox += consequence.outbox

    def _look_up(self, order: Order, write: Write) -> None:
        """Finds out what became of a write of unknown fate."""
        now, timings = self.relay.now(), self.relay.timings
        if write.what is What.CREATE:
            self._look_up_in_lists(order, write)
            return
        if write.what is What.DELETE and order.pos.order_id is not None:
            if self._is_known_to_be_gone(order, write):
                return
            read = self._read(order, write)
            if isinstance(read, _Unreadable):
                return
            if read is None or read.deleted or read.status == "REJECTED":
                self._reached(order, protocol.found(write, now, "the order is not in the POS any more"))
                return
        self._reached(order, protocol.not_found(write, now, timings, "its effect cannot be seen: once more"))

    def _look_up_in_lists(self, order: Order, write: Write) -> None:
        now, timings = self.relay.now, self.relay.timings
        try:
            self.listing = take_listing(self.gateway, look_up_since(write, timings), now)
        except OutsideError as error:
            note = f"the POS's list could not be read: {error.code}"
            self._reached(order, protocol.not_looked_up(write, now(), timings, note))
            return
        self._reached(*settle_from(self.listing, self.gateway, order, write, now, timings))


class _Unreadable:
    """In place of an order that may not be read."""


_UNREADABLE = _Unreadable()
