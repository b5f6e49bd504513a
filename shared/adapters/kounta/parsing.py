"""Kounta's JSON at the edge, made into orders of ours. Tolerant of unknown fields and statuses, and of absence."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

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
    read_json,
)
from shared.adapters.kounta.details import (
    AmountIfAny,
    FlagIfAny,
    IfAny,
    KountaCustomer,
    KountaOption,
    KountaTax,
    MomentIfAny,
    Named,
    Objects,
    Product,
    Texts,
    customer_of,
    option_of,
    tax_of,
)
from shared.adapters.kounta.variations import LineAmounts, OrderAmounts, service_charge, variations
from shared.domain.errors import UnreachableError
from shared.domain.orders.pos_order import ListedPosOrder, PosLine, PosOption, PosOrder, PosPayment

_ONE = Decimal(1)


class KountaLine(Foreign):
    """A line of an order (observed fields)."""

    number: Whole = None
    line_id: Text = None
    product: Product | None = None
    product_id: OptionalId = None
    quantity: Amount = _ONE
    unit_price: OptionalAmount = None
    unit_tax: OptionalAmount = None
    line_total_ex_tax: OptionalAmount = None
    line_total_tax: OptionalAmount = None
    price_variation: OptionalAmount = None
    price_fixed_variation: OptionalAmount = None
    notes: Text = None
    taxes: Objects[KountaTax] = ()
    modifiers: Texts = None
    part_of_option_set: Flag = False
    course_name: Text = None
    course_ordinal: Whole = None
    course_status: Text = None
    from_order_id: OptionalId = Field(None, validation_alias=AliasChoices("from_order_id_str", "from_order_id"))

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

    id: OptionalId = None
    number: Whole = None
    method: Named | None = None
    method_id: OptionalId = None
    amount: Amount = Decimal(0)
    tip: OptionalAmount = None
    ref: Text = None
    created_at: MomentIfAny = None


class KountaListedOrder(Foreign):
    """What an order has everywhere; times fall back on each other."""

    id: NumberId
    status: str
    notes: Text = None
    site_id: OptionalId = None
    register_id: OptionalId = None
    staff_id: OptionalId = Field(None, validation_alias=AliasChoices("staff_member_id", "staff_id"))
    is_refund: Flag = False
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


class KountaRow(KountaListedOrder):
    """An order in a list."""

    total: OptionalAmount = None
    total_tax: AmountIfAny = None
    paid: AmountIfAny = None
    tips: AmountIfAny = None


class KountaOrder(KountaListedOrder):
    """An order read by its id."""

    total: Amount = Decimal(0)
    sale_number: Text = None
    sale_id: Text = Field(None, validation_alias=AliasChoices("sale_id", "saleid"))
    order_type: Text = None
    guests: Whole = None
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
    original_order_id: OptionalId = None
    refunded_order_id: OptionalId = None
    lines: list[KountaLine] | None = None
    payments: list[KountaPayment] | None = None
    options: Objects[KountaOption] = ()
    customer: Annotated[KountaCustomer | None, IfAny] = None
    customer_id: OptionalId = None
    price_limit: AmountIfAny = None
    lock: Texts = None
    complete_when_paid: FlagIfAny = None
    pass_thru_printing: FlagIfAny = None
    order_payment_type: Text = None
    fulfil_at: MomentIfAny = None


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
        lines=tuple(_line(line) for line in lines),
        payments=tuple(_payment(payment) for payment in order.payments or ()),
        options=tuple(option_of(option) for option in order.options),
        staff_id=order.staff_id,
        customer=customer_of(order.customer, order.customer_id),
        price_variation=order.price_variation,
        price_fixed_variation=order.price_fixed_variation,
        price_limit=order.price_limit,
        lock=order.lock,
        complete_when_paid=order.complete_when_paid,
        pass_thru_printing=order.pass_thru_printing,
        tip_service_percent=order.tip_service_percent,
        tip_service_amount=order.tip_service_amount,
        tip_service_paid=order.tip_service_paid,
        original_order_id=order.original_order_id,
        refunded_order_id=order.refunded_order_id,
        told_as_refund=order.is_refund,
        order_payment_type=order.order_payment_type,
        placed_at=order.placed_at,
        fulfil_at=order.fulfil_at,
    )


def read_option_set(body: bytes) -> PosOption:
    """One option set of an order (Kounta docs: Get an option set). Raises UnreachableError when the answer cannot be
    understood."""
    try:
        return option_of(KountaOption.model_validate(read_json(body)))
    except (ValueError, ValidationError) as error:
        raise _not_understood(error) from None


def read_list(body: bytes) -> tuple[ListedPosOrder, ...]:
    """A page of a list, whole or not at all: a row left out could be the one that is looked for.

    Raises UnreachableError when it cannot be understood.
    """
    try:
        rows = read_json(body)
        if not isinstance(rows, list):
            raise ValueError("a list was expected")
        return tuple(_listed(KountaRow.model_validate(row)) for row in rows)
    except (ValueError, ValidationError) as error:
        raise _not_understood(error) from None


def reject_reason(given: object) -> str | None:
    """`[{id, name, notes}]`, as one line: "Sold out: sorry"."""
    if isinstance(given, list):
        return "; ".join(filter(None, (reject_reason(each) for each in given))) or None
    if isinstance(given, dict):
        return ": ".join(str(given[key]).strip() for key in ("name", "notes") if given.get(key)) or None
    return given.strip() or None if isinstance(given, str) else None


def _line(line: KountaLine) -> PosLine:
    return PosLine(
        number=line.number,
        product_id=(line.product.id if line.product else None) or line.product_id,
        product_name=line.product.name if line.product else None,
        quantity=line.quantity,
        total_ex_tax=line.amounts.known_total_ex_tax,
        tax=line.line_total_tax,
        notes=line.notes,
        line_id=line.line_id,
        sku=line.product.sku if line.product else None,
        unit_price=line.unit_price,
        unit_tax=line.unit_tax,
        taxes=tuple(tax_of(tax) for tax in line.taxes),
        price_variation=line.price_variation,
        price_fixed_variation=line.price_fixed_variation,
        modifiers=line.modifiers or (),
        part_of_option_set=line.part_of_option_set,
        course_name=line.course_name,
        course_ordinal=line.course_ordinal,
        course_status=line.course_status,
        from_order_id=line.from_order_id,
    )


def _payment(payment: KountaPayment) -> PosPayment:
    return PosPayment(
        method_id=(payment.method.id if payment.method else None) or payment.method_id,
        method_name=payment.method.name if payment.method else None,
        amount=payment.amount,
        tip=payment.tip,
        ref=payment.ref,
        id=payment.id,
        number=payment.number,
        created_at=payment.created_at,
    )


def _listed(row: KountaRow) -> ListedPosOrder:
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
        register_id=row.register_id,
        staff_id=row.staff_id,
        total_tax=row.total_tax,
        paid=row.paid,
        tips=row.tips,
        told_as_refund=row.is_refund,
    )


def _status(word: str) -> str:
    return word.strip().upper().replace(" ", "_")


def _not_understood(error: ValueError) -> UnreachableError:
    """Names the fields, never what stood in them."""
    if isinstance(error, ValidationError):
        places = sorted({".".join(str(part) for part in each["loc"][:3]) for each in error.errors(include_input=False)})
        return UnreachableError(f"an answer that could not be understood: {', '.join(places)[:200]}")
    return UnreachableError("an answer that could not be understood")
