"""Sales records: what completed POS orders come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.domain.orders.pos_order import PosLine, PosOrder, PosPayment


@dataclass(frozen=True, slots=True)
class Sale:
    """One completed POS order. Once for each, however often it is told; voided when the order is deleted.

    Amounts in the venue's currency; `total` includes tax. Holds no guest data: line notes are left out.
    """

    venue_id: str
    pos_order_id: str
    completed_at: datetime
    updated_at: datetime
    currency: str
    total: Decimal
    tax: Decimal
    source: str = "pos"
    """`booking` or `platform` when an order of ours stands behind it, else `pos`."""
    order_id: str | None = None
    booking_id: str | None = None
    sale_number: str | None = None
    receipt_id: str | None = None
    """Eight characters, printed on the receipt (Kounta docs: Get an order)."""
    order_type: str | None = None
    covers: int | None = None
    tips: Decimal = Decimal(0)
    service_charge: Decimal = Decimal(0)
    discounts: Decimal = Decimal(0)
    surcharges: Decimal = Decimal(0)
    group_id: str | None = None
    refund_of: str | None = None
    voided_at: datetime | None = None
    lines: tuple[PosLine, ...] = ()
    payments: tuple[PosPayment, ...] = ()

    @property
    def id(self) -> str:
        """The sale's id: the POS order's, which is unique within the venue."""
        return f"sale_{self.pos_order_id}"


def sale_of(
    seen: PosOrder, venue_id: str, currency: str, *, order_id: str | None, booking_id: str | None, source: str
) -> Sale:
    """The sales record of a completed POS order.

    Kounta gives no time of completion; a COMPLETE order is immutable, so its `updated_at` is when it was completed.
    """
    return Sale(
        venue_id=venue_id,
        pos_order_id=seen.id,
        completed_at=seen.updated_at,
        updated_at=seen.updated_at,
        currency=currency,
        total=seen.total,
        tax=seen.total_tax,
        source=source,
        order_id=order_id,
        booking_id=booking_id,
        sale_number=seen.sale_number,
        receipt_id=seen.sale_id,
        order_type=seen.order_type,
        covers=seen.guests,
        tips=seen.tips,
        service_charge=seen.service_charge,
        discounts=seen.discounts,
        surcharges=seen.surcharges,
        group_id=seen.group_id,
        refund_of=seen.refund_of,
        lines=tuple(
            PosLine(
                line.number, line.product_id, line.product_name, line.quantity, line.total_ex_tax, line.tax, notes=None
            )
            for line in seen.lines
        ),
        payments=tuple(
            PosPayment(paid.method_id, paid.method_name, paid.amount, paid.tip, paid.ref) for paid in seen.payments
        ),
    )
