"""What ResDiary's three statuses mean together."""

from __future__ import annotations

import pytest

from shared.adapters.resdiary.statuses import ARRIVALS, MEALS, STATUSES, booking_status, raw_status
from shared.domain.bookings.events import BookingStatus
from shared.domain.bookings.rules import UNDOES


@pytest.mark.parametrize(
    ("status", "arrival", "meal", "means"),
    [
        ("Unconfirmed", None, None, "unconfirmed"),
        ("Booked", None, None, "unconfirmed"),
        ("Booked", "NotArrived", "None", "unconfirmed"),
        ("Confirmed", "", "", "confirmed"),
        ("Wait", None, None, "waitlisted"),
        ("WaitListQueued", None, None, "waitlisted"),
        ("WaitListReAdded", None, None, "waitlisted"),
        ("Closed", None, None, "finished"),
        ("Cancelled", None, None, "cancelled"),
        ("Declined", None, None, "cancelled"),
        ("Bumped", None, None, "cancelled"),
        ("Expired", None, None, "cancelled"),
        # arrival goes before the booking's own word
        ("Confirmed", "Arrived", None, "arrived"),
        ("Booked", "Waiting in bar", None, "arrived"),
        ("Confirmed", "PartiallySeated", None, "partially_seated"),
        ("Booked", "FullySeated", None, "seated"),
        ("Confirmed", "Fully seated", "Mains", "seated"),
        ("Wait", "FULLY_SEATED", None, "seated"),
        ("Locked", "FullySeated", None, "seated"),
        (None, "FullySeated", None, "seated"),
        ("Confirmed", "Left", "Desserts", "finished"),
        # who eats sits
        ("Confirmed", "NotArrived", "Starters", "seated"),
        ("Confirmed", None, "Mains", "seated"),
        # a meal's other words say nothing
        ("Confirmed", None, "Amuse-bouche", "confirmed"),
        ("Confirmed", "FullySeated", "Amuse-bouche", "seated"),
        # what ended has ended
        ("Closed", "FullySeated", "Desserts", "finished"),
        ("Cancelled", "FullySeated", None, "cancelled"),
        ("Cancelled", "Teleported", None, "cancelled"),
        # words that nobody knows
        ("Confirmed", "Teleported", None, None),
        ("Pending", None, None, None),
        ("Pending", "FullySeated", "Mains", None),
        ("2", "4", None, None),
        ("Locked", None, None, None),
        (None, None, None, None),
    ],
)
def test_together(status: str | None, arrival: str | None, meal: str | None, means: str | None) -> None:
    assert booking_status(status, arrival, meal) == means


@pytest.mark.parametrize("arrival", ["Teleported", "7", "seatedish"])
@pytest.mark.parametrize("status", ["Unconfirmed", "Booked", "Confirmed"])
def test_a_word_of_arrival_that_nobody_knows_undoes_no_seating(status: str, arrival: str) -> None:
    assert booking_status(status, None, None) in UNDOES
    assert booking_status(status, arrival, None) is None


def test_the_keys_are_as_they_are_looked_up() -> None:
    for words in (STATUSES, ARRIVALS, MEALS):
        assert all(word.isalnum() and word.isupper() for word in words)
    assert set(STATUSES.values()) & {BookingStatus.SEATED, BookingStatus.NO_SHOW} == set()


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (("Confirmed", "FullySeated", "Mains"), "Confirmed/FullySeated/Mains"),
        (("Pending", None, ""), "Pending"),
        ((None, None, None), "missing"),
        (("x" * 90, "y", None), "x" * 64),
    ],
)
def test_the_words_are_kept(words: tuple[str | None, str | None, str | None], kept: str) -> None:
    assert raw_status(*words) == kept
