"""Kounta's five kinds of webhooks, through the real handlers: what they make known to the platform, and what not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.event_files import Event, body_of, changed, read_event, signed
from tests.functions.relay import Relay
from tests.functions.test_webhook_endpoints import posts, set_up

SEATED = read_event("booking_events/seated")
FISH = {"lines": [{"product_id": 730303, "quantity": 1}]}
TOLD = ("customer.", "order.kitchen_print", "order.group_finalised")
GROUP = read_event("pos_events/group_finalised")


@pytest.fixture
def seated(relay: Relay) -> str:
    """A party has sat down and its order is in the POS, whose webhooks and whose platform's endpoint are set up."""
    relay.subscribe()
    set_up(relay)
    return seat(relay, "B-1001")


def seat(relay: Relay, booking_id: str) -> str:
    """Another party; its POS order's id."""
    event = body_of(SEATED)
    event |= {"event_id": f"evt-{booking_id}", "booking": {**event["booking"], "id": booking_id}}
    assert relay.http("booking_events", changed(SEATED, body=event)).status == 202
    relay.run()
    return str(next(each["id"] for each in relay.pos_orders() if f"({booking_id})" in each["notes"]))


def order_id(relay: Relay, booking_id: str) -> str:
    """Our id of a booking's order."""
    (seating,) = relay.get("booking", path={"booking_id": booking_id}).json()["seatings"]
    return str(seating["order_id"])


def told(relay: Relay) -> list[tuple[str, dict[str, Any]]]:
    """Type and content of what the platform heard of this file's kinds, oldest first."""
    heard = [json.loads(post["body"]) for post in posts(relay)]
    return [(each["type"], each["data"]) for each in heard if each["type"].startswith(TOLD)]


def types(relay: Relay) -> list[str]:
    return [kind for kind, _ in told(relay)]


def prints(relay: Relay) -> list[dict[str, Any]]:
    return [said for kind, said in told(relay) if kind == "order.kitchen_print"]


def staff(relay: Relay, act: str, pos_order_id: str, **content: Any) -> None:
    """Somebody at the register, a second later."""
    relay.clock.advance(1)
    relay.control(f"kounta/orders/{pos_order_id}/{act}", content)


def guest(relay: Relay, name: str) -> int:
    """A customer who bears a reference of ours."""
    relay.kounta("customers", {"first_name": name, "phone": "5550 1234", "reference_id": f"guest-{name}"})
    return int(max(relay.sandbox.kounta.state.customers, key=lambda each: each.id).id)


# customers


def test_a_customer_who_is_linked_and_taken_off_again_is_told(relay: Relay, seated: str) -> None:
    alex, sam = guest(relay, "Alex"), guest(relay, "Sam")
    heard = told(relay)
    mine = heard[0][1]["pos_customer_id"]  # whom the relay itself linked when it made the order
    steps = []
    for customer in ({"customer_id": alex}, {"customer_id": sam}, {}):
        staff(relay, "customer", seated, **customer)
        relay.run()
        now = told(relay)
        steps.append({(kind, said["pos_customer_id"]) for kind, said in now[len(heard) :]})
        heard = now
    assert steps == [
        {("customer.unlinked", mine), ("customer.linked", str(alex))},
        {("customer.unlinked", str(alex)), ("customer.linked", str(sam))},
        {("customer.unlinked", str(sam))},
    ]
    for _, said in heard:
        assert said["order_id"] == order_id(relay, "B-1001")
        assert said["pos_order_id"] == seated
        assert set(said) == {
            "venue_id", "order_id", "order_code", "booking_id", "pos_order_id", "pos_customer_id"
        }  # fmt: skip


def test_what_a_customer_webhook_says_is_not_believed_before_the_order_is_read(relay: Relay, seated: str) -> None:
    staff(relay, "customer", seated, customer_id=guest(relay, "Alex"))
    relay.run()
    before = types(relay)
    liar = body_of(read_event("pos_events/customer_unlinked")) | {"id": int(seated), "id_str": seated}
    relay.http("pos_events", signed(read_event("pos_events/customer_unlinked"), json.dumps(liar).encode()))
    relay.run()
    assert types(relay) == before


def test_linked_and_taken_off_before_anybody_looked_is_what_stands_in_the_end(relay: Relay, seated: str) -> None:
    alex = guest(relay, "Alex")
    staff(relay, "customer", seated, customer_id=alex)
    relay.run()
    before = types(relay)
    staff(relay, "customer", seated)
    staff(relay, "customer", seated, customer_id=alex)
    late = relay.sandbox.take_deliveries()
    for delivery in [*reversed(late), *late]:
        assert relay.deliver(delivery).status == 200
    relay.run()
    assert types(relay) == before


def test_a_walk_ins_customer_is_kept_and_told_to_nobody(relay: Relay, seated: str) -> None:
    alex = guest(relay, "Alex")
    before = types(relay)
    relay.control("kounta/orders", {"site_id": 823, "paid": False, **FISH})
    walk_in = str(next(each["id"] for each in relay.pos_orders() if str(each["id"]) != seated))
    staff(relay, "customer", walk_in, customer_id=alex)
    staff(relay, "print", walk_in)
    relay.run()
    assert types(relay) == before
    activity = bootstrap.record_book().load_file("demo", walk_in).activity
    assert (activity.customer_id, activity.first_printed_at) == (str(alex), relay.clock.now())


# kitchen prints


def test_each_print_is_told_with_its_time(relay: Relay, seated: str) -> None:
    staff(relay, "add-lines", seated, **FISH)
    staff(relay, "print", seated)
    first = relay.clock.now()
    relay.run()
    relay.clock.advance(300)
    staff(relay, "print", seated)
    last = relay.clock.now()
    relay.run()
    heard = prints(relay)
    assert [said["printed_at"] for said in heard] == [first.isoformat(), last.isoformat()]
    assert {said["order_id"] for said in heard} == {order_id(relay, "B-1001")}
    activity = bootstrap.record_book().load_file("demo", seated).activity
    assert (activity.first_printed_at, activity.last_printed_at) == (first, last)


def test_a_print_that_is_delivered_twice_is_one(relay: Relay, seated: str) -> None:
    staff(relay, "add-lines", seated, **FISH)
    staff(relay, "print", seated)
    posted = relay.sandbox.take_deliveries()
    for seconds in (0, 2, 20):
        relay.clock.advance(seconds)
        for delivery in posted:
            assert relay.deliver(delivery).status == 200
        relay.run()
    assert len(prints(relay)) == 1


def test_the_same_bytes_long_after_are_another_print(relay: Relay, seated: str) -> None:
    staff(relay, "add-lines", seated, **FISH)
    staff(relay, "print", seated)
    posted = relay.sandbox.take_deliveries()
    for _ in range(2):
        relay.clock.advance(61)
        for delivery in posted:
            relay.deliver(delivery)
        relay.run()
    assert len(prints(relay)) == 2


def test_more_prints_than_one_step_takes(relay: Relay, seated: str) -> None:
    print_event = read_event("pos_events/kitchen_print")
    for number in range(45):
        body = body_of(print_event) | {"id": int(seated), "id_str": seated, "pax": number}
        relay.clock.advance(1)
        relay.http("pos_events", signed(print_event, json.dumps(body).encode()))
    relay.run()
    assert len(prints(relay)) == 45
    assert bootstrap.record_book().load_file("demo", seated).hints == ()


# groups


def test_a_finalised_group_is_told_with_the_platforms_own_orders(relay: Relay, seated: str) -> None:
    other = seat(relay, "B-2002")
    relay.control("kounta/orders", {"site_id": 823, "paid": False, **FISH})
    walk_in = next(str(each["id"]) for each in relay.pos_orders() if str(each["id"]) not in (seated, other))
    for pos_order_id in (seated, other):
        staff(relay, "add-lines", pos_order_id, **FISH)
    staff(relay, "group", seated, order_ids=[int(other), int(walk_in)])
    for pos_order_id in (seated, other, walk_in):
        staff(relay, "pay", pos_order_id)
    staff(relay, "finalise", seated)
    finalised = [one for one in relay.sandbox.take_deliveries() if one.url.endswith("group-finalised")]
    for _ in range(2):
        for delivery in finalised:
            assert relay.deliver(delivery).status == 200
        relay.run()
    heard = [said for kind, said in told(relay) if kind == "order.group_finalised"]
    ours = {order_id(relay, "B-1001"), order_id(relay, "B-2002")}
    assert [set(said["order_ids"]) for said in heard] == [ours]
    assert set(heard[0]) == {"venue_id", "group_id", "order_ids"}
    for pos_order_id in (seated, other, walk_in):
        group = bootstrap.record_book().load_file("demo", pos_order_id).group
        assert group is not None
        assert group.group_id == heard[0]["group_id"]
    # Its orders were looked at again, although their own webhooks were lost.
    assert relay.get("booking").json()["seatings"][0]["outcome"] == "completed"
    assert {each["source"] for each in relay.get("sales").json()["data"]} == {"booking", "pos"}


def test_each_platform_hears_of_its_own_orders_only(relay: Relay, seated: str) -> None:
    hook = read_event("booking_events/standard_seated")
    assert relay.http("booking_events", hook).status == 202
    relay.run()
    other = next(str(each["id"]) for each in relay.pos_orders() if str(each["id"]) != seated)
    body = body_of(GROUP)
    body["orders"] = [{**body["orders"][0], "id": int(each), "id_str": each} for each in (seated, other)]
    relay.http("pos_events", signed(GROUP, json.dumps(body).encode()))
    relay.run()
    items = [json.loads(item["body"]["S"]) for item in relay.items() if item["pk"]["S"].startswith("OUTBOX#")]
    heard = {each["platform"]: each["data"]["order_ids"] for each in items if each["type"] == "order.group_finalised"}
    assert set(heard) == {"demo-bookings", "example-bookings"}
    assert heard["demo-bookings"] == [order_id(relay, "B-1001")]
    assert len(heard["example-bookings"]) == 1
    assert heard["example-bookings"] != heard["demo-bookings"]


def test_a_group_that_nobody_took_up_is_found_by_the_caretaker(relay: Relay, seated: str) -> None:
    relay.http("pos_events", GROUP)
    relay.nudges()
    relay.clock.advance(61)
    relay.invoke("caretaker", read_event("caretaker/every_minute"))
    relay.run()
    assert [key for key in relay.stored() if key[0].startswith("GROUP#") and "linked_at" in relay.stored()[key]]


def test_orders_of_another_site_are_no_part_of_a_group(relay: Relay, seated: str) -> None:
    body = body_of(GROUP)
    body["orders"][1]["site_id"] = 824
    assert relay.http("pos_events", signed(GROUP, json.dumps(body).encode())).json()["status"] == "accepted"
    (stored,) = [item for key, item in relay.stored().items() if key[0].startswith("GROUP#")]
    members = json.loads(stored["body"]["S"])["members"]
    assert [each["pos_order_id"] for each in members] == ["9100000000000000001"]


# what is refused, and what is dropped


def at_other_site(event: Event) -> bytes:
    """The same delivery about another site."""
    return json.dumps({**body_of(event), "site_id": 824}).encode()


KINDS = (
    "orders_completed",
    "orders_deleted",
    "customer_linked",
    "customer_unlinked",
    "kitchen_print",
    "group_finalised",
)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_kept_and_nudged(relay: Relay, name: str) -> None:
    answer = relay.http("pos_events", read_event(f"pos_events/{name}"))
    assert (answer.status, answer.json()) == (200, {"status": "accepted", "duplicate": False})
    (nudge,) = relay.nudges()
    assert ("GROUP#demo#17#" if name == "group_finalised" else "POSORDER#demo#9100000000000000001") in nudge


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_another_site_is_dropped_and_counted(
    relay: Relay, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = relay.stored()
    event = read_event(f"pos_events/{name}")
    answer = relay.http("pos_events", signed(event, at_other_site(event)))
    assert (answer.status, answer.json()) == (200, {"status": "ignored"})
    assert "OtherSiteDeliveries" in capsys.readouterr().out
    assert relay.stored() == before
    assert relay.nudges() == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x-kounta-signature": "0" * 64}, id="forged signature"),
        pytest.param({"authorization": "another"}, id="another secret"),
    ],
)
def test_every_kind_that_proves_nothing_is_refused(relay: Relay, name: str, headers: dict[str, str]) -> None:
    before = relay.stored()
    answer = relay.http("pos_events", changed(read_event(f"pos_events/{name}"), headers=headers))
    assert (answer.status, answer.json()["code"]) == (401, "bad_signature")
    assert relay.stored() == before


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"orders": []}, id="no orders"),
        pytest.param({"orders": [{"site_id": 823}]}, id="an order without id"),
        pytest.param({"group_id": None}, id="no id"),
    ],
)
def test_what_is_no_group_is_refused_with_pointers(relay: Relay, changes: dict[str, Any]) -> None:
    answer = relay.http("pos_events", signed(GROUP, json.dumps({**body_of(GROUP), **changes}).encode()))
    assert answer.status == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(changes))}")
