"""posrelay replay --dry-run: what is stored, held against what the writer really sends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.cli import app
from ops.session import Session
from ops.stack import DeployedStack, StackAddresses
from shared import bootstrap
from shared.domain.access import Platform
from shared.domain.venues import VenueMode
from tests.functions.event_files import body_of, changed, read_event
from tests.functions.relay import PUBLIC_URL, VENUE, Relay

ORDERS = "/v1/venues/demo/orders"
GUEST = {"first_name": "Sam", "last_name": "Example", "phone": "+61255501234", "email": "sam@example.com"}
ORDER = {
    "reference": "P-77",
    "order_type": "Delivery",
    "customer": GUEST,
    "delivery_address": {"address": "1 Example Street", "city": "Sydney"},
    "notes": "Ring twice",
    "lines": [{"product_id": 730297, "quantity": 2, "unit_price_inc_tax": "12.50", "notes": "for Sam"}],
    "payments": [{"method_id": 2, "amount": "25.00", "ref": "tx-77"}],
}


class Rehearsing:
    """The command on the relay's own table."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        bootstrap.settings_book().put_venue(replace(VENUE, link_customers=False))
        for platform in ("demo-bookings", "demo-orders", "example-bookings"):
            bootstrap.settings_book().put_platform(Platform(platform, platform))
        known = StackAddresses("posrelay", "s", "k", PUBLIC_URL, PUBLIC_URL, "http://sandbox.test/kounta")
        self.stack = DeployedStack("pos-relay", relay.owner, known=known, now=relay.clock.now)

    def run(self, *arguments: str) -> Result:
        before, calls = self.relay.stored(), len(self.relay.vendor_calls("kounta"))
        session = Session(opener=lambda _name, _region: self.stack)
        ran = CliRunner().invoke(app, ["replay", *arguments], obj=session)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        assert self.relay.stored() == before
        assert len(self.relay.vendor_calls("kounta")) == calls
        assert not self.relay.nudges()
        return ran

    def json(self, wanted: str, *more: str) -> Any:
        ran = self.run("demo", wanted, "--dry-run", "--json", *more)
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    def codes(self, wanted: str) -> dict[str, str]:
        return {each["code"]: each["severity"] for each in self.json(wanted)["checks"]}

    def place(self, **more: Any) -> str:
        answer = self.relay.call("POST", ORDERS, {**ORDER, **more})
        assert answer.status == 202, answer.content
        self.relay.run()
        return str(answer.content["id"])


@pytest.fixture
def rehearsing(relay: Relay) -> Rehearsing:
    return Rehearsing(relay)


def sent(relay: Relay) -> dict[str, Any]:
    """What the writer last posted to the POS as a new order."""
    calls = [call for call in relay.control("calls") if call["operation"] == "kounta.create_order"]
    body: dict[str, Any] = json.loads(calls[-1]["body"])
    return body


def without_token(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "callback_uri": body["callback_uri"].partition("token=")[0] + "token=•••"}


def test_an_order_that_stands_would_be_sent_just_as_the_writer_then_sends_it(rehearsing: Rehearsing) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, link_customers=False, keep_failed_orders=True))
    rehearsing.relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    order_id = rehearsing.place(customer={**GUEST, "email": None, "phone": None})
    told = rehearsing.json(order_id, "--show-guests")
    assert (told["status"], told["would_be_sent"]) == ("failed", True)
    rehearsing.relay.control("state", {"site_id": 823, "online_ordering_paused": False})
    assert rehearsing.relay.call("POST", f"{ORDERS}/{order_id}/resubmit").status == 202
    rehearsing.relay.run()
    assert told["request"] == without_token(sent(rehearsing.relay))
    assert told["url"] == "http://sandbox.test/kounta/v1/companies/5678/orders"
    last = [call for call in rehearsing.relay.control("calls") if call["operation"] == "kounta.create_order"][-1]
    assert {name.lower(): value for name, value in last["headers"].items()}["idempotency-key"] == told[
        "idempotency_key"
    ]


def test_an_order_in_the_pos_is_never_sent_again(rehearsing: Rehearsing) -> None:
    order_id = rehearsing.place()
    told = rehearsing.json(order_id)
    assert not told["would_be_sent"]
    assert told["request"]["lines"][0]["product_id"] == 730297
    assert rehearsing.codes(order_id)["already_in_pos"] == "error"


def test_an_order_that_is_paid_back_says_so(rehearsing: Rehearsing) -> None:
    rehearsing.relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    assert rehearsing.codes(rehearsing.place())["refund_announced"] == "error"


def test_an_order_that_waits_is_shown_with_the_bytes_that_it_was_sent_with(rehearsing: Rehearsing) -> None:
    rehearsing.relay.control("faults", {"operation": "kounta.create_order", "fault": "reset_before", "times": 1})
    order_id = rehearsing.place()
    first = sent(rehearsing.relay)
    bootstrap.settings_book().put_venue(replace(VENUE, pos=replace(VENUE.pos, register_id="16")))
    told = rehearsing.json(order_id, "--show-guests")
    assert told["request"] == without_token(first)
    assert told["would_be_sent"]
    assert {each["code"] for each in told["checks"]} == {"repeated", "bytes_kept"}
    rehearsing.relay.clock.advance(86_400)
    assert rehearsing.codes(order_id)["unknown"] == "error"


@pytest.mark.parametrize("mode", [VenueMode.SHADOW, VenueMode.PAUSED])
def test_a_venue_that_sends_nothing(rehearsing: Rehearsing, mode: VenueMode) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, mode=mode, link_customers=False))
    order_id = rehearsing.place()
    told = rehearsing.json(order_id)
    assert not told["would_be_sent"]
    assert f"venue_{mode.value}" in {each["code"] for each in told["checks"]}
    assert told["request"]["site_id"] == 823


def test_guests_and_tokens_stay_hidden(rehearsing: Rehearsing) -> None:
    order_id = rehearsing.place()
    plain = rehearsing.run("demo", order_id, "--dry-run").output
    shown = rehearsing.run("demo", order_id, "--dry-run", "--show-guests").output
    token = sent(rehearsing.relay)["callback_uri"].partition("token=")[2]
    for words in ("Sam", "Example Street", "Ring twice", "sam@example.com"):
        assert words not in plain
    assert "1 Example Street" in shown
    assert "Ring twice" in shown
    assert "for Sam" in shown
    assert token not in plain + shown
    assert f"[PR-{order_id.removeprefix('ord_')}-1]" in plain


def test_a_booking_event_is_shown_as_its_order_was_made(rehearsing: Rehearsing) -> None:
    event = read_event("booking_events/seated")
    rehearsing.relay.http("booking_events", event)
    rehearsing.relay.run()
    event_id = body_of(event)["event_id"]
    told = rehearsing.json(event_id, "--show-guests")
    assert told["request"] == without_token(sent(rehearsing.relay))
    assert not told["would_be_sent"]
    assert rehearsing.codes(event_id) | {"already_in_pos": "error", "decided": "info"} == rehearsing.codes(event_id)
    assert rehearsing.json(told["order_id"], "--show-guests")["request"] == told["request"]
    name = body_of(event)["booking"]["customer"]["last_name"]
    assert name in rehearsing.run("demo", event_id, "--dry-run", "--show-guests").output
    assert name not in rehearsing.run("demo", event_id, "--dry-run").output


def test_a_booking_event_that_makes_no_order_says_why(rehearsing: Rehearsing) -> None:
    event = read_event("booking_events/seated")
    body = body_of(event)
    body["event_id"] = "evt-confirmed"
    body["booking"] |= {"id": "B-2", "status": "confirmed"}
    rehearsing.relay.http("booking_events", changed(event, body=body))
    rehearsing.relay.run()
    told = rehearsing.json("evt-confirmed")
    assert (told["would_be_sent"], told["request"], told["order_id"]) == (False, None, None)
    first, decided = told["checks"]
    assert (first["code"], first["severity"], first["detail"]) == ("no_order", "error", "no open order to undo")
    assert decided["detail"] == "none: no open order to undo"


def test_a_thin_notice_has_nothing_to_show_before_it_is_fetched(rehearsing: Rehearsing) -> None:
    answer = rehearsing.relay.http("booking_events", read_event("booking_events/nowbookit_updated"))
    bootstrap.settings_book().put_platform(Platform("nowbookit", "Now Book It"))
    rehearsing.relay.nudges()
    told = rehearsing.json(answer.content["event_id"])
    assert (told["request"], told["checks"][0]["code"]) == (None, "not_fetched")


@pytest.mark.parametrize("wanted", ["ord_0123456789ABCDEF", "evt-nobody-sent", "P-77"])
def test_what_is_not_there(rehearsing: Rehearsing, wanted: str) -> None:
    ran = rehearsing.run("demo", wanted, "--dry-run")
    assert ran.exit_code == 1
    assert "no order and no booking event" in ran.stderr


def test_another_venues_order_is_not_shown(rehearsing: Rehearsing) -> None:
    order_id = rehearsing.place()
    bootstrap.settings_book().put_venue(replace(VENUE, id="other"))
    assert rehearsing.run("other", order_id, "--dry-run").exit_code == 1


def test_nothing_is_ever_sent_from_here(rehearsing: Rehearsing) -> None:
    ran = rehearsing.run("demo", rehearsing.place())
    assert ran.exit_code == 1
    assert "only a dry run" in ran.stderr
    assert "resubmit" in ran.stderr
