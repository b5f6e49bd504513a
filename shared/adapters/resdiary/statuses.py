"""ResDiary's statuses in our words: `Status`, `ArrivalStatus` and `MealStatus` say together how a booking stands.

The words of `Status` are the vendor's (ResDiary docs: webhooks). Of the other two we know the fields, and that arrival
knows a bar and a party fully seated; the other words are what a diary would call these things. Ones it has beside them
are harmless:

- what ended by `Status` has ended, whatever else is said;
- else `ArrivalStatus` decides, then a course under way (who eats sits), then `Status`;
- a word of `Status` or `ArrivalStatus` that is not in the tables makes the whole mean nothing: it is kept and changes
  nothing, because it may stand for somebody who sits and eats. One of `MealStatus` says nothing.

A no-show is `Cancelled` here; both undo a seating alike.
"""

from __future__ import annotations

import re

from shared.domain.bookings.events import BookingStatus

ENDED = frozenset({BookingStatus.FINISHED, BookingStatus.CANCELLED})

# Keys: capitals without blanks, dashes or underscores. None: a word that says nothing by itself.
STATUSES: dict[str, BookingStatus | None] = {
    "UNCONFIRMED": BookingStatus.UNCONFIRMED,
    "BOOKED": BookingStatus.UNCONFIRMED,  # taken, but not reconfirmed (inferred)
    "CONFIRMED": BookingStatus.CONFIRMED,
    "WAIT": BookingStatus.WAITLISTED,
    "WAITLISTQUEUED": BookingStatus.WAITLISTED,
    "WAITLISTDECLINED": BookingStatus.WAITLISTED,
    "WAITLISTACCEPTED": BookingStatus.WAITLISTED,
    "WAITLISTREADDED": BookingStatus.WAITLISTED,
    "LOCKED": None,
    "CLOSED": BookingStatus.FINISHED,
    "CANCELLED": BookingStatus.CANCELLED,
    "CANCELED": BookingStatus.CANCELLED,
    "DECLINED": BookingStatus.CANCELLED,
    "BUMPED": BookingStatus.CANCELLED,
    "EXPIRED": BookingStatus.CANCELLED,
}
ARRIVALS: dict[str, BookingStatus | None] = {
    "NONE": None,
    "UNKNOWN": None,
    "NOTARRIVED": None,
    "ARRIVED": BookingStatus.ARRIVED,
    "PARTIALLYARRIVED": BookingStatus.ARRIVED,
    "FULLYARRIVED": BookingStatus.ARRIVED,
    "BAR": BookingStatus.ARRIVED,
    "INBAR": BookingStatus.ARRIVED,
    "WAITINGINBAR": BookingStatus.ARRIVED,
    "PARTIALLYSEATED": BookingStatus.PARTIALLY_SEATED,
    "FULLYSEATED": BookingStatus.SEATED,
    "SEATED": BookingStatus.SEATED,
    "LEFT": BookingStatus.FINISHED,
}
MEALS: dict[str, BookingStatus] = {
    word: BookingStatus.SEATED
    for word in ("STARTER", "STARTERS", "MAIN", "MAINS", "MAINCOURSE", "DESSERT", "DESSERTS", "COFFEE", "BILL", "PAID")
}


def booking_status(status: str | None, arrival: str | None, meal: str | None) -> BookingStatus | None:
    """Our status, or None for what we do not know."""
    booked, arrived = _key(status), _key(arrival)
    ended = STATUSES.get(booked)
    if ended in ENDED:
        return ended
    if (booked and booked not in STATUSES) or (arrived and arrived not in ARRIVALS):
        return None
    return ARRIVALS.get(arrived) or MEALS.get(_key(meal)) or STATUSES.get(booked)


def raw_status(status: str | None, arrival: str | None, meal: str | None) -> str:
    """The platform's own words, to be kept: `Confirmed/FullySeated/Mains`."""
    return "/".join(word for word in (status, arrival, meal) if word)[:64] or "missing"


def _key(word: str | None) -> str:
    return re.sub(r"[\s_-]+", "", word or "").upper()
