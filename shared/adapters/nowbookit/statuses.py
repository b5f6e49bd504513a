"""Now Book It's statuses in our words.

Names can be changed by each venue, codes and types cannot (Now Book It docs: Resources/booking-statuses): a status is
known by its code, else by its type; the name only counts when neither is there. What is not in the table (`SMS_SENT`, a
venue's own) means nothing to an order: kept as it came, changes nothing.
"""

from __future__ import annotations

import re

from shared.domain.bookings.events import BookingStatus

STATUSES: dict[str, BookingStatus] = {
    "UNCONFIRMED": BookingStatus.UNCONFIRMED,
    "WAITLIST": BookingStatus.WAITLISTED,
    "WAITLISTED": BookingStatus.WAITLISTED,
    "CONFIRMED": BookingStatus.CONFIRMED,
    "ARRIVED": BookingStatus.ARRIVED,
    "PARTIALLYSEATED": BookingStatus.PARTIALLY_SEATED,
    "SEATED": BookingStatus.SEATED,
    "FINISHED": BookingStatus.FINISHED,
    "CANCELLED": BookingStatus.CANCELLED,
    "CANCELED": BookingStatus.CANCELLED,
    "NOSHOW": BookingStatus.NO_SHOW,
}
"""Keys: capitals without blanks, dashes or underscores, as `No_Show`, `NO SHOW` and `no-show` are all seen."""


def booking_status(*, code: str | None, status_type: str | None, name: str | None) -> BookingStatus | None:
    """Our status, or None for one that we do not know."""
    if not (code or status_type):
        return _known(name)
    return _known(code) or _known(status_type)


def raw_status(*, code: str | None, status_type: str | None, name: str | None) -> str:
    """The platform's own word, to be kept."""
    return code or status_type or name or "missing"


def _known(word: str | None) -> BookingStatus | None:
    return STATUSES.get(re.sub(r"[\s_-]+", "", word or "").upper())
