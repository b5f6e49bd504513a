"""The shapes of orders as the POS shows them, for the generated reference and its tests. No function imports this."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.web.schemas import Amount, Number

NOTES = Field(default=None, description="Only with the scope `guests:read`; without our marker.")


class Shown(BaseModel):
    """An answer has exactly these members."""

    model_config = ConfigDict(extra="forbid")


class PosTax(Shown):
    """A tax on a line."""

    id: str | None
    name: str | None
    rate: Number | None = Field(description="0.1 is 10 %.")


class PosLine(Shown):
    """A line of an order in the POS."""

    number: int | None
    line_id: str | None = Field(description="Unique within the order only.")
    product_id: str | None
    name: str | None
    sku: str | None
    quantity: Number
    unit_price: Amount | None = Field(description="Without tax, before variations.")
    unit_tax: Amount | None
    price_variation: Number | None = Field(description="A coefficient; 1 is none.")
    price_fixed_variation: Amount | None = Field(description="An amount; 0 is none.")
    line_total_ex_tax: Amount | None = Field(description="After all variations of the line and of the order.")
    line_total_tax: Amount | None
    taxes: list[PosTax]
    modifiers: list[str] = Field(description="Product ids; `-` before one negates it.")
    notes: str | None
    part_of_option_set: bool = Field(description="Changed only with its option set.")
    course_name: str | None
    course_ordinal: int | None
    course_status: str | None = Field(examples=["no status", "uncalled", "pending", "called"])
    from_order_id: str | None


class ChosenOption(Shown):
    """A product chosen in an option set."""

    product_id: str | None
    name: str | None
    line_number: int | None = Field(description="The line that stands for it.")
    unit_price: Amount | None
    unit_tax: Amount | None
    taxes: list[PosTax]
    instructions: str | None = Field(examples=["No", "Extra", "Only", "On Side"])
    option_sets: list[ChosenOptionSet]


class ChosenOptionSet(Shown):
    """What was chosen of one option set."""

    option_set_id: str | None
    name: str | None
    options: list[ChosenOption]


class PosOptionSet(ChosenOption):
    """A product of the order with the option sets that were chosen with it."""

    number: int = Field(description="Its place on the order, 1 is the first.")


class PosPayment(Shown):
    """A payment on an order in the POS; `amount` without tip."""

    id: str | None
    number: int | None
    method_id: str | None
    method: str | None
    amount: Amount
    tip: Amount | None
    ref: str | None
    created_at: datetime | None


class PosCustomer(Shown):
    """The customer linked to an order."""

    first_name: str | None
    last_name: str | None
    email: str | None


class ListedPosOrder(Shown):
    """An abridged order; what the POS does not list is null."""

    id: str
    order_id: str | None = Field(description="The relay's order, as the marker in the notes says.")
    status: str = Field(description="The POS's own word.", examples=["COMPLETE"])
    deleted: bool
    is_refund: bool
    site_id: str | None
    register_id: str | None
    staff_id: str | None
    total: Amount | None
    total_tax: Amount | None
    paid: Amount | None
    tips: Amount | None
    created_at: datetime
    updated_at: datetime
    notes: str | None = NOTES


class PosOrdersPage(Shown):
    """A page of the POS's list, newest first."""

    data: list[ListedPosOrder]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class PosOrder(Shown):
    """An order as the POS shows it."""

    id: str
    order_id: str | None = Field(description="The relay's order, as the marker in the notes says.")
    status: str = Field(description="The POS's own word.", examples=["COMPLETE"])
    deleted: bool
    is_refund: bool
    sale_number: str | None
    sale_id: str | None = Field(description="Eight characters, printed on the receipt.")
    site_id: str | None
    register_id: str | None
    staff_id: str | None
    customer_id: str | None
    order_type: str | None
    guests: int | None
    lines: list[PosLine]
    options: list[PosOptionSet]
    payments: list[PosPayment]
    price_variation: Number | None
    price_fixed_variation: Amount | None
    price_limit: Amount | None
    lock: list[str] | None = Field(description="Null on completed orders, like all that is transient.")
    complete_when_paid: bool | None
    pass_thru_printing: bool | None
    callback_uri: str | None = Field(description="Without what stands behind `?`.")
    reject_reason: str | None
    total: Amount = Field(description="With tax, without tips and service charge.")
    total_tax: Amount
    discounts: Amount = Field(description="Reckoned back from the variations.")
    surcharges: Amount
    tip_service_percent: Number | None = Field(description="Only one of percent and amount is there.")
    tip_service_amount: Amount | None
    tip_service_paid: Amount | None
    service_charge: Amount = Field(description="The tip or service charge put on at the register, in money.")
    paid: Amount = Field(description="Without tips.")
    tips: Amount
    amount_due: Amount = Field(
        description="Total and service charge, less what was paid towards them. Negative: overpaid."
    )
    order_payment_type: str | None
    group_id: str | None = Field(description="Unique per site for about 48 hours only.")
    original_order_id: str | None
    refunded_order_id: str | None
    placed_at: datetime | None
    fulfil_at: datetime | None
    created_at: datetime
    updated_at: datetime
    notes: str | None = NOTES
    customer: PosCustomer | None = Field(default=None, description="Only with the scope `guests:read`.")


class PosLines(Shown):
    """All lines of an order."""

    data: list[PosLine]
    next: Literal[None]


class PosOptionSets(Shown):
    """All option sets of an order."""

    data: list[PosOptionSet]
    next: Literal[None]


class PosPayments(Shown):
    """All payments of an order."""

    data: list[PosPayment]
    next: Literal[None]
