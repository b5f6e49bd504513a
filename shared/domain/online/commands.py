"""What a platform or a person may ask of a placed order, and when the order's state forbids it: pure.

Every command takes the record as it is and returns it changed, or raises NotNowError, whose code says why not. A
command that asks for what is already so changes nothing. None of them knows who is acting: a leased record is not
given to them at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from shared.domain.consequence import Consequence
from shared.domain.errors import NotNowError, ReferenceReusedError
from shared.domain.online.consequences import event_item, without_pos
from shared.domain.online.record import Content, OnlineRecord, Placement, changed, placed
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment, Handled, Placed
from shared.domain.orders.request import OrderChanges, OrderRequest
from shared.domain.orders.totals import paid_of, tips_of, total_of
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.venues import Venue, VenueMode

Changed = Consequence[OnlineRecord]

LINE_CHANGES = frozenset(
    {What.ADD_LINES, What.CHANGE_LINE, What.REMOVE_LINE, What.ADD_OPTION_SET, What.REMOVE_OPTION_SET}
)
_ENDED = ("rejected", "deleted", "completed", "partly_refunded", "refunded", "cancelled", "handled")


def place(
    record_id: str,
    placement: Placement,
    request: OrderRequest,
    fingerprint: str,
    venue: Venue,
    now: datetime,
    order_id: str,
) -> OnlineRecord:
    """The record of a new order, wanted in the POS."""
    order = _new_order(placement, request, fingerprint, venue, now, order_id, number=1)
    order = order.wanting(What.CREATE, now, why="placed by the platform", changed_at=now)
    record = OnlineRecord(record_id, 0, placement, orders=(order,))
    return record.carrying(order.create.id, Content(order=request))


def accept(record: OnlineRecord, now: datetime, by: str) -> Changed:
    """The venue takes the order on, whether or not the POS has it. In the POS it becomes ACCEPTED when it is SUBMITTED
    there."""
    order = record.main
    said = placed(order)
    if said.fulfilment is not Fulfilment.NEW:
        return Consequence(record)
    _must_stand(order)
    order = changed(order, fulfilment=Fulfilment.ACCEPTED)
    order = _wanting_acceptance(order, now, by)
    return Consequence(record.with_order(order), outbox=(event_item(record, order, now, "order.accepted"),))


def _wanting_acceptance(order: Order, now: datetime, by: str) -> Order:
    will_be_there = order.create.is_open or order.create.state is WriteState.SENT
    is_submitted = placed(order).status == "SUBMITTED" and order.pos.status in (None, "SUBMITTED")
    if not will_be_there or not is_submitted or order.open_write(What.ACCEPT):
        return order
    return order.wanting(What.ACCEPT, now, why=f"accepted by {by}")


def progress(record: OnlineRecord, to: Fulfilment, now: datetime) -> Changed:
    """The order is ready, out for delivery or done. Only forwards, and only once it is accepted."""
    order = record.main
    said = placed(order)
    if to is said.fulfilment:
        return Consequence(record)
    _must_stand(order, but_may_be=("completed", "handled"))
    if said.fulfilment is Fulfilment.NEW:
        raise NotNowError("accept the order first", code="not_accepted")
    if _RANK[to] < _RANK[said.fulfilment]:
        raise NotNowError(f"the order is {said.fulfilment} already", code="already_further")
    if to is Fulfilment.OUT_FOR_DELIVERY and said.order_type not in (None, "Delivery"):
        raise NotNowError(f"a {said.order_type} order is not delivered", code="not_a_delivery")
    order = changed(order, fulfilment=to)
    told = () if to is Fulfilment.DONE else (event_item(record, order, now, f"order.{to.value}"),)
    return Consequence(record.with_order(order), outbox=told)


_RANK = {each: rank for rank, each in enumerate(Fulfilment)}


def resubmit(record: OnlineRecord, now: datetime) -> Changed:
    """Sends again what failed, and only that: an order that is in the POS is never sent again."""
    order = record.main
    said = placed(order)
    if said.refund_announced_at is not None:
        raise NotNowError("the platform was told to refund it", code="refund_announced")
    _must_not_be_given_up(order)
    again = [write for write in order.writes if write.what in (What.CREATE, What.TRACK) and _can_be_sent_again(write)]
    if order.create.state is WriteState.SENT and not again:
        raise NotNowError("the order is in the POS, and nothing of it failed", code="already_in_pos")
    if not again:
        code = "unknown" if order.create.state is WriteState.UNKNOWN else "sending"
        raise NotNowError("it is being sent, or looked for, by itself", code=code)
    for write in again:
        order = order.with_write(protocol.resubmitted(write, now))
    return Consequence(record.with_order(order))


def _can_be_sent_again(write: Write) -> bool:
    return write.state is WriteState.FAILED or (
        write.state is WriteState.WITHDRAWN and write.code not in ("shadow", "superseded")
    )


def cancel(record: OnlineRecord, now: datetime, reason: str) -> Changed:
    """The order is called off. What is not sent is withdrawn; what is being sent or looked for is taken out of the POS
    once it is known to be there; what the venue took up stays."""
    order = record.main
    said = placed(order)
    if said.cancelled_at is not None:
        return Consequence(record)
    if order.status in _ENDED:
        raise NotNowError(f"the order is {order.status}", code=_code_of(order))
    if said.fulfilment is not Fulfilment.NEW or order.pos.status in ("ACCEPTED", "PENDING"):
        raise NotNowError("the venue has accepted the order: call them, or refund it", code="accepted_by_venue")
    order = changed(order, cancelled_at=now)
    if order.create.state is WriteState.QUEUED:
        order = order.with_write(protocol.withdrawn(order.create, reason, "cancelled"))
    if order.create.state in (WriteState.WITHDRAWN, WriteState.FAILED):
        order = without_pos(order)
    else:
        order = order.wanting(What.CANCEL, now, why=reason)
    return Consequence(record.with_order(order))


def handle_by_hand(record: OnlineRecord, handled: Handled, now: datetime, look_at: datetime) -> Changed:
    """Somebody enters, or has entered, the order on the register: nothing sends it any more. `look_at`: when to look
    for the sale, if it is named, among those that came before."""
    order = record.main
    said = placed(order)
    if said.handled is not None:
        if handled.sale_name in (None, said.handled.sale_name):
            return Consequence(record)
        if said.handled.sale_name is None:
            merged = replace(said.handled, sale_number=handled.sale_number)
            return Consequence(record.with_order(replace(changed(order, handled=merged), watch_at=look_at)))
        raise NotNowError("it was entered by hand with another sale number", code="handled")
    if said.refund_announced_at is not None:
        raise NotNowError("the platform was told to refund it", code="refund_announced")
    if said.cancelled_at is not None:
        raise NotNowError("the order was cancelled", code="cancelled")
    if order.create.state is WriteState.SENT:
        raise NotNowError("the order is in the POS", code="already_in_pos")
    if order.create.state is WriteState.QUEUED:
        order = order.with_write(protocol.withdrawn(order.create, "entered by hand", "handled"))
        order = without_pos(order)
    order = changed(order, handled=handled, kept=True if said.kept is None else said.kept)
    order = replace(order, watch_at=look_at if handled.sale_name else None)
    return Consequence(record.with_order(order), outbox=(event_item(record, order, now, "order.handled"),))


def refund(
    record: OnlineRecord,
    request: OrderRequest,
    fingerprint: str,
    venue: Venue,
    now: datetime,
    order_id: str,
    reason: str,
) -> tuple[Changed, Order]:
    """A new order with negative lines and payments, from a COMPLETE one; all refunds together never above it.

    Raises ReferenceReusedError for a reference that another refund of it has with other content.
    """
    for known in record.refunds:
        if placed(known).reference == request.reference:
            if placed(known).fingerprint != fingerprint:
                raise ReferenceReusedError(f"reference {request.reference} was used for another refund")
            return Consequence(record), known
    main = must_be_complete(record)
    total = -(total_of(request) or Decimal(0))
    left = (main.pos.total or Decimal(0)) - promised_back(record)
    if total <= 0 or total > left:
        raise NotNowError(f"{total} is more than the {left} that is left of the order", code="refund_above_order")
    order = _new_order(
        record.placement, request, fingerprint, venue, now, order_id, number=len(record.orders) + 1, refund_of=main.id
    ).wanting(What.CREATE, now, why=reason, changed_at=now)
    record = record.with_order(order).carrying(order.create.id, Content(order=request))
    return Consequence(record), order


def must_be_complete(record: OnlineRecord) -> Order:
    """The order, which can be refunded. Raises NotNowError."""
    main = record.main
    if main.status not in ("completed", "partly_refunded", "refunded"):
        raise NotNowError(f"only a completed order is refunded; this one is {main.status}", code="order_not_complete")
    return main


def promised_back(record: OnlineRecord, *, but: str | None = None) -> Decimal:
    """What all refunds that are, or may come, into the POS give back together. `but`: without this reference."""
    gone = (WriteState.FAILED, WriteState.WITHDRAWN)
    others = (each for each in record.refunds if placed(each).reference != but)
    open_or_sent = (each for each in others if each.create.state not in gone)
    standing = (each for each in open_or_sent if each.pos.status not in ("REJECTED", "DELETED"))
    return sum((-(placed(each).total or Decimal(0)) for each in standing), Decimal(0))


def change(
    record: OnlineRecord, what: What, content: Content, now: datetime, *, why: str, reference: str | None = None
) -> tuple[Changed, Write]:
    """A change of the open order in the POS: lines, option sets, payments, fields, a word to staff.

    The same reference again is the same change. Raises ReferenceReusedError for one used with other content.
    """
    order = record.main
    if reference is not None:
        for known in order.writes:
            if known.reference == reference:
                if known.what is not what or record.contents.get(known.id, content) != _named(content, known):
                    raise ReferenceReusedError(f"reference {reference} was used for something else")
                return Consequence(record), known
    if content.changes is not None and content.changes.status == "REJECTED":
        # Written as any change it would come back as if staff had decided so. Nothing else of it matters then.
        decided = cancel(record, now, why)
        return decided, decided.record.main.writes[-1]
    if content.changes is not None and content.changes.status == "ACCEPTED":
        return _change_and_accept(record, content.changes, now, why=why, reference=reference)
    _must_stand(order)
    if order.never_came:
        raise NotNowError("the order is not in the POS", code="not_in_pos")
    if content.payment is not None and content.payment.ref is not None and content.payment.ref in _refs(record, order):
        raise ReferenceReusedError(f"the order has a payment with ref {content.payment.ref}")
    order = order.wanting(what, now, why=why, reference=reference)
    write = order.writes[-1]
    return Consequence(record.with_order(order).carrying(write.id, _named(content, write))), write


def _change_and_accept(
    record: OnlineRecord, changes: OrderChanges, now: datetime, *, why: str, reference: str | None
) -> tuple[Changed, Write]:
    """What else is changed comes first: accepted, a paid order may be complete."""
    first: Changed = Consequence(record)
    others = Content(changes=replace(changes, status=None))
    if others.changes != OrderChanges():
        first, _ = change(record, What.UPDATE, others, now, why=why, reference=reference)
    decided = accept(first.record, now, record.platform)
    outbox = (*first.outbox, *decided.outbox)
    return Consequence(decided.record, outbox=outbox), decided.record.main.writes[-1]


def _named(content: Content, write: Write) -> Content:
    """A payment without a `ref` gets one of ours: without it nobody could tell whether it arrived."""
    payment = content.payment
    if payment is None or payment.ref is not None:
        return content
    return replace(content, payment=replace(payment, ref=f"{write.id}-pay"))


def _refs(record: OnlineRecord, order: Order) -> set[str | None]:
    added = {content.payment.ref for content in record.contents.values() if content.payment is not None}
    return {*placed(order).payment_refs, *added}


def _must_stand(order: Order, but_may_be: tuple[str, ...] = ()) -> None:
    said = placed(order)
    if said.refund_announced_at is not None:
        raise NotNowError("the platform was told to refund it", code="refund_announced")
    if said.cancelled_at is not None:
        raise NotNowError("the order was cancelled", code="cancelled")
    if order.status in _ENDED and order.status not in but_may_be:
        raise NotNowError(f"the order is {order.status}", code=_code_of(order))


def _must_not_be_given_up(order: Order) -> None:
    said = placed(order)
    if said.handled is not None:
        raise NotNowError("it was entered by hand", code="handled")
    if said.cancelled_at is not None:
        raise NotNowError("the order was cancelled", code="cancelled")


def _code_of(order: Order) -> str:
    return f"order_{order.status}" if order.status in ("rejected", "deleted", "completed") else order.status


def _new_order(
    placement: Placement,
    request: OrderRequest,
    fingerprint: str,
    venue: Venue,
    now: datetime,
    order_id: str,
    *,
    number: int,
    refund_of: str | None = None,
) -> Order:
    return Order(
        id=order_id,
        venue_id=placement.venue_id,
        platform=placement.platform,
        source="platform",
        created_at=now,
        number=number,
        shadow=venue.mode is VenueMode.SHADOW,
        placed=Placed(
            reference=request.reference,
            fingerprint=fingerprint,
            customer_code=request.customer_code,
            table=request.table,
            order_type=request.order_type,
            status=request.status,
            total=total_of(request),
            paid=paid_of(request),
            tips=tips_of(request),
            payment_refs=tuple(payment.ref for payment in request.payments if payment.ref),
            line_count=len(request.lines) + len(request.options),
            placed_at=request.placed_at,
            fulfil_at=request.fulfil_at,
            callback_uri=request.callback_uri,
            refund_of=refund_of,
        ),
    )
