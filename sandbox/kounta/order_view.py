"""How orders look from outside: the whole order, the abridged row of lists."""

from __future__ import annotations

from sandbox.kounta.back_office import Company
from sandbox.kounta.models import ChosenOption, Customer, Line, ListedOrder, Order, Payment
from sandbox.kounta.totals import discounted, to_unit
from sandbox.messages import Json
from sandbox.timeline import iso


def line_json(line: Line) -> Json:
    """One line."""
    shown: dict[str, Json] = {
        "number": line.number,
        "line_id": line.line_id,
        "product": {"id": line.product_id, "name": line.product_name} | ({"sku": line.sku} if line.sku else {}),
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "unit_tax": to_unit(line.unit_price * line.tax.rate),
        "line_total_ex_tax": line.total_ex_tax,
        "line_total_tax": line.total_tax,
        "taxes": [{"id": line.tax.id, "name": line.tax.name, "rate": line.tax.rate}],
        "price_variation": line.price_variation,
        "price_fixed_variation": line.price_fixed_variation,
        "modifiers": line.modifiers,
        "part_of_option_set": line.part_of_option_set,
        "course_status": line.course_status,
    }
    if line.course_ordinal is not None:
        shown |= {"course_name": line.course_name, "course_ordinal": line.course_ordinal}
    return shown | ({"notes": line.notes} if line.notes else {})


def option_json(order: Order, chosen: ChosenOption) -> Json:
    """A product chosen with or in an option set; its `line_number` is that of its order line."""
    line = next(line for line in order.lines if line.number == chosen.line_number)
    shown: dict[str, Json] = {
        "product_id": chosen.product_id,
        "name": line.product_name,
        "unit_price": line.unit_price,
        "unit_tax": to_unit(line.unit_price * line.tax.rate),
        "taxes": [{"id": line.tax.id, "name": line.tax.name, "rate": line.tax.rate}],
        "line_number": chosen.line_number,
        "option_sets": [
            {
                "name": one.name,
                "option_set_id": one.option_set_id,
                "options": [option_json(order, option) for option in one.options],
            }
            for one in chosen.option_sets
        ],
    }
    return shown | ({"instructions": chosen.instructions} if chosen.instructions is not None else {})


def payment_json(payment: Payment, utc_offset: str) -> Json:
    """One payment."""
    shown = {
        "id": payment.id,
        "number": payment.number,
        "method": {"id": payment.method_id, "name": payment.method_name},
        "amount": payment.amount,
        "tip": payment.tip,
        "created_at": iso(payment.created_at, utc_offset),
    }
    return shown | ({"ref": payment.ref} if payment.ref is not None else {})


def order_json(order: Order, company: Company, customer: Customer | None) -> Json:
    """The whole order. What is transient is left out once it is COMPLETE (Kounta docs: Get an order)."""
    offset = company.utc_offset
    shown: dict[str, Json] = {
        "id": order.id,
        "id_str": str(order.id),
        "company_id": order.company_id,
        "saleid": order.saleid,
        "sale_number": order.sale_number,
        "status": order.status,
        "notes": order.notes,
        "total": order.total,
        "total_tax": order.total_tax,
        "paid": order.paid,
        "tips": order.tips,
        "tip_service_paid": order.tip_service_paid,
        "register_id": order.register_id,
        "site_id": order.site_id,
        "staff_member_id": order.staff_id,
        "deleted": order.deleted,
        "lines": [line_json(line) for line in order.lines],
        "options": [option_json(order, chosen) for chosen in order.options],
        "payments": [payment_json(payment, offset) for payment in order.payments],
        "price_variation": order.price_variation,
        "price_fixed_variation": order.price_fixed_variation,
        "created_at": iso(order.created_at, offset),
        "updated_at": iso(order.updated_at, offset),
    }
    if customer is not None:
        shown["customer"] = {
            "id": customer.id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
        }
    optional: dict[str, Json] = {
        "order_type": order.order_type,
        "guests": order.guests,
        "placed_at": order.placed_at,
        "fulfil_at": order.fulfil_at,
        "original_order_id": order.original_order_id,
        "refunded_order_id": order.original_order_id,
        "group_id": order.group_id,
        "tip_service_percent": order.tip_service_percent,
        "tip_service_amount": order.tip_service_amount,
        "pass_thru_printing": order.pass_thru_printing or None,
        "reject_reason": order.reject_reason or None,
    }
    if order.status != "COMPLETE":
        optional |= {
            "callback_uri": order.callback_uri,
            "lock": order.lock,
            "complete_when_paid": order.complete_when_paid,
            "price_limit": order.price_limit,
        }
    return shown | {name: value for name, value in optional.items() if value is not None}


def listed_order(order: Order) -> ListedOrder:
    """The order as lists will show it from its `updated_at` on."""
    return ListedOrder(
        at=order.updated_at,
        status=order.status,
        deleted=order.deleted,
        notes=order.notes,
        register_id=order.register_id,
        staff_id=order.staff_id,
        customer_id=order.customer_id,
        total=order.total,
        total_tax=order.total_tax,
        paid=order.paid,
        tips=order.tips,
        discounted=discounted(order),
        on_account=any(payment.method_name.lower() == "account" for payment in order.payments),
        is_refund=order.is_refund,
    )


def row_json(order: Order, version: ListedOrder, utc_offset: str) -> Json:
    """One abridged row of a list: no lines, no payments."""
    shown: dict[str, Json] = {
        "id": order.id,
        "id_str": str(order.id),
        "status": version.status,
        "notes": version.notes,
        "site_id": order.site_id,
        "register_id": version.register_id,
        "staff_id": version.staff_id,
        "total": version.total,
        "total_tax": version.total_tax,
        "paid": version.paid,
        "tips": version.tips,
        "deleted": version.deleted,
        "created_at": iso(order.created_at, utc_offset),
        "updated_at": iso(version.at, utc_offset),
    }
    return shown | ({"is_refund": True} if version.is_refund else {})
