"""Our words in Kounta's JSON. Bodies are checked there against a schema: ids and money are JSON numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import simplejson

from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import NOTIFICATION_LENGTH, DraftPayment, OrderDraft
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    PaymentRequest,
)

SHORTEST_NOTIFICATION_S, LONGEST_NOTIFICATION_S = 3, 60  # (Kounta docs: Notifications)


def create_body(draft: OrderDraft) -> bytes:
    """The exact bytes of `POST /orders`. Raises BadInputError for an id that is no whole number."""
    place = "register_id" if draft.register_id is not None else "site_id"
    order: dict[str, Any] = {
        place: _id(draft.register_id if draft.register_id is not None else draft.site_id, place),
        "status": draft.status,
        "sale_number": draft.sale_number,
        "order_type": draft.order_type or None,
        "guests": draft.guests,
        "customer_id": _id(draft.customer_id, "customer_id"),
        "notes": draft.notes,
        "lines": [line(each) for each in draft.lines] or None,
        "options": [option(each) for each in draft.options] or None,
        "payments": [_drafted_payment(each) for each in draft.payments] or None,
        "price_variation": draft.price_variation,
        "price_fixed_variation": draft.price_fixed_variation,
        "price_limit": draft.price_limit,
        "lock": list(draft.lock) or None,
        "placed_at": _time(draft.placed_at),
        "fulfil_at": _time(draft.fulfil_at),
        "original_order_id": _id(draft.original_order_id, "original_order_id"),
        "complete_when_paid": draft.complete_when_paid,
        "enable_alert_sound": draft.enable_alert_sound,
        "prompt_for_reject_reason": draft.prompt_for_reject_reason,
        "callback_uri": draft.callback_uri,
    }
    if draft.pass_thru_printing:  # Kounta docs: without it a register makes no pass-thru order either
        register = _id(draft.pass_thru_printing_register, "pass_thru_printing_register")
        order |= {"pass_thru_printing": True, "pass_thru_printing_register": register}
    return as_json(_known(order))


def changes_body(changes: OrderChanges) -> bytes:
    """The bytes of a `PUT /orders/{id}`: partial, what is not named stays (Kounta docs: Update an order)."""
    return as_json(
        _known(
            {
                "status": changes.status,
                "notes": changes.notes,
                "order_type": changes.order_type,
                "guests": changes.guests,
                "customer_id": _id(changes.customer_id, "customer_id"),
                "price_variation": changes.price_variation,
                "price_fixed_variation": changes.price_fixed_variation,
                "price_limit": changes.price_limit,
                "lock": None if changes.lock is None else list(changes.lock),
                "placed_at": _time(changes.placed_at),
                "fulfil_at": _time(changes.fulfil_at),
                "complete_when_paid": changes.complete_when_paid,
                "enable_alert_sound": changes.enable_alert_sound,
                "prompt_for_reject_reason": changes.prompt_for_reject_reason,
            }
        )
    )


def line(wanted: LineRequest) -> dict[str, Any]:
    """A line. The price without tax wins, as at Kounta (Kounta docs: Create an order).

    With option sets it has no quantity (Kounta docs: Create with Option Sets): 1 is not said.
    """
    said = {
        "product_id": as_number(wanted.product_id, "product_id"),
        "quantity": None if wanted.option_sets and wanted.quantity == 1 else wanted.quantity,
        **_price(wanted.unit_price, wanted.unit_price_inc_tax),
        "price_variation": wanted.price_variation,
        "price_fixed_variation": wanted.price_fixed_variation,
        "notes": wanted.notes,
        "modifiers": [as_modifier(each) for each in wanted.modifiers] or None,
        "option_sets": [_option_set(each) for each in wanted.option_sets] or None,
    }
    return _known(said)


def lines_body(lines: Sequence[LineRequest]) -> bytes:
    """Several lines at once: all or none (Kounta docs: Lines)."""
    return as_json([line(each) for each in lines])


def changed_line_body(changes: LineChanges) -> bytes:
    """What is changed of a line; modifiers that are named overwrite all of them (Kounta docs: Lines)."""
    said = {
        "product_id": _id(changes.product_id, "product_id"),
        "quantity": changes.quantity,
        "unit_price": changes.unit_price,
        "unit_price_inc_tax": changes.unit_price_inc_tax,
        "price_variation": changes.price_variation,
        "price_fixed_variation": changes.price_fixed_variation,
        "notes": changes.notes,
        "modifiers": None if changes.modifiers is None else [as_modifier(each) for each in changes.modifiers],
    }
    return as_json(_known(said))


def option(wanted: OptionRequest) -> dict[str, Any]:
    """A product with its chosen option sets, nested as deep as they are (Kounta docs: Create with Option Sets)."""
    said = {
        "product_id": as_number(wanted.product_id, "product_id"),
        **_price(wanted.unit_price, wanted.unit_price_inc_tax),
        "instructions": wanted.instructions,
        "option_sets": [_option_set(each) for each in wanted.option_sets] or None,
    }
    return _known(said)


def option_body(wanted: OptionRequest) -> bytes:
    """The bytes of `POST /orders/{id}/optionsets`."""
    return as_json(option(wanted))


def payment_body(payment: PaymentRequest) -> bytes:
    """The bytes of `POST /orders/{id}/payments`."""
    return as_json(_payment(payment.method_id, payment.amount, payment.ref, payment.tip))


def changed_payment_body(ref: str | None, tip: Decimal | None) -> bytes:
    """`PUT /orders/{id}/payments/{n}`. A tip becomes a payment of 0.00 of its own (Kounta docs: Payments)."""
    return as_json(_known({"ref": ref, "tip": tip}))


def notification_body(notification: Notification) -> bytes:
    """A message on the registers (Kounta docs: Notifications), cut to what Kounta takes."""
    return as_json(
        _known(
            {
                "broadcast_level": notification.broadcast_level,
                "alert_colour": notification.alert_colour,
                "message": notification.message[:NOTIFICATION_LENGTH],
                "duration": min(max(notification.duration_s, SHORTEST_NOTIFICATION_S), LONGEST_NOTIFICATION_S),
                "register_ids": [as_number(each, "register_ids") for each in notification.register_ids] or None,
                "staff_ids": [as_number(each, "staff_ids") for each in notification.staff_ids] or None,
                "expires": _time(notification.expires),
            }
        )
    )


def customer_body(customer: Customer, reference_id: str) -> bytes:
    """A new customer; what is not known is left out."""
    known = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "reference_id": reference_id,
    }
    return as_json({name: value for name, value in known.items() if value})


def as_json(value: object) -> bytes:
    """Compact JSON in UTF-8, Decimals as they are written. Raises ValueError for NaN and infinity."""
    text: str = simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, for_json=False
    )
    return text.encode("utf-8", "replace")  # half a surrogate pair in a guest's words must not stop the order


def as_number(text: str, name: str) -> int:
    """An id as a JSON number: 64-bit, kept as a string with us. Raises BadInputError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise BadInputError(f"{name} is not a whole number", code="invalid_pos_id")
    return int(text)


def as_modifier(text: str) -> int:
    """A modifier as a JSON number, negative when it is negated ("no sugar"). Raises BadInputError."""
    number = as_number(text.removeprefix("-"), "modifiers")
    return -number if text.startswith("-") else number


def as_moment(moment: datetime, *, up: bool = False) -> str:
    """A time for a filter: UTC, whole seconds, rounded outwards so that nothing at the edge is lost."""
    whole = moment.astimezone(UTC).replace(microsecond=0)
    if up and moment.microsecond:
        whole += timedelta(seconds=1)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")


def _known(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _id(text: str | None, name: str) -> int | None:
    return None if text is None else as_number(text, name)


def _time(moment: datetime | None) -> str | None:
    # Whole seconds with an offset, as Kounta's examples write times.
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _price(without_tax: Decimal | None, with_tax: Decimal | None) -> dict[str, Decimal | None]:
    return {"unit_price": without_tax} if without_tax is not None else {"unit_price_inc_tax": with_tax}


def _option_set(wanted: OptionSetRequest) -> dict[str, Any]:
    return {
        "option_set_id": as_number(wanted.option_set_id, "option_set_id"),
        "options": [option(each) for each in wanted.options],
    }


def _drafted_payment(payment: DraftPayment) -> dict[str, Any]:
    return _payment(payment.method_id, payment.amount, payment.ref, payment.tip)


def _payment(method_id: str | None, amount: Decimal, ref: str | None, tip: Decimal | None) -> dict[str, Any]:
    return _known({"method_id": _id(method_id, "method_id"), "amount": amount, "ref": ref, "tip": tip})
