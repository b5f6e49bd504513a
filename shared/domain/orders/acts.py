"""What a platform may ask about an order that stands, beside what `request` says of the order itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.orders.request import PaymentRequest

PROGRESS = ("ready", "out_for_delivery", "done")


@dataclass(frozen=True, slots=True)
class LineChanges:
    """What is changed of one line, before the order is accepted (Kounta docs: Lines); None: stays as it is.

    modifiers: all of them anew; empty: none any more.
    """

    product_id: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    unit_price_inc_tax: Decimal | None = None
    price_variation: Decimal | None = None
    price_fixed_variation: Decimal | None = None
    notes: str | None = None
    modifiers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AddedPayment:
    """A payment for an order that stands. `reference`: the platform's own id of it, which is never added twice."""

    payment: PaymentRequest
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentChanges:
    """What is added to a payment (Kounta docs: Payments): a tip becomes a payment of its own."""

    ref: str | None = None
    tip: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HandledByHand:
    """Staff typed the order into the POS themselves. `sale_number`: of what they typed, so that it counts once."""

    note: str
    sale_number: str | None = None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """So much of the order's line with this number; `quantity` above 0."""

    number: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Refund:
    """Money back: some lines, or an amount above 0; neither: the whole order."""

    reference: str
    """The platform's own id of the refund."""
    reason: str
    lines: tuple[RefundLine, ...] = ()
    amount: Decimal | None = None

    @property
    def is_whole(self) -> bool:
        """Everything that is left of the order."""
        return not self.lines and self.amount is None
