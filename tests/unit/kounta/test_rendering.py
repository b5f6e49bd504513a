"""Bytes that Kounta's schema takes, and that lose nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.kounta.rendering import as_moment, changes_body, create_body, customer_body, notification_body
from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError
from shared.domain.orders.draft import DraftPayment, OrderDraft
from shared.domain.orders.request import Notification, OrderChanges

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
