"""What an order comes to, as far as its own prices tell."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from shared.domain.money import CENT
from shared.domain.orders.request import LineRequest, OptionRequest, OrderRequest


def total_of(request: OrderRequest) -> Decimal | None:
    """With tax, after all variations; None when a price is left to the site or was given without tax."""
    parts: list[Decimal | None] = [_line(line) for line in request.lines]
    parts += list(_options(request.options))
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    total = sum(known, Decimal(0)) * (request.price_variation or Decimal(1)) + (request.price_fixed_variation or 0)
    return total.quantize(CENT, ROUND_HALF_UP)


def paid_of(request: OrderRequest) -> Decimal:
    """What was paid with it, without tips."""
    return sum((payment.amount for payment in request.payments), Decimal(0))


def tips_of(request: OrderRequest) -> Decimal:
    """The tips that came with its payments."""
    return sum((payment.tip for payment in request.payments if payment.tip), Decimal(0))


def _line(line: LineRequest) -> Decimal | None:
    if line.unit_price is not None or line.unit_price_inc_tax is None or line.option_sets:
        return None
    each = line.unit_price_inc_tax * line.quantity * (line.price_variation or Decimal(1))
    return each + (line.price_fixed_variation or 0)


def _options(options: Iterable[OptionRequest]) -> Iterable[Decimal | None]:
    for option in options:
        yield None if option.unit_price is not None else option.unit_price_inc_tax
        for chosen in option.option_sets:
            yield from _options(chosen.options)
