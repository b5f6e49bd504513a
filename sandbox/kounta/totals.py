"""Adding up an order: variations multiply their subtotals, tax goes on top, totals round to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sandbox.kounta.models import Line, Order

UNIT = Decimal("0.0001")
CENT = Decimal("0.01")


def to_unit(amount: Decimal) -> Decimal:
    """Rounded to the 4 decimals of prices before tax."""
    return amount.quantize(UNIT, ROUND_HALF_UP)


def to_cent(amount: Decimal) -> Decimal:
    """Rounded to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def line_subtotal(line: Line) -> Decimal:
    """A line before tax and before what varies the whole order."""
    return line.unit_price * line.quantity * line.price_variation + line.price_fixed_variation


def add_up(order: Order) -> None:
    """Set the order's and its lines' totals.

    A fixed variation of the order is in money that is paid, so it is spread over the lines as a factor.
    """
    gross = sum((line_subtotal(line) * (1 + line.tax.rate) for line in order.lines), Decimal(0))
    factor, total = order.price_variation, gross * order.price_variation
    if order.price_fixed_variation and gross:
        total = gross + order.price_fixed_variation  # not by way of the factor, which may not end
        factor = total / gross
    tax = Decimal(0)
    for line in order.lines:
        ex_tax = line_subtotal(line) * factor
        line.total_ex_tax = to_unit(ex_tax)
        line.total_tax = to_unit(ex_tax * line.tax.rate)
        tax += ex_tax * line.tax.rate
    order.total = to_cent(total)
    order.total_tax = to_cent(tax)


def discounted(order: Order) -> bool:
    """Whether the order or one of its lines was sold for less."""
    less = order.price_variation < 1 or order.price_fixed_variation < 0
    return less or any(line.price_variation < 1 or line.price_fixed_variation < 0 for line in order.lines)
