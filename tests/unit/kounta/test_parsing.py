"""Kounta's orders as ours: exact money, ids as strings, nothing invented."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.kounta.parsing import read_list, read_option_set, read_order, reject_reason
from shared.domain.errors import UnreachableError
from shared.domain.orders.pos_order import (
    ListedPosOrder,
    PosCustomer,
    PosLine,
    PosOption,
    PosOptionSet,
    PosPayment,
    PosTax,
)

# As Kounta has been seen to answer, names changed.
WHOLE = """{
 "id": 93824701, "id_str": "93824701", "company_id": 5678, "saleid": "tj4ds8n3", "sale_number": "HS-12",
 "status": "COMPLETE", "notes": "Take away, gold member", "total": 45.65, "total_tax": 4.15, "paid": 45.65, "tips": 2,
 "register_id": 409, "site_id": 2301, "staff_member_id": 7, "deleted": false, "order_type": "Dine in", "guests": 4,
 "group_id": 991, "refunded_order_id": null, "price_variation": 1, "price_fixed_variation": 0, "new_field": {"x": []},
 "lines": [
  {"id": 37864193203, "number": 1, "product": {"id": 7302, "name": "Latte", "sku": "L"}, "quantity": 2.5,
   "notes": "Extra hot", "unit_price": 1.3636, "unit_tax": 0.1364, "line_total_ex_tax": 3.409, "line_total_tax": 0.341,
   "price_variation": 1},
  {"number": 2, "product_id": 7303, "unit_price": 2}],
 "payments": [
  {"id": 1, "method": {"id": 1, "name": "Cash"}, "amount": 5.5, "created_at": "2026-11-22T19:14:06+11:00"},
  {"id": 2, "method": {"id": 12, "name": "Card"}, "amount": 40.15, "tip": 2, "ref": "INV2-8M9F"}],
 "placed_at": "2026-11-22T19:00:00+11:00", "created_at": "2026-11-22T19:00:01+11:00",
 "updated_at": "2026-11-22T20:00:00+11:00"}"""


def order(**fields: Any) -> bytes:
    base = {
        "id": 1,
        "status": "PENDING",
        "total": 0,
        "paid": 0,
        "lines": [],
        "payments": [],
        "created_at": "2026-11-22T08:00:00Z",
    }
    return json.dumps({name: value for name, value in {**base, **fields}.items() if value != "absent"}).encode()


def test_a_whole_order() -> None:
    read = read_order(WHOLE.encode())
    assert (read.id, read.status, read.sale_id, read.sale_number) == ("93824701", "COMPLETE", "tj4ds8n3", "HS-12")
    assert read.created_at == datetime(2026, 11, 22, 8, 0, 1, tzinfo=UTC)
    assert read.updated_at == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert (read.site_id, read.register_id, read.group_id, read.refund_of) == ("2301", "409", "991", None)
    assert (read.total, read.total_tax, read.paid, read.tips) == (
        Decimal("45.65"),
        Decimal("4.15"),
        Decimal("45.65"),
        Decimal(2),
    )
    latte = PosLine(1, "7302", "Latte", Decimal("2.5"), Decimal("3.409"), Decimal("0.341"), "Extra hot", sku="L")
    assert read.lines == (
        replace(latte, unit_price=Decimal("1.3636"), unit_tax=Decimal("0.1364"), price_variation=Decimal(1)),
        PosLine(2, "7303", None, Decimal(1), Decimal(2), None, unit_price=Decimal(2)),
    )
    paid_at = datetime(2026, 11, 22, 8, 14, 6, tzinfo=UTC)
    assert read.payments == (
        PosPayment("1", "Cash", Decimal("5.5"), id="1", created_at=paid_at),
        PosPayment("12", "Card", Decimal("40.15"), Decimal(2), "INV2-8M9F", id="2"),
    )
    assert (read.staff_id, read.placed_at) == ("7", datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    assert {read.discounts, read.surcharges, read.service_charge} == {Decimal(0)}
    assert read.callback_uri is None
    assert read.is_closed


# Every other field that Kounta's documents and its clients name.
DETAILED: dict[str, Any] = {
    "lines": [
        {
            "number": 1,
            "line_id": "fjHRE1",
            "product": {"id": 730310, "name": "Breakfast plate"},
            "quantity": 1,
            "unit_price": 18.1818,
            "taxes": [{"id": 91, "name": "GST", "rate": 0.1}],
            "modifiers": [228, 228, -3091],
            "part_of_option_set": True,
            "course_name": "Mains",
            "course_ordinal": 2,
            "course_status": "called",
            "from_order_id": 9007199254740992,
            "from_order_id_str": "9007199254740993",
        }
    ],
    "options": [
        {
            "product_id": 730310,
            "name": "Breakfast plate",
            "unit_price": 18.1818,
            "unit_tax": 1.8182,
            "taxes": [{"id": 91, "name": "GST", "rate": 0.1}],
            "line_number": 1,
            "option_sets": [
                {
                    "name": "Extras",
                    "option_set_id": 502,
                    "options": [{"product_id": 730313, "name": "Bacon", "line_number": 2, "instructions": "On Side"}],
                }
            ],
        }
    ],
    "payments": [{"id": 5, "number": 1, "method": {"id": 2, "name": "Card"}, "amount": 10}],
    "paid": 10,
    "customer": {"id": 3842, "first_name": "Alex", "last_name": "Example", "email": "alex@example.com", "image": None},
    "staff_id": 732846,
    "lock": ["PAYMENTS", "DELETE"],
    "price_limit": 100,
    "complete_when_paid": False,
    "pass_thru_printing": True,
    "tip_service_amount": 2.45,
    "tip_service_paid": 1,
    "original_order_id": 9007199254740993,
    "is_refund": True,
    "order_payment_type": "prepaid",
    "price_variation": 0.9,
    "fulfil_at": "2026-11-22T21:00:00+11:00",
}


def test_every_detail_of_an_order() -> None:
    read = read_order(order(**DETAILED))
    (line,) = read.lines
    gst = PosTax("91", "GST", Decimal("0.1"))
    assert (line.line_id, line.modifiers, line.taxes) == ("fjHRE1", ("228", "228", "-3091"), (gst,))
    assert (line.course_name, line.course_ordinal, line.course_status) == ("Mains", 2, "called")
    assert (line.part_of_option_set, line.from_order_id) == (True, "9007199254740993")
    bacon = PosOption("730313", "Bacon", 2, instructions="On Side")
    plate = PosOption("730310", "Breakfast plate", 1, Decimal("18.1818"), Decimal("1.8182"), (gst,))
    assert read.options == (replace(plate, option_sets=(PosOptionSet("502", "Extras", (bacon,)),)),)
    assert read_option_set(json.dumps(DETAILED["options"][0]).encode()) == read.options[0]
    assert (read.payments[0].id, read.payments[0].number) == ("5", 1)
    assert read.customer == PosCustomer("3842", "Alex", "Example", "alex@example.com")
    assert "Alex" not in repr(read)
    assert "alex@" not in repr(read)
    assert (read.staff_id, read.lock, read.price_limit) == ("732846", ("PAYMENTS", "DELETE"), Decimal(100))
    assert (read.complete_when_paid, read.pass_thru_printing) == (False, True)
    assert (read.tip_service_percent, read.tip_service_amount, read.tip_service_paid) == (None, Decimal("2.45"), 1)
    assert (read.original_order_id, read.refund_of, read.is_refund) == ("9007199254740993",) * 2 + (True,)
    assert (read.order_payment_type, read.price_variation) == ("prepaid", Decimal("0.9"))
    assert read.fulfil_at == datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_what_a_sparse_order_does_not_tell_is_not_known() -> None:
    read = read_order(order(lines=[{"product_id": 1, "quantity": 1}]))
    unknown = (read.lock, read.price_limit, read.complete_when_paid, read.pass_thru_printing, read.customer)
    unknown += (read.staff_id, read.tip_service_percent, read.tip_service_amount, read.tip_service_paid)
    unknown += (read.original_order_id, read.group_id, read.placed_at, read.fulfil_at, read.price_variation)
    assert set(unknown) == {None}
    assert (read.options, read.is_refund, read.lines[0].modifiers, read.lines[0].taxes) == ((), False, (), ())
    assert read_order(order(customer_id=7)).customer == PosCustomer("7")
    assert read_order(order(total=-5)).is_refund


@pytest.mark.parametrize("strange", [7, "x", {"a": 1}, [7, "x", None], [[1]], True, 10**30, None])
@pytest.mark.parametrize(
    "name",
    ["customer", "options", "lock", "price_limit", "complete_when_paid", "fulfil_at", "staff_id", "order_payment_type"],
)
def test_strange_details_spoil_no_order(name: str, strange: object) -> None:
    assert read_order(order(**{name: strange})).id == "1"
    lines = [{"product_id": 1, "taxes": strange, "modifiers": strange, "course_ordinal": strange}]
    assert read_order(order(lines=lines)).lines[0].product_id == "1"
    assert read_order(order(payments=[{"amount": 0, "created_at": strange, "number": strange}])).payments


@pytest.mark.parametrize("body", [b"[]", b"null", b"<html>", b"7"])
def test_what_is_no_option_set(body: bytes) -> None:
    with pytest.raises(UnreachableError):
        read_option_set(body)


@pytest.mark.parametrize("given_id", [9007199254740993, "9007199254740993"])
def test_ids_keep_all_their_digits(given_id: int | str) -> None:
    assert read_order(order(id=given_id, site_id=given_id)).id == "9007199254740993"
    assert read_order(order(id=given_id, site_id=given_id)).site_id == "9007199254740993"
    assert read_order(order(id=1, id_str="9007199254740993")).id == "9007199254740993"


def test_unknown_statuses_pass() -> None:
    assert read_order(order(status="Deleted")).status == "DELETED"
    assert read_order(order(status="on fire")).status == "ON_FIRE"
    assert read_order(order(deleted=True)).is_closed


@pytest.mark.parametrize(
    "fields",
    [
        {"lines": "absent", "total": 10},
        {"lines": None, "total": 10},
        {"lines": "absent", "total": "absent"},
        {"payments": "absent", "paid": 5},
        {"created_at": "absent"},
        {"created_at": "yesterday"},
        {"id": "absent"},
        {"id": "abc"},
        {"status": "absent"},
        {"total": "much"},
        {"total": True},
        {"lines": [7]},
        {"lines": {}},
    ],
)
def test_what_is_not_told_is_not_made_up(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreachableError):
        read_order(order(**fields))


def test_an_order_without_money_may_leave_out_its_lists() -> None:
    read = read_order(order(lines="absent", payments="absent"))
    assert (read.lines, read.payments) == ((), ())


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"id":1e400}', b"1" * 5000])
def test_what_is_no_order(body: bytes) -> None:
    with pytest.raises(UnreachableError):
        read_order(body)


def test_an_error_names_fields_and_no_values() -> None:
    with pytest.raises(UnreachableError, match="total") as caught:
        read_order(order(total="alex@example.com"))
    assert "alex" not in str(caught.value)
    assert caught.value.__cause__ is None


LINE = {"quantity": 2, "unit_price": 10, "unit_tax": 1, "price_variation": 1, "price_fixed_variation": 0}


@pytest.mark.parametrize(
    ("fields", "discounts", "surcharges"),
    [
        ({"total": 19.8, "price_variation": 0.9}, "2.20", "0"),
        ({"total": 25.3, "price_variation": 1.15}, "0", "3.30"),
        ({"total": 20, "price_fixed_variation": -2}, "2", "0"),
        ({"total": 23.15, "price_fixed_variation": 1.15}, "0", "1.15"),
        ({"total": 0, "price_variation": 0, "lines": [LINE]}, "22", "0"),
        (
            {"total": 11, "lines": [{**LINE, "price_variation": 0.5, "line_total_ex_tax": 10, "line_total_tax": 1}]},
            "11",
            "0",
        ),
        ({"total": 21, "lines": [{**LINE, "price_fixed_variation": -1}]}, "1", "0"),
        (
            # Half off the line, then a tenth off the order: 22 → 11 → 9.90.
            {
                "total": 9.9,
                "price_variation": 0.9,
                "lines": [{**LINE, "price_variation": 0.5, "line_total_ex_tax": 9, "line_total_tax": 0.9}],
            },
            "12.10",
            "0",
        ),
        ({"total": 0, "price_variation": 0, "lines": [{"quantity": 1}]}, "0", "0"),
        ({"total": 22, "price_variation": None, "lines": [LINE]}, "0", "0"),
    ],
)
def test_discounts_and_surcharges(fields: dict[str, Any], discounts: str, surcharges: str) -> None:
    read = read_order(order(**fields))
    assert (read.discounts, read.surcharges) == (Decimal(discounts), Decimal(surcharges))


@pytest.mark.parametrize(
    ("fields", "charge"),
    [
        ({"tip_service_amount": 2.45}, "2.45"),
        ({"tip_service_percent": 12.5, "total": 100}, "12.50"),
        ({"tip_service_percent": 12.5, "total": 100, "tip_service_paid": 5}, "12.50"),
        ({"tip_service_percent": 12.5, "total": 100, "tip_service_paid": 11.11, "status": "COMPLETE"}, "11.11"),
        ({"tip_service_paid": 3, "status": "COMPLETE"}, "0"),
    ],
)
def test_service_charge(fields: dict[str, Any], charge: str) -> None:
    assert read_order(order(**fields)).service_charge == Decimal(charge)


@pytest.mark.parametrize(
    ("given_reason", "reason"),
    [
        ([{"id": 1, "name": "Sold Out", "notes": "Sorry"}], "Sold Out: Sorry"),
        ([{"id": 1, "name": "Sold Out"}, {"name": "Closed"}], "Sold Out; Closed"),
        ({"name": "Closed", "notes": None}, "Closed"),
        ("Closed ", "Closed"),
        ([], None),
        (None, None),
        (7, None),
    ],
)
def test_reject_reason(given_reason: object, reason: str | None) -> None:
    assert reject_reason(given_reason) == reason


ROW = {"id": 5, "status": "submitted", "updated_at": "2026-11-22T08:00:05Z", "created_at": "2026-11-22T19:00:00+11:00"}


def test_a_list_is_abridged() -> None:
    rows = json.dumps([ROW, {"id": "6", "status": "ON_HOLD", "placed_at": "2026-11-22T08:00:00Z"}]).encode()
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert read_list(rows) == (
        ListedPosOrder("5", "SUBMITTED", at, at.replace(second=5)),
        ListedPosOrder("6", "ON_HOLD", at, at),
    )
    assert read_list(b"[]") == ()
    money = {"total": -5.5, "total_tax": -0.5, "paid": 0, "tips": 1, "register_id": 16, "staff_id": 7}
    (row,) = read_list(json.dumps([{**ROW, **money}]).encode())
    assert (row.total, row.total_tax, row.paid, row.tips) == (Decimal("-5.5"), Decimal("-0.5"), 0, 1)
    assert (row.register_id, row.staff_id, row.is_refund) == ("16", "7", True)


@pytest.mark.parametrize("body", [b"{}", b"null", b'[{"id":5}]', b'[{"id":5,"status":"ON_HOLD"}]', b"[7]", b"<html>"])
def test_a_list_is_whole_or_not_at_all(body: bytes) -> None:
    with pytest.raises(UnreachableError):
        read_list(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(json.loads(WHOLE))), json_values)
def test_any_field_may_be_strange(name: str, value: object) -> None:
    body = json.dumps({**json.loads(WHOLE), name: value}).encode()
    with suppress(UnreachableError):  # and nothing else
        assert read_order(body).id
