"""Orders of the POS as the contract shows them: Kounta's own names, ids as strings, money as decimal strings.

Guests' data (`customer`, and `notes`, in which staff and platforms write names) are left out unless the caller may see
them. Never shown: our marker in the notes, and what stands behind `?` in a callback's address, which is a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared.domain.identities import markers_in, without_markers
from shared.domain.money import shown
from shared.domain.orders.pos_order import (
    ListedPosOrder,
    PosLine,
    PosOption,
    PosOrder,
    PosPayment,
    PosTax,
)

Content = dict[str, Any]


def listed_view(row: ListedPosOrder, *, guests: bool) -> Content:
    """An abridged order of a list. `guests`: whether the caller may see guests' data."""
    content: Content = {
        "id": row.id,
        "order_id": _order_id(row.notes),
        "status": row.status,
        "deleted": row.deleted,
        "is_refund": row.is_refund,
        "site_id": row.site_id,
        "register_id": row.register_id,
        "staff_id": row.staff_id,
        "total": _money(row.total),
        "total_tax": _money(row.total_tax),
        "paid": _money(row.paid),
        "tips": _money(row.tips),
        "created_at": _time(row.created_at),
        "updated_at": _time(row.updated_at),
    }
    return {**content, "notes": without_markers(row.notes)} if guests else content


def pos_order_view(order: PosOrder, *, guests: bool) -> Content:
    """A whole order. What the POS did not tell is null."""
    content: Content = {
        "id": order.id,
        "order_id": _order_id(order.notes),
        "status": order.status,
        "deleted": order.deleted,
        "is_refund": order.is_refund,
        "sale_number": order.sale_number,
        "sale_id": order.sale_id,
        "site_id": order.site_id,
        "register_id": order.register_id,
        "staff_id": order.staff_id,
        "customer_id": order.customer.id if order.customer else None,
        "order_type": order.order_type,
        "guests": order.guests,
        "lines": [line_view(line) for line in order.lines],
        "options": options_view(order.options),
        "payments": [payment_view(payment) for payment in order.payments],
        "price_variation": _number(order.price_variation),
        "price_fixed_variation": _money(order.price_fixed_variation),
        "price_limit": _money(order.price_limit),
        "lock": None if order.lock is None else list(order.lock),
        "complete_when_paid": order.complete_when_paid,
        "pass_thru_printing": order.pass_thru_printing,
        "callback_uri": _without_secret(order.callback_uri),
        "reject_reason": order.reject_reason,
        "total": _money(order.total),
        "total_tax": _money(order.total_tax),
        "discounts": _money(order.discounts),
        "surcharges": _money(order.surcharges),
        "tip_service_percent": _number(order.tip_service_percent),
        "tip_service_amount": _money(order.tip_service_amount),
        "tip_service_paid": _money(order.tip_service_paid),
        "service_charge": _money(order.service_charge),
        "paid": _money(order.paid),
        "tips": _money(order.tips),
        "amount_due": _money(order.amount_due),
        "order_payment_type": order.order_payment_type,
        "group_id": order.group_id,
        "original_order_id": order.original_order_id,
        "refunded_order_id": order.refunded_order_id,
        "placed_at": _time(order.placed_at),
        "fulfil_at": _time(order.fulfil_at),
        "created_at": _time(order.created_at),
        "updated_at": _time(order.updated_at),
    }
    if not guests:
        return content
    who = order.customer
    customer = who and {"first_name": who.first_name, "last_name": who.last_name, "email": who.email}
    return {**content, "notes": without_markers(order.notes), "customer": customer}


def line_view(line: PosLine) -> Content:
    """A line; `number` is its place in addresses."""
    return {
        "number": line.number,
        "line_id": line.line_id,
        "product_id": line.product_id,
        "name": line.product_name,
        "sku": line.sku,
        "quantity": _number(line.quantity),
        "unit_price": _money(line.unit_price),
        "unit_tax": _money(line.unit_tax),
        "price_variation": _number(line.price_variation),
        "price_fixed_variation": _money(line.price_fixed_variation),
        "line_total_ex_tax": _money(line.total_ex_tax),
        "line_total_tax": _money(line.tax),
        "taxes": [_tax_view(tax) for tax in line.taxes],
        "modifiers": list(line.modifiers),
        "notes": line.notes,
        "part_of_option_set": line.part_of_option_set,
        "course_name": line.course_name,
        "course_ordinal": line.course_ordinal,
        "course_status": line.course_status,
        "from_order_id": line.from_order_id,
    }


def options_view(options: Sequence[PosOption]) -> list[Content]:
    """An order's option sets; `number`, 1 = first, is their place in addresses."""
    return [option_view(option, number) for number, option in enumerate(options, 1)]


def option_view(option: PosOption, number: int) -> Content:
    """One option set of an order, with what is nested in it."""
    return {"number": number, **_option(option)}


def payment_view(payment: PosPayment) -> Content:
    """A payment; `amount` without tip."""
    return {
        "id": payment.id,
        "number": payment.number,
        "method_id": payment.method_id,
        "method": payment.method_name,
        "amount": _money(payment.amount),
        "tip": _money(payment.tip),
        "ref": payment.ref,
        "created_at": _time(payment.created_at),
    }


def _option(option: PosOption) -> Content:
    return {
        "product_id": option.product_id,
        "name": option.name,
        "line_number": option.line_number,
        "unit_price": _money(option.unit_price),
        "unit_tax": _money(option.unit_tax),
        "taxes": [_tax_view(tax) for tax in option.taxes],
        "instructions": option.instructions,
        "option_sets": [
            {
                "option_set_id": one.option_set_id,
                "name": one.name,
                "options": [_option(each) for each in one.options],
            }
            for one in option.option_sets
        ],
    }


def _tax_view(tax: PosTax) -> Content:
    return {"id": tax.id, "name": tax.name, "rate": _number(tax.rate)}


def _order_id(notes: str | None) -> str | None:
    """The relay's order that the notes say this is."""
    return next((order_id for order_id, _ in markers_in(notes)), None)


def _without_secret(address: str | None) -> str | None:
    place, mark, _ = (address or "").partition("?")
    return f"{place}?…" if mark else place or None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _money(value: Decimal | None) -> str | None:
    return None if value is None else shown(value)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
