"""What a POS order shall hold, before the adapter renders it in the vendor's JSON; and a booking's one.

An online order's is made in `online_draft`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.bookings.events import BookingEvent, PaymentSummary
from shared.domain.identities import marker
from shared.domain.money import shown
from shared.domain.orders.request import LineRequest, OptionRequest
from shared.domain.venues import Venue

NOTIFICATION_LENGTH = 300  # characters (Kounta docs: Notifications)
NOTIFICATIONS_AN_ORDER = 5  # (Kounta docs: Notifications)


@dataclass(frozen=True, slots=True)
class DraftPayment:
    """A payment that goes with a new order. `ref`: by which it is told from staff's. `tip` stands beside `amount`."""

    method_id: str | None
    """None: our add-on's own payment method (Kounta docs: Payments)."""
    amount: Decimal
    ref: str
    tip: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A new POS order in the relay's words. None (or nothing) is left out: then the POS's own default counts."""

    site_id: str | None
    register_id: str | None
    order_type: str | None
    guests: int | None
    notes: str
    callback_uri: str
    customer_id: str | None = None
    payments: tuple[DraftPayment, ...] = ()
    status: str = "SUBMITTED"
    sale_number: str | None = None
    lines: tuple[LineRequest, ...] = ()
    options: tuple[OptionRequest, ...] = ()
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    price_limit: Decimal | None = None
    lock: tuple[str, ...] = ()
    asked_complete_when_paid: bool | None = None
    enable_alert_sound: bool | None = None
    prompt_for_reject_reason: bool | None = True
    pass_thru_printing: bool = False
    pass_thru_printing_register: str | None = None
    placed_at: datetime | None = None
    fulfil_at: datetime | None = None
    original_order_id: str | None = None

    @property
    def complete_when_paid(self) -> bool | None:
        """As asked, but false for an order still without lines: a payment that covers nothing must not close it."""
        return self.asked_complete_when_paid if self.lines or self.options else False


def draft_order(
    venue: Venue, event: BookingEvent, order_id: str, write: str, callback_uri: str, customer_id: str | None
) -> OrderDraft:
    """The order for a seated booking, from today's settings."""
    deposit = deposit_payment(venue, event.payment, order_id)
    return OrderDraft(
        site_id=None if venue.pos.register_id else venue.pos.site_id,
        register_id=venue.pos.register_id,
        order_type=venue.order_type,
        guests=event.party_size,
        notes=order_notes(venue, event, write, with_name=customer_id is None),
        callback_uri=callback_uri,
        customer_id=customer_id,
        payments=(deposit,) if deposit else (),
    )


def deposit_payment(venue: Venue, payment: PaymentSummary | None, order_id: str) -> DraftPayment | None:
    """The deposit as a payment: only when the venue names a method, only what is paid, only in the venue's currency."""
    if venue.deposit_method_id is None or payment is None or not payment.amount_paid or payment.amount_paid <= 0:
        return None
    if payment.currency is not None and payment.currency.upper() != venue.currency:
        return None
    return DraftPayment(venue.deposit_method_id, payment.amount_paid, deposit_ref(order_id))


def deposit_ref(order_id: str) -> str:
    """The `ref` by which our own deposit is told from a payment that staff took."""
    return f"PR-{order_id.removeprefix('ord_')}-deposit"


def order_notes(venue: Venue, event: BookingEvent, write: str, *, with_name: bool) -> str:
    """Notes for people, newest facts first, our marker last. The name only when no customer could be linked."""
    kind = "Walk-in" if event.kind == "walkin" else "Booking"
    first = []
    if event.tables:
        first.append(f"Table {'+'.join(venue.pos_tables(event.tables))}")
    if event.party_size:
        first.append(f"{event.party_size} covers")
    lines = [" · ".join(first)] if first else []
    name = _name(event) if with_name else ""
    lines.append(f"{kind}{f' {name}' if name else ''} ({event.booking_reference})")
    if event.payment:
        lines.extend(_payment_lines(venue, event.payment))
    if event.notes and event.notes.strip():
        lines.append(" ".join(event.notes.split())[:500])
    return "\n".join((*map(without_marker_brackets, lines), marker(write)))


def _name(event: BookingEvent) -> str:
    customer = event.customer
    parts = [customer.first_name, customer.last_name] if customer else []
    return " ".join(part for part in parts if part)


def _payment_lines(venue: Venue, payment: PaymentSummary) -> list[str]:
    currency = (payment.currency or venue.currency).upper()
    label = (payment.payment_type or "deposit").replace("_", " ").capitalize()
    parts = []
    if payment.amount_paid is not None:
        of = f" of {shown(payment.amount)}" if payment.amount is not None else ""
        parts.append(f"paid {currency} {shown(payment.amount_paid)}{of}")
    elif payment.amount is not None:
        parts.append(f"{currency} {shown(payment.amount)}")
    if payment.amount_due:
        parts.append(f"still due {shown(payment.amount_due)}")
    if payment.transaction_id:
        parts.append(f"ref {payment.transaction_id}")
    return [f"{label}: {', '.join(parts)}"] if parts else []


def without_marker_brackets(text: str) -> str:
    """What a guest or a platform wrote may not look like our marker."""
    return text.replace("[PR-", "(PR-")
