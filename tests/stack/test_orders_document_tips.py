"""What Kounta's document says of tips and service charges, through the deployed relay.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

import pytest

from tests.stack.orders import CARD, FISH, Orders, pos_id
from tests.stack.relay import Json, Premises, until

FISHES = [{"product_id": FISH, "quantity": 2}]
"""80.00."""


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue."""
    return Orders(premises.open_venue("orders-tips"))


def with_service(orders: Orders, **charge: str) -> Json:
    """An open order on which staff put a service charge."""
    order = orders.sent(lines=FISHES)
    orders.relay.sandbox.staff("accept", pos_id(order))
    orders.relay.sandbox.staff("tip-service", pos_id(order), charge)
    return order


def test_a_service_charge_is_paid_through_the_relay_before_the_order_is_complete(orders: Orders) -> None:
    order = with_service(orders, percent="12.5")
    pay = {"method_id": CARD, "amount": "80.00", "tip": "4.00", "ref": "tx-1"}
    orders.done(order, "payments", pay)
    shown = orders.in_pos(order)
    assert (shown["status"], shown["amount_due"]) == ("ACCEPTED", "6.00")
    assert (shown["tip_service_paid"], shown["tips"], shown["paid"]) == ("4.00", "4.00", "80.00")
    orders.done(order, "payments", {"method_id": CARD, "amount": "0.00", "tip": "6.00", "ref": "tx-2"})
    orders.until_in(order, "completed")
    shown = orders.in_pos(order)
    assert (shown["tip_service_paid"], shown["amount_due"]) == ("10.00", "0.00")
    sale = until(lambda: orders.relay.sale_of(pos_id(order)), "the sale")
    assert (sale["total"], sale["service_charge"], sale["tips"]) == ("80.00", "10.00", "10.00")


def test_a_tip_without_a_charge_is_a_gift(orders: Orders) -> None:
    paid = {"method_id": CARD, "amount": "80.00", "tip": "8.00", "ref": "tx-80"}
    order = orders.sent(lines=FISHES, payments=[paid], complete_when_paid=False)
    shown = orders.in_pos(order)
    assert (shown["paid"], shown["tips"], shown["amount_due"]) == ("80.00", "8.00", "0.00")
    assert (shown["tip_service_percent"], shown["tip_service_amount"]) == (None, None)
