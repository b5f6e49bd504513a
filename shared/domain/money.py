"""Money: decimal in, decimal out, never float. Amounts are in the venue's currency."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")


def amount(value: object) -> Decimal:
    """A decimal from a JSON number or decimal string. Raises ValueError for anything else, also NaN and infinity."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("an amount is a decimal number or a decimal string")
    try:
        parsed = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {value!r}") from error
    if not parsed.is_finite():
        raise ValueError("an amount is finite")
    return parsed


def shown(value: Decimal) -> str:
    """As the contract writes money: at least two decimals, more only where they carry something (`1.3636`)."""
    quantised = value.quantize(CENT)
    return str(quantised) if quantised == value else format(value.normalize(), "f")
