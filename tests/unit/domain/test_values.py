"""Money, identities, timings, and what a booking's order shall hold."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import identities
from shared.domain.bookings.events import Customer, PaymentSummary
from shared.domain.money import amount, shown
from shared.domain.orders.draft import deposit_payment, deposit_ref, draft_order, order_notes
from shared.domain.orders.placed import sale_name
from shared.domain.timings import Timings
from tests.builders import ORDER_ID, VENUE, an_event

WRITE = identities.write_id(ORDER_ID, 1)

# money


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("12.50", "12.50"),
        (7, "7.00"),
        (Decimal("27.2727"), "27.2727"),
        ("0", "0.00"),
        ("-3.1", "-3.10"),
        ("1E+2", "100.00"),
    ],
)
def test_money_in_and_out(given_value: object, expected: str) -> None:
    assert shown(amount(given_value)) == expected


@pytest.mark.parametrize("wrong", [1.5, True, None, "twelve", "", "NaN", "Infinity", Decimal("-Infinity"), [], "1,5"])
def test_no_money(wrong: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        amount(wrong)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_money_loses_nothing(value: Decimal) -> None:
    text = shown(value)
    assert amount(text) == value
    assert re.fullmatch(r"-?\d+\.\d{2,4}", text)


# identities


@given(st.text(alphabet=identities.ALPHABET, min_size=16, max_size=16), st.integers(1, 9999), st.integers(1, 3))
def test_a_marker_is_found_again_and_the_key_has_kountas_form(random: str, number: int, generation: int) -> None:
    order_id = identities.new_order_id(lambda length: random[:length])
    assert identities.is_order_id(order_id)
    write = identities.write_id(order_id, number)
    assert identities.markers_in(f"notes {identities.marker(write)}\nmore") == ((order_id, write),)
    assert re.fullmatch(r"[a-zA-Z0-9-]{1,255}", f"{write}-g{generation}")


def test_ids_are_random_and_can_be_read_aloud() -> None:
    made = {identities.new_order_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(identities.is_order_id(each) for each in made)
    assert not set("ILOU") & set(identities.ALPHABET)
    assert identities.order_code(ORDER_ID) == "012345"


@pytest.mark.parametrize(
    "wrong", ["", "ord_", "ord_0123456789ABCDE", "ord_0123456789ABCDEI", "ORD_0123456789ABCDEF", ORDER_ID + "0"]
)
def test_no_order_id(wrong: str) -> None:
    assert not identities.is_order_id(wrong)


@pytest.mark.parametrize(
    "notes", [None, "", "PR-0123456789ABCDEF-1", "[PR-0123456789ABCDE-1]", "[PR-0123456789abcdef-1]"]
)
def test_no_marker(notes: str | None) -> None:
    assert identities.markers_in(notes) == ()


# timings


def test_timings_are_overridden_one_by_one() -> None:
    made = Timings.from_json('{"undo_window_s": 60, "write_ladder_s": [0.1, 0.2]}')
    assert made == replace(Timings(), undo_window_s=60, write_ladder_s=(0.1, 0.2))
    assert Timings.from_json("") == Timings()
    assert Timings.from_json("{}") == Timings()


def test_a_timing_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="undo_windw_s"):
        Timings.from_json('{"undo_windw_s": 60}')


def test_the_defaults_fit_together() -> None:
    timings = Timings()
    assert timings.lease_s >= timings.write_timeout_s + timings.time_reserve_s
    assert timings.consistency_window_s > 16, "Kounta's lists lag by 16 s and more"
    assert timings.reconcile_first_s <= timings.consistency_window_s
    assert sum(timings.write_ladder_s) < timings.write_clock_s
    assert timings.key_max_age_s < 24 * 3600


# the order's notes and deposit

GUEST = Customer("Alex", "Example", "alex@example.com", "+61 2 5550 1234")
PAID = PaymentSummary("deposit", Decimal("80"), Decimal("50"), Decimal("30"), "aud", "T-17")


def test_notes_for_people() -> None:
    event = an_event("seated", tables=("12", "13"), notes=" Window,\n please ", customer=GUEST, payment=PAID)
    assert order_notes(VENUE, event, WRITE, with_name=True).split("\n") == [
        "Table 12+13 · 4 covers",
        "Booking Alex Example (B-1)",
        "Deposit: paid AUD 50.00 of 80.00, still due 30.00, ref T-17",
        "Window, please",
        "[PR-0123456789ABCDEF-1]",
    ]


def test_the_barest_notes() -> None:
    event = an_event("seated", kind="walkin", tables=(), party_size=None)
    assert order_notes(VENUE, event, WRITE, with_name=True) == "Walk-in (B-1)\n[PR-0123456789ABCDEF-1]"


def test_a_linked_guest_is_not_named_in_the_notes() -> None:
    draft = draft_order(VENUE, an_event("seated", customer=GUEST), ORDER_ID, WRITE, "https://relay.example.com", "77")
    assert draft.customer_id == "77"
    assert "Alex" not in draft.notes
    unlinked = draft_order(
        VENUE, an_event("seated", customer=GUEST), ORDER_ID, WRITE, "https://relay.example.com", None
    )
    assert "Alex Example" in unlinked.notes


def test_long_notes_are_shortened_and_the_marker_stays() -> None:
    notes = order_notes(VENUE, an_event("seated", notes="x" * 5000), WRITE, with_name=True)
    assert len(notes) < 700
    assert identities.markers_in(notes) == ((ORDER_ID, WRITE),)


def test_the_register_when_there_is_one_else_the_site() -> None:
    event = an_event("seated")
    draft = draft_order(VENUE, event, ORDER_ID, WRITE, "https://relay.example.com", None)
    assert (draft.site_id, draft.register_id, draft.guests, draft.order_type) == ("823", None, 4, "Dine in")
    venue = replace(VENUE, pos=replace(VENUE.pos, register_id="16"))
    draft = draft_order(venue, event, ORDER_ID, WRITE, "https://relay.example.com", None)
    assert (draft.site_id, draft.register_id) == (None, "16")


@pytest.mark.parametrize(
    ("method", "changes", "expected"),
    [
        ("3", {}, Decimal("50")),
        (None, {}, None),
        ("3", {"currency": None}, Decimal("50")),
        ("3", {"currency": "NZD"}, None),
        ("3", {"amount_paid": None}, None),
        ("3", {"amount_paid": Decimal(0)}, None),
        ("3", {"amount_paid": Decimal("-5")}, None),
    ],
)
def test_a_deposit_as_a_payment(method: str | None, changes: dict[str, Any], expected: Decimal | None) -> None:
    venue = replace(VENUE, deposit_method_id=method)
    made = deposit_payment(venue, replace(PAID, **changes), ORDER_ID)
    assert (made.amount if made else None) == expected
    if made:
        assert made.ref == deposit_ref(ORDER_ID) == "PR-0123456789ABCDEF-deposit"
    assert deposit_payment(venue, None, ORDER_ID) is None


def test_a_deposit_never_closes_an_order() -> None:
    venue = replace(VENUE, deposit_method_id="3")
    draft = draft_order(venue, an_event("seated", payment=PAID), ORDER_ID, WRITE, "https://relay.example.com", None)
    assert draft.payments
    assert draft.complete_when_paid is False


def test_staff_read_the_poss_names_of_tables() -> None:
    venue = replace(VENUE, tables={"12": "T12", "Terrace 14": "14"})
    event = an_event("seated", tables=("12", " Terrace 14", "7"))
    assert order_notes(venue, event, WRITE, with_name=False).startswith("Table T12+14+7")
    assert event.tables == ("12", " Terrace 14", "7")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("HS1024", "hs1024"),
        ("HS-1024", "hs1024"),
        (" # hs 1024 ", "hs1024"),
        ("tj4ds8n3", "tj4ds8n3"),
        ("TJ4DS8N3", "tj4ds8n3"),
        ("#", ""),
        (None, ""),
    ],
)
def test_a_sale_is_found_however_people_write_its_number(written: str | None, name: str) -> None:
    assert sale_name(written) == name
