"""What outcomes do to a platform's order: pure; the changed record, and what people shall hear of it.

A paid order that the POS will not have either stands (the venue's switch `keep_failed_orders`: `order.pos_failed`, do
not refund, sent again when somebody wants it) or ends (`order.failed`, refund the customer: nothing sends it after
that). Which of the two is only said once the outcome is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from shared.domain.consequence import Consequence, is_old_news, known_as_unknown, with_news
from shared.domain.money import shown
from shared.domain.online.record import OnlineRecord, changed, placed
from shared.domain.online.taking_up import first_look_at, reason_of, taken_up
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.pass_thru import is_sent_normally_after
from shared.domain.orders.placed import Fulfilment
from shared.domain.orders.pos_order import CLOSED, PosOrder
from shared.domain.orders.refusals import speaks_of_menu
from shared.domain.orders.writes import GENERATIONS, What, Write, WriteState
from shared.domain.record import OutboxItem
from shared.domain.site_status import SiteStatus
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
            if not known_as_unknown(before) and not is_given_up(order):
                outbox.append(event_item(record, order, now, "order.unknown", code=code))
            if write.due_at is None or not (known_as_unknown(before) or is_given_up(order)):
                outbox.append(failure(record, order, now, code, write.message or ""))
        case What.CREATE, _:
            pass
        case What.ACCEPT, WriteState.SENT if order.pos.status in (None, "SUBMITTED"):
            order = taken_up(replace(order, pos=replace(order.pos, status="ACCEPTED")))
        case What.CANCEL, WriteState.SENT:
            order = taken_up(replace(order, pos=replace(order.pos, status="REJECTED")))
        case What.UPDATE, WriteState.SENT:
            order = _moved_by_us(record, order, write, now, venue, timings)
        case _, WriteState.FAILED | WriteState.WITHDRAWN:
            return _not_done(record, order, write, now, timings)
        case _, WriteState.UNKNOWN if _is_first_look_in_vain(before, write):
            outbox.append(failure(record, order, now, "change_unconfirmed", note=_in_words(record, write)))
        case _:
            pass
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def after_withdrawal(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    """The record once the look before an attempt found a write not wanted any more."""
    order = order.with_write(write)
    if write.what is not What.CREATE:
        return _not_done(record, order, write, now, timings)
    if write.code == "shadow" or is_given_up(order):
        return Consequence(record.with_order(_without_tracking(without_pos(order))))
    return _fail(record, order, now, venue, write.code or "withdrawn", "", write.why)


def _not_done(
    record: OnlineRecord, order: Order, write: Write, now: datetime, timings: Timings
) -> Consequence[OnlineRecord]:
    """Something asked of an order has ended without being done: a person hears why, unless the order's own end says
    it all."""
    message, note = write.message or "", _in_words(record, write)
    is_gone = order.status in ("rejected", "deleted", "cancelled") or order.never_came
    match write.what:
        case What.TRACK:
            code = "driver_tracking_failed" if write.state is WriteState.FAILED else None
        case What.CANCEL if is_gone or write.code == "superseded":
            code = None
        case What.CANCEL if is_given_up(order, but_cancelled=True) and order.pos.status != "COMPLETE":
            return _still_to_be_cancelled(record, order, write, now, timings)
        case What.CANCEL:
            order, code = changed(order, cancelled_at=None), "cancel_failed"
        case What.ACCEPT:
            code = None if is_gone or order.status == "completed" else "accept_failed"
        case What.PAY:
            code = "payment_not_entered"
        case _:
            code = None if write.code == "superseded" else "change_failed"
    told = (failure(record, order, now, code, message, note=note),) if code else ()
    return Consequence(record.with_order(order), outbox=told)


def _still_to_be_cancelled(
    record: OnlineRecord, order: Order, write: Write, now: datetime, timings: Timings
) -> Consequence[OnlineRecord]:
    """An order that was given up stands in the POS, and could not be taken out: that is tried for a day."""
    told = failure(record, order, now, "cancel_failed", write.message or "", note=_in_words(record, write))
    is_known = write.last_generation != GENERATIONS
    if now - write.created_at > timedelta(seconds=timings.cancel_for_s):
        return Consequence(record.with_order(order), outbox=(told,))
    later = protocol.put_off(write, now + timedelta(seconds=timings.cancel_again_s))
    return Consequence(record.with_order(order.with_write(later)), outbox=() if is_known else (told,))


def _is_first_look_in_vain(before: Order, write: Write) -> bool:
    known = next(each for each in before.writes if each.id == write.id)
    return write.attempts[-1].outcome == "not_looked_up" and known.attempts[-1].outcome != "not_looked_up"


def _in_words(record: OnlineRecord, write: Write) -> str:
    payment = record.content(write.id).payment
    sum_of = f"payment of {shown(payment.amount)}, ref {payment.ref}; " if payment else ""
    return f"{sum_of}{write.note or write.why}"


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
    if status != placed(order).status:
        order = taken_up(order)
    if status == known.status or (status in ("REJECTED", "DELETED") and order.deleted_by_us()):
        return Consequence(record.with_order(order), outbox=tuple(outbox))
    if placed(order).refund_of is not None:
        return _refund_changed(record.with_order(order), order, now, outbox)
    match status:
        case "REJECTED" | "DELETED" if is_given_up(order):
            pass
        case "REJECTED" | "DELETED":
            order = _without_tracking(order)
            reason = order.reject_reason if status == "REJECTED" else None
            outbox.append(event_item(record, order, now, f"order.{status.lower()}", reason=reason))
        case "COMPLETE":
            outbox.append(event_item(record, order, now, "order.completed", total=shown(seen.total)))
        case _ if _is_taken_up(record, order):
            order = changed(order, fulfilment=Fulfilment.ACCEPTED)
            outbox.append(event_item(record, order, now, "order.accepted"))
        case _:
            pass
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def not_taken_up(
    record: OnlineRecord, order: Order, site: SiteStatus | None, now: datetime
) -> Consequence[OnlineRecord]:
    """The record once people hear, and they hear it once, that nobody took the order up. `site`: None when its status
    could not be read."""
    order = replace(changed(order, not_taken_up_at=now), watch_at=None)
    waited = now - (order.create.last_call_ended_at or order.created_at)
    notes = [f"in the POS for {waited.total_seconds() / 60:.0f} minutes"]
    if site is not None and not site.takes_online_orders:
        notes.append("online ordering is paused at the site")
    item = failure(record, order, now, reason_of(site), note="; ".join(notes))
    return Consequence(record.with_order(order), outbox=(item,))


def _is_taken_up(record: OnlineRecord, order: Order) -> bool:
    """Staff moved it on from the status in which the platform wants it, which may just be on its way."""
    said = placed(order)
    ours = {said.status, *(_status_written(record, write) for write in order.open_writes if write.attempts)}
    status = order.pos.status
    return status in ("ACCEPTED", "PENDING", "ON_HOLD") and status not in ours and said.is_new


def _status_written(record: OnlineRecord, write: Write) -> str | None:
    changes = record.content(write.id).changes
    return changes.status if changes else None


def _moved_by_us(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Order:
    """The platform moved the order: nobody at the venue has taken it up by that. That it is COMPLETE is the POS's own
    news, which tell what was sold too."""
    status = _status_written(record, write)
    if status in (None, "COMPLETE") or order.pos.status in CLOSED:
        return order
    order = replace(changed(order, status=status), pos=replace(order.pos, status=status))
    return replace(order, watch_at=first_look_at(order, now, venue, timings))


def _created(
    record: OnlineRecord, order: Order, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    outbox: Told = []
    said = placed(order)
    if said.refund_of is not None:
        return _refunded(record.with_order(order), order, now)
    if is_given_up(order):
        # Given up, and yet it is there: it must not stay, or the guest pays twice.
        if order.open_write(What.CANCEL) is None:
            order = order.wanting(What.CANCEL, now, why="it came into the POS after it was given up")
            outbox.append(failure(record, order, now, "came_after_all"))
        return Consequence(record.with_order(order), outbox=tuple(outbox))
    order = changed(order, kept=None).with_writes(
        lambda write: protocol.wanted_again(write, now) if write.code == _WAITS_FOR_ITS_ORDER else write
    )
    outbox.append(event_item(record, order, now, "order.sent", pos_order_id=order.pos.order_id))
    if said.pass_thru_off:
        outbox.append(failure(record, order, now, "sent_without_pass_thru"))
    if order.pos.status in ("REJECTED", "DELETED"):
        outbox.append(event_item(record, order, now, f"order.{order.pos.status.lower()}", reason=order.reject_reason))
    if said.fulfilment is not Fulfilment.NEW and said.status == "SUBMITTED" and order.open_write(What.ACCEPT) is None:
        order = order.wanting(What.ACCEPT, now, why="accepted while the POS had not got it")
    order = _wanting_tracking(order, now, venue)
    order = replace(order, watch_at=first_look_at(order, now, venue, timings))
    return Consequence(record.with_order(order), outbox=tuple(outbox))


def _refunded(record: OnlineRecord, refund: Order, now: datetime) -> Consequence[OnlineRecord]:
    given_back = _given_back(record)
    main = changed(record.main, refunded=given_back)
    record = record.with_order(main)
    amount = shown(-(placed(refund).total or Decimal(0)))
    told = [
        event_item(record, main, now, "order.refunded", refund_id=refund.id, amount=amount, refunded=shown(given_back))
    ]
    if given_back > (main.pos.total or Decimal(0)):
        told.append(failure(record, refund, now, "refund_above_order", note=f"{shown(given_back)} in all"))
    return Consequence(record, outbox=tuple(told))


def _refund_changed(record: OnlineRecord, refund: Order, now: datetime, outbox: Told) -> Consequence[OnlineRecord]:
    """A refund that staff take out of the POS gives nothing back any more."""
    record = record.with_order(changed(record.main, refunded=_given_back(record)))
    if refund.pos.status in ("REJECTED", "DELETED"):
        outbox.append(failure(record, refund, now, "refund_removed"))
    return Consequence(record, outbox=tuple(outbox))


def _given_back(record: OnlineRecord) -> Decimal:
    return sum((-(placed(each).total or Decimal(0)) for each in record.refunds if _is_in_pos(each)), Decimal(0))


def _is_in_pos(order: Order) -> bool:
    return order.create.state is WriteState.SENT and order.pos.status not in ("REJECTED", "DELETED")


def _not_created(
    record: OnlineRecord, order: Order, write: Write, now: datetime, venue: Venue, timings: Timings
) -> Consequence[OnlineRecord]:
    said = placed(order)
    code = write.code or "refused"
    if is_given_up(order):
        return Consequence(record.with_order(_without_tracking(without_pos(order))))
    if speaks_of_menu(code) and not write.menu_tried and said.refund_of is None:
        waiting = order.with_write(protocol.awaiting_menu(write, now, timings))
        wanted = event_item(record, waiting, now, "menu.import_wanted", code=code)
        return Consequence(record.with_order(waiting), outbox=(wanted,))
    request = record.content(write.id).order
    if request is not None and not said.pass_thru_off and is_sent_normally_after(code, venue, request):
        normal = changed(order.with_write(protocol.sent_otherwise(write, now)), pass_thru_off=True)
        return Consequence(record.with_order(normal))
    return _fail(record, order, now, venue, code, write.message or "", write.note or "")


def _fail(
    record: OnlineRecord, order: Order, now: datetime, venue: Venue, code: str, message: str, note: str
) -> Consequence[OnlineRecord]:
    """It is certain that the POS has not got the order, and nothing brings it there by itself."""
    order = without_pos(order)
    if placed(order).refund_of is not None:
        return Consequence(
            record.with_order(order), outbox=(failure(record, order, now, "refund_failed", message, note=note),)
        )
    # Who was told once not to refund it is not told otherwise later, whatever the venue's switch says now.
    kept = venue.keep_failed_orders or placed(order).kept is True
    order = changed(order, kept=kept, refund_announced_at=None if kept else now)
    order = _wanting_tracking(order, now, venue) if kept else _without_tracking(order)
    kind = "order.pos_failed" if kept else "order.failed"
    told = event_item(record, order, now, kind, code=code, message=message or None, reason=note or None)
    return Consequence(record.with_order(order), outbox=(told, failure(record, order, now, code, message, note=note)))


def without_pos(order: Order) -> Order:
    """The order is not in the POS: what was asked for there waits until it is, should it be sent again."""

    def waiting(write: Write) -> Write:
        if write.state is not WriteState.QUEUED or write.what is What.TRACK:
            return write
        code = "superseded" if write.what in (What.CREATE, What.ACCEPT, What.CANCEL) else _WAITS_FOR_ITS_ORDER
        return protocol.withdrawn(write, "the order is not in the POS", code)

    return order.with_writes(waiting)


_WAITS_FOR_ITS_ORDER = "not_in_pos"


def is_given_up(order: Order, *, but_cancelled: bool = False) -> bool:
    """Whether the order is not to be in the POS any more. `but_cancelled`: the platform's own cancel does not count,
    which may turn out to be too late."""
    said = placed(order)
    cancelled = said.cancelled_at is not None and not but_cancelled
    return said.refund_announced_at is not None or said.handled is not None or cancelled


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
