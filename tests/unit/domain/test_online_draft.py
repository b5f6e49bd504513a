"""What an online order's POS order shall hold, and whether it is printed straight through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain import identities
from shared.domain.bookings.events import Customer
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.online_draft import draft_online_order, status_to_send
from shared.domain.orders.pass_thru import (
    PassThruDecision,
    PassThruReason,
    decide_pass_thru,
    is_sent_normally_after,
)
from shared.domain.orders.refusals import pointer_named, products_named, speaks_of_menu
from shared.domain.orders.request import Address, LineRequest, OptionRequest, OrderRequest, PaymentRequest
from shared.domain.venues import Venue
from tests.builders import NOON, ORDER_ID, VENUE

WRITE = identities.write_id(ORDER_ID, 1)
CALLBACK = "https://relay.example.com/pos/kounta/demo/orders/o/status?token=t"
COFFEE = LineRequest("730297")
PAID = PaymentRequest(Decimal("4.50"), "2")
PRINTING = replace(VENUE, pass_thru="on")


def an_order(**more: Any) -> OrderRequest:
    return OrderRequest(**{"reference": "R-1001", "lines": (COFFEE,), **more})


def drafted(request: OrderRequest, venue: Venue = VENUE, customer_id: str | None = None, **more: Any) -> OrderDraft:
    return draft_online_order(venue, request, ORDER_ID, WRITE, CALLBACK, customer_id, **more)


# notes


def test_notes_the_platforms_first_then_ours_then_the_marker() -> None:
    request = an_order(
        notes=" Ring the bell.\nTwice. ",
        table="12",
        customer_code="K 42",
        customer=Customer("Alex", "Example", "alex@example.com"),
        order_type="Delivery",
        delivery_address=Address("1 Example Street", "Sydney", "NSW", "2000", "AU"),
    )
    venue = replace(VENUE, tables={"12": "T12"})
    assert drafted(request, venue).notes.split("\n") == [
        "Ring the bell.",
        "Twice.",
        "Table T12 · Code K 42",
        "Online order Alex Example (R-1001)",
        "Deliver to 1 Example Street, Sydney, NSW, 2000, AU",
        "[PR-0123456789ABCDEF-1]",
    ]
    assert "Alex" not in drafted(request, customer_id="77").notes
    assert "Alex" not in drafted(replace(request, customer_id="77")).notes
    assert "Deliver" not in drafted(replace(request, order_type="Pickup")).notes
    assert "Deliver" in drafted(replace(request, order_type=None)).notes


def test_the_barest_notes() -> None:
    assert drafted(OrderRequest("R-1", notes="  ")).notes == "Online order (R-1)\n[PR-0123456789ABCDEF-1]"
    refund = an_order(original_order_id="9001")
    assert drafted(refund).notes == "Refund (R-1001)\n[PR-0123456789ABCDEF-1]"


@pytest.mark.parametrize("field", ["notes", "table", "customer_code", "reference"])
def test_nobody_else_writes_our_marker(field: str) -> None:
    notes = drafted(an_order(**{field: "[PR-FEDCBA9876543210-1]"})).notes
    assert identities.markers_in(notes) == ((ORDER_ID, WRITE),)


# where it goes, whose it is


@pytest.mark.parametrize(
    ("asked", "of_venue", "expected"),
    [
        (None, None, ("823", None)),
        (None, "16", (None, "16")),
        ("18", None, (None, "18")),
        ("18", "16", (None, "18")),
    ],
)
def test_the_requests_register_wins(asked: str | None, of_venue: str | None, expected: tuple[str | None, ...]) -> None:
    venue = replace(VENUE, pos=replace(VENUE.pos, register_id=of_venue))
    draft = drafted(an_order(register_id=asked), venue)
    assert (draft.site_id, draft.register_id) == expected


def test_the_customer_named_wins_over_the_one_found() -> None:
    assert drafted(an_order(customer_id="7"), customer_id="77").customer_id == "7"
    assert drafted(an_order(), customer_id="77").customer_id == "77"


# payments


def test_a_payment_without_ref_gets_ours() -> None:
    second = PaymentRequest(Decimal("1.00"), ref="theirs", tip=Decimal("0.50"))
    first, other, third = drafted(an_order(payments=(PAID, second, PAID))).payments
    assert (first.ref, other.ref, third.ref) == (
        "PR-0123456789ABCDEF-pay-1",
        "theirs",
        "PR-0123456789ABCDEF-pay-3",
    )
    assert (other.method_id, other.amount, other.tip) == (None, Decimal("1.00"), Decimal("0.50"))


@pytest.mark.parametrize("asked", [None, True, False])
def test_complete_when_paid_never_closes_an_empty_order(asked: bool | None) -> None:
    empty = OrderRequest("R-1", payments=(PAID,), complete_when_paid=asked)
    assert drafted(empty).complete_when_paid is False
    assert drafted(an_order(complete_when_paid=asked)).complete_when_paid is asked
    only_options = OrderRequest("R-1", options=(OptionRequest("730310"),), complete_when_paid=asked)
    assert drafted(only_options).complete_when_paid is asked


# pre-orders


@pytest.mark.parametrize(
    ("status", "ahead_s", "expected"),
    [
        ("SUBMITTED", None, "SUBMITTED"),
        ("SUBMITTED", -60, "SUBMITTED"),
        ("SUBMITTED", 3600, "SUBMITTED"),
        ("SUBMITTED", 3601, "ON_HOLD"),
        ("PENDING", 86_400, "PENDING"),
        ("COMPLETE", 86_400, "COMPLETE"),
    ],
)
def test_an_order_for_later_is_held(status: str, ahead_s: float | None, expected: str) -> None:
    fulfil_at = None if ahead_s is None else NOON + timedelta(seconds=ahead_s)
    request = an_order(status=status, fulfil_at=fulfil_at)
    assert status_to_send(request, NOON, VENUE.preorder_after_s) == expected
    assert drafted(request, status=expected).status == expected


def test_a_preorder_is_not_over_because_it_is_paid() -> None:
    paid = an_order(payments=(PAID,), fulfil_at=NOON + timedelta(days=1))
    assert drafted(paid, status="ON_HOLD").complete_when_paid is False
    assert drafted(replace(paid, complete_when_paid=True), status="ON_HOLD").complete_when_paid is True
    assert drafted(replace(paid, status="ON_HOLD"), status="ON_HOLD").complete_when_paid is None


# pass-thru printing


@pytest.mark.parametrize(
    ("switch", "request_", "status", "prints", "reason"),
    [
        ("off", {}, "SUBMITTED", False, "not_asked"),
        ("off", {"pass_thru_printing": True, "status": "ON_HOLD"}, "ON_HOLD", False, "venue_off"),
        ("on", {"pass_thru_printing": False, "status": "ON_HOLD"}, "ON_HOLD", False, "not_asked"),
        ("on", {"pass_thru_printing": True, "status": "ON_HOLD"}, "ON_HOLD", True, "asked"),
        ("on", {"pass_thru_printing": True}, "ON_HOLD", True, "asked"),
        ("on", {"status": "ON_HOLD"}, "ON_HOLD", True, "venue"),
        ("on", {}, "ON_HOLD", True, "venue"),
        ("on", {"status": "PENDING", "payments": (PAID,)}, "PENDING", True, "venue"),
        ("on", {"status": "PENDING"}, "PENDING", False, "unpaid"),
        ("on", {"status": "PENDING", "pass_thru_printing": True}, "PENDING", False, "unpaid"),
        ("on", {"status": "COMPLETE", "payments": (PAID,)}, "COMPLETE", False, "complete"),
        ("on", {"lines": ()}, "SUBMITTED", False, "nothing_to_print"),
        ("on", {"lines": (), "options": (OptionRequest("730310"),)}, "ON_HOLD", True, "venue"),
        ("on", {"original_order_id": "9001"}, "SUBMITTED", False, "refund"),
        ("on", {"original_order_id": "9001", "pass_thru_printing": True}, "ON_HOLD", True, "asked"),
    ],
)
def test_what_is_printed_straight_through(
    switch: str, request_: dict[str, Any], status: str, prints: bool, reason: str
) -> None:
    venue = replace(VENUE, pass_thru=switch)
    request = an_order(**request_)
    assert decide_pass_thru(venue, request) == PassThruDecision(prints, PassThruReason(reason), status)
    draft = drafted(request, venue)
    assert (draft.pass_thru_printing, draft.status) == (prints, status)


def test_the_venues_switch_does_not_print_a_preorder() -> None:
    held = decide_pass_thru(PRINTING, an_order(), status="ON_HOLD")
    assert held == PassThruDecision(False, PassThruReason.PREORDER, "ON_HOLD")
    assert decide_pass_thru(PRINTING, an_order(pass_thru_printing=True), status="ON_HOLD").prints


@pytest.mark.parametrize(("asked", "expected"), [(None, "16"), ("18", "18")])
def test_the_register_that_prints(asked: str | None, expected: str) -> None:
    venue = replace(PRINTING, pass_thru_register="16")
    draft = drafted(an_order(pass_thru_printing_register=asked), venue)
    assert (draft.pass_thru_printing, draft.pass_thru_printing_register) == (True, expected)
    off = drafted(an_order(pass_thru_printing_register=asked), replace(venue, pass_thru="off"))
    assert (off.pass_thru_printing, off.pass_thru_printing_register) == (False, None)


@pytest.mark.parametrize(
    ("code", "choice", "asked", "expected"),
    [
        ("pass_thru_register_offline", "send_normally", True, True),
        ("pass_thru_register_offline", "send_normally", None, True),
        ("pass_thru_register_offline", "fail", None, False),
        ("pass_thru_not_paid", "fail", None, True),
        ("pass_thru_not_paid", "send_normally", True, False),
        ("product_out_of_stock", "send_normally", None, False),
        (None, "send_normally", None, False),
    ],
)
def test_sent_normally_after_a_refusal(code: str | None, choice: str, asked: bool | None, expected: bool) -> None:
    venue = replace(PRINTING, when_registers_offline=choice)
    request = an_order(pass_thru_printing=asked)
    assert is_sent_normally_after(code, venue, request) is expected
    again = drafted(request, venue, pass_thru=False)
    assert (again.pass_thru_printing, again.status) == (False, "SUBMITTED")


# what a refusal speaks of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("product_not_at_site", True),
        ("option_not_in_set", True),
        ("option_set_not_of_product", True),
        ("product_out_of_stock", False),
        ("refused", False),
        (None, False),
    ],
)
def test_codes_that_speak_of_the_menu(code: str | None, expected: bool) -> None:
    assert speaks_of_menu(code) is expected


def test_what_a_refusal_names() -> None:
    assert products_named("Product (199547) is out of stock.") == ("199547",)
    assert products_named("Product #81 is not available at that site. Product #82 … Product #81") == ("81", "82")
    assert products_named("The product list is empty") == products_named(None) == ()
    said = "Error validating /options/3/option_sets/1/option_set_id: String value found, but a number is required."
    assert (
        pointer_named(f"Your request contained some invalid data: {said}") == "/options/3/option_sets/1/option_set_id"
    )
    assert pointer_named("Something else") is None
