"""What Kounta's document says of changing an order, through the deployed relay: its fields, statuses, lines, payments.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.stack.orders import CARD, COFFEE, FISH, IN_FULL, OAT_MILK, SUGAR, WATER, WATERS, Orders, pos_id
from tests.stack.relay import CLIENT, COMPANY_ID, Json, Premises

FIELDS = {
    "notes": "Window, please",
    "order_type": "Takeaway",
    "guests": 3,
    "price_variation": "0.9",
    "price_limit": "50.00",
    "lock": ["PAYMENTS", "DELETE"],
    "complete_when_paid": False,
    "placed_at": "2026-11-22T19:00:00+11:00",
    "fulfil_at": "2026-11-22T20:30:00+11:00",
}
BADLY_PAID = {**IN_FULL, "amount": "15.00"}


@pytest.fixture(scope="module")
def orders(premises: Premises) -> Orders:
    """A venue."""
    return Orders(premises.open_venue("orders-changed"))


def moved(orders: Orders, order: Json, status: str, *, all_sent: bool = True) -> Json:
    """The order after a PATCH of its status."""
    answer = orders.ask(order, "", {"status": status}, "PATCH")
    assert answer.status_code == 202, answer.text
    return orders.settled(order, all_sent=all_sent)


def paid_and_complete(orders: Orders) -> Json:
    """An order that is over."""
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], status="COMPLETE")
    return orders.until_in(order, "completed")


# fields


def test_every_field_that_may_change(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS])
    customer_id = a_guest(orders)
    orders.done(order, "", {**FIELDS, "customer_id": customer_id}, "PATCH")
    shown = orders.in_pos(order)
    for name in ("order_type", "guests", "price_variation", "price_limit", "lock", "complete_when_paid"):
        assert shown[name] == FIELDS[name], name
    assert shown["fulfil_at"].startswith("2026-11-22T09:30:00")
    assert shown["placed_at"].startswith("2026-11-22T08:00:00")
    assert (shown["customer_id"], shown["total"]) == (customer_id, "14.40")
    assert shown["notes"].startswith("Window, please")
    assert orders.at_kounta(order), "the notes bear our marker still"


def test_a_fixed_variation_and_flags_may_change_and_the_rest_stays(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], notes="Corner table", guests=2)
    flags = {"enable_alert_sound": False, "prompt_for_reject_reason": True}
    orders.done(order, "", {"price_fixed_variation": "-2.00", **flags}, "PATCH")
    shown = orders.in_pos(order)
    assert (shown["total"], shown["guests"], shown["status"]) == ("14.00", 2, "SUBMITTED")
    assert shown["notes"].startswith("Corner table")
    (call,) = orders.relay.sandbox.calls("kounta.update_order", pos_id(order))
    assert json.loads(call["body"]) == {"price_fixed_variation": -2, **flags}
    orders.relay.sandbox.staff("reject", pos_id(order), {"reason": "no more of it"})
    assert "no more of it" in str(orders.until_in(order, "rejected")["reject_reason"])


def test_a_complete_order_cannot_be_changed(orders: Orders) -> None:
    order = paid_and_complete(orders)
    before = orders.in_pos(order)
    for way, content, method in (
        ("", {"notes": "late"}, "PATCH"),
        ("lines", WATERS, "POST"),
        ("lines/1", {"quantity": 1}, "PUT"),
        ("payments", IN_FULL | {"ref": "tx-late"}, "POST"),
    ):
        assert orders.told_off(order, way, content, method) == "order_completed"
    assert orders.in_pos(order) == before


# statuses


@pytest.mark.parametrize("status", ["ON_HOLD", "PENDING"])
def test_the_platform_moves_its_order(orders: Orders, status: str) -> None:
    order = moved(orders, orders.sent(lines=[WATERS]), status)
    assert (orders.in_pos(order)["status"], order["pos"]["status"]) == (status, status)
    assert (order["status"], order["fulfilment"]) == ("sent", "new")
    assert moved(orders, order, "SUBMITTED")["pos"]["status"] == "SUBMITTED"
    assert orders.in_pos(order)["status"] == "SUBMITTED"


def test_accepted_by_the_platform(orders: Orders) -> None:
    order = moved(orders, orders.sent(lines=[WATERS]), "ACCEPTED")
    assert (order["status"], order["writes"][-1]["what"]) == ("accepted", "accept")
    assert orders.in_pos(order)["status"] == "ACCEPTED"


def test_rejected_by_the_platform_is_not_staffs(orders: Orders) -> None:
    order = moved(orders, orders.sent(lines=[WATERS]), "REJECTED")
    assert (order["status"], order["writes"][-1]["what"]) == ("cancelled", "cancel")
    assert orders.in_pos(order)["status"] == "REJECTED"


def test_a_decision_stands_alone(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS])
    for status in ("ACCEPTED", "REJECTED"):
        answer = orders.ask(order, "", {"status": status, "notes": "and this"}, "PATCH")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/status")
    assert orders.ask(order, "", {"status": "READY"}, "PATCH").status_code == 422


def test_complete_is_fulfilled_and_paid(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], payments=[BADLY_PAID], complete_when_paid=False)
    order = moved(orders, order, "COMPLETE", all_sent=False)
    assert (order["writes"][-1]["state"], order["writes"][-1]["code"]) == ("failed", "not_fully_paid")
    rest = {"method_id": CARD, "amount": "1.00", "ref": "tx-rest"}
    assert orders.ask(order, "payments", rest).status_code == 202
    orders.settled(order, all_sent=False)
    moved(orders, order, "COMPLETE", all_sent=False)
    assert orders.until_in(order, "completed")["writes"][-1]["state"] == "sent"
    assert orders.in_pos(order)["status"] == "COMPLETE"


@pytest.mark.parametrize(("flag", "status", "seen"), [(True, "completed", "COMPLETE"), (False, "sent", "PENDING")])
def test_pending_goes_on_to_complete_when_it_is_paid_and_may(
    orders: Orders, flag: bool, status: str, seen: str
) -> None:
    order = orders.sent(lines=[WATERS], status="PENDING", complete_when_paid=flag)
    orders.done(order, "payments", IN_FULL)
    assert orders.until_in(order, status)["status"] == status
    assert orders.in_pos(order)["status"] == seen


# lines and payments


def put_lines(**changes: Any) -> Callable[[Orders, Json], Json]:
    """Changes of the first line."""
    return lambda orders, order: orders.done(order, "lines/1", changes, "PUT")


def test_lines_are_added_one_or_several(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS])
    orders.done(order, "lines", {"product_id": FISH, "notes": "no sauce"})
    orders.done(order, "lines", [{"product_id": COFFEE, "modifiers": [SUGAR, -OAT_MILK]}, {"product_id": WATER}])
    shown = orders.in_pos(order)["lines"]
    assert [int(line["product_id"]) for line in shown] == [WATER, FISH, COFFEE, WATER]
    assert (shown[1]["notes"], shown[2]["modifiers"]) == ("no sauce", [str(SUGAR), f"-{OAT_MILK}"])


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (put_lines(quantity="3"), "quantity", "3"),
        (put_lines(unit_price="5.00"), "unit_price", "5.00"),
        (put_lines(unit_price_inc_tax="11.00"), "unit_price", "10.00"),
        (put_lines(price_variation="0.5"), "price_variation", "0.5"),
        (put_lines(price_fixed_variation="-1.00"), "price_fixed_variation", "-1.00"),
        (put_lines(notes="ice apart"), "notes", "ice apart"),
        (put_lines(modifiers=[SUGAR]), "modifiers", [str(SUGAR)]),
        (put_lines(product_id=FISH), "product_id", str(FISH)),
    ],
    ids=[
        "quantity",
        "price before tax",
        "price with tax",
        "variation",
        "fixed variation",
        "notes",
        "modifiers",
        "product",
    ],
)
def test_a_line_is_changed(
    orders: Orders, plain: Json, change: Callable[[Orders, Json], Json], field: str, value: Any
) -> None:
    change(orders, plain)
    line = orders.in_pos(plain)["lines"][0]
    assert line[field] == value
    assert line["number"] == 1


@pytest.fixture(scope="module")
def plain(orders: Orders) -> Json:
    """One order whose line is changed again and again, each time in another respect."""
    return orders.sent(lines=[{"product_id": COFFEE, "quantity": 2, "modifiers": [OAT_MILK]}])


def test_lines_are_removed_and_brought_into_another_order(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS, {"product_id": FISH}, {"product_id": COFFEE}])
    orders.done(order, "lines/1", method="DELETE")
    orders.done(order, "lines", WATERS)
    shown = orders.in_pos(order)["lines"]
    assert [int(line["product_id"]) for line in shown] == [FISH, COFFEE, WATER]
    orders.ask(order, "lines/9", method="DELETE")
    assert orders.settled(order, all_sent=False)["writes"][-1]["code"] == "line_gone"


def test_payments_are_added_and_changed_but_never_removed(orders: Orders) -> None:
    order = orders.sent(lines=[WATERS], complete_when_paid=False)
    half = {"method_id": CARD, "amount": "8.00", "tip": "1.00"}
    orders.done(order, "payments", {**half, "ref": "tx-1"})
    orders.done(order, "payments", half)
    first, second = orders.in_pos(order)["payments"]
    assert (first["amount"], first["tip"], first["ref"]) == ("8.00", "1.00", "tx-1")
    assert second["ref"], "one without a ref gets ours, by which it is looked for"
    assert orders.told_off(order, "payments", {**half, "ref": "tx-1"}) == "reference_reused"
    orders.done(order, "payments/2", {"ref": "tx-2", "tip": "0.50"}, "PUT")
    payments = orders.in_pos(order)["payments"]
    assert [each["ref"] for each in payments[:2]] == ["tx-1", "tx-2"]
    assert (payments[2]["amount"], payments[2]["tip"]) == ("0.00", "0.50")
    assert orders.ask(order, "payments/1", method="DELETE").status_code in (404, 405)
    assert len(orders.in_pos(order)["payments"]) == 3


def a_guest(orders: Orders) -> str:
    """A customer of the POS."""
    at_kounta = f"{orders.relay.sandbox.url}/kounta/v1/companies/{COMPANY_ID}/customers"
    credentials = (CLIENT.credentials.client_id, CLIENT.credentials.client_secret)
    wanted = {"first_name": "Alex", "email": f"guest-{secrets.token_hex(4)}@example.com"}
    headers = {"accept": "application/json"}
    made = orders.relay.premises.http.post(at_kounta, json=wanted, headers=headers, auth=credentials)
    assert made.status_code == 201, made.text
    return made.headers["location"].rstrip("/").rsplit("/", 1)[1].removesuffix(".json")
