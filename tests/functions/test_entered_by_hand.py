"""An order that staff entered by hand, and the sale that it became: counted once, whichever was heard of first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.relay import VENUE, Relay
from tests.functions.test_online_orders import ORDERS, placed, shown
from tests.functions.test_taking_up import MINUTE, wait

Json = dict[str, Any]
HANDLED = {"note": "Typed in at the bar"}


@pytest.fixture
def relay(relay: Relay) -> Relay:
    """Online ordering is paused at the site, so that orders fail; the venue keeps them."""
    relay.subscribe()
    bootstrap.settings_book().put_venue(replace(VENUE, keep_failed_orders=True))
    relay.control("state", {"site_id": 823, "online_ordering_paused": True, "list_lag_s": 0})
    return relay


@pytest.fixture
def order(relay: Relay) -> Json:
    """An order that the POS refused, and that stands."""
    return kept(relay, "P-77")


def kept(relay: Relay, reference: str) -> Json:
    order = placed(relay, reference=reference)
    assert (order["status"], order["kept"]) == ("failed", True)
    return order


def rung_up(relay: Relay) -> Json:
    """The sale as the POS holds it; the relay has not heard of it yet."""
    relay.clock.advance(1)
    sale: Json = relay.control("kounta/orders", {"site_id": 823, "paid": True})
    return sale


def handled(relay: Relay, order: Json, sale_number: str) -> Json:
    content = HANDLED | {"sale_number": sale_number}
    answer = relay.call("POST", f"{ORDERS}/{order['id']}/handled", content)
    assert answer.status == 202, answer.content
    return shown(relay, order["id"])


def sales(relay: Relay) -> list[Json]:
    answer = relay.call("GET", "/v1/venues/demo/sales")
    assert answer.status == 200
    found: list[Json] = answer.content["data"]
    return found


def as_printed(sale: Json) -> str:
    return str(sale["sale_number"])


def as_people_write(sale: Json) -> str:
    return f"# {sale['sale_number'][:2].lower()}-{sale['sale_number'][2:]}"


def on_the_receipt(sale: Json) -> str:
    return str(sale["saleid"]).upper()


@pytest.mark.parametrize("way", [as_printed, as_people_write, on_the_receipt])
@pytest.mark.parametrize("sale_first", [True, False])
def test_the_sale_is_the_orders_and_there_is_one(
    relay: Relay, order: Json, way: Callable[[Json], str], sale_first: bool
) -> None:
    sale = rung_up(relay)
    if sale_first:
        relay.run()
        assert [each["source"] for each in sales(relay)] == ["pos"]
    handled(relay, order, way(sale))
    relay.run()
    wait(relay, 2 * MINUTE)
    (counted,) = sales(relay)
    assert (counted["source"], counted["order_id"]) == ("platform", order["id"])
    assert counted["pos_order_id"] == str(sale["id"])
    said = shown(relay, order["id"])
    assert (said["status"], said["handled"]["pos_order_id"]) == ("handled", str(sale["id"]))
    assert said["pos"]["order_id"] is None
    wait(relay, 30 * MINUTE)
    assert len(sales(relay)) == 1
    assert [held["status"] for held in relay.pos_orders()] == ["COMPLETE"]


def test_a_sale_deleted_later_is_voided(relay: Relay, order: Json) -> None:
    sale = rung_up(relay)
    handled(relay, order, as_printed(sale))
    relay.run()
    relay.clock.advance(1)
    relay.control(f"kounta/orders/{sale['id']}/delete", {})
    relay.run()
    (counted,) = sales(relay)
    assert counted["voided_at"]
    assert counted["order_id"] == order["id"]
    said = shown(relay, order["id"])
    assert (said["status"], said["pos"]["order_id"], said["writes"]) == ("handled", None, order["writes"])


def test_a_wrong_number_breaks_nothing(relay: Relay, order: Json) -> None:
    handled(relay, order, "HS-9999")
    sale = rung_up(relay)
    relay.run()
    wait(relay, 2 * MINUTE)
    assert [(each["source"], each["pos_order_id"]) for each in sales(relay)] == [("pos", str(sale["id"]))]
    said = shown(relay, order["id"])
    assert (said["handled"]["sale_number"], said["handled"]["pos_order_id"]) == ("HS-9999", None)


def test_one_sale_stands_for_one_order(relay: Relay, order: Json) -> None:
    sale = rung_up(relay)
    other = kept(relay, "P-78")
    handled(relay, order, as_printed(sale))
    content = HANDLED | {"sale_number": as_people_write(sale)}
    answer = relay.call("POST", f"{ORDERS}/{other['id']}/handled", content)
    assert (answer.status, answer.content["code"]) == (409, "sale_number_used")
    assert shown(relay, other["id"])["status"] == "failed"
    handled(relay, order, as_people_write(sale))  # the same once more is no other
    wait(relay, 2 * MINUTE)
    assert [each["order_id"] for each in sales(relay)] == [order["id"]]


def test_the_number_may_be_told_later_but_not_changed(relay: Relay, order: Json) -> None:
    sale = rung_up(relay)
    relay.run()
    assert relay.call("POST", f"{ORDERS}/{order['id']}/handled", HANDLED).status == 202
    wait(relay, 2 * MINUTE)
    assert sales(relay)[0]["source"] == "pos"
    handled(relay, order, as_printed(sale))
    wait(relay, 2 * MINUTE)
    assert sales(relay)[0]["order_id"] == order["id"]
    answer = relay.call("POST", f"{ORDERS}/{order['id']}/handled", HANDLED | {"sale_number": "HS-1"})
    assert (answer.status, answer.content["code"]) == (409, "handled")


def test_a_sale_of_an_order_of_ours_stays_that_orders(relay: Relay, order: Json) -> None:
    relay.control("state", {"site_id": 823, "online_ordering_paused": False})
    ours = placed(relay, reference="P-80")
    relay.clock.advance(1)
    relay.control(f"kounta/orders/{ours['pos']['order_id']}/complete", {})
    relay.run()
    handled(relay, order, shown(relay, ours["id"])["pos"]["sale_number"])
    wait(relay, 2 * MINUTE)
    assert [each["order_id"] for each in sales(relay)] == [ours["id"]]
