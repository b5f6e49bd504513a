"""Refunds, service charges, courses, groups, locks, invoices and lists of sales (Kounta docs: Orders)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.kounta.invoice import ROWS, pdf
from tests.sandbox.conftest import (
    ACCOUNT,
    BACON,
    CARD,
    CASH,
    EXTRAS,
    FISH,
    OTHER_SITE,
    OWN_METHOD,
    PLATE,
    SITE,
    WATER,
    Till,
)

LINE = [{"product_id": WATER}]


def sale(till: Till, **more: Any) -> int:
    return till.order(status="COMPLETE", lines=LINE, payments=[{"method_id": CASH, "amount": 8}], **more)


def refund(till: Till, original: int, amount: float = -8, **more: Any) -> Any:
    lines, payments = [{"product_id": WATER, "quantity": -1}], [{"method_id": CASH, "amount": amount}]
    return till.create(status="COMPLETE", original_order_id=original, lines=lines, payments=payments, **more)


def test_a_refund_is_a_new_order_with_negative_lines_and_payments(till: Till) -> None:
    original = sale(till)
    made = refund(till, original)
    assert made.status_code == 201
    shown = till.api.get(made.headers["location"]).json()
    assert (shown["status"], shown["total"], shown["total_tax"], shown["paid"]) == ("COMPLETE", -8, -0.73, -8)
    assert (shown["original_order_id"], shown["refunded_order_id"]) == (original, original)
    till.clock.push(20)
    rows = {row["id"]: row.get("is_refund", False) for row in till.api.get("/orders/complete").json()}
    assert rows == {original: False, shown["id"]: True}


@pytest.mark.parametrize("status", ["SUBMITTED", "ON_HOLD", "PENDING", "REJECTED"])
def test_the_original_must_be_complete(till: Till, status: str) -> None:
    answer = refund(till, till.order(status=status, lines=LINE))
    assert (answer.status_code, answer.json()["error_description"]) == (400, "The original order must be complete.")


def test_a_deleted_or_unknown_original_does_not_exist(till: Till) -> None:
    gone = sale(till)
    till.control(f"kounta/orders/{gone}/delete")
    for original in (gone, 5):
        assert refund(till, original).json()["error_description"] == f"Order ({original}) does not exist."


def test_a_refund_is_complete_when_all_is_paid_back(till: Till) -> None:
    assert refund(till, sale(till), amount=-5).json()["error_description"] == "Order is not fully paid."
    lines = [{"product_id": WATER, "quantity": -1}]
    order = till.order(status="PENDING", lines=lines, payments=[{"method_id": CASH, "amount": -5}])
    assert till.read(order)["status"] == "PENDING"
    till.api.post(f"/orders/{order}/payments", json={"method_id": CASH, "amount": -3})
    assert till.read(order)["status"] == "COMPLETE"


@pytest.mark.parametrize(
    ("charge", "shown", "due"),
    [
        pytest.param({"percent": "12.5"}, {"tip_service_percent": 12.5}, 9, id="as a percentage"),
        pytest.param({"amount": "2.45"}, {"tip_service_amount": 2.45}, 10.45, id="as an amount"),
        pytest.param({}, {}, 8, id="taken off"),
    ],
)
def test_a_service_charge_is_part_of_a_full_payment(
    till: Till, charge: dict[str, str], shown: dict[str, float], due: float
) -> None:
    order = till.order(status="ON_HOLD", lines=LINE)
    till.control(f"kounta/orders/{order}/tip-service", **charge)
    read = till.read(order)
    assert {
        name: value for name, value in read.items() if name in {"tip_service_percent", "tip_service_amount"}
    } == shown
    assert (read["tip_service_paid"], till.look(f"kounta/orders/{order}")["due"]) == (0, due)
    till.api.post(f"/orders/{order}/payments", json={"method_id": CARD, "amount": 8})
    assert till.read(order)["status"] == ("COMPLETE" if due == 8 else "ON_HOLD")
    if due != 8:
        till.api.post(f"/orders/{order}/payments", json={"method_id": CARD, "amount": 0, "tip": due - 8})
        done = till.read(order)
        assert (done["status"], done["tip_service_paid"]) == ("COMPLETE", round(due - 8, 2))


def test_staff_take_the_service_charge_as_a_tip(till: Till) -> None:
    order = till.order(status="ON_HOLD", lines=LINE)
    till.control(f"kounta/orders/{order}/tip-service", percent=10)
    paid = till.control(f"kounta/orders/{order}/pay")
    assert (paid["status"], paid["paid"], paid["tips"], paid["tip_service_paid"]) == ("COMPLETE", 8, 0.8, 0.8)
    both = till.root.post(f"/_control/kounta/orders/{till.order()}/tip-service", json={"percent": 1, "amount": 1})
    assert both.status_code == 409


def test_courses_are_called(till: Till) -> None:
    order = till.order(status="ON_HOLD", lines=LINE, options=[{"product_id": PLATE}])
    water, plate = till.read(order)["lines"]
    assert (water["course_status"], "course_name" in water) == ("no status", False)
    assert (plate["course_name"], plate["course_ordinal"], plate["course_status"]) == ("Mains", 2, "uncalled")
    for status in ("pending", "called"):
        till.control(f"kounta/orders/{order}/course", course=2, course_status=status)
        assert [line["course_status"] for line in till.read(order)["lines"]] == ["no status", status]
    assert till.root.post(f"/_control/kounta/orders/{order}/course", json={"course": 3}).status_code == 409


def test_a_sku_is_shown_when_the_product_has_one(till: Till) -> None:
    lines = till.read(till.order(lines=LINE, options=[{"product_id": PLATE}]))["lines"]
    assert [line["product"].get("sku") for line in lines] == [None, "BRK-PLATE"]


def test_group_ids_are_unique_per_site_for_48_hours(till: Till) -> None:
    def grouped(site: int = SITE) -> int:
        first, second = till.order(site_id=site), till.order(site_id=site)
        shown = till.control(f"kounta/orders/{first}/group", order_ids=[second])
        assert till.read(second)["group_id"] == shown["group_id"]
        return int(shown["group_id"])

    seen: list[tuple[float, int]] = []
    for _ in range(20):
        seen += [(till.clock.now.timestamp(), grouped()), (till.clock.now.timestamp(), grouped())]
        till.clock.push(7 * 3600)
    near = [(a, b) for i, a in enumerate(seen) for b in seen[i + 1 :] if b[0] - a[0] < 48 * 3600]
    assert near
    assert all(one[1] != other[1] for one, other in near)
    assert len({number for _, number in seen}) < len(seen)
    assert grouped(OTHER_SITE) in {number for _, number in seen}


def test_groups_join_and_are_told_apart_after_their_time(till: Till) -> None:
    first, second, third = (till.order() for _ in range(3))
    till.control(f"kounta/orders/{first}/group", order_ids=[second])
    group = till.control(f"kounta/orders/{third}/group", order_ids=[second])["group_id"]
    assert {till.read(order)["group_id"] for order in (first, second, third)} == {group}
    till.clock.push(96 * 3600)
    again, other = till.order(), till.order()
    assert till.control(f"kounta/orders/{again}/group", order_ids=[other])["group_id"] == group
    till.control(f"kounta/orders/{again}/finalise")
    assert till.look(f"kounta/orders/{first}")["group_finalised"] is False


@pytest.mark.parametrize(
    ("act", "body", "before"),
    [
        pytest.param("finalise", {}, [], id="in no group"),
        pytest.param("finalise", {}, ["group"], id="something is due"),
        pytest.param("group", {"order_ids": [0]}, [], id="another site"),
        pytest.param("print", {}, [], id="nothing to print"),
    ],
)
def test_what_cannot_be_done_with_groups(till: Till, act: str, body: dict[str, Any], before: list[str]) -> None:
    order = till.order(lines=LINE if act != "print" else [])
    elsewhere, neighbour = till.order(site_id=OTHER_SITE), till.order(lines=LINE)
    for each in before:
        till.control(f"kounta/orders/{order}/{each}", order_ids=[neighbour])
    wanted = {"order_ids": [elsewhere]} if body else {}
    assert till.root.post(f"/_control/kounta/orders/{order}/{act}", json=wanted).status_code == 409


@pytest.mark.parametrize(
    ("lock", "act", "status"),
    [
        pytest.param("NEW_LINES", "add-lines", 409, id="NEW_LINES: no lines of their own"),
        pytest.param("NEW_LINES", "pay", 200, id="NEW_LINES lets them pay"),
        pytest.param("PAYMENTS", "pay", 409, id="PAYMENTS: no payments"),
        pytest.param("PAYMENTS", "add-lines", 200, id="PAYMENTS lets them add lines"),
        pytest.param("APP_PAYMENT", "pay", 409, id="APP_PAYMENT: no payment but the app's"),
        pytest.param("APP_PAYMENT", "pay-own", 200, id="APP_PAYMENT: the app's own"),
        pytest.param("DELETE", "delete", 409, id="DELETE: not deleted"),
        pytest.param("DELETE", "hold", 200, id="DELETE lets them hold"),
        *[pytest.param("ALL", act, 409, id=f"ALL: {act}") for act in ("add-lines", "pay", "delete", "hold", "course")],
        *[pytest.param("ALL", act, 409, id=f"ALL: {act}") for act in ("tip-service", "customer")],
        pytest.param("ALL", "accept", 200, id="ALL lets them accept"),
    ],
)
def test_what_locks_stop(wide_till: Till, lock: str, act: str, status: int) -> None:
    order = wide_till.order(lines=LINE, lock=[lock])
    body = {"method_id": OWN_METHOD} if act == "pay-own" else {}
    path = f"/_control/kounta/orders/{order}/{act.removesuffix('-own')}"
    assert wide_till.root.post(path, json=body).status_code == status


def test_an_app_that_is_a_payment_method_needs_no_method_id(wide_till: Till) -> None:
    order = wide_till.order(lines=LINE, payments=[{"amount": 3}], complete_when_paid=False)
    assert wide_till.api.post(f"/orders/{order}/payments", json={"amount": 5}).status_code == 201
    assert [one["method"]["id"] for one in wide_till.read(order)["payments"]] == [OWN_METHOD] * 2


def test_others_must_name_the_method(till: Till) -> None:
    assert till.create(payments=[{"amount": 3}]).status_code == 400
    assert till.api.post(f"/orders/{till.order()}/payments", json={"amount": 5}).status_code == 400


@pytest.mark.parametrize("first", ["price_variation", "price_fixed_variation"])
def test_order_variations_exclude_each_other_over_time_too(till: Till, first: str) -> None:
    values = {"price_variation": 0.5, "price_fixed_variation": -2}
    (second,) = values.keys() - {first}
    order = till.order(lines=LINE, **{first: values[first]})
    assert till.api.put(f"/orders/{order}", json={second: values[second]}).status_code == 400
    neutral = {"price_variation": 1, "price_fixed_variation": 0}
    assert till.api.put(f"/orders/{order}", json={first: neutral[first]}).status_code == 200
    assert till.api.put(f"/orders/{order}", json={second: values[second]}).status_code == 200


@pytest.mark.parametrize(
    ("line", "order", "total"),
    [
        pytest.param({"price_variation": 0.95}, {}, 7.6, id="5 % off a line"),
        pytest.param({"price_fixed_variation": -2}, {}, 5.8, id="2.00 off a line, before tax"),
        pytest.param({}, {"price_variation": 1.15}, 9.2, id="15 % surcharge"),
        pytest.param({}, {"price_fixed_variation": -2.00}, 6, id="2.00 discount"),
        pytest.param({}, {"price_fixed_variation": 1.15}, 9.15, id="1.15 surcharge"),
        pytest.param({"price_variation": 0.5}, {"price_variation": 0.9}, 3.6, id="they multiply"),
    ],
)
def test_variations(till: Till, line: dict[str, float], order: dict[str, float], total: float) -> None:
    assert till.read(till.order(lines=[{"product_id": WATER, **line}], **order))["total"] == total


def test_a_complete_order_has_a_pdf_invoice(till: Till) -> None:
    extras = {"option_set_id": EXTRAS, "options": [{"product_id": BACON}]}
    options = [{"product_id": PLATE, "option_sets": [extras]}]
    order = till.order(status="COMPLETE", options=options, payments=[{"method_id": CARD, "amount": 25, "tip": 2}])
    answer = till.api.get(f"/orders/{order}/pdf", headers={"accept": "application/pdf"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.content.endswith(b"%%EOF\n")
    for words in (b"Breakfast plate", b"Bacon", b"25.00", b"Tips"):
        assert words in answer.content


@pytest.mark.parametrize("status", ["SUBMITTED", "ON_HOLD", "PENDING", "REJECTED"])
def test_other_orders_have_no_invoice(till: Till, status: str) -> None:
    order = till.order(status=status, lines=LINE)
    assert till.api.get(f"/orders/{order}/pdf").status_code == 400
    assert till.api.get("/orders/1/pdf").status_code == 404


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_pdfs_table_of_objects_is_exact(count: int) -> None:
    made = pdf([["Crème (\\) brûlée", "日本"] + ["x"] * (ROWS - 2)] * count)
    start = int(re.findall(rb"startxref\n(\d+)", made)[0])
    offsets = [int(each) for each in re.findall(rb"(\d{10}) 00000 n ", made[start:])]
    assert len(offsets) == 3 + 2 * count
    for number, offset in enumerate(offsets, 1):
        assert made[offset:].startswith(b"%d 0 obj\n" % number)
    lengths = re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", made, re.DOTALL)
    assert [int(length) for length, _ in lengths] == [len(body) for _, body in lengths]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("/orders", "held account cheap guest elsewhere done", id="all statuses by default"),
        pytest.param("/orders/complete", "cheap done", id="complete"),
        pytest.param("/orders/pending/accounts", "account", id="pending account sales"),
        pytest.param("/orders/accounts/pending", None, id="accounts belongs to pending"),
        pytest.param("/orders/discounted", "cheap", id="discounted"),
        pytest.param("/orders/deleted", "gone", id="deleted from the POS"),
        pytest.param("/orders/linkedcustomer", "guest", id="customer attached"),
        pytest.param("/customers/{guest}/orders", "guest", id="of a customer"),
        pytest.param("/sites/824/orders", "elsewhere", id="of a site"),
        pytest.param("/registers/16/orders", "done", id="of a register"),
        pytest.param("/staff/732846/orders", "done", id="by a staff member"),
        pytest.param("/orders/sites/823/staff/732846", "done", id="site and staff member"),
        pytest.param("/sites/823/orders/complete/discounted?value_lt=100", "cheap", id="combined"),
        pytest.param(
            "/sites/823/registers/16/staff/732846/customers/{guest}/orders/complete/discounted"
            "?created_gte=2013-06-01&value_lt=100",
            "",
            id="the document's own combination",
        ),
        pytest.param("/orders?value_gte=40&value_lt=100", "held", id="a range of values"),
        pytest.param("/orders?created_lt=2019-03-01", "", id="before a date"),
        pytest.param("/orders/complete?created_gte=2026-11-22T08:00:00Z", "cheap done", id="from a time on"),
    ],
)
def test_filters_of_the_document(wide_till: Till, path: str, found: str | None) -> None:
    till = wide_till
    till.control("state", list_lag_s=0)
    guest = till.api.post("/customers", json={"first_name": "Alex", "phone": "5550 1234"}).headers["location"]
    number = int(guest.rsplit("/", 1)[1].removesuffix(".json"))
    till.order(status="ON_HOLD", notes="held", lines=[{"product_id": FISH}])
    on_account = [{"method_id": ACCOUNT, "amount": 8}]
    till.order(status="PENDING", notes="account", lines=LINE, payments=on_account, complete_when_paid=False)
    cheap = {"price_variation": 0.5, "payments": [{"method_id": CASH, "amount": 4}]}
    till.order(status="COMPLETE", notes="cheap", lines=LINE, **cheap)
    till.order(notes="guest", customer_id=number)
    till.order(notes="elsewhere", site_id=OTHER_SITE)
    till.control("kounta/orders", site_id=SITE, notes="done")
    till.api.delete(f"/orders/{till.order(notes='gone')}")
    answer = till.api.get(path.format(guest=number))
    if found is None:
        assert answer.status_code == 404
    else:
        assert {row["notes"] for row in answer.json()} == set(found.split())
