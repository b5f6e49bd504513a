"""An order as the point of sale shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

CLOSED = frozenset({"COMPLETE", "REJECTED", "DELETED"})
"""Statuses in which nobody works on the order any more. COMPLETE is immutable (Kounta docs: Update an order)."""


@dataclass(frozen=True, slots=True)
class PosLine:
    """One line. Amounts for the whole line, after all variations."""

    number: int | None
    product_id: str | None
    product_name: str | None
    quantity: Decimal
    total_ex_tax: Decimal | None
    tax: Decimal | None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class PosPayment:
    """One payment. `tip` stands beside `amount`, not in it."""

    method_id: str | None
    method_name: str | None
    amount: Decimal
    tip: Decimal | None = None
    ref: str | None = None


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
    order_type: str | None = None
    guests: int | None = None
    customer_id: str | None = None
    """The customer who is linked to it now."""
    callback_uri: str | None = None
    """Not there on COMPLETE orders (Kounta docs: Get an order)."""
    reject_reason: str | None = None
    deleted: bool = False
    total: Decimal = Decimal(0)
    total_tax: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    tips: Decimal = Decimal(0)
    service_charge: Decimal = Decimal(0)
    discounts: Decimal = Decimal(0)
    surcharges: Decimal = Decimal(0)
    group_id: str | None = None
    refund_of: str | None = None
    lines: tuple[PosLine, ...] = ()
    payments: tuple[PosPayment, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Completed, rejected or deleted."""
        return self.deleted or self.status in CLOSED


@dataclass(frozen=True, slots=True)
class ListedPosOrder:
    """An order in a list: abridged. What it has of lines and payments is not known from here."""

    id: str
    status: str
    created_at: datetime
    updated_at: datetime
    site_id: str | None = None
    notes: str | None = None
    total: Decimal = Decimal(0)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and the cursor of the next one (None: that was the last)."""

    orders: tuple[ListedPosOrder, ...]
    next: str | None
