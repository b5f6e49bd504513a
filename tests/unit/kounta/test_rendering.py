"""Bytes that Kounta's schema takes, and that lose nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.kounta.rendering import (
    as_moment,
    changed_line_body,
    changed_payment_body,
    changes_body,
    create_body,
    customer_body,
    lines_body,
    notification_body,
    option_body,
    payment_body,
)
from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import DraftPayment, OrderDraft
from shared.domain.orders.request import (
    LineRequest,
    Notification,
    OptionRequest,
    OptionSetRequest,
    OrderChanges,
    PaymentRequest,
)

DRAFT = OrderDraft(
    site_id="823",
    register_id=None,
    order_type="Dine in",
    guests=4,
    notes="Table 12 · 4 covers\n[PR-0123456789ABCDEF-1]",
    callback_uri="https://relay.example.com/pos/kounta/v/orders/o/status?token=t",
)


def test_a_whole_order_byte_for_byte() -> None:
    draft = OrderDraft(
        **{
            **{name: getattr(DRAFT, name) for name in ("site_id", "register_id", "order_type", "guests", "notes")},
            "callback_uri": DRAFT.callback_uri,
            "customer_id": "3842",
            "payments": (DraftPayment("1", Decimal("50.00"), "PR-0123456789ABCDEF-deposit"),),
        }
    )
    assert create_body(draft).decode() == (
        '{"site_id":823,"status":"SUBMITTED","order_type":"Dine in","guests":4,"customer_id":3842,'
        '"notes":"Table 12 · 4 covers\\n[PR-0123456789ABCDEF-1]",'
        '"payments":[{"method_id":1,"amount":50.00,"ref":"PR-0123456789ABCDEF-deposit"}],'
        '"complete_when_paid":false,"prompt_for_reject_reason":true,'
        '"callback_uri":"https://relay.example.com/pos/kounta/v/orders/o/status?token=t"}'
    )


def test_what_is_not_known_is_left_out() -> None:
    draft = OrderDraft(None, "16", "", None, "n", "https://relay.example.com/")
    assert json.loads(create_body(draft)) == {
        "register_id": 16,
        "status": "SUBMITTED",
        "notes": "n",
        "complete_when_paid": False,
        "prompt_for_reject_reason": True,
        "callback_uri": "https://relay.example.com/",
    }


@pytest.mark.parametrize("site", ["", "abc", "8.5", "-1", "٣", "9" * 20])
def test_an_id_that_is_no_number_is_refused(site: str) -> None:
    with pytest.raises(BadInputError, match="site_id"):
        create_body(OrderDraft(site, None, "Dine in", 1, "", "https://relay.example.com/"))


money = st.decimals(min_value=-100_000, max_value=100_000, places=4, allow_nan=False, allow_infinity=False)


@given(st.integers(0, 2**63 - 1), money, st.text(st.characters(codec="utf-8"), max_size=60))
def test_round_trip_of_ids_money_and_words(number: int, paid: Decimal, notes: str) -> None:
    draft = OrderDraft(
        str(number), None, "Dine in", 2, notes, "https://relay.example.com/", payments=(DraftPayment("7", paid, "r"),)
    )
    body = create_body(draft)
    read = json.loads(body, parse_float=Decimal)
    assert read["site_id"] == number
    assert Decimal(read["payments"][0]["amount"]) == paid
    assert read["notes"] == notes
    assert create_body(draft) == body


def test_half_a_surrogate_pair_does_not_stop_an_order() -> None:
    assert json.loads(changes_body(OrderChanges(notes="caf\ud83d"))) == {"notes": "caf?"}


def test_update_names_guests_only_when_known() -> None:
    assert json.loads(changes_body(OrderChanges(notes="n", guests=3))) == {"notes": "n", "guests": 3}


def test_a_notification_is_short_enough() -> None:
    sent = json.loads(notification_body(Notification("x" * 400)))
    assert len(sent["message"]) == 300
    assert 3 <= sent["duration"] <= 60


def test_customer() -> None:
    assert json.loads(customer_body(Customer("Alex", None, "", "+61 2 5550 0100"), "cust-1")) == {
        "first_name": "Alex",
        "phone": "+61 2 5550 0100",
        "reference_id": "cust-1",
    }


def test_moments_are_rounded_outwards() -> None:
    moment = datetime(2026, 11, 22, 8, 0, 0, 1, tzinfo=UTC)
    assert (as_moment(moment), as_moment(moment, up=True)) == ("2026-11-22T08:00:00Z", "2026-11-22T08:00:01Z")


PLATE = OptionRequest(
    "730310",
    unit_price_inc_tax=Decimal("20.00"),
    option_sets=(
        OptionSetRequest("501", (OptionRequest("730311"),)),
        OptionSetRequest(
            "502",
            (
                OptionRequest("730313", unit_price=Decimal("1.2500"), instructions="Extra"),
                OptionRequest("730315", option_sets=(OptionSetRequest("503", (OptionRequest("730317"),)),)),
            ),
        ),
    ),
)
PLATE_JSON = (
    '{"product_id":730310,"unit_price_inc_tax":20.00,"option_sets":['
    '{"option_set_id":501,"options":[{"product_id":730311}]},'
    '{"option_set_id":502,"options":[{"product_id":730313,"unit_price":1.2500,"instructions":"Extra"},'
    '{"product_id":730315,"option_sets":[{"option_set_id":503,"options":[{"product_id":730317}]}]}]}]}'
)


def test_an_order_with_everything() -> None:
    draft = replace(
        DRAFT,
        status="ON_HOLD",
        sale_number="WEB-1",
        lines=(LineRequest("730297", Decimal(2)),),
        options=(PLATE,),
        payments=(DraftPayment(None, Decimal("6.00"), "PR-0123456789ABCDEF-pay-1", Decimal("1.50")),),
        price_fixed_variation=Decimal("-2.00"),
        price_limit=Decimal(100),
        lock=("NEW_LINES", "DELETE"),
        asked_complete_when_paid=True,
        enable_alert_sound=False,
        prompt_for_reject_reason=None,
        pass_thru_printing=True,
        pass_thru_printing_register="16",
        placed_at=datetime(2026, 11, 22, 19, 0, 0, 999, tzinfo=timezone(timedelta(hours=11))),
        fulfil_at=datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
        original_order_id="9100000000000000001",
    )
    assert create_body(draft).decode() == (
        '{"site_id":823,"status":"ON_HOLD","sale_number":"WEB-1","order_type":"Dine in","guests":4,'
        '"notes":"Table 12 · 4 covers\\n[PR-0123456789ABCDEF-1]",'
        f'"lines":[{{"product_id":730297,"quantity":2}}],"options":[{PLATE_JSON}],'
        '"payments":[{"amount":6.00,"ref":"PR-0123456789ABCDEF-pay-1","tip":1.50}],'
        '"price_fixed_variation":-2.00,"price_limit":100,"lock":["NEW_LINES","DELETE"],'
        '"placed_at":"2026-11-22T08:00:00+00:00","fulfil_at":"2026-11-23T08:30:00+00:00",'
        '"original_order_id":9100000000000000001,"complete_when_paid":true,"enable_alert_sound":false,'
        '"callback_uri":"https://relay.example.com/pos/kounta/v/orders/o/status?token=t",'
        '"pass_thru_printing":true,"pass_thru_printing_register":16}'
    )


def test_a_register_alone_makes_no_pass_thru_order() -> None:
    assert "pass_thru" not in create_body(replace(DRAFT, pass_thru_printing_register="16")).decode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LineRequest("7"), {"product_id": 7, "quantity": 1}),
        (
            LineRequest("7", Decimal("0.125"), unit_price=Decimal("1.3636"), unit_price_inc_tax=Decimal("9")),
            {"product_id": 7, "quantity": Decimal("0.125"), "unit_price": Decimal("1.3636")},
        ),
        (
            LineRequest("7", Decimal(-1), unit_price_inc_tax=Decimal("1.50"), price_variation=Decimal("0.9")),
            {
                "product_id": 7,
                "quantity": -1,
                "unit_price_inc_tax": Decimal("1.50"),
                "price_variation": Decimal("0.9"),
            },
        ),
        (
            LineRequest("7", price_fixed_variation=Decimal("-2.00"), notes="hot", modifiers=("228", "228", "-3091")),
            {
                "product_id": 7,
                "quantity": 1,
                "price_fixed_variation": Decimal("-2.00"),
                "notes": "hot",
                "modifiers": [228, 228, -3091],
            },
        ),
        (
            LineRequest("7", option_sets=(OptionSetRequest("501", (OptionRequest("8"),)),)),
            {"product_id": 7, "option_sets": [{"option_set_id": 501, "options": [{"product_id": 8}]}]},
        ),
    ],
)
def test_lines(line: LineRequest, said: dict[str, object]) -> None:
    assert simplejson.loads(lines_body([line, line]), use_decimal=True) == [said, said]


def test_changes_of_a_line_name_only_what_changes() -> None:
    assert changed_line_body(LineChanges(quantity=Decimal("1.5"))).decode() == '{"quantity":1.5}'
    assert changed_line_body(LineChanges(modifiers=())).decode() == '{"modifiers":[]}'
    assert changed_line_body(LineChanges(price_fixed_variation=Decimal(-1))).decode() == '{"price_fixed_variation":-1}'
    assert changed_line_body(LineChanges(unit_price_inc_tax=Decimal("2.20"))).decode() == '{"unit_price_inc_tax":2.20}'
    all_of_it = LineChanges("7", unit_price=Decimal("2.5"), price_variation=Decimal("0.9"), notes="", modifiers=("-8",))
    assert changed_line_body(all_of_it).decode() == (
        '{"product_id":7,"unit_price":2.5,"price_variation":0.9,"notes":"","modifiers":[-8]}'
    )


def test_an_option_set_to_add() -> None:
    assert option_body(PLATE).decode() == PLATE_JSON


def test_payments() -> None:
    whole = PaymentRequest(Decimal("-12.50"), "2", "back-1", Decimal("0.00"))
    assert payment_body(whole).decode() == '{"method_id":2,"amount":-12.50,"ref":"back-1","tip":0.00}'
    assert payment_body(PaymentRequest(Decimal(5))).decode() == '{"amount":5}'
    assert changed_payment_body("r", None).decode() == '{"ref":"r"}'
    assert changed_payment_body(None, Decimal("2.50")).decode() == '{"tip":2.50}'


def test_changes_name_only_what_changes() -> None:
    assert changes_body(OrderChanges(status="ACCEPTED")).decode() == '{"status":"ACCEPTED"}'
    everything = OrderChanges(
        status="PENDING",
        notes="",
        order_type="Pickup",
        guests=0,
        customer_id="3842",
        price_variation=Decimal("0.95"),
        price_limit=Decimal("50.00"),
        lock=(),
        complete_when_paid=False,
        enable_alert_sound=True,
        prompt_for_reject_reason=False,
        placed_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        fulfil_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    )
    assert changes_body(everything).decode() == (
        '{"status":"PENDING","notes":"","order_type":"Pickup","guests":0,"customer_id":3842,"price_variation":0.95,'
        '"price_limit":50.00,"lock":[],"placed_at":"2026-11-22T08:00:00+00:00",'
        '"fulfil_at":"2026-11-22T09:00:00+00:00","complete_when_paid":false,"enable_alert_sound":true,'
        '"prompt_for_reject_reason":false}'
    )
    assert (
        changes_body(OrderChanges(price_fixed_variation=Decimal("1.15"))).decode() == '{"price_fixed_variation":1.15}'
    )


@pytest.mark.parametrize("modifier", ["", "-", "--1", "1.5", "x", "+1", "- 1"])
def test_a_modifier_that_is_no_number_is_refused(modifier: str) -> None:
    with pytest.raises(BadInputError, match="modifiers"):
        lines_body([LineRequest("7", modifiers=(modifier,))])


def test_a_notification_as_asked() -> None:
    asked = Notification(
        "Fish is off",
        broadcast_level="order",
        alert_colour="red",
        duration_s=600,
        register_ids=("16",),
        staff_ids=("732846",),
        expires=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    )
    assert notification_body(asked).decode() == (
        '{"broadcast_level":"order","alert_colour":"red","message":"Fish is off","duration":60,"register_ids":[16],'
        '"staff_ids":[732846],"expires":"2026-11-22T09:00:00+00:00"}'
    )
    assert notification_body(Notification("table 1 → 3")).decode() == (
        '{"broadcast_level":"now","alert_colour":"orange","message":"table 1 → 3","duration":30}'
    )
