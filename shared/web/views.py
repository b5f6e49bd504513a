"""Domain values as the contract shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import simplejson

from shared.domain.bookings.events import BookingEvent
from shared.domain.failures import words_for
from shared.domain.money import shown
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Handled
from shared.domain.orders.trial import Trial
from shared.domain.orders.writes import Attempt, Write
from shared.domain.readings import BookingReading, EventReading, OrderDetails
from shared.domain.sales import Sale
from shared.domain.words import REFUNDED

Content = dict[str, Any]
_OF_THE_GUEST = ("customer", "delivery_address", "notes")


def booking_view(reading: BookingReading) -> Content:
    """A booking with its seatings and events."""
    booking = reading.booking
    return {
        "id": booking.booking_id,
        "venue_id": booking.venue_id,
        "platform": booking.platform,
        "kind": booking.kind,
        "channel": booking.channel,
        "status": booking.status,
        "raw_status": booking.raw_status,
        "party_size": booking.details.party_size,
        "tables": list(booking.details.tables),
        "seatings": [
            {
                "number": seating.number,
                "seated_at": _time(seating.seated_at),
                "order_id": seating.order_id,
                "pos_order_id": seating.pos_order_id,
                "outcome": seating.outcome,
            }
            for seating in booking.seatings
        ],
        "events": [event_view(booking.booking_id, each) for each in reading.events],
    }


def event_view(booking_id: str, reading: EventReading) -> Content:
    """An event with its decision; `status` is null while a thin notice was not fetched."""
    event = reading.event
    full = event if isinstance(event, BookingEvent) else None
    return {
        "event_id": event.event_id,
        "booking_id": booking_id,
        "occurred_at": _time(full.occurred_at) if full else None,
        "received_at": _time(event.received_at),
        "type": full.type if full else "updated",
        "status": (full.status or full.raw_status) if full else None,
        "decision": reading.decision,
        "reason": reading.reason,
        "code": reading.code,
    }


def listed_order_view(order: Order) -> Content:
    """An order as a list shows it: where it stands, without what was done for it call by call."""
    said = order.placed
    return {
        "id": order.id,
        "code": order.code,
        "reference": said.reference if said else None,
        "customer_code": said.customer_code if said else None,
        "venue_id": order.venue_id,
        "source": order.source,
        "platform": order.platform,
        "booking_id": order.booking_id,
        "table": said.table if said else None,
        "order_type": said.order_type if said else None,
        "status": order.status,
        "kept": said.kept if said else None,
        "fulfilment": said.fulfilment if said else None,
        "pos": {
            "kind": order.pos.kind,
            "order_id": order.pos.order_id,
            "sale_number": order.pos.sale_number,
            "sale_id": order.pos.sale_id,
            "status": order.pos.status,
        },
        "reject_reason": order.reject_reason,
        "total": _money(order.pos.total if order.pos.total is not None else said.total if said else None),
        "paid": _money(said.paid if said else order.deposit),
        "refunded": _money(said.refunded if said else None),
        "refund_of": said.refund_of if said else None,
        "placed_at": _time(said.placed_at if said else None),
        "fulfil_at": _time(said.fulfil_at if said else None),
        "not_taken_up_at": _time(said.not_taken_up_at if said else None),
        "handled": _handled_view(said.handled) if said and said.handled else None,
        "failed_services": [_failed_service(order, service, write) for service, write in order.failed_services],
        "created_at": _time(order.created_at),
        "updated_at": _time(order.updated_at),
    }


def order_view(order: Order, requests: Mapping[str, bytes] | None = None) -> Content:
    """An order with its writes and the timeline of their attempts. `requests`: what was, or would have been, sent."""
    return {
        **listed_order_view(order),
        "writes": [_write_view(write, requests or {}) for write in order.writes],
        "attempts": [_attempt_view(attempt) for attempt in order.create.attempts],
    }


def order_details_view(details: OrderDetails, *, shows_guest: bool) -> Content:
    """An order with all that is kept of it. Without `shows_guest`, neither the guest nor what was sent, whose notes may
    name them."""
    guest = details.guest if shows_guest else None
    return {
        **order_view(details.order, details.requests if shows_guest else None),
        "customer": {
            "first_name": guest.first_name,
            "last_name": guest.last_name,
            "email": guest.email,
            "phone": guest.phone,
        }
        if guest
        else None,
        "notices": [
            {"channel": each.channel, "to_masked": each.to_masked, "at": _time(each.at), "status": each.status}
            for each in details.notices
        ],
        "refunds": [_refund_view(each) for each in details.refunds],
        "printed_at": _time(details.printed_at),
    }


def _refund_view(refund: Order) -> Content:
    said = refund.placed
    return {
        "id": refund.id,
        "reference": said.reference if said else None,
        "amount": _money(-said.total if said and said.total is not None else None),
        "status": refund.status,
    }


def _handled_view(handled: Handled) -> Content:
    return {
        "at": _time(handled.at),
        "by": handled.by,
        "note": handled.note,
        "sale_number": handled.sale_number,
        "pos_order_id": handled.pos_order_id,
    }


def _failed_service(order: Order, service: str, write: Write) -> Content:
    words = words_for(write.code or "")
    is_refunded = order.placed is not None and order.placed.kept is False and service == "pos"
    return {
        "service": service,
        "code": write.code,
        "message": write.message or write.note,
        "meaning": words.meaning,
        "action": REFUNDED if is_refunded else words.action,
        "at": _time(write.last_call_ended_at or write.created_at),
    }


def callback_body(order: Order) -> bytes:
    """The order as it is posted to its own address: what `GET` shows, without the guest, whom the platform knows."""
    return simplejson.dumps(without_guest(order_view(order)), separators=(",", ":")).encode()


def without_guest(view: Content) -> Content:
    """An order's view whose members that speak of the guest, if it has them, are null."""
    return {name: None if name in _OF_THE_GUEST else value for name, value in view.items()}


def dry_run_view(trial: Trial) -> Content:
    """What would be sent, and what the checks say; nothing was stored."""
    return {
        "would_be_sent": trial.would_be_sent,
        "request": simplejson.loads(trial.body, use_decimal=True) if trial.body else None,
        "checks": [
            {"code": each.code, "severity": each.severity, "pointer": each.pointer, "detail": each.detail}
            for each in trial.checks
        ],
    }


def sale_view(sale: Sale) -> Content:
    """A sales record."""
    return {
        "id": sale.id,
        "pos_order_id": sale.pos_order_id,
        "sale_number": sale.sale_number,
        "order_id": sale.order_id,
        "booking_id": sale.booking_id,
        "source": sale.source,
        "order_type": sale.order_type,
        "completed_at": _time(sale.completed_at),
        "voided_at": _time(sale.voided_at),
        "refund_of": sale.refund_of,
        "covers": sale.covers,
        "lines": [
            {
                "product_id": line.product_id,
                "name": line.product_name,
                "quantity": format(line.quantity.normalize(), "f"),
                "total_ex_tax": _money(line.total_ex_tax),
                "tax": _money(line.tax),
            }
            for line in sale.lines
        ],
        "payments": [
            {
                "method_id": paid.method_id,
                "method": paid.method_name,
                "amount": _money(paid.amount),
                "tip": _money(paid.tip),
                "ref": paid.ref,
            }
            for paid in sale.payments
        ],
        "total": _money(sale.total),
        "tax": _money(sale.tax),
        "tips": _money(sale.tips),
        "service_charge": _money(sale.service_charge),
        "discounts": _money(sale.discounts),
        "surcharges": _money(sale.surcharges),
        "group_id": sale.group_id,
        "currency": sale.currency,
    }


def _write_view(write: Write, requests: Mapping[str, bytes]) -> Content:
    content: Content = {
        "id": write.id,
        "what": write.what,
        "state": write.state,
        "reason": write.why or None,
        "code": write.code,
        "generation": write.generation,
    }
    if write.key in requests:
        content["request"] = _masked(simplejson.loads(requests[write.key], use_decimal=True))
    return content


def _masked(request: Content) -> Content:
    """Without the callback's token: whoever has that can claim to be the POS."""
    address, _, _ = str(request.get("callback_uri", "")).partition("?")
    return {**request, "callback_uri": f"{address}?token=…"} if address else request


def _attempt_view(attempt: Attempt) -> Content:
    return {
        "number": attempt.number,
        "trigger": attempt.trigger,
        "started_at": _time(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome,
        "http_status": attempt.http_status,
        "code": attempt.code,
        "idempotency_key": attempt.idempotency_key,
        "note": attempt.note,
    }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else shown(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
