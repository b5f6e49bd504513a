"""Shadow sends nothing and shows what it would have; paused holds, and when resumed everything is decided anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.venues import VenueMode
from tests.stack.conftest import Posrelay
from tests.stack.relay import Premises, Relay, until

RESUMED_S = 60  # functions remember a venue's mode for 20 s


@pytest.fixture(scope="module")
def shadow(premises: Premises) -> Relay:
    """A venue that sends nothing yet."""
    return premises.open_venue("shadow", mode=VenueMode.SHADOW)


@pytest.fixture(scope="module")
def paused(premises: Premises, care: Callable[[], dict[str, Any]]) -> Relay:
    """A venue that is paused while its bookings go on."""
    relay = premises.open_venue("paused", mode=VenueMode.PAUSED)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    story: list[tuple[str, str, dict[str, Any]]] = [
        ("P-seated", "seated", {}),
        ("P-undone", "seated", {}),
        ("P-undone", "cancelled", {}),
        ("P-finished", "seated", {}),
        ("P-finished", "finished", {}),
        ("P-moved", "seated", {}),
        ("P-moved", "seated", {"tables": ["14"], "party_size": 2}),
        ("P-again", "seated", {}),
        ("P-again", "confirmed", {}),
        ("P-again", "seated", {}),
        ("P-old", "seated", {"at": hour_ago}),
    ]
    for booking_id, status, fields in story:
        relay.change(booking_id, status, **fields)
    until(lambda: int(care()["held"]) >= len({booking_id for booking_id, _, _ in story}), "all of them to be overdue")
    return relay


@pytest.fixture(scope="module")
def resumed(paused: Relay, care: Callable[[], dict[str, Any]], posrelay: Posrelay) -> Relay:
    """The same venue, live again."""
    assert posrelay("venue", "mode", paused.venue_id, "live").returncode == 0

    def awake() -> bool:
        care()
        return paused.order_of("P-seated") is not None

    until(awake, "the functions to hear that it is live", RESUMED_S)
    return paused


def test_shadow_decides_and_shows_the_request(shadow: Relay) -> None:
    event_id = shadow.change("S-1", "seated", notes="Window, please")
    assert shadow.decided(event_id)["decision"] == "create_order"
    order = shadow.order_in("S-1", "withdrawn")
    (create,) = order["writes"]
    assert (create["state"], create["code"]) == ("withdrawn", "shadow")
    assert create["request"]["status"] == "SUBMITTED"
    assert str(create["request"]["site_id"]) == shadow.site_id
    assert "Window, please" in create["request"]["notes"]
    assert "token=…" in create["request"]["callback_uri"]
    assert order["attempts"] == []


def test_shadow_sends_nothing(shadow: Relay) -> None:
    shadow.change("S-2", "seated")
    shadow.order_in("S-2", "withdrawn")
    for status, fields in (("seated", {"tables": ["14"]}), ("cancelled", {}), ("seated", {})):
        shadow.decided(shadow.change("S-2", status, **fields))
    assert shadow.pos_orders() == []
    assert shadow.sandbox.calls("kounta.create_order", "(S-2)") == []
    assert shadow.failures("S-2") == []


def test_what_was_decided_in_shadow_stays_unsent(shadow: Relay, posrelay: Posrelay) -> None:
    shadow.change("S-3", "seated")
    shadow.order_in("S-3", "withdrawn")
    assert posrelay("venue", "mode", shadow.venue_id, "live").returncode == 0
    numbers = iter(range(1000))

    def sent() -> bool:
        booking_id = f"S-live-{next(numbers)}"
        shadow.change(booking_id, "seated")
        return bool(shadow.order_in(booking_id, "sent", "withdrawn")["status"] == "sent")

    until(sent, "the functions to hear that it is live", RESUMED_S)
    assert shadow.decided(shadow.change("S-3", "seated", tables=["15"]))["decision"] == "none"
    assert shadow.pos_orders("S-3") == []


def test_paused_holds(paused: Relay) -> None:
    answer = paused.post(paused.event("P-late", "confirmed"), wait=3)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert paused.pos_orders() == []
    assert paused.sandbox.calls("kounta.create_order", "(P-") == []


def test_resumed_sends_what_still_holds(resumed: Relay) -> None:
    resumed.order_in("P-seated", "sent")
    assert len(resumed.pos_orders("P-seated", live=True)) == 1


def test_resumed_withdraws_what_was_undone(resumed: Relay) -> None:
    order = resumed.order_in("P-undone", "withdrawn")
    assert order["writes"][0]["code"] == "undone_before_sent"
    assert resumed.sandbox.calls("kounta.create_order", "(P-undone)") == []


def test_resumed_sends_the_newest_details_only(resumed: Relay) -> None:
    resumed.order_in("P-moved", "sent")
    (held,) = resumed.pos_orders("P-moved")
    assert "Table 14" in held["notes"]
    assert held["guests"] == 2
    assert held["notifications"] == []


def test_resumed_makes_one_order_of_the_last_seating(resumed: Relay) -> None:
    resumed.order_in("P-again", "sent")
    assert len(resumed.pos_orders("P-again")) == 1


@pytest.mark.parametrize(("booking_id", "code"), [("P-finished", "finished_before_sent"), ("P-old", "too_old")])
def test_what_is_over_is_not_sent_and_a_person_hears_of_it(resumed: Relay, booking_id: str, code: str) -> None:
    assert until(lambda: resumed.failures(booking_id), "the failure on a person's list") == [code]
    assert resumed.pos_orders(booking_id) == []
