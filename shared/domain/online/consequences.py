"""What outcomes do to a platform's order: pure; the changed record, and what people shall hear of it.

A paid order that the POS will not have either stands (the venue's switch `keep_failed_orders`: `order.pos_failed`, do
not refund, sent again when somebody wants it) or ends (`order.failed`, refund the customer: nothing sends it after
that). Which of the two is only said once the outcome is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared.domain.consequence import (
    Consequence,
    drop_minor_writes,
    is_old_news,
    known_as_unknown,
    nothing_to_do_for,
    with_news,
)
from shared.domain.money import shown
from shared.domain.online.record import OnlineRecord, changed, placed
from shared.domain.online.taking_up import first_look_at
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.pass_thru import is_sent_normally_after
from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.pos_order import CLOSED, PosOrder
from shared.domain.orders.refusals import speaks_of_menu
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings
from shared.domain.venues import Venue

Told = list[OutboxItem]


def after_write(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    """The record once a write of one of its orders reached this state."""
    before, order = order, order.with_write(write)
    outbox: Told = []
    match write.what, write.state:
        case What.CREATE, WriteState.SENT:
            return _created(record, order, now, venue, timings)
        case What.CREATE, WriteState.FAILED:
            return _not_created(record, order, write, now, venue, timings)
        case What.CREATE, WriteState.UNKNOWN:
            code = "match_unconfirmed" if write.due_at is None else "may_already_be_in_pos"
            if not known_as_unknown(before):
                outbox.append(event_item(record, order, now, "order.unknown", code=code))
            if not known_as_unknown(before) or write.due_at is None:
                outbox.append(failure(record, order, now, code, write.message or ""))
        case What.TRACK, WriteState.FAILED:
            outbox.append(failure(record, order, now, "driver_tracking_failed", write.message or ""))
        case What.ACCEPT, WriteState.SENT:
            order = replace(order, pos=replace(order.pos, status="ACCEPTED"), watch_at=None)
        case What.ACCEPT, WriteState.FAILED:
            outbox.append(failure(record, order, now, "accept_failed", write.message or ""))
        case What.CANCEL, WriteState.SENT:
            order = replace(drop_minor_writes(order), pos=replace(order.pos, status="REJECTED"), watch_at=None)
        case What.CANCEL, WriteState.FAILED:
            order = changed(order, cancelled_at=None)
            outbox.append(failure(record, order, now, "cancel_failed", write.message or ""))
        case What.UPDATE, WriteState.SENT:
            order = _moved_by_us(record, order, write, now, timings)
        case What.PAY, WriteState.FAILED:
            outbox.append(
                failure(record, order, now, "payment_not_entered", write.message or "", note=_sum(record, write))
            )
        case _, WriteState.FAILED if write.code != "superseded":
            outbox.append(failure(record, order, now, "change_failed", write.message or "", note=write.why))
        case _, WriteState.UNKNOWN if write.due_at is None:
            outbox.append(failure(record, order, now, "change_unconfirmed", write.message or "", note=write.why))
        case _:
            pass
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def after_withdrawal(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue
) -> Consequence[OnlineRecord]:
    """The record once the look before an attempt found a write not wanted any more."""
    order = order.with_write(write)
    if write.what is What.PAY:
        told = failure(record, order, now, "payment_not_entered", note=f"{_sum(record, write)}; {write.why}")
        return Consequence(record.with_order(order), outbox=(told,))
    if write.what is not What.CREATE:
        return Consequence(record.with_order(order))
    if write.code in _WANTED_SO:
        return Consequence(record.with_order(_without_tracking(nothing_to_do_for(order))))
    return _fail(record, order, now, venue, write.code or "withdrawn", "", write.why)


_WANTED_SO = ("shadow", "cancelled", "handled", "refund_announced")


def after_news(
    record: OnlineRecord, order_id: str, seen: PosOrder, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    """The record once the POS told, and a re-reading confirmed, what has become of an order of ours.

    What we wrote ourselves (a cancelled order's REJECTED) is ours, not staff's. Older news change nothing.
    """
    order = record.order(order_id)
    if is_old_news(order, seen):
        return Consequence(record)
    outbox: Told = []
    known = order.pos
    if order.create.state is not WriteState.SENT:
        settled = protocol.found(order.create, now, f"the POS told of order {seen.id} that bears our marker")
        order = replace(order, pos=replace(known, order_id=seen.id, created_at=seen.created_at))
        consequence = after_write(record, order, settled, now, venue, timings)
        record, order = consequence.record, consequence.record.order(order_id)
        outbox += consequence.outbox
    order = with_news(order, seen)
    status = order.pos.status
    if status != "SUBMITTED":
        order = replace(order, watch_at=None)
    if status == known.status or (status in ("REJECTED", "DELETED") and order.deleted_by_us()):
        return Consequence(record.with_order(order), outbox=tuple(outbox))
    match status:
        case "REJECTED" | "DELETED":
            order = _without_tracking(drop_minor_writes(order))
            reason = order.reject_reason if status == "REJECTED" else None
            outbox.append(event_item(record, order, now, f"order.{status.lower()}", reason=reason))
        case "COMPLETE":
            order = drop_minor_writes(order)
            outbox.append(event_item(record, order, now, "order.completed", total=shown(seen.total)))
        case _ if _is_taken_up(record, order):
            order = changed(order, fulfilment=Fulfilment.ACCEPTED)
            outbox.append(event_item(record, order, now, "order.accepted"))
        case _:
            pass
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def _is_taken_up(record: OnlineRecord, order: Order) -> bool:
    """Staff moved it on from the status in which the platform wants it, which may just be on its way."""
    said = placed(order)
    ours = {said.status, *(_status_written(record, write) for write in order.open_writes if write.attempts)}
    return order.pos.status in ("ACCEPTED", "PENDING", "ON_HOLD") and (
        order.pos.status not in ours and said.fulfilment is Fulfilment.NEW
    )


def _status_written(record: OnlineRecord, write: Write) -> str | None:
    changes = record.content(write.id).changes
    return changes.status if changes else None


def _moved_by_us(record: OnlineRecord, order: Order, write: Write, now: datetime, timings: Timings) -> Order:
    """The platform moved the order: nobody at the venue has taken it up by that. That it is COMPLETE is the POS's own
    news, which tell what was sold too."""
    status = _status_written(record, write)
    if status in (None, "COMPLETE") or order.pos.status in CLOSED:
        return order
    order = replace(changed(order, status=status), pos=replace(order.pos, status=status))
    return replace(order, watch_at=first_look_at(order, now, timings))


def _created(
    record: OnlineRecord, order: Order, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    outbox: Told = []
    said = placed(order)
    order = changed(order, kept=None)
    if said.refund_of is not None:
        return _refunded(record.with_order(order), order, now)
    if said.refund_announced_at or said.handled or said.cancelled_at:
        # Given up, and yet it is there: it must not stay, or the guest pays twice.
        if order.open_write(What.CANCEL) is None:
            order = order.wanting(What.CANCEL, now, why="it came into the POS after it was given up")
        outbox.append(failure(record, order, now, "came_after_all"))
        return Consequence(record.with_order(order), outbox=tuple(outbox))
    outbox.append(event_item(record, order, now, "order.sent", pos_order_id=order.pos.order_id))
    if said.pass_thru_off:
        outbox.append(failure(record, order, now, "sent_without_pass_thru"))
    if order.pos.status in ("REJECTED", "DELETED"):
        outbox.append(event_item(record, order, now, f"order.{order.pos.status.lower()}", reason=order.reject_reason))
    if said.fulfilment is not Fulfilment.NEW and said.status == "SUBMITTED" and order.open_write(What.ACCEPT) is None:
        order = order.wanting(What.ACCEPT, now, why="accepted while the POS had not got it")
    order = _wanting_tracking(order, now, venue)
    order = replace(order, watch_at=first_look_at(order, now, timings))
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def _refunded(record: OnlineRecord, refund: Order, now: datetime) -> Consequence[OnlineRecord]:
    given_back = sum((-(placed(each).total or Decimal(0)) for each in record.refunds if _is_in_pos(each)), Decimal(0))
    main = changed(record.main, refunded=given_back)
    record = record.with_order(main)
    amount = shown(-(placed(refund).total or Decimal(0)))
    told = event_item(
        record, main, now, "order.refunded", refund_id=refund.id, amount=amount, refunded=shown(given_back)
    )
    return Consequence(record, outbox=(told,))


def _is_in_pos(order: Order) -> bool:
    return order.create.state is WriteState.SENT and order.pos.status not in ("REJECTED", "DELETED")


def _not_created(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    said = placed(order)
    code = write.code or "refused"
    if speaks_of_menu(code) and not write.menu_tried and said.refund_of is None:
        waiting = order.with_write(protocol.awaiting_menu(write, now, timings))
        wanted = event_item(record, waiting, now, "menu.import_wanted", code=code)
        return Consequence(record.with_order(waiting), outbox=(wanted,))
    request = record.content(write.id).order
    if request is not None and not said.pass_thru_off and is_sent_normally_after(code, venue, request):
        normal = changed(order.with_write(protocol.sent_otherwise(write, now)), pass_thru_off=True)
        return Consequence(record.with_order(normal))
    return _fail(record, order, now, venue, code, write.message or "", "")


def _fail(
    record: OnlineRecord, order: Order, now: datetime, venue: Venue, code: str, message: str, note: str
) -> Consequence[OnlineRecord]:
    """It is certain that the POS has not got the order, and nothing brings it there by itself."""
    order = nothing_to_do_for(order)
    if placed(order).refund_of is not None:
        return Consequence(
            record.with_order(order), outbox=(failure(record, order, now, "refund_failed", message, note=note),)
        )
    kept = venue.keep_failed_orders
    order = changed(order, kept=kept, refund_announced_at=None if kept else now)
    order = _wanting_tracking(order, now, venue) if kept else _without_tracking(order)
    kind = "order.pos_failed" if kept else "order.failed"
    told = event_item(record, order, now, kind, code=code, message=message or None, reason=note or None)
    return Consequence(record.with_order(order), outbox=(told, failure(record, order, now, code, message, note=note)))


def _wanting_tracking(order: Order, now: datetime, venue: Venue) -> Order:
    """For a delivery, the driver is called once it is known that the order stands."""
    is_delivery = placed(order).order_type == "Delivery"
    has_one = any(write.what is What.TRACK for write in order.writes)
    if not is_delivery or has_one or venue.driver_tracking_url is None:
        return order
    return order.wanting(What.TRACK, now, why="a delivery: the driver is called")


def _without_tracking(order: Order) -> Order:
    return order.with_writes(
        lambda write: (
            protocol.withdrawn(write, "the order does not stand", "superseded")
            if write.what is What.TRACK and write.state is WriteState.QUEUED
            else write
        )
    )


def _sum(record: OnlineRecord, write: Write) -> str:
    payment = record.content(write.id).payment
    return f"payment of {shown(payment.amount)}, ref {payment.ref}" if payment else "a payment"


def event_item(record: OnlineRecord, order: Order, now: datetime, kind: str, **more: object) -> OutboxItem:
    """Something a platform hears of."""
    said = {key: value for key, value in more.items() if value is not None}
    about: dict[str, object] = {"order_id": order.id, "order_code": order.code, "reference": placed(order).reference}
    if (address := placed(record.main).callback_uri) is not None and kind.startswith("order."):
        about["callback_uri"] = address
    return OutboxItem(
        type=kind,
        venue_id=record.venue_id,
        platform=record.platform,
        at=now,
        subject=record.id,
        data={**about, **said},
    )


def failure(
    record: OnlineRecord, order: Order, now: datetime, code: str, message: str = "", *, note: str = ""
) -> OutboxItem:
    """Something that belongs on a person's list. `message`: the POS's own words; `note`: ours."""
    table = placed(order).table
    return event_item(
        record,
        order,
        now,
        "failure.reported",
        code=code,
        message=message or None,
        note=note or None,
        pos_order_id=order.pos.order_id,
        tables=[table] if table else [],
        kept=placed(order).kept,
    )
