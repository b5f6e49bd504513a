"""Kounta's orders as ours: exact money, ids as strings, nothing invented."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.kounta.parsing import read_list, read_order, reject_reason
from shared.domain.errors import UnreachableError
from shared.domain.orders.pos_order import ListedPosOrder, PosLine, PosPayment

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
    assert read.lines == (
        PosLine(1, "7302", "Latte", Decimal("2.5"), Decimal("3.409"), Decimal("0.341"), "Extra hot"),
        PosLine(2, "7303", None, Decimal(1), Decimal(2), None),
    )
    assert read.payments == (
        PosPayment("1", "Cash", Decimal("5.5")),
        PosPayment("12", "Card", Decimal("40.15"), Decimal(2), "INV2-8M9F"),
    )
    assert {read.discounts, read.surcharges, read.service_charge} == {Decimal(0)}
    assert read.callback_uri is None
    assert read.is_closed


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
