"""Lines, payments, notifications and customers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import CARD, CASH, FISH, WATER, Till


def test_lines_are_added_changed_and_removed(till: Till) -> None:
    order = till.order()
    one = till.api.post(f"/orders/{order}/lines", json={"product_id": WATER})
    assert (one.status_code, one.text) == (201, "null")
    assert one.headers["location"].endswith(f"/orders/{order}/lines/1.json")
    several = till.api.post(f"/orders/{order}/lines", json=[{"product_id": WATER}, {"product_id": FISH, "quantity": 2}])
    assert several.status_code == 201
    assert [line["number"] for line in till.api.get(f"/orders/{order}/lines").json()] == [1, 2, 3]
    assert till.api.put(f"/orders/{order}/lines/3", json={"quantity": 1, "notes": "rare"}).status_code == 200
    assert till.api.delete(f"/orders/{order}/lines/1").status_code == 204
    left = till.read(order)
    assert [(line["number"], line["quantity"]) for line in left["lines"]] == [(2, 1), (3, 1)]
    assert left["total"] == 48.0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"product_id": "1"}, 400),
        ({"product_id": 1}, 400),
        ([], 400),
        ([{"product_id": WATER}, {"product_id": 1}], 400),
        ({"product_id": WATER, "price_variation": 1, "price_fixed_variation": 1}, 400),
    ],
)
def test_lines_that_are_refused_leave_nothing(till: Till, body: Any, status: int) -> None:
    order = till.order()
    assert till.api.post(f"/orders/{order}/lines", json=body).status_code == status
    assert till.read(order)["lines"] == []


def test_lines_are_fixed_once_accepted(till: Till) -> None:
    order = till.order(lines=[{"product_id": WATER}])
    till.control(f"kounta/orders/{order}/accept")
    assert till.api.put(f"/orders/{order}/lines/1", json={"quantity": 2}).status_code == 400
    assert till.api.put(f"/orders/{order}/lines/9", json={"quantity": 2}).status_code == 400
    assert till.api.delete(f"/orders/{order}/lines/9").status_code == 404


@pytest.mark.parametrize(
    ("complete_when_paid", "amount", "status"),
    [(True, 8, "COMPLETE"), (True, 7.99, "SUBMITTED"), (False, 8, "SUBMITTED"), (None, 8, "COMPLETE")],
)
def test_payment_completes(till: Till, complete_when_paid: bool | None, amount: float, status: str) -> None:
    choice = {} if complete_when_paid is None else {"complete_when_paid": complete_when_paid}
    order = till.order(lines=[{"product_id": WATER}], **choice)
    paid = till.api.post(f"/orders/{order}/payments", json={"method_id": CARD, "amount": amount, "ref": "r1"})
    assert (paid.status_code, paid.text) == (201, "null")
    assert till.read(order)["status"] == status


def test_a_deposit_on_a_blank_order_closes_it_unless_told_not_to(till: Till) -> None:
    trap = till.order(payments=[{"method_id": CASH, "amount": 50}])
    till.control(f"kounta/orders/{trap}/accept")
    assert till.read(trap)["status"] == "COMPLETE"
    kept = till.order(payments=[{"method_id": CASH, "amount": 50}], complete_when_paid=False)
    till.control(f"kounta/orders/{kept}/accept")
    assert till.read(kept)["status"] == "ACCEPTED"


def test_payments_have_no_idempotency(till: Till) -> None:
    order = till.order(complete_when_paid=False)
    for _ in range(2):
        headers = {"idempotency-key": "same"}
        till.api.post(f"/orders/{order}/payments", json={"method_id": CARD, "amount": 5}, headers=headers)
    assert till.read(order)["paid"] == 10


def test_a_later_tip_is_a_payment_of_nothing(till: Till) -> None:
    order = till.order(payments=[{"method_id": CARD, "amount": 5}], complete_when_paid=False)
    assert till.api.put(f"/orders/{order}/payments/1", json={"ref": "r9", "tip": 2.5}).status_code == 200
    payments = till.read(order)["payments"]
    assert [(payment["amount"], payment["tip"]) for payment in payments] == [(5, 0), (0, 2.5)]
    assert payments[0]["ref"] == "r9"


def test_payments_cannot_be_read_or_removed(till: Till) -> None:
    order = till.order(payments=[{"method_id": CARD, "amount": 5}], complete_when_paid=False)
    assert till.api.get(f"/orders/{order}/payments").status_code == 405
    assert till.api.delete(f"/orders/{order}/payments/1").status_code == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": "Guests moved to table 7"}, 201),
        ({"message": "x" * 300, "broadcast_level": "now", "alert_colour": "red", "duration": 60}, 201),
        ({"message": "x" * 301}, 400),
        ({"message": ""}, 400),
        ({}, 400),
        ({"message": "x", "duration": 2}, 400),
        ({"message": "x", "duration": 61}, 400),
        ({"message": "x", "alert_colour": "blue"}, 400),
        ({"message": "x", "broadcast_level": "later"}, 400),
        ({"message": "x", "colour": "red"}, 400),
    ],
)
def test_notifications(till: Till, body: dict[str, Any], status: int) -> None:
    order = till.order()
    assert till.api.post(f"/orders/{order}/notifications", json=body).status_code == status
    assert len(till.look(f"kounta/orders/{order}")["notifications"]) == (status == 201)


def test_five_notifications_an_order(till: Till) -> None:
    order = till.order()
    before = till.read(order)["updated_at"]
    till.clock.push(5)
    answers = [till.api.post(f"/orders/{order}/notifications", json={"message": "x"}).status_code for _ in range(6)]
    assert answers == [201] * 5 + [400]
    assert till.read(order)["updated_at"] == before


def test_customers_are_found_by_reference_email_or_name_and_phone(till: Till) -> None:
    assert till.api.get("/customers?reference_id=guest-1").json() == []
    wanted = {"first_name": "Alex", "last_name": "Example", "email": "Alex@example.com", "phone": "+61 2 5550 1234"}
    made = till.api.post("/customers", json={**wanted, "reference_id": "guest-1"})
    assert (made.status_code, made.text) == (201, "null")
    location = made.headers["location"]
    assert till.api.get(location).json()["reference_id"] == "guest-1"
    assert [one["email"] for one in till.api.get("/customers?reference_id=guest-1").json()] == ["Alex@example.com"]
    by_phone = {"first_name": "alex", "last_name": "example", "phone": "+61255501234"}
    for query in ({"email": "alex@EXAMPLE.com"}, by_phone):
        answer = till.api.get("/customers", params=query)
        assert (answer.status_code, answer.headers["location"]) == (302, location)
    assert till.api.get("/customers", params={"email": "nobody@example.com"}).status_code == 404
    assert till.api.get("/customers", params={**by_phone, "phone": "5550 9999"}).status_code == 404
    assert till.api.get("/customers", params={"phone": "5550 9999"}).status_code == 400


def test_a_reference_is_an_apps_own(till: Till) -> None:
    till.api.post("/customers", json={"first_name": "Alex", "phone": "5550 1234", "reference_id": "guest-1"})
    credentials = {"client_id": "demo-oauth", "client_secret": "demo-oauth-secret"}
    grant = till.root.post("/kounta/v1/token", json={"grant_type": "client_credentials", **credentials}).json()
    other = till.root.get(
        "/kounta/v1/companies/5678/customers.json?reference_id=guest-1",
        headers={"authorization": f"Bearer {grant['access_token']}"},
    )
    assert other.json() == []


@pytest.mark.parametrize(
    "body",
    [
        {"first_name": "Alex"},
        {"email": "alex@example.com"},
        {"first_name": "", "email": "alex@example.com"},
        {"first_name": "Alex", "email": "not an address"},
        {"first_name": "Alex", "phone": 5550},
        {"first_name": "Alex", "phone": "5550", "mobile": "5550"},
    ],
)
def test_customers_that_are_refused(till: Till, body: dict[str, Any]) -> None:
    assert till.api.post("/customers", json=body).status_code == 400


def test_a_customer_can_be_given_a_reference_later(till: Till) -> None:
    made = till.api.post("/customers", json={"first_name": "Alex", "phone": "5550 1234"})
    assert till.api.put(made.headers["location"], json={"reference_id": "guest-9"}).status_code == 200
    assert len(till.api.get("/customers?reference_id=guest-9").json()) == 1


def test_tables_stand_in_sections_where_the_add_on_is(till: Till) -> None:
    sections = till.api.get("/sites/823/tables").json()
    assert [section["name"] for section in sections] == ["Dining room", "Terrace"]
    assert {"name": "T14", "orders": []} in sections[1]["tables"]
    refused = till.api.get("/sites/824/tables")
    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
    assert till.api.get("/sites/999/tables").status_code == 404
