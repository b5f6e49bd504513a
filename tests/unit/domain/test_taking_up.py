"""Sent but not taken up: when to look, and what counts as taken up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.domain.failures import words_for
from shared.domain.online.record import changed
from shared.domain.online.taking_up import first_look_at, is_untouched, reason_of, taken_up
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment, Placed
from shared.domain.orders.pos_order import PosOrder
from shared.domain.orders.writes import What, WriteState
from shared.domain.site_status import SiteStatus
from shared.domain.timings import Timings
from tests.builders import NOON, VENUE, a_write, an_order, at

TIMINGS = Timings(take_up_s=300, preorder_look_s=900)


def sent(*more: Any, pos_status: str | None = None, **fields: Any) -> Order:
    """An order that arrived at noon."""
    said = Placed("P-1", "f", **fields)
    return replace(an_order(WriteState.SENT, pos_status, *more), placed=said)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (sent(), at(300)),
        (sent(pos_status="SUBMITTED"), at(300)),
        (sent(fulfil_at=at(7200)), at(300)),
        (sent(status="ON_HOLD", fulfil_at=at(7200)), at(6300)),
        (sent(status="ON_HOLD", fulfil_at=at(1000)), at(300)),
        (sent(status="ON_HOLD"), None),
        (sent(status="ON_HOLD", fulfil_at=at(7200), prints=True), None),
        (sent(status="PENDING"), None),
        (sent(status="COMPLETE"), None),
        (sent(pos_status="ACCEPTED"), None),
        (sent(pos_status="REJECTED"), None),
        (sent(fulfilment=Fulfilment.ACCEPTED), None),
        (sent(refund_of="ord_0"), None),
        (sent(cancelled_at=NOON), None),
        (sent(a_write(What.CANCEL)), None),
    ],
)
def test_when_somebody_should_have_taken_it_up(order: Order, expected: datetime | None) -> None:
    assert first_look_at(order, NOON, VENUE, TIMINGS) == expected


def test_how_long_it_may_stand_is_the_venues_choice() -> None:
    assert first_look_at(sent(), NOON, replace(VENUE, take_up_s=60), TIMINGS) == at(60)


@pytest.mark.parametrize(
    ("order", "seen", "expected"),
    [
        (sent(), {"status": "SUBMITTED"}, True),
        (sent(), {"status": "SUBMITTED", "staff_id": "7"}, True),
        (sent(), {"status": "ACCEPTED"}, False),
        (sent(), {"status": "REJECTED"}, False),
        (sent(), {"status": "SUBMITTED", "deleted": True}, False),
        (sent(status="ON_HOLD"), {"status": "ON_HOLD"}, True),
        (sent(status="ON_HOLD"), {"status": "ON_HOLD", "staff_id": "7"}, False),
        (sent(status="ON_HOLD"), {"status": "PENDING"}, False),
    ],
)
def test_untouched(order: Order, seen: dict[str, Any], expected: bool) -> None:
    assert is_untouched(order, PosOrder("9001", created_at=NOON, updated_at=NOON, **seen)) is expected


@pytest.mark.parametrize(
    ("site", "code"),
    [
        (SiteStatus(True), "not_taken_up"),
        (SiteStatus(True, takes_online_orders=False), "not_taken_up"),
        (SiteStatus(False), "not_taken_up_site_offline"),
        (None, "not_taken_up"),
    ],
)
def test_a_site_that_is_off_is_told_apart(site: SiteStatus | None, code: str) -> None:
    assert reason_of(site) == code


@pytest.mark.parametrize("code", ["not_taken_up", "not_taken_up_site_offline"])
def test_the_words_hold_the_check_up(code: str) -> None:
    steps = words_for(code).steps
    parts = ("Basic POS checkup", "Force sync or restart POS", "accept the order", "Contact Lightspeed support")
    places = [next(place for place, step in enumerate(steps) if part in step) for part in parts]
    assert places == sorted(places)
    assert any("iOS websockets" in step for step in steps) is (code == "not_taken_up")


def test_once_taken_up_nothing_waits() -> None:
    order = taken_up(replace(changed(sent(), not_taken_up_at=NOON), watch_at=NOON))
    assert (order.watch_at, order.placed and order.placed.not_taken_up_at) == (None, None)
