"""What Kounta's document says of refunds, through the deployed relay: a new order with negative lines and payments.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.stack.orders import CARD, FISH, WATER, Orders, pos_id
from tests.stack.relay import Json, Premises, until

LINES = [{"product_id": WATER, "quantity": 2}, {"product_id": FISH}]
"""16.00 and 40.00."""
PAYMENTS = [
    {"method_id": CARD, "amount": "50.00", "ref": "tx-50"},
    {"method_id": 1, "amount": "6.00", "ref": "tx-6"},
]


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue."""
    return Orders(premises.open_venue("orders-refunded"))


def sold(orders: Orders) -> Json:
    """An order that was paid and handed over: 56.00."""
    order = orders.sent(lines=LINES, payments=PAYMENTS, status="COMPLETE")
    return orders.until_in(order, "completed")


def refunded(orders: Orders, order: Json, reference: str, **what: object) -> Json:
    """The refund as an order of its own, in the POS."""
    answer = orders.ask(order, "refund", {"reference": reference, "reason": "cold", **what})
    assert answer.status_code == 202, answer.text
    return orders.settled(answer.json())


def in_negatives(shown: Json) -> tuple[list[tuple[int, str]], list[str], str]:
    """(product, quantity) of each line, the payments' amounts, the total."""
    lines = [(int(line["product_id"]), line["quantity"]) for line in shown["lines"]]
    return lines, [paid["amount"] for paid in shown["payments"]], shown["total"]


def test_a_whole_order_is_given_back_as_a_new_order_of_negatives(orders: Orders) -> None:
    order = sold(orders)
    refund = refunded(orders, order, "R-1")
    shown = orders.in_pos(refund)
    assert shown["id"] != pos_id(order)
    assert in_negatives(shown) == ([(WATER, "-2"), (FISH, "-1")], ["-50.00", "-6.00"], "-56.00")
    assert (shown["status"], shown["original_order_id"]) == ("COMPLETE", pos_id(order))
    assert refund["refund_of"] == order["id"]
    assert orders.until_in(order, "refunded")["refunded"] == "56.00"
    assert orders.in_pos(order)["total"] == "56.00"


def test_some_lines_are_given_back(orders: Orders) -> None:
    order = sold(orders)
    shown = orders.in_pos(refunded(orders, order, "R-1", lines=[{"number": 1, "quantity": "1"}]))
    assert in_negatives(shown) == ([(WATER, "-1")], ["-8.00"], "-8.00")
    assert orders.until_in(order, "partly_refunded")["refunded"] == "8.00"
    wrong = orders.ask(order, "refund", {"reference": "R-2", "reason": "x", "lines": [{"number": 1, "quantity": 3}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/lines/0/quantity")


def test_an_amount_is_given_back_and_all_together_never_more_than_was_paid(orders: Orders) -> None:
    order = sold(orders)
    assert orders.in_pos(refunded(orders, order, "R-1", amount="51.00"))["total"] == "-51.00"
    too_much = {"reference": "R-2", "reason": "x", "amount": "5.01"}
    assert orders.told_off(order, "refund", too_much) == "refund_above_order"
    rest = orders.in_pos(refunded(orders, order, "R-3"))
    assert (rest["total"], [paid["amount"] for paid in rest["payments"]]) == ("-5.00", ["-5.00"])
    assert orders.until_in(order, "refunded")["refunded"] == "56.00"
    assert orders.told_off(order, "refund", {"reference": "R-4", "reason": "x", "amount": "0.01"})


def test_the_same_refund_twice_is_one(orders: Orders) -> None:
    order = sold(orders)
    first, again = (refunded(orders, order, "R-1", amount="10.00") for _ in range(2))
    assert first["id"] == again["id"]
    assert len(orders.at_kounta(first)) == 1
    other = {"reference": "R-1", "reason": "cold", "amount": "11.00"}
    assert orders.told_off(order, "refund", other) == "reference_reused"


def test_only_a_complete_order_is_given_back(orders: Orders) -> None:
    order = orders.sent(lines=LINES, payments=PAYMENTS, complete_when_paid=False)
    asked = {"reference": "R-1", "reason": "changed their mind"}
    assert orders.told_off(order, "refund", asked) == "order_not_complete"
    orders.relay.sandbox.staff("accept", pos_id(order))
    orders.until_in(order, "accepted")
    assert orders.told_off(order, "refund", asked) == "order_not_complete"
    orders.relay.sandbox.staff("complete", pos_id(order))
    orders.until_in(order, "completed")
    assert refunded(orders, order, "R-1")["status"] in ("sent", "completed")


def test_an_order_may_be_placed_as_a_refund(orders: Orders) -> None:
    order = sold(orders)
    lines = [{"product_id": WATER, "quantity": -1}]
    back = [{"method_id": CARD, "amount": "-8.00", "ref": "back-8"}]
    assert "/lines/0/quantity" in orders.pointers({"lines": lines})
    refund = orders.sent(lines=lines, payments=back, status="COMPLETE", original_order_id=pos_id(order))
    shown = orders.in_pos(refund)
    assert in_negatives(shown) == ([(WATER, "-1")], ["-8.00"], "-8.00")
    assert shown["original_order_id"] == pos_id(order)


def test_an_order_placed_as_a_refund_of_an_open_one_is_refused(orders: Orders) -> None:
    order = orders.sent(lines=LINES)
    refund = {"lines": [{"product_id": WATER, "quantity": -1}], "payments": [{"method_id": CARD, "amount": "-8.00"}]}
    refused = orders.refused_by_pos(**refund, status="COMPLETE", original_order_id=pos_id(order))
    assert refused["code"] == "original_not_complete"


def test_a_refund_is_a_sale_of_its_own(orders: Orders) -> None:
    order = sold(orders)
    refund = refunded(orders, order, "R-1", amount="16.00")
    sale = until(lambda: orders.relay.sale_of(pos_id(refund)), "the refund among the sales")
    assert (sale["refund_of"], sale["total"], sale["order_id"]) == (pos_id(order), "-16.00", refund["id"])
    with_tax = sum(Decimal(line["total_ex_tax"]) + Decimal(line["tax"]) for line in sale["lines"])
    assert round(with_tax, 2) == Decimal("-16.00")
    original = orders.relay.sale_of(pos_id(order))
    assert original is not None
    assert original["total"] == "56.00"
