"""What decisions and outcomes do to a booking's record: pure; the changed record, and what people shall hear of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.bookings.booking import Seating, SeatingOutcome, in_order_of_time
from shared.domain.bookings.events import BookingEvent, BookingStatus
from shared.domain.bookings.record import BookingRecord, Decided
from shared.domain.bookings.rules import UNDOES, Decision, DecisionKind, OrderSeen, Stage, decide
from shared.domain.consequence import (
    Consequence,
    drop_minor_writes,
    is_old_news,
    known_as_unknown,
    nothing_to_do_for,
    with_news,
)
from shared.domain.money import shown
from shared.domain.orders import protocol
from shared.domain.orders.draft import NOTIFICATIONS_AN_ORDER
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.record import OutboxItem
from shared.domain.venues import Venue, VenueMode

ReadOrder = Callable[[Order], OrderSeen]
"""Looks at an order in the POS; called only for an undo, and then at most once an order."""


def undo_window(venue: Venue, default_s: float) -> timedelta:
    """How long after the POS order's creation a seating can be undone at this venue."""
    return timedelta(seconds=default_s if venue.undo_window_s is None else venue.undo_window_s)


def wants_to_read_order(record: BookingRecord, event: BookingEvent) -> bool:
    """Whether the decision on this event hangs on what the order in the POS looks like now."""
    seen = record.order_seen()
    seating = record.booking.seating
    return (
        event.status in UNDOES
        and record.booking.is_news(event)
        and seen is not None
        and seen.stage is Stage.THERE
        and not seen.going
        and seating is not None
        and seating.outcome is SeatingOutcome.OPEN
    )


def take_in_events(
    record: BookingRecord,
    events: Iterable[BookingEvent],
    venue: Venue,
    now: datetime,
    *,
    window: timedelta,
    new_order_id: Callable[[], str],
    read_order: ReadOrder | None = None,
) -> Consequence[BookingRecord]:
    """Decides every event in the order in which the booking lived them, each upon what the one before left.

    Without `read_order` it stops before the first event that wants an order read; what is left stays undecided.
    """
    decided: list[Decided] = []
    outbox: list[OutboxItem] = []
    for event in in_order_of_time(events):
        seen = record.order_seen()
        if wants_to_read_order(record, event):
            if read_order is None:
                break
            assert record.current_order is not None
            seen = read_order(record.current_order)
        decision = decide(record.booking, event, seen, window, venue.pos_table)
        is_news = record.booking.is_news(event)
        record, told = _carry_out(record, event, decision, venue, now, new_order_id)
        if is_news:
            record = replace(record, booking=record.booking.after(event))
            if event.status is not None:
                record = replace(record, newest_event=event)
        decided.append(Decided(event.event_id, decision, now, event))
        outbox += told
    done = {each.event_id for each in decided}
    record = replace(record, undecided=tuple(event for event in record.undecided if event.event_id not in done))
    return Consequence(record, tuple(decided), tuple(outbox))


def _carry_out(
    record: BookingRecord,
    event: BookingEvent,
    decision: Decision,
    venue: Venue,
    now: datetime,
    new_order_id: Callable[[], str],
) -> tuple[BookingRecord, list[OutboxItem]]:
    order = record.current_order
    match decision.kind:
        case DecisionKind.CREATE_ORDER:
            return _with_new_seating(record, event, decision, venue, now, new_order_id()), []
        case DecisionKind.UPDATE_ORDER if order is not None:
            return record.with_order(_wanting_update(_keeping(order), event, decision, now)), []
        case DecisionKind.DELETE_ORDER if order is not None:
            if order.create.state is WriteState.QUEUED:
                return _withdraw_create(record, order, decision.reason, "undone_before_sent"), []
            order = drop_minor_writes(order)
            if order.open_write(What.DELETE) is None:
                order = order.wanting(
                    What.DELETE, now, why=decision.reason, event_id=event.event_id, changed_at=event.occurred_at
                )
            return record.with_order(order), []
        case DecisionKind.KEEP_ORDER if order is not None:
            return kept(record, order), []
        case DecisionKind.ERROR if order is not None:
            if decision.code == "finished_before_sent":
                record = _withdraw_create(record, order, decision.reason, decision.code)
                return record, [failure(record, order, now, decision.code)]
            return undo_refused(record, order, now, decision)
    if event.status is BookingStatus.SEATED and order is not None and record.booking.is_news(event):
        return record.with_order(_keeping(order)), []
    return record, []


def _with_new_seating(
    record: BookingRecord, event: BookingEvent, decision: Decision, venue: Venue, now: datetime, order_id: str
) -> BookingRecord:
    number = len(record.booking.seatings) + 1
    seating = Seating(number=number, seated_at=event.occurred_at, order_id=order_id)
    order = Order(
        id=order_id,
        venue_id=record.booking.venue_id,
        platform=record.booking.platform,
        source="booking",
        booking_id=record.booking.booking_id,
        seating=number,
        created_at=now,
        shadow=venue.mode is VenueMode.SHADOW,
    ).wanting(What.CREATE, now, why=decision.reason, event_id=event.event_id, changed_at=event.occurred_at)
    return replace(record, booking=record.booking.with_seating(seating)).with_order(order)


def _wanting_update(order: Order, event: BookingEvent, decision: Decision, now: datetime) -> Order:
    """An update and a word to staff. An order that was never rendered takes the change up when it is; an update that
    waits takes it up too; Kounta shows at most five notifications an order."""
    if order.create.state is WriteState.QUEUED and not order.create.attempts:
        return order
    waiting = order.open_write(What.UPDATE)
    if waiting is None or waiting.state is not WriteState.QUEUED:
        order = order.wanting(What.UPDATE, now, why=decision.reason, event_id=event.event_id)
    said = [write for write in order.writes if write.what is What.NOTIFY and write.state is not WriteState.WITHDRAWN]
    if len(said) < NOTIFICATIONS_AN_ORDER:
        order = order.wanting(What.NOTIFY, now, why=decision.reason, event_id=event.event_id)
    return order


def _keeping(order: Order) -> Order:
    """Seated again: a delete that was not sent yet is not wanted any more."""
    return order.with_writes(
        lambda write: (
            protocol.withdrawn(write, "seated again before it was deleted", "superseded")
            if write.what is What.DELETE and write.state is WriteState.QUEUED
            else write
        )
    )


def _withdraw_create(record: BookingRecord, order: Order, reason: str, code: str) -> BookingRecord:
    order = order.with_writes(
        lambda write: protocol.withdrawn(write, reason, code) if write.state is WriteState.QUEUED else write
    )
    return record.with_order(order).with_outcome(order.id, SeatingOutcome.WITHDRAWN)


def kept(record: BookingRecord, order: Order) -> BookingRecord:
    """The order is left standing. One of which the POS already told another end (rejected, deleted, completed) keeps
    that end: it decides whether the booking is free for a new order."""
    if record.seating_of(order.id).outcome is not SeatingOutcome.OPEN:
        return record
    return record.with_outcome(order.id, SeatingOutcome.KEPT)


def undo_refused(
    record: BookingRecord, order: Order, now: datetime, decision: Decision
) -> tuple[BookingRecord, list[OutboxItem]]:
    """The order stays although the party was not to be seated: the platform hears of it, and so does the venue."""
    record = kept(record, order)
    code = decision.code or "undo_refused"
    told = event_item(record, order, now, "booking.undo_refused", code=code, reason=decision.reason)
    return record, [told, failure(record, order, now, code)]


def after_write(record: BookingRecord, order: Order, write: Write, now: datetime) -> Consequence[BookingRecord]:
    """The record once a write of one of its orders reached this state."""
    before = order.with_write(write)
    record = record.with_order(before)
    outbox: list[OutboxItem] = []
    if write.what is What.CREATE:
        if write.state is WriteState.SENT:
            outbox.append(event_item(record, before, now, "booking.order_opened", pos_order_id=before.pos.order_id))
            seating = replace(record.seating_of(order.id), pos_order_id=before.pos.order_id)
            if seating.outcome is SeatingOutcome.FAILED:  # given up, and yet it is there: it stands
                seating = replace(seating, outcome=SeatingOutcome.OPEN)
            record = replace(record, booking=record.booking.with_seating(seating))
            if before.pos.status in _ENDED_IN_POS:
                outcome = _ENDED_IN_POS[before.pos.status]
                record = record.with_outcome(order.id, outcome)
                outbox.append(event_item(record, before, now, f"order.{outcome.value}", reason=before.reject_reason))
        elif write.state is WriteState.FAILED:
            record = record.with_order(nothing_to_do_for(before)).with_outcome(order.id, SeatingOutcome.FAILED)
            code = write.code or "refused"
            outbox.append(event_item(record, before, now, "order.pos_failed", code=code, message=write.message))
            outbox.append(failure(record, before, now, code, write.message or ""))
        elif write.state is WriteState.UNKNOWN:
            code = "match_unconfirmed" if write.due_at is None else "may_already_be_in_pos"
            if not known_as_unknown(order):
                outbox.append(event_item(record, before, now, "order.unknown", code=code))
            if not known_as_unknown(order) or write.due_at is None:
                outbox.append(failure(record, before, now, code, write.message or ""))
    elif write.what is What.DELETE:
        if write.state is WriteState.SENT:
            record = record.with_order(replace(before, pos=replace(before.pos, status="DELETED")))
            record = record.with_outcome(order.id, SeatingOutcome.DELETED)
        elif write.state is WriteState.FAILED:
            record = kept(record, before)
            outbox.append(failure(record, before, now, "undo_failed", write.message or ""))
    elif write.what is What.UPDATE and write.state is WriteState.FAILED and write.code not in ("superseded",):
        outbox.append(failure(record, before, now, "update_failed", write.message or ""))
    elif write.what is What.FINISH_BOOKING and write.state is WriteState.FAILED:
        outbox.append(failure(record, before, now, "finish_failed", note=write.message or ""))
    return Consequence(record, outbox=tuple(outbox))


def after_withdrawal(record: BookingRecord, order: Order, write: Write, now: datetime) -> Consequence[BookingRecord]:
    """The record once the look before an attempt found a write not wanted any more."""
    order = order.with_write(write)
    record = record.with_order(order)
    if write.what is not What.CREATE:
        return Consequence(record)
    record = record.with_order(nothing_to_do_for(order)).with_outcome(order.id, SeatingOutcome.WITHDRAWN)
    if write.code in ("shadow", "undone_before_sent"):
        return Consequence(record)
    return Consequence(record, outbox=(failure(record, order, now, write.code or "withdrawn", note=write.why),))


def after_news(record: BookingRecord, order_id: str, seen: PosOrder, now: datetime) -> Consequence[BookingRecord]:
    """The record once the POS told, and a re-reading confirmed, what has become of an order of ours.

    What our own delete caused is ours, not staff's. News older than what is known changes nothing.
    """
    order = record.order(order_id)
    if is_old_news(order, seen):
        return Consequence(record)
    outbox: list[OutboxItem] = []
    known = order.pos
    if order.create.state is not WriteState.SENT and order.create.state is not WriteState.WITHDRAWN:
        settled = protocol.found(order.create, now, f"the POS told of order {seen.id} that bears our marker")
        order = replace(order, pos=replace(known, order_id=seen.id))
        consequence = after_write(record, order, settled, now)
        record, order = consequence.record, consequence.record.order(order_id)
        outbox += consequence.outbox
    order = with_news(order, seen)
    status = order.pos.status
    changed = status != known.status
    record = record.with_order(order)
    if not changed or (status in _ENDED_IN_POS and order.deleted_by_us()):
        return Consequence(record, outbox=tuple(outbox))
    match status:
        case "ACCEPTED":
            outbox.append(event_item(record, order, now, "order.accepted"))
        case "REJECTED":
            record = record.with_order(drop_minor_writes(order)).with_outcome(order_id, SeatingOutcome.REJECTED)
            outbox.append(event_item(record, order, now, "order.rejected", reason=order.reject_reason))
        case "DELETED":
            record = record.with_order(drop_minor_writes(order)).with_outcome(order_id, SeatingOutcome.DELETED)
            outbox.append(event_item(record, order, now, "order.deleted"))
        case "COMPLETE":
            spent = shown(seen.total)
            order = drop_minor_writes(order).wanting(What.FINISH_BOOKING, now, why=spent)
            record = record.with_order(order).with_outcome(order_id, SeatingOutcome.COMPLETED)
            outbox.append(event_item(record, order, now, "order.completed", total=spent))
            outbox.append(event_item(record, order, now, "booking.finished", amount_spent=spent))
        case _:
            pass
    return Consequence(record, outbox=tuple(outbox))


_ENDED_IN_POS = {"DELETED": SeatingOutcome.DELETED, "REJECTED": SeatingOutcome.REJECTED}


def event_item(record: BookingRecord, order: Order, now: datetime, kind: str, **more: object) -> OutboxItem:
    """Something a platform hears of."""
    booking = record.booking
    said = {key: value for key, value in more.items() if value is not None}
    return OutboxItem(
        type=kind,
        venue_id=booking.venue_id,
        platform=booking.platform,
        at=now,
        subject=record.id,
        data={"order_id": order.id, "order_code": order.code, "booking_id": booking.booking_id, **said},
    )


def failure(
    record: BookingRecord, order: Order, now: datetime, code: str, message: str = "", *, note: str = ""
) -> OutboxItem:
    """Something that belongs on a person's list. `message`: the POS's own words; `note`: ours."""
    return event_item(
        record,
        order,
        now,
        "failure.reported",
        code=code,
        message=message or None,
        note=note or None,
        pos_order_id=order.pos.order_id,
        tables=list(record.booking.details.tables),
    )


def booking_failure(record: BookingRecord, now: datetime, code: str, note: str) -> OutboxItem:
    """Something about a booking, before there is an order, that belongs on a person's list."""
    booking = record.booking
    data = {"booking_id": booking.booking_id, "code": code, "note": note, "tables": list(booking.details.tables)}
    return OutboxItem("failure.reported", booking.venue_id, booking.platform, now, record.id, data)
