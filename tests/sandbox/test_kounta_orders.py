"""What Kounta's documents say about creating, reading, changing and deleting orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import CARD, COMPANY, DEPOSIT, FISH, OTHER_SITE, REGISTER, SITE, WATER, Till

WORDS = "Your request contained some invalid data: Error validating "


def test_a_new_order_is_answered_with_null_and_its_location(till: Till) -> None:
    made = till.create(notes="Table 12")
    assert (made.status_code, made.text) == (201, "null")
    assert made.headers["location"].startswith(f"http://pos.test/kounta/v1/companies/{COMPANY}/orders/")
    assert made.headers["location"].endswith(".json")
    assert till.api.get(made.headers["location"]).json()["notes"] == "Table 12"


def test_an_order_reads_as_it_was_written(till: Till) -> None:
    customer = till.api.post("/customers", json={"first_name": "Alex", "email": "alex@example.com"})
    customer_id = int(customer.headers["location"].rsplit("/", 1)[1].removesuffix(".json"))
    order = till.read(
        till.order(
            notes="Window",
            order_type="Dine in",
            guests=4,
            customer_id=customer_id,
            lines=[{"product_id": FISH, "quantity": 2, "notes": "no lemon"}, {"product_id": WATER}],
            payments=[{"method_id": DEPOSIT, "amount": 50, "ref": "tx-1"}],
            callback_uri="https://relay.example.com/status?token=abc",
            complete_when_paid=False,
            lock=["PAYMENTS"],
            placed_at="2026-11-22T19:00:00+11:00",
        )
    )
    assert order["id_str"] == str(order["id"])
    assert order["id"] > 2**53
    assert (order["status"], order["order_type"], order["guests"]) == ("SUBMITTED", "Dine in", 4)
    assert order["customer"]["first_name"] == "Alex"
    # 2 × 36.3636 + 7.2727 before tax, 10 % on top.
    assert (order["total"], order["total_tax"], order["paid"]) == (88.0, 8.0, 50.0)
    assert [line["quantity"] for line in order["lines"]] == [2, 1]
    assert order["lines"][0]["unit_price"] == 36.3636
    assert order["payments"][0]["ref"] == "tx-1"
    assert order["callback_uri"].endswith("token=abc")
    assert order["lock"] == ["PAYMENTS"]
    assert order["created_at"] == "2026-11-22T19:00:00+11:00"
    assert order["sale_number"].startswith("HS-")
    assert len(order["saleid"]) == 8
    assert till.api.get(f"/orders/saleid/{order['saleid']}").json()["id"] == order["id"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"lines": [{"product_id": str(WATER)}]}, "/lines/0/product_id: String value found, but a number is required."),
        ({"site_id": "823"}, "/site_id: String value found, but a number is required."),
        ({"guests": "4"}, "/guests: String value found, but an integer is required."),
        ({"guests": 2.5}, "/guests: Double value found, but an integer is required."),
        ({"notes": None}, "/notes: NULL value found, but a string is required."),
        ({"complete_when_paid": "false"}, "/complete_when_paid: String value found, but a boolean is required."),
        ({"lines": {}}, "/lines: Object value found, but an array is required."),
        ({"payments": [{"method_id": 1, "amount": "5.50"}]}, "/payments/0/amount: String value found, but a number"),
        ({"payments": [{"method_id": 1}]}, "/payments/0/amount: The property amount is required."),
        ({"lines": [{"quantity": 1}]}, "/lines/0/product_id: The property product_id is required."),
        ({"table": "12"}, "/table: The property table is not defined"),
        ({"status": "COMPLETED"}, "/status: Does not have a value in the enumeration"),
        ({"order_type": "Eat in"}, "/order_type: Does not have a value in the enumeration"),
        ({"lock": ["LINES"]}, "/lock/0: Does not have a value in the enumeration"),
        ({"callback_uri": "relay.example.com"}, "/callback_uri: Does not match the regex pattern"),
        ({"placed_at": "22 November"}, "/placed_at: Invalid date-time"),
    ],
)
def test_bodies_are_checked_in_the_vendors_words(till: Till, body: dict[str, Any], words: str) -> None:
    answer = till.create(**body)
    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith(WORDS + words)
    assert till.live() == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "ACCEPTED"}, "Orders cannot be created with status ACCEPTED."),
        ({"site_id": 1}, "Site (1) does not exist."),
        ({"register_id": 99}, "Register (99) does not exist."),
        ({"register_id": REGISTER, "site_id": OTHER_SITE}, "Register (16) does not belong to that site."),
        ({"lines": [{"product_id": 8196213}]}, "Product #8196213 is not available at that site."),
        ({"payments": [{"method_id": 77, "amount": 1}]}, "Payment method (77) does not exist."),
        ({"customer_id": 1}, "Customer (1) does not exist."),
        ({"price_variation": 0.9, "price_fixed_variation": -2}, "price_variation and price_fixed_variation cannot"),
        ({"original_order_id": 5}, "Order (5) does not exist."),
        ({"pass_thru_printing": True}, "A pass-thru-printing order must have status ON_HOLD or PENDING."),
        (
            {"pass_thru_printing": True, "status": "PENDING"},
            "A pass-thru-printing order in PENDING status must be paid",
        ),
        ({"status": "COMPLETE", "lines": [{"product_id": WATER}]}, "Order is not fully paid."),
    ],
)
def test_orders_kounta_would_not_take(till: Till, body: dict[str, Any], words: str) -> None:
    answer = till.create(**body)
    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith(words)
    assert answer.json()["error"] == "bad_request"
    assert till.live() == 0


def test_neither_site_nor_register(till: Till) -> None:
    answer = till.api.post("/orders", json={"notes": "nowhere"})
    assert (answer.status_code, answer.json()["error_description"]) == (
        400,
        "Either register_id or site_id must be included.",
    )


@pytest.mark.parametrize(
    ("condition", "body", "words"),
    [
        (
            {"online_ordering_paused": True},
            {},
            "Due to popular demand, we are temporarily not taking online orders.",
        ),
        (
            {"product_gone": [WATER]},
            {"lines": [{"product_id": WATER}]},
            f"Product #{WATER} is not available at that site.",
        ),
        (
            {"product_out_of_stock": [WATER]},
            {"status": "ON_HOLD", "lines": [{"product_id": WATER}]},
            f"Product ({WATER}) is out of stock.",
        ),
        (
            {"pass_thru_register_offline": True},
            {"status": "ON_HOLD", "pass_thru_printing": True},
            "Pass-thru register POS 1 (16) is offline.",
        ),
    ],
)
def test_conditions_of_a_site(till: Till, condition: dict[str, Any], body: dict[str, Any], words: str) -> None:
    till.control("state", site_id=SITE, **condition)
    answer = till.create(**body)
    assert (answer.status_code, answer.json()["error_description"]) == (400, words)
    elsewhere = {**body, "site_id": OTHER_SITE}
    assert till.create(**elsewhere).status_code == 201


def test_stock_is_not_checked_while_submitted(till: Till) -> None:
    till.control("state", site_id=SITE, product_out_of_stock=[WATER])
    assert till.create(lines=[{"product_id": WATER}]).status_code == 201


def test_an_order_for_a_register_belongs_to_its_site(till: Till) -> None:
    made = till.api.post("/orders", json={"register_id": 17})
    order = till.api.get(made.headers["location"]).json()
    assert (order["site_id"], order["register_id"]) == (OTHER_SITE, 17)
    assert order["sale_number"].startswith("SL-")


def test_prices_and_variations(till: Till) -> None:
    order = till.read(
        till.order(
            price_variation=0.9,
            lines=[
                {"product_id": WATER, "unit_price": 10},
                {"product_id": WATER, "unit_price_inc_tax": 11},
                {"product_id": WATER, "unit_price": 10, "unit_price_inc_tax": 99, "price_variation": 0.5},
            ],
        )
    )
    assert [line["unit_price"] for line in order["lines"]] == [10, 10, 10]
    assert [line["line_total_ex_tax"] for line in order["lines"]] == [9, 9, 4.5]
    assert order["total"] == 24.75


def test_a_price_limit_holds(till: Till) -> None:
    assert till.create(price_limit=5, lines=[{"product_id": WATER}]).status_code == 400
    order = till.order(price_limit=10, lines=[{"product_id": WATER}])
    refused = till.root.post(f"/_control/kounta/orders/{order}/add-lines", json={})
    assert refused.status_code == 409
    assert len(till.read(order)["lines"]) == 1


def test_an_update_changes_what_it_names(till: Till) -> None:
    order = till.order(notes="Table 12", guests=2)
    till.clock.push(5)
    answer = till.api.put(f"/orders/{order}", json={"notes": "Table 7", "guests": 4})
    assert answer.status_code == 200
    changed = till.read(order)
    assert (changed["notes"], changed["guests"], changed["status"]) == ("Table 7", 4, "SUBMITTED")
    assert changed["updated_at"] != changed["created_at"]


def test_an_update_with_unknown_fields_is_refused(till: Till) -> None:
    order = till.order()
    assert till.api.put(f"/orders/{order}", json={"site_id": OTHER_SITE}).status_code == 400
    assert till.api.put(f"/orders/{order}", json={"guests": "4"}).status_code == 400


def test_complete_is_final_and_sheds_what_is_transient(till: Till) -> None:
    order = till.order(lines=[{"product_id": WATER}], callback_uri="https://relay.example.com/s?token=1")
    till.control(f"kounta/orders/{order}/accept")
    till.control(f"kounta/orders/{order}/pay")
    done = till.read(order)
    assert done["status"] == "COMPLETE"
    assert not {"callback_uri", "lock", "complete_when_paid"} & done.keys()
    for answer in (
        till.api.put(f"/orders/{order}", json={"notes": "late"}),
        till.api.post(f"/orders/{order}/lines", json={"product_id": WATER}),
        till.api.post(f"/orders/{order}/payments", json={"method_id": CARD, "amount": 1}),
        till.api.delete(f"/orders/{order}"),
    ):
        assert answer.status_code == 400
        assert "COMPLETE" in answer.json()["error_description"]


def test_a_deleted_order_is_gone_but_for_the_deleted_list(till: Till) -> None:
    order = till.order()
    assert till.api.delete(f"/orders/{order}").status_code == 204
    assert till.api.get(f"/orders/{order}").status_code == 404
    assert till.api.delete(f"/orders/{order}").status_code == 404
    till.clock.push(20)
    assert till.api.get("/orders").json() == []
    deleted = till.api.get("/orders/deleted").json()
    assert [(row["id"], row["deleted"]) for row in deleted] == [(order, True)]


def test_deleting_may_be_forbidden_altogether(till: Till) -> None:
    order = till.order()
    till.control("state", delete_answers_405=True)
    assert till.api.delete(f"/orders/{order}").status_code == 405
    assert till.api.put(f"/orders/{order}", json={"status": "REJECTED"}).status_code == 200
    assert till.read(order)["status"] == "REJECTED"
    assert till.live() == 0


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/orders", {"accept": "text/html"}, 406),
        ("GET", "/orders.json", {"accept": "text/html"}, 200),
        ("POST", "/orders", {"content-type": "text/plain"}, 400),
        ("PUT", "/orders/1", {"content-type": "application/x-www-form-urlencoded"}, 400),
        ("PATCH", "/orders/1", {}, 405),
        ("GET", "/nothing", {}, 404),
        ("GET", "/orders/sideways", {}, 404),
        ("GET", "/orders/1", {"authorization": "Basic bm9ib2R5Om5vdGhpbmc="}, 401),
        ("GET", "/orders/1", {"authorization": "Basic ???"}, 401),
        ("GET", "/orders/1", {"authorization": "Bearer nobody"}, 401),
    ],
)
def test_format_method_and_credentials(
    till: Till, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    client = till.root if "authorization" in headers else till.api
    url = f"http://pos.test/kounta/v1/companies/5678{path}"
    assert client.request(method, url, headers={"accept": "application/json", **headers}).status_code == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"site_id": NaN}', b"[" * 5000, b"\xff\xfe"])
def test_bodies_that_are_not_a_json_object(till: Till, body: bytes) -> None:
    answer = till.api.post("/orders", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_other_companies_are_out_of_bounds(till: Till) -> None:
    site = {"id": 900, "name": "Elsewhere", "registers": [{"id": 90, "name": "POS 1"}]}
    till.control("kounta/companies", id=777, name="Another Example", sites=[site])
    url = "http://pos.test/kounta/v1/companies/{}/sites.json"
    answers = {company: till.api.get(url.format(company)).status_code for company in (COMPANY, 777, 12)}
    assert answers == {COMPANY: 200, 777: 403, 12: 404}
    till.control("kounta/companies", id=777, name="Another Example", sites=[site], allow_clients=["demo-basic"])
    assert till.api.get("http://pos.test/kounta/v1/companies/777/sites.json").status_code == 200


def test_lost_permission(till: Till) -> None:
    till.control("state", permission_lost=True)
    assert till.create().status_code == 403
    till.control("state", permission_lost=False)
    assert till.create().status_code == 201


def test_me_is_the_company_or_a_redirect_to_it(till: Till) -> None:
    url = "http://pos.test/kounta/v1/companies/me.json"
    assert till.api.get(url).json()["id"] == COMPANY
    till.control("state", me_redirects=True)
    answer = till.api.get(url)
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        f"http://pos.test/kounta/v1/companies/{COMPANY}.json",
    )


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/sites", ["Harbour Street", "Station Lane"]),
        ("/registers", ["POS 1", "POS 2"]),
        ("/sites/824/registers", ["POS 2"]),
        ("/payment_methods", ["Cash", "Card", "Deposit"]),
    ],
)
def test_the_back_office_can_be_read(till: Till, path: str, found: list[str]) -> None:
    assert [row["name"] for row in till.api.get(path).json()] == found


def test_site_status_tells_what_is_off(till: Till) -> None:
    assert till.api.get("/sites/823/status").json()["status"] == "online"
    till.control("state", site_id=SITE, site_offline=True, online_ordering_paused=True)
    status = till.api.get("/sites/823/status").json()
    assert (status["status"], status["online_ordering"]) == ("offline", "offline")
    assert till.api.get("/sites/824/status").json()["status"] == "online"
    till.control("state", site_id=SITE, online_ordering_paused=False)
    # An order for a site that is offline is taken all the same: it waits in the cloud.
    assert till.create().status_code == 201


def test_products_have_a_site_price(till: Till) -> None:
    till.control("state", site_id=SITE, product_gone=[FISH], product_out_of_stock=[WATER])
    products = {row["id"]: row for row in till.api.get("/sites/823/products").json()}
    assert FISH not in products
    assert products[WATER]["is_available"] is False
    assert products[WATER]["unit_price_ex_tax"] == 7.2727
    assert WATER not in [row["id"] for row in till.api.get("/sites/823/products?is_available=true").json()]
