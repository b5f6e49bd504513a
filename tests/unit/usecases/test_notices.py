"""Mails and SMS as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.failures import WORDS, Failure, words_for
from shared.usecases.report_failure import SMS_LENGTH, notice

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
