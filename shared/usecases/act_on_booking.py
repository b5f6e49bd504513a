"""What the writer does for a booking: its order, changes of it, its undo, and the word to the platform at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from shared.domain.bookings.consequences import failure, kept, undo_refused, undo_window
from shared.domain.bookings.events import BookingEvent
from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.bookings.rules import Decision, DecisionKind, OrderSeen, Stage, judge_undo
from shared.domain.errors import OutsideError, PermissionLostError, RefusedError
from shared.domain.orders import protocol
from shared.domain.orders.draft import NOTIFICATION_LENGTH, deposit_ref, draft_order, order_notes
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder, PosPayment
from shared.domain.orders.writes import What, Write
from shared.domain.timings import Timings
from shared.usecases.act import Act
from shared.usecases.pos_gateway import PosGateway


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


@dataclass
class ActOnBooking(Act[BookingRecord]):
    """One act for a booking."""

    def carry_out(self, order: Order, write: Write) -> None:
        """An undo, a change, a word to staff, the booking's end."""
        match write.what:
            case What.DELETE:
                self._delete(order, write)
            case What.UPDATE:
                self._update(order, write)
            case What.NOTIFY:
                self._notify(order, write)
            case What.FINISH_BOOKING:
                self._finish_booking(order, write)
            case _:
                raise ValueError(f"a booking has no {write.what}")

    def look_up(self, order: Order, write: Write) -> None:
        """Whether an undo has taken the order away. The others are simply done once more."""
        now, timings = self.relay.now(), self.relay.timings
        if write.what is What.DELETE and order.pos.order_id is not None:
            if self._is_known_to_be_gone(order, write):
                return
            read = self._read(order, write)
            if isinstance(read, _Unreadable):
                return
            if read is None or read.deleted or read.status == "REJECTED":
                self.reached(order, protocol.found(write, now, "the order is not in the POS any more"))
                return
        self.reached(order, protocol.not_found(write, now, timings, "its effect cannot be seen: once more"))

    def is_given_up(self, order: Order) -> bool:  # noqa: ARG002
        """Never: a seating that is undone while its order is on its way is repeated, found, and deleted."""
        return False

    def body_to_send(self, order: Order, write: Write) -> tuple[Order, bytes]:
        """With a customer of the POS where one can be linked."""
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

    def body_to_show(self, order: Order, write: Write) -> bytes | None:
        """What would be sent: with the guest's name in the notes, for nobody is asked for a customer."""
        event = self.step.record.newest_event
        if event is None:
            return None
        callback_uri = self.relay.callback_uri(self.step.venue.id, order.id)
        draft = draft_order(self.step.venue, event, order.id, write.id, callback_uri, None)
        return self.gateway.render_create(draft)

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
            self.reached(order, protocol.found(write, now, "the order is not in the POS any more"))
            return
        window = undo_window(self.step.venue, self.relay.timings.undo_window_s)
        decision = judge_undo(write.changed_at or write.created_at, as_seen(read, order), window)
        if decision.kind is not DecisionKind.DELETE_ORDER:
            self._leave_standing(order, write, decision)
            return
        order = replace(order, pos=replace(order.pos, created_at=read.created_at))
        self.send(order, write, lambda: self.gateway.delete_order(pos_order_id))
        self._look_at_what_was_deleted(order.id)

    def _is_known_to_be_gone(self, order: Order, write: Write) -> bool:
        """Whether the POS told already that the order is gone; then the delete has nothing left to do. Matters when
        the order may not be read any more: one that is gone must not be taken for one that was left standing."""
        if order.pos.status != "DELETED" and not (write.attempts and order.pos.status == "REJECTED"):
            return False
        self.reached(order, protocol.found(write, self.relay.now(), "the POS told that the order is gone"))
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
        self.send(order, write, lambda: self.gateway.update_order(pos_order_id, notes=notes, guests=event.party_size))

    def _notify(self, order: Order, write: Write) -> None:
        assert order.pos.order_id is not None
        pos_order_id = order.pos.order_id
        message = f"Booking {order.booking_id}: {write.why}"[:NOTIFICATION_LENGTH]
        self.send(order, write, lambda: self.gateway.notify(pos_order_id, message))

    def _finish_booking(self, order: Order, write: Write) -> None:
        booking = self.step.record.booking
        platform = self.relay.platform_for(self.step.venue, booking.platform)
        covers = booking.details.party_size
        self.send(
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


class _Unreadable:
    """In place of an order that may not be read."""


_UNREADABLE = _Unreadable()
