"""What a refund of a completed sale writes, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import shown
from shared.domain.online.refunding import refund_request
from shared.domain.orders.acts import Refund, RefundLine
from shared.domain.orders.pos_order import PosLine, PosPayment
from shared.domain.orders.totals import total_of
from shared.domain.sales import Sale

SOLD_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ALL = Refund("R-1", "cold")


def line(number: int, quantity: str, each_ex_tax: str, factor: str = "1") -> PosLine:
    """A line as the POS tells it: totals of four decimals."""
    ex_tax = Decimal(quantity) * Decimal(each_ex_tax) * Decimal(factor)
    totals = (ex_tax.quantize(Decimal("0.0001")), (ex_tax / 10).quantize(Decimal("0.0001")))
    return PosLine(number, str(number), None, Decimal(quantity), *totals)


def sale(*lines: PosLine, paid: tuple[str, ...] = ()) -> Sale:
    """A sale of these lines, whose total alone the POS rounds to the cent."""
    exact = sum(((each.total_ex_tax or 0) + (each.tax or 0) for each in lines), Decimal(0))
    total = exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    amounts = [Decimal(each) for each in paid] or [total]
    return Sale(
        venue_id="demo",
        pos_order_id="1",
        completed_at=SOLD_AT,
        updated_at=SOLD_AT,
        currency="AUD",
        total=total,
        tax=Decimal(0),
        lines=lines,
        payments=tuple(PosPayment("2", None, amount) for amount in amounts),
    )


def test_a_quantity_is_given_back_as_such() -> None:
    (back,) = refund_request(ALL, sale(line(1, "2", "7.2727")), Decimal(0)).lines
    assert (back.quantity, back.unit_price_inc_tax) == (Decimal(-2), Decimal("8.0000"))


def test_what_cannot_be_divided_is_one_piece() -> None:
    (back,) = refund_request(ALL, sale(line(1, "3", "3.0303")), Decimal(0)).lines
    assert (back.quantity, back.unit_price_inc_tax, back.notes) == (Decimal(-1), Decimal("10.00"), "3 given back")


def test_half_cents_of_the_lines_are_not_lost() -> None:
    coffees = [line(number, "1", "4.0909", "0.85") for number in (1, 2)]  # 3.825 each, 7.65 together
    back = refund_request(ALL, sale(*coffees), Decimal(0))
    assert total_of(back) == Decimal("-7.65")
    assert [payment.amount for payment in back.payments] == [Decimal("-7.65")]


PRICES = st.decimals(1, 90, places=4).map(str)
LINES = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "7"]), PRICES, st.sampled_from(["1", "0.9", "0.85"])),
    min_size=1,
    max_size=8,
)


def sold_of(lines: list[tuple[str, str, str]]) -> Sale:
    """A sale of such lines."""
    return sale(*(line(number, *each) for number, each in enumerate(lines, 1)))


@given(LINES)
def test_a_whole_refund_is_the_whole_total(lines: list[tuple[str, str, str]]) -> None:
    sold = sold_of(lines)
    back = refund_request(ALL, sold, Decimal(0))
    assert total_of(back) == -sold.total
    assert sum(payment.amount for payment in back.payments) == -sold.total


@given(LINES, st.integers(1, 100))
def test_an_amount_is_given_back_to_the_cent(lines: list[tuple[str, str, str]], percent: int) -> None:
    sold = sold_of(lines)
    amount = (sold.total * percent / 100).quantize(Decimal("0.01"))
    back = refund_request(Refund("R-1", "cold", amount=amount), sold, Decimal(0))
    rest = refund_request(Refund("R-2", "cold"), sold, amount)
    assert (total_of(back), total_of(rest) or Decimal(0)) == (-amount, amount - sold.total)


@pytest.mark.parametrize(
    ("already", "amounts"), [("0", ["-5.00", "-3.00"]), ("4.00", ["-1.00", "-3.00"]), ("6.00", ["-2.00"])]
)
def test_money_goes_back_the_way_it_came(already: str, amounts: list[str]) -> None:
    sold = sale(line(1, "1", "7.2727"), paid=("5.00", "3.00"))
    back = refund_request(ALL, sold, Decimal(already))
    assert [shown(payment.amount) for payment in back.payments] == amounts


def test_some_of_a_line() -> None:
    refund = Refund("R-1", "cold", (RefundLine(1, Decimal(1)),))
    (back,) = refund_request(refund, sale(line(1, "2", "7.2727")), Decimal(0)).lines
    assert (back.quantity, back.unit_price_inc_tax) == (Decimal(-1), Decimal("8.0000"))
