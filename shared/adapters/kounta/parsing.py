"""Kounta's JSON at the edge, made into orders of ours. Tolerant of unknown fields and statuses, and of absence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, Field, ValidationError, model_validator

from shared.adapters.http.foreign import (
    Amount,
    Flag,
    Foreign,
    Moment,
    NumberId,
    OptionalAmount,
    OptionalId,
    Text,
    Whole,
    as_text,
    read_json,
)
from shared.adapters.kounta.variations import LineAmounts, OrderAmounts, service_charge, variations
from shared.domain.errors import UnreachableError
from shared.domain.orders.pos_order import ListedPosOrder, PosLine, PosOrder, PosPayment

_ONE = Decimal(1)


class Named(Foreign):
    """A thing with an id and a name."""

    id: OptionalId = None
    name: Text = None


class KountaLine(Foreign):
    """A line of an order (observed fields)."""

    number: Whole = None
    product: Named | None = None
    product_id: OptionalId = None
    quantity: Amount = _ONE
    unit_price: OptionalAmount = None
    unit_tax: OptionalAmount = None
    line_total_ex_tax: OptionalAmount = None
    line_total_tax: OptionalAmount = None
    price_variation: OptionalAmount = None
    price_fixed_variation: OptionalAmount = None
    notes: Text = None

    @property
    def amounts(self) -> LineAmounts:
        """What discounts are reckoned from."""
        return LineAmounts(
            quantity=self.quantity,
            unit_price=self.unit_price,
            unit_tax=self.unit_tax or Decimal(0),
            total_ex_tax=self.line_total_ex_tax,
            tax=self.line_total_tax or Decimal(0),
            coefficient=self.price_variation,
            fixed=self.price_fixed_variation,
        )


class KountaPayment(Foreign):
    """A payment of an order (observed fields)."""

    method: Named | None = None
    method_id: OptionalId = None
    amount: Amount = Decimal(0)
    tip: OptionalAmount = None
    ref: Text = None


class KountaListedOrder(Foreign):
    """An order in a list: abridged; times fall back on each other."""

    id: NumberId
    status: str
    notes: Text = None
    site_id: OptionalId = None
    total: Amount = Decimal(0)
    deleted: Flag = False
    created_at: Moment = None
    updated_at: Moment = None
    placed_at: Moment = None

    @model_validator(mode="before")
    @classmethod
    def exact_id(cls, given: Any) -> Any:
        """`id_str` stands beside an `id` that may be too large for some (Kounta docs)."""
        if isinstance(given, dict) and given.get("id_str"):
            return {**given, "id": given["id_str"]}
        return given


class KountaOrder(KountaListedOrder):
    """An order read by its id."""

    register_id: OptionalId = None
    sale_number: Text = None
    sale_id: Text = Field(None, validation_alias=AliasChoices("sale_id", "saleid"))
    order_type: Text = None
    guests: Whole = None
    customer: Any = None
    customer_id: OptionalId = None
    callback_uri: Text = None
    reject_reason: Any = None
    paid: Amount = Decimal(0)
    total_tax: Amount = Decimal(0)
    tips: Amount = Decimal(0)
    tip_service_percent: OptionalAmount = None
    tip_service_amount: OptionalAmount = None
    tip_service_paid: OptionalAmount = None
    price_variation: OptionalAmount = None
    price_fixed_variation: OptionalAmount = None
    group_id: OptionalId = None
    refund_of: OptionalId = Field(None, validation_alias=AliasChoices("refunded_order_id", "original_order_id"))
    lines: list[KountaLine] | None = None
    payments: list[KountaPayment] | None = None


def read_order(body: bytes) -> PosOrder:
    """A whole order. Raises UnreachableError when the answer cannot be understood, or does not say what stands on the
    order: an order whose lines are not told must never pass for an empty one."""
    try:
        given = read_json(body)
        order = KountaOrder.model_validate(given)
    except (ValueError, ValidationError) as error:
        raise _not_understood(error) from None
    if order.lines is None and not ("total" in given and order.total == 0):
        raise UnreachableError("the order came without its lines")
    if order.payments is None and order.paid != 0:
        raise UnreachableError("the order came without its payments")
    if order.created_at is None:
        raise UnreachableError("the order came without created_at")
    lines = order.lines or []
    amounts = OrderAmounts(
        order.total, order.price_variation, order.price_fixed_variation, tuple(line.amounts for line in lines)
    )
    discounts, surcharges = variations(amounts)
    return PosOrder(
        id=order.id,
        status=_status(order.status),
        created_at=order.created_at,
        updated_at=order.updated_at or order.created_at,
        site_id=order.site_id,
        register_id=order.register_id,
        notes=order.notes,
        sale_number=order.sale_number,
        sale_id=order.sale_id,
        order_type=order.order_type,
        guests=order.guests,
        customer_id=_customer_id(order),
        callback_uri=order.callback_uri,
        reject_reason=reject_reason(order.reject_reason),
        deleted=order.deleted,
        total=order.total,
        total_tax=order.total_tax,
        paid=order.paid,
        tips=order.tips,
        service_charge=service_charge(
            order.total,
            percent=order.tip_service_percent,
            fixed=order.tip_service_amount,
            paid=order.tip_service_paid if _status(order.status) == "COMPLETE" else None,
        ),
        discounts=discounts,
        surcharges=surcharges,
        group_id=order.group_id,
        refund_of=order.refund_of,
        lines=tuple(_line(line) for line in lines),
        payments=tuple(_payment(payment) for payment in order.payments or ()),
    )


def read_list(body: bytes) -> tuple[ListedPosOrder, ...]:
    """A page of a list, whole or not at all: a row left out could be the one that is looked for.

    Raises UnreachableError when it cannot be understood.
    """
    try:
        rows = read_json(body)
        if not isinstance(rows, list):
            raise ValueError("a list was expected")
        return tuple(_listed(KountaListedOrder.model_validate(row)) for row in rows)
    except (ValueError, ValidationError) as error:
        raise _not_understood(error) from None


def reject_reason(given: object) -> str | None:
    """`[{id, name, notes}]`, as one line: "Sold out: sorry"."""
    if isinstance(given, list):
        return "; ".join(filter(None, (reject_reason(each) for each in given))) or None
    if isinstance(given, dict):
        return ": ".join(str(given[key]).strip() for key in ("name", "notes") if given.get(key)) or None
    return given.strip() or None if isinstance(given, str) else None


def _customer_id(order: KountaOrder) -> str | None:
    """Without a customer there is no `customer`; whatever else stands there must not make the order unreadable."""
    given = order.customer.get("id") if isinstance(order.customer, dict) else None
    return as_text(given) or order.customer_id


def _line(line: KountaLine) -> PosLine:
    return PosLine(
        number=line.number,
        product_id=(line.product.id if line.product else None) or line.product_id,
        product_name=line.product.name if line.product else None,
        quantity=line.quantity,
        total_ex_tax=line.amounts.known_total_ex_tax,
        tax=line.line_total_tax,
        notes=line.notes,
    )


def _payment(payment: KountaPayment) -> PosPayment:
    return PosPayment(
        method_id=(payment.method.id if payment.method else None) or payment.method_id,
        method_name=payment.method.name if payment.method else None,
        amount=payment.amount,
        tip=payment.tip,
        ref=payment.ref,
    )


def _listed(row: KountaListedOrder) -> ListedPosOrder:
    created_at = row.created_at or row.placed_at or row.updated_at
    if created_at is None:
        raise ValueError("a row without any time")
    return ListedPosOrder(
        id=row.id,
        status=_status(row.status),
        created_at=created_at,
        updated_at=row.updated_at or created_at,
        site_id=row.site_id,
        notes=row.notes,
        total=row.total,
        deleted=row.deleted,
    )


def _status(word: str) -> str:
    return word.strip().upper().replace(" ", "_")


def _not_understood(error: ValueError) -> UnreachableError:
    """Names the fields, never what stood in them."""
    if isinstance(error, ValidationError):
        places = sorted({".".join(str(part) for part in each["loc"][:3]) for each in error.errors(include_input=False)})
        return UnreachableError(f"an answer that could not be understood: {', '.join(places)[:200]}")
    return UnreachableError("an answer that could not be understood")
