"""What Kounta's document says of pass-thru printing, through the deployed relay, and what a venue chooses of it.

Which test proves which sentence stands in `orders_document.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.stack.orders import IN_FULL, WATERS, Orders, mark_of
from tests.stack.relay import COMPANY_ID, Json, Premises, until

PAID = {"lines": [WATERS], "payments": [IN_FULL]}
UNPAID = {"lines": [WATERS]}
PRINTED = {"pass_thru_printing": True}


@dataclass(frozen=True)
class Kitchen(Orders):
    """A venue with two registers: the default pass-thru one, and another that may be named."""

    @property
    def default(self) -> int:
        """The register that prints unless another is named."""
        return int(self.relay.site_id)

    @property
    def other(self) -> int:
        """A register that prints when it is named."""
        return self.default * 1000 + 1

    def offline(self, *registers: int) -> None:
        """These registers are offline, the others are not."""
        self.relay.sandbox.control("state", {"site_id": self.default, "registers_offline": list(registers)})

    def printed_by(self, order: Json) -> int | None:
        """The register that printed an order."""
        printed: int | None = self.held(order)["printed_by"]
        return printed


def a_kitchen(premises: Premises, name: str, **settings: Any) -> Kitchen:
    """A new venue whose site has a second register."""
    kitchen = Kitchen(premises.open_venue(name, **settings))
    companies = premises.sandbox.control("kounta/companies")["companies"]
    company = next(one for one in companies if str(one["id"]) == COMPANY_ID)
    (site,) = (one for one in company["sites"] if one["id"] == kitchen.default)
    site["registers"].append({"id": kitchen.other, "name": "Bar"})
    premises.sandbox.control("kounta/companies", company)
    kitchen.relay.change_venue(registers=(str(kitchen.default), str(kitchen.other)))
    return kitchen


@pytest.fixture(scope="module")
def venue(premises: Premises) -> Kitchen:
    """A venue that leaves the choice to the platform, and fails what cannot be printed."""
    return a_kitchen(premises, "pass-thru", pass_thru="on", when_registers_offline="fail")


@pytest.fixture
def kitchen(venue: Kitchen) -> Iterator[Kitchen]:
    """The same, all registers online before and after."""
    venue.offline()
    yield venue
    venue.offline()


def told(kitchen: Kitchen, order: Json) -> list[str]:
    """What people were told of an order, once they were told anything."""
    return until(lambda: kitchen.relay.failures_of_order(order["id"]), "a failure on people's list")


# which register prints


def test_it_is_sent_to_the_kitchen_and_printed(kitchen: Kitchen) -> None:
    order = kitchen.sent(**UNPAID, **PRINTED, status="ON_HOLD")
    assert kitchen.as_kounta_got_it(order)["pass_thru_printing"] is True
    assert kitchen.printed_by(order) == kitchen.default
    assert kitchen.in_pos(order)["pass_thru_printing"] is True


def test_a_named_register_without_the_flag_makes_no_pass_thru_order(kitchen: Kitchen) -> None:
    named = {"status": "ON_HOLD", "pass_thru_printing_register": kitchen.other}
    order = kitchen.sent(**UNPAID, pass_thru_printing=False, **named)
    assert not {"pass_thru_printing", "pass_thru_printing_register"} & set(kitchen.as_kounta_got_it(order))
    assert (kitchen.printed_by(order), kitchen.in_pos(order)["status"]) == (None, "ON_HOLD")


def test_the_named_register_prints_when_it_is_online(kitchen: Kitchen) -> None:
    kitchen.offline(kitchen.default)
    order = kitchen.sent(**UNPAID, **PRINTED, status="ON_HOLD", pass_thru_printing_register=kitchen.other)
    assert kitchen.printed_by(order) == kitchen.other


def test_the_default_register_prints_when_the_named_one_is_offline(kitchen: Kitchen) -> None:
    kitchen.offline(kitchen.other)
    order = kitchen.sent(**UNPAID, **PRINTED, status="ON_HOLD", pass_thru_printing_register=kitchen.other)
    assert kitchen.printed_by(order) == kitchen.default


def test_it_is_rejected_when_the_named_and_the_default_register_are_offline(kitchen: Kitchen) -> None:
    kitchen.offline(kitchen.other, kitchen.default)
    named = {"status": "ON_HOLD", "pass_thru_printing_register": kitchen.other}
    assert kitchen.refused_by_pos(**UNPAID, **PRINTED, **named)["code"] == "pass_thru_register_offline"


def test_it_is_rejected_when_none_is_named_and_the_default_one_is_offline(kitchen: Kitchen) -> None:
    kitchen.offline(kitchen.default)
    refused = kitchen.refused_by_pos(**UNPAID, **PRINTED, status="ON_HOLD")
    assert refused["code"] == "pass_thru_register_offline"


# statuses


@pytest.mark.parametrize("status", ["SUBMITTED", "COMPLETE"])
def test_its_status_is_on_hold_or_pending(kitchen: Kitchen, status: str) -> None:
    assert kitchen.pointers({**PAID, **PRINTED, "status": status}) == ["/status"]


def test_a_pending_one_must_be_paid_in_full(kitchen: Kitchen) -> None:
    assert kitchen.pointers({**UNPAID, **PRINTED, "status": "PENDING"}) == ["/payments"]
    priced = {**WATERS, "unit_price_inc_tax": "8.00"}
    part = {**IN_FULL, "amount": "15.00"}
    assert kitchen.pointers({"lines": [priced], "payments": [part], **PRINTED, "status": "PENDING"}) == ["/payments"]
    by_the_sites_price = kitchen.refused_by_pos(lines=[WATERS], payments=[part], **PRINTED, status="PENDING")
    assert by_the_sites_price["code"] == "pass_thru_not_paid"


@pytest.mark.parametrize(
    ("status", "flag", "payments", "seen"),
    [
        ("ON_HOLD", False, [IN_FULL], "PENDING"),
        ("ON_HOLD", True, [IN_FULL], "COMPLETE"),
        ("ON_HOLD", True, [], "ON_HOLD"),
        ("PENDING", True, [IN_FULL], "COMPLETE"),
        ("PENDING", False, [IN_FULL], "PENDING"),
    ],
    ids=[
        "held and paid goes on to pending",
        "held and paid is complete",
        "held without payment stays",
        "pending is complete",
        "pending stays when told so",
    ],
)
def test_what_becomes_of_it_after_printing(
    kitchen: Kitchen, status: str, flag: bool, payments: list[Json], seen: str
) -> None:
    order = kitchen.sent(lines=[WATERS], payments=payments, **PRINTED, status=status, complete_when_paid=flag)
    assert kitchen.printed_by(order) is not None
    assert kitchen.in_pos(order)["status"] == seen
    if seen == "COMPLETE":
        assert kitchen.until_in(order, "completed")["pos"]["status"] == "COMPLETE"


# the venue's switch


def test_the_venue_prints_what_nobody_spoke_of(premises: Premises) -> None:
    kitchen = a_kitchen(premises, "pass-thru-on", pass_thru="on", pass_thru_register=None)
    order = kitchen.sent(**UNPAID)
    assert (kitchen.as_kounta_got_it(order)["status"], kitchen.printed_by(order)) == ("ON_HOLD", kitchen.default)
    kept_back = kitchen.sent(**UNPAID, pass_thru_printing=False)
    assert (kitchen.as_kounta_got_it(kept_back)["status"], kitchen.printed_by(kept_back)) == ("SUBMITTED", None)


def test_the_venue_names_the_register(premises: Premises) -> None:
    kitchen = a_kitchen(premises, "pass-thru-register", pass_thru="on")
    kitchen.relay.change_venue(pass_thru_register=str(kitchen.other))
    assert kitchen.printed_by(kitchen.sent(**UNPAID)) == kitchen.other


def test_switched_off_nothing_prints_whatever_the_platform_says(premises: Premises) -> None:
    kitchen = a_kitchen(premises, "pass-thru-off", pass_thru="off")
    order = kitchen.sent(**UNPAID, **PRINTED, status="ON_HOLD")
    assert "pass_thru_printing" not in kitchen.as_kounta_got_it(order)
    assert (kitchen.printed_by(order), kitchen.in_pos(order)["status"]) == (None, "ON_HOLD")


def test_registers_offline_it_is_sent_as_a_normal_order_and_people_are_told(premises: Premises) -> None:
    kitchen = a_kitchen(premises, "pass-thru-anyway", pass_thru="on", when_registers_offline="send_normally")
    kitchen.offline(kitchen.default, kitchen.other)
    order = kitchen.sent(**UNPAID)
    calls = kitchen.relay.sandbox.calls("kounta.create_order", mark_of(order))
    bodies = [json.loads(call["body"]) for call in calls]
    assert [body.get("pass_thru_printing", False) for body in bodies] == [True, False]
    assert [body["status"] for body in bodies] == ["ON_HOLD", "SUBMITTED"]
    keys = {call["headers"]["idempotency-key"] for call in calls}
    assert len(keys) == 2
    assert kitchen.printed_by(order) is None
    assert kitchen.in_pos(order)["status"] == "SUBMITTED"
    assert told(kitchen, order) == ["sent_without_pass_thru"]


def test_registers_offline_it_fails_and_people_are_told(kitchen: Kitchen) -> None:
    kitchen.offline(kitchen.default, kitchen.other)
    order = kitchen.until_in(kitchen.place(**UNPAID), "failed")
    (failed,) = order["failed_services"]
    assert (failed["service"], failed["code"], order["kept"]) == ("pos", "pass_thru_register_offline", False)
    assert told(kitchen, order) == ["pass_thru_register_offline"]
    assert kitchen.at_kounta(order) == []


def test_printing_that_only_the_venue_wants_costs_no_order(kitchen: Kitchen) -> None:
    part = {**IN_FULL, "amount": "10.00"}
    order = kitchen.sent(lines=[WATERS], payments=[part], status="PENDING")
    assert "pass_thru_printing" not in kitchen.as_kounta_got_it(order)
    assert (kitchen.printed_by(order), kitchen.in_pos(order)["status"]) == (None, "PENDING")
    assert told(kitchen, order) == ["sent_without_pass_thru"]
