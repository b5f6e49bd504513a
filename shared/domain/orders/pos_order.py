"""An order as the point of sale shows it (Kounta docs: Get an order, Option sets, Lines, Payments).

What was not told is None. A COMPLETE order comes without what is transient: callback, locks, price limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

CLOSED = frozenset({"COMPLETE", "REJECTED", "DELETED"})
"""Statuses in which nobody works on the order any more. COMPLETE is immutable (Kounta docs: Update an order)."""


@dataclass(frozen=True, slots=True)
class PosTax:
    """A tax on a line; `rate` 0.1 = 10 %."""

    id: str | None
    name: str | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class PosLine:
    """One line. `total_ex_tax` and `tax` are for the whole line, after all variations of line and order."""

    number: int | None
    product_id: str | None
    product_name: str | None
    quantity: Decimal
    total_ex_tax: Decimal | None
    tax: Decimal | None
    notes: str | None = None
    line_id: str | None = None
    """Unique within the order only (Kounta docs: Lines)."""
    sku: str | None = None
    unit_price: Decimal | None = None
    """Without tax, before variations."""
    unit_tax: Decimal | None = None
    taxes: tuple[PosTax, ...] = ()
    price_variation: Decimal | None = None
    """A coefficient; 1 = none."""
    price_fixed_variation: Decimal | None = None
    """An amount; 0 = none."""
    modifiers: tuple[str, ...] = ()
    """Product ids; `-` before one negates it."""
    part_of_option_set: bool = False
    """It belongs to an option set and is changed only with that."""
    course_name: str | None = None
    course_ordinal: int | None = None
    course_status: str | None = None
    """`no status`, `uncalled`, `pending` or `called` (Kounta docs: Get an order)."""
    from_order_id: str | None = None
    """The order that it was moved from, when staff joined orders."""


@dataclass(frozen=True, slots=True)
class PosOption:
    """A product chosen with or in an option set. `line_number`: the order line that stands for it."""

    product_id: str | None
    name: str | None
    line_number: int | None
    unit_price: Decimal | None = None
    unit_tax: Decimal | None = None
    taxes: tuple[PosTax, ...] = ()
    instructions: str | None = None
    option_sets: tuple[PosOptionSet, ...] = ()


@dataclass(frozen=True, slots=True)
class PosOptionSet:
    """What was chosen of one option set."""

    option_set_id: str | None
    name: str | None
    options: tuple[PosOption, ...] = ()


@dataclass(frozen=True, slots=True)
class PosPayment:
    """One payment. `tip` stands beside `amount`, not in it."""

    method_id: str | None
    method_name: str | None
    amount: Decimal
    tip: Decimal | None = None
    ref: str | None = None
    id: str | None = None
    number: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PosCustomer:
    """The customer linked to an order. Names and address are a guest's: not in its repr, never stored with orders."""

    id: str | None
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PosOrder:
    """An order read by its id: complete. `lines` and `payments` are what the POS says; empty means none."""

    id: str
    status: str
    """Kounta's word in capitals; unknown words are possible."""
    created_at: datetime
    updated_at: datetime
    site_id: str | None = None
    register_id: str | None = None
    notes: str | None = None
    sale_number: str | None = None
    sale_id: str | None = None
    """Eight characters, printed on the receipt."""
    order_type: str | None = None
    guests: int | None = None
    callback_uri: str | None = None
    """Not there on COMPLETE orders (Kounta docs: Get an order)."""
    reject_reason: str | None = None
    deleted: bool = False
    total: Decimal = Decimal(0)
    """With tax, without tips and service charge."""
    total_tax: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    """Without tips."""
    tips: Decimal = Decimal(0)
    service_charge: Decimal = Decimal(0)
    """The tip or service charge that was put on at the register, in money."""
    discounts: Decimal = Decimal(0)
    surcharges: Decimal = Decimal(0)
    group_id: str | None = None
    """Unique per site for about 48 hours only (Kounta docs: Get an order)."""
    lines: tuple[PosLine, ...] = ()
    payments: tuple[PosPayment, ...] = ()
    options: tuple[PosOption, ...] = ()
    """Option sets in their original form; their lines are in `lines` too (Kounta docs: Option sets)."""
    staff_id: str | None = None
    customer: PosCustomer | None = None
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    price_limit: Decimal | None = None
    lock: tuple[str, ...] | None = None
    complete_when_paid: bool | None = None
    pass_thru_printing: bool | None = None
    tip_service_percent: Decimal | None = None
    """Only one of percent and amount is there (Kounta docs: Get an order)."""
    tip_service_amount: Decimal | None = None
    tip_service_paid: Decimal | None = None
    original_order_id: str | None = None
    refunded_order_id: str | None = None
    told_as_refund: bool = False
    order_payment_type: str | None = None
    placed_at: datetime | None = None
    fulfil_at: datetime | None = None

    @property
    def customer_id(self) -> str | None:
        """The POS's id of the customer who is linked to it now."""
        return self.customer.id if self.customer else None

    @property
    def is_closed(self) -> bool:
        """Completed, rejected or deleted."""
        return self.deleted or self.status in CLOSED

    @property
    def refund_of(self) -> str | None:
        """The order whose money this one gives back."""
        return self.refunded_order_id or self.original_order_id

    @property
    def is_refund(self) -> bool:
        """The POS says so, names the order that it refunds, or the total is negative."""
        return self.told_as_refund or self.refund_of is not None or self.total < 0

    @property
    def amount_due(self) -> Decimal:
        """What is left to pay; see `amount_due`. Of an order that was rejected or deleted: nothing."""
        if self.deleted or self.status in ("REJECTED", "DELETED"):
            return Decimal(0)
        return amount_due(
            total=self.total,
            paid=self.paid,
            tips=self.tips,
            service_charge=self.service_charge,
            service_paid=self.tip_service_paid,
        )


def amount_due(
    *, total: Decimal, paid: Decimal, tips: Decimal, service_charge: Decimal, service_paid: Decimal | None
) -> Decimal:
    """Total and service charge, less what was paid towards them. Negative: overpaid, or to be given back.

    Kounta docs (Get an order): a tip or service charge put on at the POS "will be expected to be applied as part of
    full payment"; `tip_service_paid` is what was paid towards it. Without that, tips count towards it. Tips beyond the
    charge, or without any, are a gift and pay for nothing. What was paid beyond the total is in `paid` already, so that
    part of `service_paid` does not count again.
    """
    towards_service = max(min(tips if service_paid is None else service_paid, service_charge), Decimal(0))
    beyond_total = min(max(paid - total, Decimal(0)), towards_service)
    return total + service_charge - paid - (towards_service - beyond_total)


@dataclass(frozen=True, slots=True)
class ListedPosOrder:
    """An order in a list: abridged. What it has of lines and payments is not known from here."""

    id: str
    status: str
    created_at: datetime
    updated_at: datetime
    site_id: str | None = None
    notes: str | None = None
    total: Decimal | None = None
    deleted: bool = False
    register_id: str | None = None
    staff_id: str | None = None
    total_tax: Decimal | None = None
    paid: Decimal | None = None
    tips: Decimal | None = None
    told_as_refund: bool = False

    @property
    def is_refund(self) -> bool:
        """The POS says so, or the total is negative."""
        return self.told_as_refund or (self.total is not None and self.total < 0)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the cursor of the next one (None: that was the last)."""

    orders: tuple[ListedPosOrder, ...]
    next: str | None
