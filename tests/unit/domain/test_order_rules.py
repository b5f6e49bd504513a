"""The document's rules between the parts of an order, one by one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.orders import order_rules
from shared.domain.orders.acts import AddedPayment, LineChanges, PaymentChanges, Refund, RefundLine
from shared.domain.orders.request import (
    LineRequest,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    OrderRequest,
    PaymentRequest,
)
from tests.builders import NOON

ONE, MINUS = Decimal(1), Decimal(-1)
LINE = LineRequest("1")
BACK = LineRequest("1", MINUS)
OPTION = OptionRequest("1")
PAID = PaymentRequest(Decimal(10))
GIVEN_BACK = PaymentRequest(Decimal(-10))
CHOSEN = (OptionSetRequest("2", (OptionRequest("3"),)),)
PRICED = replace(LINE, unit_price=Decimal(10))


def an_order(**more: Any) -> OrderRequest:
    return OrderRequest("r", **more)


def a_refund(**more: Any) -> OrderRequest:
    return OrderRequest("r", **{"original_order_id": "93824701", **more})


@pytest.mark.parametrize(
    "request_",
    [
        an_order(),
        an_order(payments=(PAID,)),
        an_order(price_variation=Decimal("0.9")),
        an_order(price_fixed_variation=Decimal(-2)),
        an_order(lines=(replace(LINE, unit_price=ONE, unit_price_inc_tax=ONE),)),  # the first wins
        an_order(lines=(replace(LINE, option_sets=CHOSEN, price_fixed_variation=ONE),)),
        an_order(lines=(replace(LINE, modifiers=("228", "228", "-3091")),)),
        an_order(lock=("ALL", "DELETE")),
        an_order(placed_at=NOON, fulfil_at=NOON),
        an_order(fulfil_at=NOON),
        an_order(pass_thru_printing_register="16"),  # it "will not be tagged", which is no error
        an_order(pass_thru_printing=False),
        an_order(pass_thru_printing=True, status="ON_HOLD", lines=(LINE,)),
        an_order(pass_thru_printing=True, status="PENDING", lines=(PRICED,), payments=(PAID,)),
        an_order(status="PENDING"),
        an_order(status="COMPLETE", options=(OPTION,), payments=(PAID,)),
        an_order(status="COMPLETE", lines=(LINE,), price_variation=Decimal(0)),
        an_order(lines=(PRICED,), payments=(PAID, PAID)),  # paid too much is not refused
        an_order(register_id="16", callback_uri="https://orders.example.com:8443/told?id=1"),
        a_refund(),
        a_refund(lines=(BACK,), payments=(GIVEN_BACK,)),
        a_refund(lines=(BACK,), payments=(replace(GIVEN_BACK, tip=MINUS),), status="COMPLETE"),
    ],
)
def test_nothing_is_wrong_with(request_: OrderRequest) -> None:
    assert order_rules.problems_of(request_) == ()


@pytest.mark.parametrize(
    ("request_", "pointers"),
    [
        (an_order(price_variation=ONE, price_fixed_variation=Decimal(0)), ["/price_fixed_variation"]),
        (an_order(status="COMPLETE", payments=(PAID,)), ["/status"]),
        (an_order(status="COMPLETE", lines=(LINE,)), ["/payments"]),
        (an_order(status="COMPLETE", lines=(PRICED, PRICED), payments=(PAID,)), ["/payments"]),
        (a_refund(status="COMPLETE", lines=(BACK,)), ["/payments"]),
        (an_order(pass_thru_printing=True, lines=(LINE,)), ["/status"]),
        (an_order(pass_thru_printing=True, status="COMPLETE", lines=(LINE,), payments=(PAID,)), ["/status"]),
        (an_order(pass_thru_printing=True, status="PENDING", lines=(LINE,)), ["/payments"]),
        (an_order(pass_thru_printing=True, status="PENDING", lines=(PRICED,) * 2, payments=(PAID,)), ["/payments"]),
        (an_order(lock=("ALL", "DELETE", "ALL", "DELETE")), ["/lock/2", "/lock/3"]),
        (an_order(placed_at=NOON, fulfil_at=NOON - timedelta(seconds=1)), ["/fulfil_at"]),
        (an_order(callback_uri="http://orders.example.com"), ["/callback_uri"]),
        (an_order(callback_uri="https://kim:secret@orders.example.com"), ["/callback_uri"]),
        (an_order(callback_uri="https://orders.example.com/" + "x" * 2000), ["/callback_uri"]),
        (an_order(callback_uri="https://169.254.169.254/"), ["/callback_uri"]),
        (an_order(lines=(LINE, BACK)), ["/lines/1/quantity"]),
        (an_order(lines=(replace(LINE, quantity=Decimal(0)),)), ["/lines/0/quantity"]),
        (
            an_order(lines=(LINE, replace(LINE, price_variation=ONE, price_fixed_variation=ONE))),
            ["/lines/1/price_fixed_variation"],
        ),
        (an_order(lines=(replace(LINE, option_sets=CHOSEN, modifiers=("228",)),)), ["/lines/0/modifiers"]),
        (an_order(lines=(replace(LINE, option_sets=CHOSEN, price_variation=ONE),)), ["/lines/0/price_variation"]),
        (an_order(lines=(replace(LINE, option_sets=CHOSEN, quantity=Decimal(2)),)), ["/lines/0/quantity"]),
        (an_order(payments=(PAID, GIVEN_BACK)), ["/payments/1/amount"]),
        (an_order(payments=(replace(PAID, tip=MINUS),)), ["/payments/0/tip"]),
        (a_refund(lines=(BACK, LINE)), ["/lines/1/quantity"]),
        (a_refund(lines=(replace(BACK, option_sets=CHOSEN),)), ["/lines/0/option_sets"]),
        (a_refund(options=(OPTION,)), ["/options"]),
        (a_refund(payments=(GIVEN_BACK, PAID)), ["/payments/1/amount"]),
        (a_refund(payments=(replace(GIVEN_BACK, tip=ONE),)), ["/payments/0/tip"]),
    ],
)
def test_is_wrong_at(request_: OrderRequest, pointers: list[str]) -> None:
    problems = order_rules.problems_of(request_)
    assert [each.pointer for each in problems] == pointers
    assert all(each.detail for each in problems)


def test_all_that_is_wrong_is_said() -> None:
    wrong = an_order(
        pass_thru_printing=True,
        lock=("ALL", "ALL"),
        lines=(BACK, replace(LINE, option_sets=CHOSEN, modifiers=("1",), price_variation=ONE)),
        payments=(GIVEN_BACK,),
    )
    assert [each.pointer for each in order_rules.problems_of(wrong)] == [
        "/status",
        "/lock/1",
        "/lines/0/quantity",
        "/lines/1/modifiers",
        "/lines/1/price_variation",
        "/payments/0/amount",
    ]


def test_on_the_local_stack_a_callback_may_stay_inside() -> None:
    inside = an_order(callback_uri="http://127.0.0.1:8801/told")
    assert [each.pointer for each in order_rules.problems_of(inside)] == ["/callback_uri"]
    assert order_rules.problems_of(inside, may_be_private=True) == ()


INC = replace(LINE, unit_price_inc_tax=Decimal(11))


@pytest.mark.parametrize(
    ("request_", "least"),
    [
        (an_order(), "0"),
        (an_order(lines=(LINE,)), "0"),  # the site's price
        (an_order(lines=(PRICED,)), "10"),
        (an_order(lines=(replace(INC, unit_price=Decimal(10)),)), "10"),  # and its tax, which we do not know
        (an_order(lines=(INC, replace(INC, quantity=Decimal("0.5")))), "16.5"),
        (an_order(lines=(replace(INC, price_variation=Decimal("0.9")),)), "9.9"),
        (an_order(lines=(replace(INC, price_fixed_variation=Decimal(-2)),)), "0"),
        (an_order(lines=(INC, INC), price_variation=Decimal("0.5")), "11"),
        (an_order(lines=(INC,), price_fixed_variation=Decimal("-2.50")), "8.5"),
        (an_order(lines=(INC,), price_fixed_variation=Decimal(-20)), "0"),
        (an_order(price_fixed_variation=Decimal(5)), "5"),
        (
            an_order(
                options=(
                    OptionRequest(
                        "1",
                        unit_price_inc_tax=Decimal(20),
                        option_sets=(
                            OptionSetRequest("2", (OptionRequest("3", Decimal(2)), OptionRequest("4"))),
                            OptionSetRequest("5", (OptionRequest("6", Decimal(4), instructions="No"),)),
                        ),
                    ),
                )
            ),
            "22",
        ),
        (
            an_order(lines=(replace(INC, option_sets=(OptionSetRequest("2", (OptionRequest("3", Decimal(2)),)),)),)),
            "13",
        ),
    ],
)
def test_what_an_order_costs_at_the_very_least(request_: OrderRequest, least: str) -> None:
    assert order_rules.least_due(request_) == Decimal(least)


def complete(paid: str) -> OrderRequest:
    return an_order(status="COMPLETE", lines=(INC, INC), payments=(PaymentRequest(Decimal(paid), tip=Decimal(5)),))


def test_paid_in_full_is_meant_but_for_what_rounding_may_lose() -> None:
    assert order_rules.problems_of(complete("22")) == ()
    assert order_rules.problems_of(complete("21.97")) == ()
    (problem,) = order_rules.problems_of(complete("21.96"))
    assert problem.pointer == "/payments"
    assert "at least 22.00, not 21.96" in problem.detail, "a tip pays for nothing on the order"


@pytest.mark.parametrize(
    ("found", "pointers"),
    [
        (order_rules.problems_of_lines((LINE, BACK)), ["/1/quantity"]),
        (order_rules.problems_of_lines((BACK,), is_refund=True), []),
        (order_rules.problems_of_line(BACK), ["/quantity"]),
        (order_rules.problems_of_line_changes(LineChanges()), [""]),
        (order_rules.problems_of_line_changes(LineChanges(quantity=MINUS)), ["/quantity"]),
        (order_rules.problems_of_line_changes(LineChanges(modifiers=())), []),
        (order_rules.problems_of_payment(AddedPayment(PAID)), []),
        (order_rules.problems_of_payment(AddedPayment(replace(GIVEN_BACK, tip=MINUS))), ["/amount", "/tip"]),
        (order_rules.problems_of_payment_changes(PaymentChanges()), [""]),
        (order_rules.problems_of_payment_changes(PaymentChanges(tip=MINUS)), ["/tip"]),
        (order_rules.problems_of_changes(OrderChanges()), [""]),
        (order_rules.problems_of_changes(OrderChanges(lock=())), []),
        (order_rules.problems_of_changes(OrderChanges(lock=("ALL", "ALL"))), ["/lock/1"]),
        (order_rules.problems_of_refund(Refund("r", "cold")), []),
        (order_rules.problems_of_refund(Refund("r", "cold", amount=Decimal(0))), ["/amount"]),
        (order_rules.problems_of_refund(Refund("r", "cold", (RefundLine(1, ONE),), ONE)), ["/amount"]),
        (
            order_rules.problems_of_refund(Refund("r", "cold", (RefundLine(1, ONE), RefundLine(1, MINUS)))),
            ["/lines/1/number", "/lines/1/quantity"],
        ),
    ],
)
def test_what_is_asked_about_an_order_that_stands(found: Any, pointers: list[str]) -> None:
    assert [each.pointer for each in found] == pointers
