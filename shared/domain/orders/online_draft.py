"""What an online order's POS order shall hold: what the platform asked for, the venue's settings, our marker."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.identities import marker
from shared.domain.orders.draft import DraftPayment, OrderDraft, without_marker_brackets
from shared.domain.orders.pass_thru import PassThruDecision, decide_pass_thru
from shared.domain.orders.request import Address, OrderRequest, PaymentRequest
from shared.domain.venues import Venue

DELIVERED = (None, "Delivery", "Catering")
"""Order types whose delivery address is of use to staff; None: the platform did not say."""


def draft_online_order(
    venue: Venue,
    request: OrderRequest,
    order_id: str,
    write_id: str,
    callback_uri: str,
    customer_id: str | None,
    *,
    status: str | None = None,
    pass_thru: bool | None = None,
) -> OrderDraft:
    """The POS order for a platform's order, from today's settings.

    status: what `status_to_send` says; None: the request's. pass_thru: overrides what the request asks for (False: send
    as a normal order). `decide_pass_thru` with the same two says what became of pass-thru printing, and why.
    """
    printing = decide_pass_thru(venue, request, status=status, asked=pass_thru)
    register_id = request.register_id or venue.pos.register_id
    customer_id = request.customer_id or customer_id
    return OrderDraft(
        site_id=None if register_id else venue.pos.site_id,
        register_id=register_id,
        order_type=request.order_type,
        guests=request.guests,
        notes=online_notes(venue, request, write_id, with_name=customer_id is None),
        callback_uri=callback_uri,
        customer_id=customer_id,
        payments=draft_payments(request.payments, order_id),
        status=printing.status,
        sale_number=request.sale_number,
        lines=request.lines,
        options=request.options,
        price_variation=request.price_variation,
        price_fixed_variation=request.price_fixed_variation,
        price_limit=request.price_limit,
        lock=request.lock,
        asked_complete_when_paid=_completes_when_paid(request, printing),
        enable_alert_sound=request.enable_alert_sound,
        prompt_for_reject_reason=request.prompt_for_reject_reason,
        pass_thru_printing=printing.prints,
        pass_thru_printing_register=printing.register_id,
        placed_at=request.placed_at,
        fulfil_at=request.fulfil_at,
        original_order_id=request.original_order_id,
    )


def status_to_send(request: OrderRequest, now: datetime, preorder_after_s: float) -> str:
    """The status to create an order with: as asked, but one for later is held as a pre-order (Kounta docs: ON_HOLD).

    SUBMITTED counts as not asked, being the default. Such a pre-order is not completed by its payment, unless the
    platform said so: it is for staff to complete when it has been made.
    """
    ahead = request.fulfil_at - now if request.fulfil_at is not None else timedelta(0)
    is_preorder = ahead > timedelta(seconds=preorder_after_s)
    return "ON_HOLD" if is_preorder and request.status == "SUBMITTED" else request.status


def draft_payments(payments: tuple[PaymentRequest, ...], order_id: str) -> tuple[DraftPayment, ...]:
    """The payments, each with a `ref`: one without gets ours, by which a look-up finds it again in the POS."""
    return tuple(
        DraftPayment(each.method_id, each.amount, each.ref or payment_ref(order_id, number), each.tip)
        for number, each in enumerate(payments, start=1)
    )


def payment_ref(order_id: str, number: int) -> str:
    """The `ref` of the order's n-th payment when the platform gave none. Not part of our marker's form."""
    return f"PR-{order_id.removeprefix('ord_')}-pay-{number}"


def online_notes(venue: Venue, request: OrderRequest, write_id: str, *, with_name: bool) -> str:
    """Notes for people: the platform's first, then ours, our marker last. The name only when no customer is linked."""
    theirs = [request.notes.strip()] if request.notes and request.notes.strip() else []
    return "\n".join(
        (*map(without_marker_brackets, (*theirs, *_our_lines(venue, request, with_name))), marker(write_id))
    )


def _completes_when_paid(request: OrderRequest, printing: PassThruDecision) -> bool | None:
    # Kounta completes a paid order that is ON_HOLD; one that we hold as a pre-order would be over before it was made.
    is_held_by_us = printing.status == "ON_HOLD" and request.status == "SUBMITTED" and not printing.prints
    return False if is_held_by_us and request.complete_when_paid is None else request.complete_when_paid


def _our_lines(venue: Venue, request: OrderRequest, with_name: bool) -> list[str]:
    place = []
    if request.table:
        place.append(f"Table {_one_line(venue.pos_table(request.table))}")
    if request.customer_code:
        place.append(f"Code {_one_line(request.customer_code)}")
    name = _name(request) if with_name else ""
    kind = "Refund" if request.original_order_id else "Online order"
    lines = [" · ".join(place)] if place else []
    lines.append(f"{kind}{f' {name}' if name else ''} ({_one_line(request.reference)})")
    if request.delivery_address and request.order_type in DELIVERED:
        lines += _address_lines(request.delivery_address)
    return lines


def _name(request: OrderRequest) -> str:
    customer = request.customer
    return _one_line(" ".join(filter(None, (customer.first_name, customer.last_name)))) if customer else ""


def _address_lines(address: Address) -> list[str]:
    parts = (address.address, address.city, address.state, address.postal_code, address.country)
    known = [_one_line(part) for part in parts if part and part.strip()]
    return [f"Deliver to {', '.join(known)}"] if known else []


def _one_line(text: str) -> str:
    return " ".join(text.split())
