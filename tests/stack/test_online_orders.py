"""The life of a platform's order on the deployed stack: taken, accepted, cancelled, kept or given up, sent again,
entered by hand; what its platform, its driver and its own address hear; and never two of one."""

from __future__ import annotations

import json
import os
import secrets
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.stack.orders import FISH, IN_FULL, WATERS, Orders, mark_of, platform_of_its_own, pos_id
from tests.stack.relay import Json, Premises, until
from tests.stack.test_faults import writers
from tests.stack.test_platform_events import Hook, body_of, headers_of

DRIVER_SECRET = "whsec_ZHJpdmVyLXNlY3JldA=="
DELIVERED = {
    "order_type": "Delivery",
    "customer": {"first_name": "Alex", "phone": "+61255501001"},
    "delivery_address": {"address": "1 Example Street", "city": "Sydney", "postal_code": "2000"},
}
SENDERS = 10


@dataclass(frozen=True)
class Told:
    """Orders at a venue, and the endpoint at which their platform hears of them."""

    orders: Orders
    hook: Hook

    def heard(self, order: Json, event_type: str) -> Json:
        """Waits for a signed event about this order."""

        def look() -> Json | None:
            for call in self.hook.calls(event_type):
                content: Json = Webhook(self.hook.secret).verify(body_of(call), headers_of(call))
                if content["type"] == event_type and content["data"]["order_id"] == order["id"]:
                    data: Json = content["data"]
                    return data
            return None

        return until(look, f"{event_type} of {order['id']}")

    def types(self, order: Json) -> list[str]:
        """What was told of it so far, in the order of arrival."""
        bodies = [json.loads(body_of(call)) for call in self.hook.calls(order["id"])]
        return [body["type"] for body in bodies]


def told(premises: Premises, name: str, **settings: Any) -> Told:
    """A venue of a platform of its own, with an endpoint."""
    relay = platform_of_its_own(premises, premises.open_venue(name, **settings))
    hook = Hook(relay, f"orders-{secrets.token_hex(4)}")
    hook.set_up()
    return Told(Orders(relay), hook)


@pytest.fixture(scope="module")
def plain(premises: Premises) -> Iterator[Told]:
    """A venue that wants failed orders refunded."""
    venue = told(premises, "online")
    yield venue
    venue.hook.relay.request("DELETE", venue.hook.path)


@pytest.fixture(scope="module")
def keeping(premises: Premises) -> Iterator[Told]:
    """A venue that keeps failed orders."""
    venue = told(premises, "online-kept", keep_failed_orders=True)
    yield venue
    venue.hook.relay.request("DELETE", venue.hook.path)


@pytest.fixture(scope="module")
def delivering(premises: Premises) -> Orders:
    """A venue with a driver-tracking service."""
    place = f"driver-{secrets.token_hex(4)}"
    venue = Orders(premises.open_venue("online-driver", driver_tracking_url=f"{premises.sandbox.url}/_driver/{place}"))
    premises.deployed.secret.update(
        lambda content: content.with_driver_tracking(venue.relay.venue_id, (DRIVER_SECRET,))
    )
    return venue


def paused(told: Told, is_paused: bool) -> None:
    """Whether the site takes online orders."""
    site = {"site_id": int(told.orders.relay.site_id), "online_ordering_paused": is_paused}
    told.orders.relay.sandbox.control("state", site)


def failing(told: Told) -> Json:
    """An order that the POS refuses."""
    paused(told, True)
    placed = told.orders.place(lines=[WATERS], payments=[IN_FULL], complete_when_paid=False)
    return told.orders.until_in(placed, "failed")


# taken, accepted, cancelled


def test_placed_taken_by_staff_and_completed(plain: Told) -> None:
    orders = plain.orders
    order = orders.sent(lines=[WATERS], payments=[IN_FULL], complete_when_paid=False)
    assert orders.in_pos(order)["order_id"] == order["id"]
    plain.heard(order, "order.sent")
    orders.relay.sandbox.staff("accept", pos_id(order))
    assert orders.until_in(order, "accepted")["fulfilment"] == "accepted"
    plain.heard(order, "order.accepted")
    orders.relay.sandbox.staff("complete", pos_id(order))
    completed = orders.until_in(order, "completed")
    plain.heard(order, "order.completed")
    sale = until(lambda: orders.relay.sale_of(pos_id(order)), "the sale")
    assert (sale["order_id"], sale["source"], sale["total"]) == (order["id"], "platform", "16.00")
    assert completed["total"] == "16.00"


def test_accepted_here_is_accepted_in_the_pos(plain: Told) -> None:
    orders = plain.orders
    order = orders.done(orders.sent(lines=[WATERS], order_type="Delivery"), "accept")
    assert (order["status"], orders.in_pos(order)["status"]) == ("accepted", "ACCEPTED")
    for to in ("ready", "out_for_delivery", "done"):
        assert orders.done(order, "progress", {"to": to})["fulfilment"] == to
    plain.heard(order, "order.ready")
    plain.heard(order, "order.out_for_delivery")
    assert orders.told_off(order, "progress", {"to": "ready"}) == "already_further"


def test_cancelled_is_ours_and_not_staffs(plain: Told) -> None:
    orders = plain.orders
    order = orders.done(orders.sent(lines=[WATERS]), "cancel", {"reason": "changed their mind"})
    assert (order["status"], order["reject_reason"]) == ("cancelled", None)
    assert orders.in_pos(order)["status"] == "REJECTED"
    assert orders.told_off(order, "resubmit") == "cancelled"
    accepted = orders.done(orders.sent(lines=[WATERS]), "accept")
    assert orders.told_off(accepted, "cancel") == "accepted_by_venue"
    plain.heard(accepted, "order.accepted")
    assert "order.rejected" not in plain.types(order)


def test_the_outcome_is_waited_for_when_that_is_asked(plain: Told) -> None:
    answer = plain.orders.post({"reference": f"W-{secrets.token_hex(4)}", "lines": [WATERS]}, wait="10")
    assert (answer.status_code, answer.json()["status"]) == (200, "sent")


# the POS will not have it


def test_a_dry_run_shows_the_request_and_stores_nothing(plain: Told) -> None:
    orders = plain.orders
    reference = f"dry-{secrets.token_hex(4)}"
    body = {"reference": reference, "lines": [WATERS], "payments": [IN_FULL]}
    tried = orders.post(body, dry_run="true")
    assert tried.status_code == 200, tried.text
    shown = tried.json()
    assert shown["would_be_sent"] is True
    assert shown["request"]["lines"][0]["product_id"] == WATERS["product_id"]
    assert shown["request"]["site_id"] == int(orders.relay.site_id)
    assert {check["severity"] for check in shown["checks"]} <= {"info", "warning"}
    assert orders.read("orders", q=reference).json()["data"] == []
    order = orders.sent(**body)
    sent = orders.as_kounta_got_it(order)
    changing = ("notes", "callback_uri")  # the order's own id is in these
    assert {name: sent[name] for name in sent if name not in changing} == {
        name: shown["request"][name] for name in shown["request"] if name not in changing
    }


def test_a_failed_order_that_is_kept_is_sent_again_once(keeping: Told) -> None:
    order = failing(keeping)
    assert order["kept"] is True
    (failed,) = order["failed_services"]
    assert (failed["service"], failed["code"]) == ("pos", "online_ordering_paused")
    assert keeping.heard(order, "order.pos_failed")["code"] == "online_ordering_paused"
    paused(keeping, False)
    sent = keeping.orders.done(order, "resubmit")
    assert (sent["status"], sent["failed_services"]) == ("sent", [])
    keeping.heard(order, "order.sent")
    assert keeping.orders.told_off(order, "resubmit") == "already_in_pos"
    assert len(keeping.orders.at_kounta(order)) == 1
    assert "order.failed" not in keeping.types(order)


def test_accepted_and_made_ready_although_the_pos_has_failed(keeping: Told) -> None:
    order = failing(keeping)
    for way, content in (("accept", None), ("progress", {"to": "ready"})):
        assert keeping.orders.ask(order, way, content).status_code == 202
    assert keeping.orders.shown(order)["fulfilment"] == "ready"
    paused(keeping, False)
    sent = keeping.orders.done(order, "resubmit")
    assert sent["fulfilment"] == "ready"
    until(lambda: keeping.orders.in_pos(sent)["status"] == "ACCEPTED", "the order accepted in the POS, too")


def test_entered_by_hand_it_is_never_sent(keeping: Told) -> None:
    order = failing(keeping)
    paused(keeping, False)
    relay = keeping.orders.relay
    till = relay.sandbox.control("kounta/orders", {"site_id": int(relay.site_id), "lines": [WATERS]})
    by_hand = {"sale_number": till["sale_number"], "note": "typed in at the bar"}
    assert keeping.orders.ask(order, "handled", by_hand).json()["status"] == "handled"
    keeping.heard(order, "order.handled")
    assert keeping.orders.told_off(order, "resubmit") == "handled"
    assert keeping.orders.at_kounta(order) == []

    def counted_as_its_own() -> bool:
        sale = relay.sale_of(str(till["id"]))
        return sale is not None and sale["order_id"] == order["id"]

    until(counted_as_its_own, "the sale from the till as the order's")
    assert len([sale for sale in relay.sales() if sale["sale_number"] == till["sale_number"]]) == 1


def test_a_failed_order_that_is_given_up_is_never_sent_again(plain: Told) -> None:
    order = failing(plain)
    assert order["kept"] is False
    said = plain.heard(order, "order.failed")
    assert said["code"] == "online_ordering_paused"
    paused(plain, False)
    assert plain.orders.told_off(order, "resubmit") == "refund_announced"
    assert plain.orders.told_off(order, "accept") == "refund_announced"
    assert plain.orders.at_kounta(order) == []
    assert "order.pos_failed" not in plain.types(order)


def test_an_error_of_the_menu_imports_it_and_sends_the_order_once_more(plain: Told) -> None:
    orders = plain.orders
    site = int(orders.relay.site_id)
    # The import is kept waiting, so that the product is back when it has been read.
    orders.relay.sandbox.fault("kounta.catalogue", "503", match=f"sites/{site}/")
    orders.relay.sandbox.control("state", {"site_id": site, "product_gone": [FISH]})
    order = orders.place(lines=[{"product_id": FISH}])
    until(lambda: len(calls_for(orders, order)) == 1, "Kounta's refusal")
    orders.relay.sandbox.control("state", {"site_id": site, "product_gone": []})
    sent = orders.until_in(order, "sent")
    assert orders.relay.request("GET", f"/v1/venues/{orders.relay.venue_id}/menu").status_code == 200
    assert [each["http_status"] for each in sent["attempts"]] == [400, 201]
    assert len(calls_for(orders, order)) == 2
    assert len(orders.at_kounta(order)) == 1


def calls_for(orders: Orders, order: Json) -> list[Json]:
    """The calls that would make the order."""
    return orders.relay.sandbox.calls("kounta.create_order", mark_of(order))


# others who hear of it


def drivers(orders: Orders, order: Json) -> list[Json]:
    """What driver tracking was sent of an order."""
    place = (orders.relay.venue.driver_tracking_url or "").rsplit("/", 1)[1]
    caught: list[Json] = orders.relay.sandbox.control(f"driver?venue={place}")
    return [each for each in caught if order["id"] in body_of(each)]


def test_a_delivery_is_told_to_its_driver(delivering: Orders) -> None:
    order = delivering.sent(lines=[WATERS], **DELIVERED)
    (caught,) = drivers(delivering, order)
    content = json.loads(body_of(caught))
    Webhook(DRIVER_SECRET).verify(body_of(caught), headers_of(caught))
    assert (content["order_id"], content["delivery_address"]["address"]) == (order["id"], "1 Example Street")
    assert [write["what"] for write in order["writes"]] == ["create", "track"]
    pickup = delivering.sent(lines=[WATERS], order_type="Pickup")
    assert drivers(delivering, pickup) == []


def test_an_outage_of_driver_tracking_holds_no_order_back(delivering: Orders) -> None:
    delivering.relay.sandbox.control("state", {"driver_tracking_down": True})
    try:
        order = delivering.until_in(delivering.place(lines=[WATERS], **DELIVERED), "sent")
        assert drivers(delivering, order) == []
    finally:
        delivering.relay.sandbox.control("state", {"driver_tracking_down": False})
    assert delivering.settled(order)["failed_services"] == []
    assert len(drivers(delivering, order)) == 1


def test_a_refused_driver_alone_is_sent_again(delivering: Orders) -> None:
    reference = f"undriven-{secrets.token_hex(4)}"
    delivering.relay.sandbox.fault("driver.track", "422", match=reference)
    order = delivering.place(reference=reference, lines=[WATERS], **DELIVERED)
    failed = delivering.settled(order, all_sent=False)
    assert failed["status"] == "sent"
    assert [each["service"] for each in failed["failed_services"]] == ["driver_tracking"]
    again = delivering.done(order, "resubmit")
    assert (again["status"], again["failed_services"]) == ("sent", [])
    assert len(drivers(delivering, order)) == 1
    assert len(calls_for(delivering, order)) == len(delivering.at_kounta(order)) == 1


def test_the_orders_own_address_hears_of_every_change(plain: Told) -> None:
    orders, name = plain.orders, f"own-{secrets.token_hex(4)}"
    order = orders.sent(lines=[WATERS], callback_uri=f"{orders.relay.sandbox.url}/_platform/{name}")
    orders.done(order, "accept")
    orders.done(order, "progress", {"to": "ready"})

    def shown() -> list[tuple[str, str]]:
        bodies = [json.loads(body_of(call)) for call in orders.relay.sandbox.calls(f"platform.{name}")]
        assert {body["id"] for body in bodies} <= {order["id"]}
        return [(body["status"], body["fulfilment"]) for body in bodies]

    until(lambda: ("accepted", "ready") in shown(), "the order when it is ready")
    assert len(shown()) >= 3


# never two, and never another's


def test_neighbours_of_one_company_see_nothing_of_each_other(plain: Told, keeping: Told) -> None:
    order = plain.orders.sent(lines=[WATERS], payments=[IN_FULL])
    plain.orders.relay.sandbox.staff("accept", pos_id(order))
    plain.orders.until_in(order, "completed")
    until(lambda: plain.orders.relay.sale_of(pos_id(order)), "the sale")
    next_door = keeping.orders
    assert next_door.relay.sale_of(pos_id(order)) is None
    assert (order["id"] in listed(plain.orders), order["id"] in listed(next_door)) == (True, False)
    assert listed(plain.orders, q=order["code"]) == [order["id"]]
    assert listed(next_door, q=order["code"]) == []
    for way in ("", "/lines", "/payments", "/invoice"):
        path = f"/v1/venues/{next_door.relay.venue_id}/orders/{order['id']}{way}"
        for key in (next_door.relay, plain.orders.relay):
            assert key.request("GET", path).status_code == 404
    for way, content in (("accept", None), ("cancel", None), ("refund", {"reference": "R", "reason": "x"})):
        answer = next_door.ask(order, way, content)
        assert answer.status_code == 404, (way, answer.text)
    assert next_door.read(f"pos-orders/{pos_id(order)}").status_code == 404
    assert plain.orders.shown(order)["status"] == "completed"


def listed(orders: Orders, **query: str) -> list[str]:
    """The ids on the first page of a venue's orders."""
    return [each["id"] for each in orders.read("orders", limit="100", **query).json()["data"]]


def test_the_same_order_fifty_times_at_once_is_one_order(plain: Told) -> None:
    body = {"reference": f"same-{secrets.token_hex(4)}", "lines": [WATERS], "payments": [IN_FULL]}
    with ThreadPoolExecutor(SENDERS) as senders:
        answers = list(senders.map(lambda _: plain.orders.post(body), range(50)))
    assert Counter(answer.status_code for answer in answers) == {202: 50}
    assert len({answer.json()["id"] for answer in answers}) == 1
    order = plain.orders.settled(answers[0].json())
    assert len(plain.orders.at_kounta(order)) == len(calls_for(plain.orders, order)) == 1
    other = plain.orders.post({**body, "notes": "with ice"})
    assert (other.status_code, other.json()["code"]) == (409, "reference_reused")


def test_a_writer_killed_after_kounta_answered_leaves_one_order(
    premises: Premises, plain: Told, stack: dict[str, Any], stack_file: Path
) -> None:
    orders, reference = plain.orders, f"killed-{secrets.token_hex(4)}"
    orders.relay.sandbox.fault("kounta.create_order", "slow", match=f"({reference})", delay_s=1.5)
    order = orders.place(reference=reference, lines=[WATERS], payments=[IN_FULL])
    until(lambda: orders.at_kounta(order), "the order in the POS")
    killed = writers(stack, stack_file)
    assert killed, "no worker of the writer runs"
    for process in killed:
        os.kill(process, signal.SIGKILL)

    def sent() -> Json | None:
        premises.care()
        now = orders.shown(order)
        return now if now["status"] == "sent" else None

    found = until(sent, "the order to be known as sent", 90.0)
    assert len(orders.at_kounta(order)) == 1
    assert found["attempts"][0]["outcome"] == "lost"
    assert found["attempts"][0]["note"] == "the worker ended in mid-call"
