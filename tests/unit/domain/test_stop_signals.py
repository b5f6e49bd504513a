"""The look before every attempt: what is still queued and not wanted any more is not sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.bookings.booking import Seating, SeatingOutcome
from shared.domain.bookings.record import BookingRecord
from shared.domain.bookings.stop_signals import stop_signal
from shared.domain.orders.order import Order
from shared.domain.orders.writes import What, WriteState
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode
from tests.builders import NOON, VENUE, a_record, a_write, an_order, at

TIMINGS = Timings()
QUEUED, SENT = WriteState.QUEUED, WriteState.SENT


def code(
    order: Order,
    what: What = What.CREATE,
    status: str = "seated",
    *,
    venue: Venue = VENUE,
    seconds: float = 0,
    record: BookingRecord | None = None,
) -> str | None:
    """The stop signal's code for this write of the order, seconds after noon."""
    write = order.create if what is What.CREATE else a_write(what)
    signal = stop_signal(record or a_record(order, status), order, write, venue, at(seconds), TIMINGS)
    return signal.code if signal else None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("seated", None),
        ("arrived", None),
        ("partially_seated", None),
        ("waitlisted", None),
        ("cancelled", "not_seated"),
        ("confirmed", "not_seated"),
        ("no_show", "not_seated"),
        ("unconfirmed", "not_seated"),
        ("finished", "not_seated"),
    ],
)
def test_creating_while_the_booking_is(status: str, expected: str | None) -> None:
    assert code(an_order(QUEUED), status=status) == expected


def test_creating_what_is_to_be_deleted() -> None:
    assert code(an_order(QUEUED, None, a_write(What.DELETE))) == "undone_before_sent"
    withdrawn = a_write(What.DELETE, state=WriteState.WITHDRAWN)
    assert code(an_order(QUEUED, None, withdrawn)) is None


@pytest.mark.parametrize(("seconds", "expected"), [(1800, None), (1800.001, "too_old")])
def test_creating_too_late(seconds: float, expected: str | None) -> None:
    assert code(an_order(QUEUED), seconds=seconds) == expected


def test_how_late_is_too_late_is_the_venues_choice() -> None:
    assert code(an_order(QUEUED), seconds=61, venue=replace(VENUE, replay_max_age_s=60)) == "too_old"
    assert code(an_order(QUEUED), seconds=1, venue=replace(VENUE, replay_max_age_s=0)) == "too_old"
    assert code(an_order(QUEUED), seconds=7200, venue=replace(VENUE, replay_max_age_s=7200)) is None


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (SeatingOutcome.OPEN, "order_stands"),
        (SeatingOutcome.KEPT, "order_stands"),
        (SeatingOutcome.COMPLETED, "order_stands"),
        (SeatingOutcome.DELETED, None),
        (SeatingOutcome.REJECTED, None),
        (SeatingOutcome.WITHDRAWN, None),
        (SeatingOutcome.FAILED, None),
    ],
)
def test_creating_while_an_earlier_order_stands(outcome: SeatingOutcome, expected: str | None) -> None:
    order = an_order(QUEUED)
    record = a_record(order)
    earlier = Seating(0, NOON, "ord_" + "Z" * 16, outcome=outcome)
    record = replace(record, booking=record.booking.with_seating(earlier))
    assert code(order, record=record) == expected


@pytest.mark.parametrize("what", [What.UPDATE, What.NOTIFY])
@pytest.mark.parametrize(
    ("state", "pos_status", "status", "expected"),
    [
        (SENT, None, "seated", None),
        (SENT, "ACCEPTED", "seated", None),
        (SENT, "COMPLETE", "seated", "order_closed"),
        (SENT, "REJECTED", "seated", "order_closed"),
        (SENT, "DELETED", "seated", "order_closed"),
        (WriteState.FAILED, None, "seated", "superseded"),
        (WriteState.WITHDRAWN, None, "seated", "superseded"),
        (SENT, None, "cancelled", "not_seated"),
        (SENT, None, "finished", "not_seated"),
    ],
)
def test_updating(what: What, state: WriteState, pos_status: str | None, status: str, expected: str | None) -> None:
    assert code(an_order(state, pos_status), what, status) == expected


@pytest.mark.parametrize(("state", "expected"), [(SENT, None), (WriteState.FAILED, "nothing_to_delete")])
def test_deleting(state: WriteState, expected: str | None) -> None:
    assert code(an_order(state), What.DELETE, "cancelled") == expected


@pytest.mark.parametrize(
    ("location", "platform", "expected"),
    [("LOC-1", "nowbookit", None), ("LOC-1", "demo-bookings", "told_by_event"), (None, "nowbookit", "told_by_event")],
)
def test_telling_the_platform_that_the_party_paid(location: str | None, platform: str, expected: str | None) -> None:
    order = an_order(SENT, "COMPLETE")
    record = a_record(order)
    record = replace(record, booking=replace(record.booking, platform=platform))
    venue = replace(VENUE, nowbookit_location_id=location)
    assert code(order, What.FINISH_BOOKING, venue=venue, record=record) == expected


@pytest.mark.parametrize("what", list(What))
def test_shadow_sends_nothing(what: What) -> None:
    order = an_order(QUEUED if what is What.CREATE else SENT)
    assert code(order, what, venue=replace(VENUE, mode=VenueMode.SHADOW)) == "shadow"
    assert code(replace(order, shadow=True), what) == "shadow"
