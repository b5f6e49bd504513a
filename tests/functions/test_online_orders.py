"""A platform's order from its placing to its end, through the real handlers against the sandbox's Kounta."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.event_files import read_event
from tests.functions.relay import VENUE, Relay

ORDERS = "/v1/venues/demo/orders"
LINE = {"product_id": 730297, "quantity": 2, "unit_price_inc_tax": "12.50"}
PAID = {"method_id": 2, "amount": "25.00", "ref": "tx-77"}


def an_order(reference: str = "P-77", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "lines": [LINE], "payments": [PAID], **more}


def placed(relay: Relay, **more: Any) -> dict[str, Any]:
    """The order once the writer has done what it can."""
    answer = relay.call("POST", ORDERS, an_order(**more))
    assert answer.status == 202, answer.content
    relay.run()
    return shown(relay, answer.content["id"])


def shown(relay: Relay, order_id: str) -> dict[str, Any]:
    answer = relay.call("GET", f"{ORDERS}/{order_id}")
    assert answer.status == 200, answer.content
    content: dict[str, Any] = answer.content
    return content


def after(relay: Relay, order: dict[str, Any], verb: str, content: Any = None) -> dict[str, Any]:
    answer = relay.call("POST", f"{ORDERS}/{order['id']}/{verb}", content)
    assert answer.status == 202, answer.content
    relay.run()
    return shown(relay, order["id"])


def refused(relay: Relay, order: dict[str, Any], verb: str, content: Any = None) -> str:
    answer = relay.call("POST", f"{ORDERS}/{order['id']}/{verb}", content)
    assert answer.status == 409, answer.content
    code: str = answer.content["code"]
    return code


@pytest.fixture
def relay(relay: Relay) -> Relay:
    relay.subscribe()
    return relay


def test_the_file_is_placed_and_reaches_the_pos(relay: Relay) -> None:
    answer = relay.http("online_orders", read_event("online_orders/place"))
    assert (answer.status, answer.content["status"]) == (202, "queued")
    relay.run()
    order = shown(relay, answer.content["id"])
    (held,) = relay.pos_orders()
    assert (order["status"], order["pos"]["order_id"]) == ("sent", str(held["id"]))
    assert held["status"] == "SUBMITTED"
    assert held["notes"].startswith("Ring twice\n")
    assert "1 Example Street" in held["notes"]


def test_the_same_reference_is_the_same_order(relay: Relay) -> None:
    first = placed(relay)
    again = relay.call("POST", ORDERS, an_order())
    other = relay.call("POST", ORDERS, an_order(notes="different"))
    relay.run()
    assert again.content["id"] == first["id"]
    assert (other.status, other.content["code"]) == (409, "reference_reused")
    assert len(relay.pos_orders()) == 1


def test_accepted_here_becomes_accepted_in_the_pos(relay: Relay) -> None:
    order = after(relay, placed(relay, complete_when_paid=False), "accept")
    assert (order["status"], order["fulfilment"]) == ("accepted", "accepted")
    assert relay.pos_orders()[0]["status"] == "ACCEPTED"
    assert after(relay, order, "progress", {"to": "ready"})["fulfilment"] == "ready"
    assert refused(relay, order, "cancel") == "accepted_by_venue"


def test_cancelled_is_ours_not_staffs(relay: Relay) -> None:
    order = after(relay, placed(relay), "cancel", {"reason": "changed their mind"})
    assert order["status"] == "cancelled"
    assert relay.pos_orders()[0]["status"] == "REJECTED"
    assert refused(relay, order, "resubmit") == "cancelled"


def test_a_completed_order_is_refunded_once_and_never_above_it(relay: Relay) -> None:
    order = after(relay, placed(relay), "accept")
    relay.control(f"kounta/orders/{order['pos']['order_id']}/complete", {})
    relay.run()
    assert shown(relay, order["id"])["status"] == "completed"
    refund = {"reference": "R-1", "reason": "cold", "amount": "10.00"}
    first = relay.call("POST", f"{ORDERS}/{order['id']}/refund", refund)
    again = relay.call("POST", f"{ORDERS}/{order['id']}/refund", refund)
    assert (first.status, again.status) == (202, 202), first.content
    assert first.content["id"] == again.content["id"]
    relay.run()
    assert shown(relay, order["id"])["status"] == "partly_refunded"
    assert (
        refused(relay, order, "refund", {"reference": "R-2", "reason": "x", "amount": "15.01"}) == "refund_above_order"
    )
    after(relay, order, "refund", {"reference": "R-3", "reason": "the rest"})
    assert shown(relay, order["id"])["status"] == "refunded"
    assert sorted(float(each["total"]) for each in relay.pos_orders()) == [-15, -10, 25]


@pytest.mark.parametrize(
    ("verb", "content", "seen"),
    [
        ("lines", [{"product_id": 730298, "quantity": 1}], lambda held: len(held["lines"]) == 2),
        (
            "payments",
            {"method_id": 2, "amount": "5.00", "ref": "tx-2"},
            lambda held: held["payments"][0]["ref"] == "tx-2",
        ),
        (
            "option-sets",
            {"product_id": 730310, "option_sets": [{"option_set_id": 501, "options": [{"product_id": 730311}]}]},
            lambda held: len(held["options"]) == 1,
        ),
        ("notifications", {"message": "Driver is here"}, lambda held: True),
    ],
)
def test_an_open_order_is_added_to(
    relay: Relay, verb: str, content: Any, seen: Callable[[dict[str, Any]], bool]
) -> None:
    order = after(relay, placed(relay, payments=[]), verb, content)
    assert order["writes"][-1]["state"] == "sent", order["writes"][-1]
    (held,) = relay.pos_orders()
    assert seen(held) or (verb == "payments" and len(held["payments"]) == 1)


def test_a_refused_order_is_final_or_kept_as_the_venue_chose(relay: Relay) -> None:
    relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    order = placed(relay)
    assert (order["status"], order["kept"]) == ("failed", False)
    assert refused(relay, order, "resubmit") == "refund_announced"


def test_dry_run_stores_nothing(relay: Relay) -> None:
    answer = relay.call("POST", f"{ORDERS}?dry_run=true", an_order())
    assert answer.status == 200, answer.content
    assert answer.content["request"]["lines"][0]["product_id"] == 730297
    assert not relay.nudges()


def test_a_register_of_another_venue_of_the_company_is_out_of_reach(relay: Relay) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, registers=("16",)))
    for name in ("register_id", "pass_thru_printing_register"):
        answer = relay.call("POST", ORDERS, an_order(**{name: 17}))
        assert (answer.status, answer.content["errors"][0]["pointer"]) == (422, f"/{name}")
    assert relay.nudges() == []
    order = placed(relay, register_id=16)
    assert relay.pos_orders()[0]["register_id"] == 16
    message = {"message": "Driver is here", "register_ids": [16, 17]}
    answer = relay.call("POST", f"{ORDERS}/{order['id']}/notifications", message)
    assert (answer.status, answer.content["errors"][0]["pointer"]) == (422, "/register_ids/1")
    after(relay, order, "notifications", {"message": "Driver is here", "register_ids": [16]})


def test_registers_are_closed_until_they_are_opened(relay: Relay) -> None:
    answer = relay.call("POST", ORDERS, an_order(register_id=16))
    assert (answer.status, answer.content["errors"][0]["pointer"]) == (422, "/register_id")
    bootstrap.settings_book().put_venue(replace(VENUE, pass_thru_register="16"))
    assert placed(relay, register_id=16)["status"] == "sent"


def patched(relay: Relay, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = relay.call("PATCH", f"{ORDERS}/{order['id']}", changes)
    assert answer.status == 202, answer.content
    relay.run()
    return shown(relay, order["id"])


def settled(relay: Relay, order: dict[str, Any]) -> dict[str, Any]:
    """The order once every write of it has ended: a repeat comes with a nudge for later, by the queue's own clock."""
    ends_at = monotonic() + 15
    while any(write["state"] in ("queued", "sending") for write in order["writes"]):
        assert monotonic() < ends_at, order["writes"]
        relay.clock.advance(1)
        relay.run()
        order = shown(relay, order["id"])
    return order


def told(relay: Relay) -> list[str]:
    """The types of what platforms, and people, hear of, in no order."""
    items = [json.loads(item["body"]["S"]) for item in relay.items() if item["pk"]["S"].startswith("OUTBOX#")]
    return sorted(item["type"] for item in items if item["type"] != "order.kitchen_print")


@pytest.mark.parametrize("status", ["ON_HOLD", "PENDING"])
def test_a_status_that_the_platform_wrote_is_not_staffs(relay: Relay, status: str) -> None:
    order = patched(relay, placed(relay, payments=[]), status=status)
    assert (order["pos"]["status"], order["status"], order["fulfilment"]) == (status, "sent", "new")
    assert relay.pos_orders()[0]["status"] == status
    assert told(relay) == ["order.sent"]


def test_staff_may_still_take_up_what_the_platform_held_for_a_while(relay: Relay) -> None:
    order = patched(relay, patched(relay, placed(relay, payments=[]), status="ON_HOLD"), status="SUBMITTED")
    relay.control(f"kounta/orders/{order['pos']['order_id']}/accept", {})
    relay.run()
    order = shown(relay, order["id"])
    assert (order["status"], order["fulfilment"]) == ("accepted", "accepted")
    assert told(relay).count("order.accepted") == 1


def test_what_was_accepted_stays_so_when_the_platform_moves_it_on(relay: Relay) -> None:
    order = patched(relay, after(relay, placed(relay, payments=[]), "accept"), status="PENDING")
    assert (order["pos"]["status"], order["status"], order["fulfilment"]) == ("PENDING", "accepted", "accepted")


def test_rejected_by_the_platform_is_a_cancel(relay: Relay) -> None:
    order = patched(relay, placed(relay), status="REJECTED")
    assert (order["status"], order["writes"][-1]["what"], order["reject_reason"]) == ("cancelled", "cancel", None)
    assert relay.pos_orders()[0]["status"] == "REJECTED"
    assert "order.rejected" not in told(relay)
    assert patched(relay, order, status="REJECTED") == order


def test_accepted_by_the_platform_is_an_accept(relay: Relay) -> None:
    order = patched(relay, placed(relay, payments=[]), status="ACCEPTED")
    assert (order["status"], order["writes"][-1]["what"]) == ("accepted", "accept")
    assert told(relay) == ["order.accepted", "order.sent"]


def test_completed_by_the_platform_when_it_is_paid(relay: Relay) -> None:
    order = patched(relay, placed(relay, payments=[], complete_when_paid=False), status="COMPLETE")
    assert (order["writes"][-1]["state"], order["writes"][-1]["code"]) == ("failed", "not_fully_paid")
    assert order["status"] == "sent"
    after(relay, order, "payments", PAID)
    assert patched(relay, order, status="COMPLETE")["status"] == "completed"
    assert told(relay).count("order.completed") == 1


def test_complete_whose_answer_is_lost_is_looked_for(relay: Relay) -> None:
    order = placed(relay, complete_when_paid=False)
    relay.control("faults", {"operation": "kounta.update_order", "fault": "reset_after", "times": 1})
    order = settled(relay, patched(relay, order, status="COMPLETE", notes="handed over"))
    assert order["writes"][-1]["state"] == "sent", order["writes"][-1]
    assert order["status"] == "completed"
    assert "failure.reported" not in told(relay)


@pytest.mark.parametrize("status", ["ACCEPTED", "REJECTED"])
def test_a_decision_stands_alone(relay: Relay, status: str) -> None:
    order = placed(relay)
    answer = relay.call("PATCH", f"{ORDERS}/{order['id']}", {"status": status, "notes": "x"})
    assert (answer.status, answer.content["errors"][0]["pointer"]) == (422, "/status")


@pytest.mark.parametrize("paid", ["25.00", "10.00"])
def test_the_venues_own_printing_never_costs_an_order(relay: Relay, paid: str) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, pass_thru="on"))
    order = placed(relay, status="PENDING", payments=[{**PAID, "amount": paid}])
    assert order["pos"]["order_id"] is not None, order["writes"]
    (held,) = relay.pos_orders()
    assert held["pass_thru_printing"] is (paid == "25.00")


def test_an_order_of_another_venue_cannot_be_refunded_here(relay: Relay) -> None:
    relay.control("kounta/orders", {"site_id": 824, "lines": [{"product_id": 730298}], "paid": True})
    (theirs,) = relay.pos_orders()
    line = {"product_id": 730298, "quantity": -1, "unit_price_inc_tax": "8.00"}
    back = {"method_id": 2, "amount": "-8.00"}
    order = placed(relay, lines=[line], payments=[back], original_order_id=theirs["id"])
    assert (order["status"], order["failed_services"][0]["code"]) == ("failed", "original_not_found")
    assert len(relay.pos_orders()) == 1


def test_what_our_own_check_says_is_not_said_to_be_the_poss_words(relay: Relay) -> None:
    relay.control("state", {"site_id": 823, "product_gone": [730298]})
    assert relay.call("POST", "/v1/venues/demo/menu/import").status == 202
    relay.run()
    order = placed(relay, lines=[{"product_id": 730298, "unit_price_inc_tax": "8.00"}], payments=[])
    ends_at = monotonic() + 20
    while order["status"] == "queued" and monotonic() < ends_at:
        relay.clock.advance(60)
        relay.write(json.dumps({"v": 1, "record": f"ONLINE#demo#{order['platform']}#{order['reference']}"}))
        relay.run()
        order = shown(relay, order["id"])
    assert order["failed_services"][0]["code"] == "product_not_at_site"
    assert "730298" in order["failed_services"][0]["message"]
    assert "Do not prepare" in order["failed_services"][0]["action"]
    items = [json.loads(item["body"]["S"]) for item in relay.items() if item["pk"]["S"].startswith("OUTBOX#")]
    (told_people,) = [item["data"] for item in items if item["type"] == "failure.reported"]
    assert "730298" in told_people["note"]
    assert "message" not in told_people
    assert "kounta.create_order" not in relay.vendor_calls("kounta")
