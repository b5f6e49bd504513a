"""What platforms ask about an order that stands: what is taken as what, and where each refusal points."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ops import openapi_order_examples as examples
from shared.domain.errors import BadInputError
from shared.domain.orders import acts
from shared.domain.orders.fingerprint import content_of, fingerprint
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    PaymentRequest,
)
from shared.web import order_changes
from shared.web.online_orders import read_order
from shared.web.order_changes import (
    read_cancellation,
    read_changes,
    read_handled,
    read_line_changes,
    read_lines,
    read_nothing,
    read_notification,
    read_option_set,
    read_payment,
    read_payment_changes,
    read_progress,
    read_refund,
)

Read = Callable[[Any], Any]
EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LINE = {"product_id": 5312, "quantity": "2", "modifiers": [228, -3091]}
TAKEN_LINE = LineRequest("5312", Decimal(2), modifiers=("228", "-3091"))
CHOICE = {"product_id": 1, "option_sets": [{"option_set_id": 2, "options": [{"product_id": 3, "instructions": "No"}]}]}
CHOSEN = (OptionSetRequest("2", (OptionRequest("3", instructions="No"),)),)


def notification(content: Any) -> Notification:
    """At a venue with two registers."""
    return read_notification(content, ("16", "17"))


@pytest.mark.parametrize(
    ("read", "content", "taken"),
    [
        (read_lines, LINE, (TAKEN_LINE,)),
        (read_lines, [LINE], (TAKEN_LINE,)),
        (read_lines, [LINE, CHOICE], (TAKEN_LINE, LineRequest("1", option_sets=CHOSEN))),
        (read_line_changes, {"quantity": 3, "notes": ""}, acts.LineChanges(quantity=Decimal(3), notes="")),
        (read_line_changes, {"modifiers": []}, acts.LineChanges(modifiers=())),
        (read_line_changes, {"product_id": "7", "modifiers": ["-1"]}, acts.LineChanges("7", modifiers=("-1",))),
        (read_option_set, CHOICE, OptionRequest("1", option_sets=CHOSEN)),
        (read_payment, {"amount": "5.50"}, acts.AddedPayment(PaymentRequest(Decimal("5.5")))),
        (
            read_payment,
            {"reference": "P-1", "amount": 5, "method_id": 1, "ref": "9000768", "tip": "0.50"},
            acts.AddedPayment(PaymentRequest(Decimal(5), "1", "9000768", Decimal("0.5")), "P-1"),
        ),
        (read_payment_changes, {"tip": 2}, acts.PaymentChanges(tip=Decimal(2))),
        (read_payment_changes, {"ref": "tx_1"}, acts.PaymentChanges("tx_1")),
        (notification, {"message": "Guest moved to table 7"}, Notification("Guest moved to table 7")),
        (
            notification,
            {
                "message": "m" * 300,
                "broadcast_level": "order",
                "alert_colour": "red",
                "duration": 60,
                "register_ids": [16, "17"],
                "staff_ids": [5],
                "expires": "2026-11-22T19:00:00+11:00",
            },
            Notification("m" * 300, "order", "red", 60, ("16", "17"), ("5",), EIGHT),
        ),
        (read_changes, {"status": "REJECTED"}, OrderChanges(status="REJECTED")),
        (read_changes, {"lock": [], "guests": 0}, OrderChanges(lock=(), guests=0)),
        (
            read_changes,
            {
                "status": "PENDING",
                "notes": "At the door",
                "order_type": "Delivery",
                "customer_id": 3842,
                "price_variation": "0.90",
                "price_limit": 50,
                "lock": ["ALL"],
                "complete_when_paid": True,
                "enable_alert_sound": False,
                "prompt_for_reject_reason": False,
                "placed_at": "2026-11-22T08:00:00Z",
                "fulfil_at": "2026-11-22T08:00:00Z",
            },
            OrderChanges(
                status="PENDING",
                notes="At the door",
                order_type="Delivery",
                customer_id="3842",
                price_variation=Decimal("0.9"),
                price_limit=Decimal(50),
                lock=("ALL",),
                complete_when_paid=True,
                enable_alert_sound=False,
                prompt_for_reject_reason=False,
                placed_at=EIGHT,
                fulfil_at=EIGHT,
            ),
        ),
        (read_changes, {"price_fixed_variation": "-2.00"}, OrderChanges(price_fixed_variation=Decimal(-2))),
        (read_progress, {"to": "ready"}, "ready"),
        (read_progress, {"to": "out_for_delivery"}, "out_for_delivery"),
        (read_progress, {"to": "done"}, "done"),
        (read_handled, {"note": "typed in"}, acts.HandledByHand("typed in")),
        (read_handled, {"note": "typed in", "sale_number": "SP-1"}, acts.HandledByHand("typed in", "SP-1")),
        (read_refund, {"reference": "R-1", "reason": "cold"}, acts.Refund("R-1", "cold")),
        (
            read_refund,
            {"reference": "R-1", "reason": "cold", "lines": [{"number": 2, "quantity": "0.5"}]},
            acts.Refund("R-1", "cold", (acts.RefundLine(2, Decimal("0.5")),)),
        ),
        (
            read_refund,
            {"reference": "R-1", "reason": "cold", "amount": "5.5"},
            acts.Refund("R-1", "cold", (), Decimal("5.5")),
        ),
        (read_cancellation, {}, None),
        (read_cancellation, {"reason": None}, None),
        (read_cancellation, {"reason": "the guest called"}, "the guest called"),
        (read_nothing, {}, None),
    ],
)
def test_is_taken_as(read: Read, content: Any, taken: Any) -> None:
    assert read(content) == taken


REFUND = {"reference": "R-1", "reason": "cold"}


@pytest.mark.parametrize(
    ("read", "content", "pointers"),
    [
        (read_lines, [], [""]),
        (read_lines, None, [""]),
        (read_lines, [LINE] * 501, [""]),
        (read_lines, {}, ["/product_id"]),
        (read_lines, [LINE, {"product_id": "x"}], ["/1/product_id"]),
        (read_lines, [LINE, LINE, {**LINE, "quantity": -1}], ["/2/quantity"]),
        (read_lines, {**LINE, "quantity": 0}, ["/quantity"]),
        (read_lines, {**CHOICE, "modifiers": [1], "price_variation": 1}, ["/modifiers", "/price_variation"]),
        (read_lines, {**LINE, "reference": "x"}, ["/reference"]),
        (read_line_changes, {}, [""]),
        (read_line_changes, {"quantity": -1}, ["/quantity"]),
        (read_line_changes, {"quantity": 0}, ["/quantity"]),
        (read_line_changes, {"quantity": None}, ["/quantity"]),
        (read_line_changes, {"price_variation": 1, "price_fixed_variation": 1}, ["/price_fixed_variation"]),
        (read_line_changes, {"modifiers": [228, 0]}, ["/modifiers/1"]),
        (read_line_changes, {"option_sets": []}, ["/option_sets"]),
        (read_option_set, [CHOICE], [""]),
        (read_option_set, {**CHOICE, "quantity": 1}, ["/quantity"]),
        (read_option_set, {"product_id": 1, "option_sets": [{"options": []}]}, ["/option_sets/0/option_set_id"]),
        (read_payment, {}, ["/amount"]),
        (read_payment, {"amount": -5}, ["/amount"]),
        (read_payment, {"amount": 5, "tip": "-0.01"}, ["/tip"]),
        (read_payment, {"amount": "5.005"}, ["/amount"]),
        (read_payment, {"amount": 5, "reference": "two words"}, ["/reference"]),
        (read_payment_changes, {}, [""]),
        (read_payment_changes, {"tip": -1}, ["/tip"]),
        (read_payment_changes, {"ref": None}, ["/ref"]),
        (read_payment_changes, {"amount": 5}, ["/amount"]),
        (notification, {}, ["/message"]),
        (notification, {"message": ""}, ["/message"]),
        (notification, {"message": "m" * 301}, ["/message"]),
        (notification, {"message": "m", "duration": 2}, ["/duration"]),
        (notification, {"message": "m", "duration": 61}, ["/duration"]),
        (notification, {"message": "m", "broadcast_level": "later"}, ["/broadcast_level"]),
        (notification, {"message": "m", "alert_colour": "blue"}, ["/alert_colour"]),
        (notification, {"message": "m", "register_ids": [16, "T1"]}, ["/register_ids/1"]),
        (notification, {"message": "m", "register_ids": [16, 18]}, ["/register_ids/1"]),
        (notification, {"message": "m", "expires": "soon"}, ["/expires"]),
        (read_changes, {}, [""]),
        (read_changes, {"status": "DONE"}, ["/status"]),
        (read_changes, {"notes": None}, ["/notes"]),
        (read_changes, {"price_variation": 1, "price_fixed_variation": 1}, ["/price_fixed_variation"]),
        (read_changes, {"lock": ["ALL", "ALL"]}, ["/lock/1"]),
        (read_changes, {"placed_at": "2026-11-22T08:00:01Z", "fulfil_at": "2026-11-22T08:00:00Z"}, ["/fulfil_at"]),
        (read_changes, {"lines": []}, ["/lines"]),
        (read_changes, {"callback_uri": "https://example.com"}, ["/callback_uri"]),
        (read_progress, {}, ["/to"]),
        (read_progress, {"to": "eaten"}, ["/to"]),
        (read_handled, {"sale_number": "SP-1"}, ["/note"]),
        (read_handled, {"note": ""}, ["/note"]),
        (read_handled, {"note": "n", "sale_number": "9" * 51}, ["/sale_number"]),
        (read_refund, {}, ["/reference", "/reason"]),
        (read_refund, {**REFUND, "lines": []}, ["/lines"]),
        (read_refund, {**REFUND, "lines": [{"number": 1, "quantity": 1}], "amount": 5}, ["/amount"]),
        (read_refund, {**REFUND, "amount": 0}, ["/amount"]),
        (read_refund, {**REFUND, "amount": "5.001"}, ["/amount"]),
        (read_refund, {**REFUND, "lines": [{"number": 0, "quantity": 1}]}, ["/lines/0/number"]),
        (read_refund, {**REFUND, "lines": [{"number": 1, "quantity": -1}]}, ["/lines/0/quantity"]),
        (read_refund, {**REFUND, "lines": [{"number": 1, "quantity": 1}] * 2}, ["/lines/1/number"]),
        (read_cancellation, {"reason": ""}, ["/reason"]),
        (read_cancellation, {"why": "x"}, ["/why"]),
        (read_nothing, {"force": True}, ["/force"]),
        (read_nothing, [], [""]),
    ],
)
def test_is_refused_with_its_pointers(read: Read, content: Any, pointers: list[str]) -> None:
    with pytest.raises(BadInputError) as caught:
        read(content)
    assert (caught.value.status, [each.pointer for each in caught.value.problems]) == (422, pointers)


def test_none_any_more_and_as_it_is_are_two_things() -> None:
    assert content_of(acts.LineChanges(modifiers=())) == {"modifiers": []}
    emptied, untouched = OrderChanges(guests=4, lock=()), OrderChanges(guests=4)
    assert fingerprint(emptied) != fingerprint(untouched)
    assert read_changes(content_of(emptied)) == emptied


def test_refunds_of_the_same_content_have_the_same_fingerprint() -> None:
    assert fingerprint(read_refund({**REFUND, "amount": "5.50"})) == fingerprint(
        read_refund({"amount": Decimal("5.5"), **REFUND})
    )
    assert fingerprint(read_refund(REFUND)) != fingerprint(read_refund({**REFUND, "amount": 5}))


@pytest.mark.parametrize("model", [order_changes.OrderChanges, order_changes.OrderLineChanges])
def test_the_schema_of_changes_knows_no_null(model: Any) -> None:
    schema = Draft202012Validator(model.model_json_schema())
    assert schema.is_valid({"notes": "x"})
    assert not schema.is_valid({"notes": None})
    assert not schema.is_valid({"price_variation": None})


@pytest.mark.parametrize(
    ("read", "example"),
    [
        (read_lines, examples.LINE),
        (read_option_set, examples.OPTION),
        (partial(read_order, venue_site_id=None), examples.ONLINE_ORDER),
        (read_line_changes, examples.LINE_CHANGES),
        (read_payment, examples.PAYMENT),
        (read_payment_changes, examples.PAYMENT_CHANGES),
        (notification, examples.NOTIFICATION),
        (read_changes, examples.ORDER_CHANGES),
        (read_progress, examples.PROGRESS),
        (read_handled, examples.HANDLED),
        (read_refund, examples.REFUND),
        (read_cancellation, examples.CANCELLATION),
    ],
)
def test_the_examples_of_the_reference_are_taken(read: Read, example: Any) -> None:
    assert read(example) is not None
