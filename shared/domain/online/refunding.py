"""What a refund writes to the POS: a new order with negative lines and payments (Kounta docs: Refund an order)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from shared.domain.errors import BadInputError, InputProblem
from shared.domain.money import CENT
from shared.domain.orders.acts import Refund
from shared.domain.orders.pos_order import PosLine, PosPayment
from shared.domain.orders.request import LineRequest, OrderRequest, PaymentRequest
from shared.domain.sales import Sale

FINEST = Decimal("0.0001")  # what a unit price may carry (observed at Kounta)


def refund_request(refund: Refund, sale: Sale, already: Decimal) -> OrderRequest:
    """The order that gives money back of a completed one. `already`: what earlier refunds give back.

    Some lines: as much as was paid for them, by quantity. An amount: from the dearest lines down, so that the tax is
    that of what was sold. Neither: all that is left. The payments go back by the methods that they came by, in their
    order. Raises BadInputError for a line that was not sold, or not as often.
    """
    if refund.lines:
        lines = tuple(_lines_by_number(refund, sale))
    elif refund.amount is None and already == 0:
        lines = tuple(_given_back(line, line.quantity, price) for line, price in _paid_for(sale) if price)
    else:
        lines = tuple(_lines_by_amount(sale.total - already if refund.amount is None else refund.amount, sale))
    total = -sum((_total(line) for line in lines), Decimal(0))
    return OrderRequest(
        reference=refund.reference,
        status="COMPLETE",
        order_type=sale.order_type,
        notes=f"Refund of {sale.sale_number or sale.pos_order_id}: {refund.reason}",
        lines=lines,
        payments=tuple(_payments_back(sale.payments, total, already)),
        original_order_id=sale.pos_order_id,
    )


def _lines_by_number(refund: Refund, sale: Sale) -> Iterator[LineRequest]:
    sold = {line.number: line for line in sale.lines}
    for index, asked in enumerate(refund.lines):
        line = sold.get(asked.number)
        if line is None:
            problem = InputProblem(f"/lines/{index}/number", "the sale has no such line")
            raise BadInputError("a line that was not sold", problems=(problem,))
        if asked.quantity > line.quantity:
            problem = InputProblem(f"/lines/{index}/quantity", f"only {line.quantity} were sold")
            raise BadInputError("more than was sold", problems=(problem,))
        price = _to_cent(_price(line) * asked.quantity / line.quantity)
        yield _given_back(line, asked.quantity, price)


def _lines_by_amount(amount: Decimal, sale: Sale) -> Iterator[LineRequest]:
    for line, price in sorted(_paid_for(sale), key=lambda paid: paid[1], reverse=True):
        part = min(amount, price)
        if part <= 0 or line.product_id is None:
            continue
        yield LineRequest(line.product_id, Decimal(-1), unit_price_inc_tax=part)
        amount -= part


def _paid_for(sale: Sale) -> Iterator[tuple[PosLine, Decimal]]:
    """What was paid for each line, in whole cents that add up to the sale's total: the POS rounds only that."""
    exact = rounded = Decimal(0)
    for line in sale.lines:
        exact += _price(line)
        is_all = line is sale.lines[-1] and abs(sale.total - exact) < CENT
        up_to_here = sale.total if is_all else _to_cent(exact)
        yield line, up_to_here - rounded
        rounded = up_to_here


def _given_back(line: PosLine, quantity: Decimal, price: Decimal) -> LineRequest:
    """So many of the line for that much; as one piece where the price of each cannot be written exactly."""
    each = (price / quantity).quantize(FINEST)
    product_id = line.product_id or "0"
    if (each * quantity) == price:
        return LineRequest(product_id, -quantity, unit_price_inc_tax=each)
    return LineRequest(product_id, Decimal(-1), unit_price_inc_tax=price, notes=f"{quantity.normalize():f} given back")


def _payments_back(taken: Iterable[PosPayment], amount: Decimal, already: Decimal) -> Iterator[PaymentRequest]:
    for payment in taken:
        if payment.amount <= 0:
            continue
        spent = min(already, payment.amount)
        already -= spent
        part = min(amount, payment.amount - spent)
        if part > 0:
            amount -= part
            yield PaymentRequest(amount=-part, method_id=payment.method_id)


def _price(line: PosLine) -> Decimal:
    return (line.total_ex_tax or Decimal(0)) + (line.tax or Decimal(0))


def _total(line: LineRequest) -> Decimal:
    return (line.unit_price_inc_tax or Decimal(0)) * line.quantity


def _to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
