"""Codes decide, names do not."""

from __future__ import annotations

import pytest

from shared.adapters.nowbookit.statuses import booking_status, raw_status
from shared.domain.bookings.events import BookingStatus


@pytest.mark.parametrize(
    ("code", "status_type", "name", "status"),
    [
        ("SEATED", None, "At the table", BookingStatus.SEATED),
        ("CONFIRMED", None, "Seated", BookingStatus.CONFIRMED),
        (None, "SEATED", "Cancelled", BookingStatus.SEATED),
        ("MAINS", "SEATED", "Mains", BookingStatus.SEATED),
        ("MAINS", None, "Seated", None),
        (None, None, "Seated", BookingStatus.SEATED),
        (None, None, "No_Show", BookingStatus.NO_SHOW),
        ("NO_SHOW", None, None, BookingStatus.NO_SHOW),
        ("no-show", None, None, BookingStatus.NO_SHOW),
        ("PARTIALLY_SEATED", None, None, BookingStatus.PARTIALLY_SEATED),
        (None, None, "Partially seated", BookingStatus.PARTIALLY_SEATED),
        ("UNCONFIRMED", None, None, BookingStatus.UNCONFIRMED),
        ("ARRIVED", None, None, BookingStatus.ARRIVED),
        ("FINISHED", None, None, BookingStatus.FINISHED),
        ("CANCELLED", None, None, BookingStatus.CANCELLED),
        ("CANCELED", None, None, BookingStatus.CANCELLED),
        ("WAITLIST", None, None, BookingStatus.WAITLISTED),
        ("SMS_SENT", "SMS_SENT", "SMS Sent", None),
        (None, None, None, None),
    ],
)
def test_status(code: str | None, status_type: str | None, name: str | None, status: BookingStatus | None) -> None:
    assert booking_status(code=code, status_type=status_type, name=name) is status


def test_the_platforms_own_word_is_kept() -> None:
    assert raw_status(code="MAINS", status_type="SEATED", name="Mains") == "MAINS"
    assert raw_status(code=None, status_type=None, name="Mains") == "Mains"
    assert raw_status(code=None, status_type=None, name=None) == "missing"
