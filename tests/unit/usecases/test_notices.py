"""Mails and SMS as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.failures import WORDS, Failure, words_for
from shared.usecases.report_failure import SMS_LENGTH, notice

DOMAIN = Path(__file__).resolve().parents[3] / "shared" / "domain"
GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡") | set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
FAILURE = Failure(
    id="f1",
    venue_id="demo",
    code="order_has_items_or_payments",
    at=datetime(2026, 11, 22, 8, 40, tzinfo=UTC),
    subject="BOOKING#demo#demo-bookings#B-1001",
    order_code="MYXE9Y",
    booking_id="B-1001",
    pos_order_id="9100000000000000001",
    tables=("12",),
    message="Order is locked.",
)


@pytest.mark.parametrize("code", [*WORDS, "a code of tomorrow"])
def test_an_sms_is_one_segment_and_says_where_and_what(code: str) -> None:
    _, _, sms = notice(replace(FAILURE, code=code), "The Example Table, Harbour Street", "Australia/Sydney", "")
    assert len(sms) <= SMS_LENGTH
    assert set(sms) <= GSM_7
    assert "T12" in sms
    assert words_for(code).title in sms


def test_a_mail_tells_what_happened_what_to_do_and_when_by_the_venues_clock() -> None:
    subject, text, _ = notice(FAILURE, "The Example Table", "Australia/Sydney", "02 5550 1234")
    words = WORDS[FAILURE.code]
    assert subject == f"The Example Table: {words.title}"
    for part in (words.meaning, words.action, "Table: 12", "B-1001", "MYXE9Y", "Order is locked.", "02 5550 1234"):
        assert part in text
    assert "Sunday 19:40 (2026-11-22, AEDT)" in text


def test_only_the_poss_own_words_are_said_to_be_its_words() -> None:
    _, text, _ = notice(replace(FAILURE, message=None, note="2 × Flat white"), "Venue", "Australia/Sydney", "")
    assert "The POS said" not in text
    assert "Details: 2 × Flat white" in text


PLACED = replace(FAILURE, code="online_ordering_paused", booking_id=None, reference="P-77", tables=())


def test_an_order_that_is_paid_back_is_not_to_be_entered_by_hand() -> None:
    _, text, sms = notice(replace(PLACED, kept=False), "The Example Table", "Australia/Sydney", "")
    (to_do,) = [line for line in text.splitlines() if line.startswith("What to do")]
    assert "Do not prepare the order, and do not enter it by hand" in to_do
    assert "For the next orders: Switch online ordering on again" in text
    assert "order MYXE9Y" in sms
    assert "refunded: do not prepare it" in sms


def test_an_order_that_stands_is_said_to_stand() -> None:
    _, text, sms = notice(replace(PLACED, kept=True), "The Example Table", "Australia/Sydney", "")
    assert "What to do: Switch online ordering on again in the POS, or enter the order by hand." in text
    assert "The order stands" in text
    assert "refunded" not in text + sms


@pytest.mark.parametrize("code", WORDS)
def test_an_sms_of_a_refunded_order_is_one_segment_too(code: str) -> None:
    refunded = replace(PLACED, code=code, kept=False)
    _, _, sms = notice(refunded, "The Example Table, Harbour Street", "Australia/Sydney", "")
    assert len(sms) <= SMS_LENGTH
    assert set(sms) <= GSM_7
    assert sms.endswith("do not prepare it.")
