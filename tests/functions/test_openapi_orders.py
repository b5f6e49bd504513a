"""Placing orders and changing them, held against the reference: requests, answers, and why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.answers import Answer
from tests.functions.described import described, is_as_described, validator
from tests.functions.event_files import EVENTS, Event, changed, read_event
from tests.functions.relay import Relay

PLACE = read_event("online_orders/place")
NAMES = sorted(path.stem for path in (EVENTS / "online_orders").glob("*.json"))
AT_ONCE = ("place", "dry_run")
REFUND = {"reference": "R-1", "reason": "cold"}


@pytest.fixture
def relay(relay: Relay) -> Relay:
    relay.subscribe()
    return relay


def ask(relay: Relay, event: Event) -> Answer:
    answer = relay.http("online_orders", event)
    is_as_described(event, answer)
    return answer


def place(relay: Relay, **more: Any) -> str:
    """The id of an order once the writer has done what it can."""
    content = {"reference": "P-1", "lines": [{"product_id": 730297, "unit_price_inc_tax": "12.50"}], **more}
    order_id: str = ask(relay, changed(PLACE, body=content)).content["id"]
    relay.run()
    return order_id


def of_order(name: str, order_id: str, **different: Any) -> Event:
    """`events/online_orders/<name>`, about this order."""
    return changed(read_event(f"online_orders/{name}"), path={"order_id": order_id}, **different)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in AT_ONCE])
def test_each_call_is_as_described_and_done(relay: Relay, name: str) -> None:
    order_id = place(
        relay,
        lines=[{"product_id": 730297, "quantity": 2, "unit_price_inc_tax": "12.50"}],
        options=[{"product_id": 730310, "option_sets": [{"option_set_id": 501, "options": [{"product_id": 730311}]}]}],
        payments=[{"method_id": 1, "amount": "1.00", "ref": "tx-77"}],
        complete_when_paid=False,
    )
    prepare(relay, name, order_id)
    event = of_order(name, order_id)
    if event.get("body"):
        body = validator(described(event["routeKey"])["requestBody"]["content"]["application/json"]["schema"])
        body.validate(Answer(0, {}, event["body"]).json())
    answer = ask(relay, event)
    assert answer.status == (409 if name in ("handled", "resubmit") else 202), answer
    relay.run()
    if answer.status == 202:
        again = ask(relay, event).content
        assert again["id"] == answer.content["id"]
        assert [each["state"] for each in again["writes"]] == ["sent"] * len(answer.content["writes"])


def prepare(relay: Relay, name: str, order_id: str) -> None:
    """What has to be before."""
    if name == "progress":
        ask(relay, of_order("accept", order_id))
    if name == "refund":
        by_staff("pay", "complete")(relay, order_id)
    relay.run()


def test_the_answers_to_placing_are_as_described(relay: Relay) -> None:
    body = validator(described(PLACE["routeKey"])["requestBody"]["content"]["application/json"]["schema"])
    body.validate(Answer(0, {}, PLACE["body"]).json())
    assert ask(relay, read_event("online_orders/dry_run")).content["would_be_sent"] is True
    assert not relay.nudges()
    relay.start_over(sleep=lambda _: relay.run())
    assert ask(relay, changed(PLACE, query={"wait": "1"})).status == 200
    assert ask(relay, changed(PLACE, body={"reference": "P-77"})).status == 409
    for bad in ("{", {"reference": "x", "line": []}, {"reference": ""}, " " * 300_000):
        assert ask(relay, changed(PLACE, body=bad)).status in (400, 413, 422)
    assert ask(relay, changed(PLACE, caller={"scopes": ""})).status == 403
    assert ask(relay, changed(PLACE, caller={"venues": "*"}, path={"venue_id": "nowhere"})).status == 404


def accepted(relay: Relay, order_id: str) -> None:
    ask(relay, of_order("accept", order_id))


def cancelled(relay: Relay, order_id: str) -> None:
    ask(relay, of_order("cancel", order_id))


def by_staff(*acts: str) -> Callable[[Relay, str], None]:
    """What staff press on the register."""

    def press(relay: Relay, _: str) -> None:
        (held,) = relay.pos_orders()
        for act in acts:
            relay.control(f"kounta/orders/{held['id']}/{act}", {})

    return press


def refunded(amount: str | None) -> Callable[[Relay, str], None]:
    def give_back(relay: Relay, order_id: str) -> None:
        by_staff("pay", "complete")(relay, order_id)
        relay.run()
        body = REFUND if amount is None else {**REFUND, "amount": amount}
        assert ask(relay, of_order("refund", order_id, body=body)).status == 202

    return give_back


def changed_once(relay: Relay, order_id: str) -> None:
    ask(relay, of_order("add_payment", order_id))


def nothing(relay: Relay, order_id: str) -> None:
    """It stands as it was placed."""


@pytest.mark.parametrize(
    ("name", "body", "before", "code"),
    [
        ("cancel", {}, accepted, "accepted_by_venue"),
        ("progress", {"to": "ready"}, nothing, "not_accepted"),
        ("progress", {"to": "out_for_delivery"}, accepted, "not_a_delivery"),
        ("resubmit", {}, nothing, "already_in_pos"),
        ("resubmit", {}, cancelled, "cancelled"),
        ("handled", {"note": "x"}, nothing, "already_in_pos"),
        ("refund", REFUND, nothing, "order_not_complete"),
        ("refund", {**REFUND, "reference": "R-2"}, refunded(None), "refund_above_order"),
        ("refund", {**REFUND, "reason": "other"}, refunded("1.00"), "reference_reused"),
        ("accept", {}, by_staff("reject"), "order_rejected"),
        ("change", {"guests": 3}, by_staff("delete"), "order_deleted"),
        ("change", {"guests": 3}, by_staff("pay", "complete"), "order_completed"),
        ("cancel", {}, refunded("1.00"), "partly_refunded"),
        ("cancel", {}, refunded(None), "refunded"),
        ("add_payment", {"reference": "PAY-2", "amount": "6.00"}, changed_once, "reference_reused"),
    ],
)
def test_why_not(relay: Relay, name: str, body: Any, before: Callable[[Relay, str], None], code: str) -> None:
    order_id = place(relay, order_type="Pickup")
    before(relay, order_id)
    relay.run()
    answer = ask(relay, of_order(name, order_id, body=body))
    assert (answer.status, answer.content["code"]) == (409, code)


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("resubmit", {}, "refund_announced"),
        ("accept", {}, "refund_announced"),
        ("handled", {"note": "x"}, "refund_announced"),
        ("change", {"guests": 3}, "refund_announced"),
    ],
)
def test_why_not_after_it_failed_for_good(relay: Relay, name: str, body: Any, code: str) -> None:
    relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    answer = ask(relay, of_order(name, place(relay), body=body))
    assert (answer.status, answer.content["code"]) == (409, code)


def test_an_order_that_was_never_sent_is_given_up_in_one_way_only(relay: Relay) -> None:
    order_id = ask(relay, changed(PLACE, body={"reference": "P-2"})).content["id"]
    cancelled(relay, order_id)
    answer = ask(relay, of_order("handled", order_id))
    assert (answer.status, answer.content["code"]) == (409, "cancelled")
    order_id = ask(relay, PLACE).content["id"]
    assert ask(relay, of_order("handled", order_id)).status == 202
    again = ask(relay, of_order("handled", order_id, body={"note": "x", "sale_number": "SP-2"}))
    assert (again.status, again.content["code"]) == (409, "handled")


def test_other_refusals_are_as_described(relay: Relay) -> None:
    order_id = place(relay)
    for event, status in (
        (of_order("accept", "ord_nothing"), 404),
        (of_order("accept", order_id, body={"by": "Kim"}), 422),
        (of_order("accept", order_id, caller={"scopes": ""}), 403),
        (of_order("progress", order_id, body="{"), 400),
        (of_order("progress", order_id, body=" " * 300_000), 413),
        (of_order("refund", order_id, body={"reference": "R", "reason": "x", "amount": 0}), 422),
        (of_order("change", order_id, body={"notes": None}), 422),
        (of_order("change", order_id, headers={"idempotency-key": "two words"}), 400),
        (of_order("remove_line", order_id, headers={"idempotency-key": ""}), 400),
        (of_order("add_payment", order_id, headers={"idempotency-key": "two words"}), 400),
        (changed(of_order("remove_line", order_id), path={"number": "0"}), 404),
    ):
        assert ask(relay, event).status == status, event["rawPath"]
