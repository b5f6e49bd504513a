"""Discounts, surcharges and the service charge of an order, out of Kounta's coefficients.

Kounta docs (Get an order): `price_variation` is a coefficient of the subtotal, 1 = none; `price_fixed_variation` is
currency, negative = discount; order and line level multiply; `line_total_ex_tax` is after all of them. What was taken
off or put on is not told, so it is reckoned back; where that is not possible (free of charge, and no unit price), it
counts as nothing. Assumed, because not documented: fixed variations are per line and tax included.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shared.domain.money import CENT

_NONE = Decimal(0)
_UNCHANGED = Decimal(1)


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line's money. `coefficient` and `fixed`: its own variations; None: not told, as good as none."""

    quantity: Decimal
    unit_price: Decimal | None
    unit_tax: Decimal
    total_ex_tax: Decimal | None
    tax: Decimal
    coefficient: Decimal | None
    fixed: Decimal | None

    @property
    def known_total_ex_tax(self) -> Decimal | None:
        """The line's total; from the unit price only when nothing varies it."""
        if self.total_ex_tax is not None or self.unit_price is None:
            return self.total_ex_tax
        is_varied = (self.coefficient or _UNCHANGED) != _UNCHANGED or self.coefficient == 0 or bool(self.fixed)
        return None if is_varied else self.unit_price * self.quantity

    @property
    def list_price(self) -> Decimal:
        """What it would cost unvaried, tax included; 0 when not known."""
        return _NONE if self.unit_price is None else (self.unit_price + self.unit_tax) * self.quantity


@dataclass(frozen=True, slots=True)
class OrderAmounts:
    """An order's money. `total` includes tax."""

    total: Decimal
    coefficient: Decimal | None
    fixed: Decimal | None
    lines: tuple[LineAmounts, ...]


def variations(order: OrderAmounts) -> tuple[Decimal, Decimal]:
    """(discounts, surcharges) of an order and its lines, tax included, both positive, in cents."""
    differences = [order.fixed or _NONE, *(line.fixed or _NONE for line in order.lines)]
    differences.append(_difference(order.coefficient, order.total, sum((one.list_price for one in order.lines), _NONE)))
    for line in order.lines:
        # The total of a line has the order's coefficient in it: taken out, so that nothing counts twice.
        total = _NONE if line.total_ex_tax is None else line.total_ex_tax + line.tax
        before_order = total if not order.coefficient else total / order.coefficient
        differences.append(_difference(line.coefficient, before_order, line.list_price))
    discounts = -sum((each for each in differences if each < 0), _NONE)
    surcharges = sum((each for each in differences if each > 0), _NONE)
    return _cents(discounts), _cents(surcharges)


def service_charge(total: Decimal, *, percent: Decimal | None, fixed: Decimal | None, paid: Decimal | None) -> Decimal:
    """The tip or service charge set on the POS (Kounta docs: only one of percent and amount is there).

    A percentage is one of the order's total; once the order is complete, what was paid towards it is exact.
    """
    if fixed is not None:
        return _cents(fixed)
    if percent is None:
        return _cents(_NONE)
    return _cents(paid if paid else total * percent / 100)


def _difference(coefficient: Decimal | None, after: Decimal, list_price: Decimal) -> Decimal:
    """What a coefficient put on (or, negative, took off)."""
    if coefficient is None or coefficient == _UNCHANGED or coefficient < 0:
        return _NONE
    if coefficient == 0:
        return -list_price
    return after - after / coefficient


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
