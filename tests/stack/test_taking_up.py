"""Orders that nobody at the register takes up, and orders that staff enter by hand, on the deployed stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.stack.relay import FISH, Json, Premises, Relay, until

Care = Callable[[], Json]
REGISTER_ON = "What happened: The order is in the POS and the site is online"
SITE_OFF = "What happened: The order is in the POS, but no device"


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue that waits two seconds for its register, and keeps what the POS refuses."""
    return premises.open_venue("register", take_up_s=2, keep_failed_orders=True, notify_emails=("duty@example.com",))


def placed(relay: Relay, reference: str, *statuses: str, **fields: Any) -> Json:
    """A new order, once it is in one of these statuses."""
    lines = [{"product_id": 730303, "quantity": 1}]
    answer = relay.request(
        "POST", f"/v1/venues/{relay.venue_id}/orders", json={"reference": reference, "lines": lines, **fields}
    )
    assert answer.status_code == 202, answer.text
    order_id = answer.json()["id"]

    def look() -> Json | None:
        order = relay.order(order_id)
        return order if order["status"] in statuses else None

    return until(look, f"{reference} in {statuses}")


def notices(relay: Relay, order: Json, words: str) -> list[str]:
    """The mails about an order in which these words stand."""
    return [text for text in relay.mails(f"Order code: {order['code']}") if words in text]


@pytest.mark.parametrize(
    ("offline", "words"), [(False, REGISTER_ON), (True, SITE_OFF)], ids=["register on", "site off"]
)
def test_people_hear_that_the_register_did_not_take_it_up(relay: Relay, care: Care, offline: bool, words: str) -> None:
    relay.sandbox.control("state", {"site_id": int(relay.site_id), "site_offline": offline})
    order = placed(relay, f"untouched-{offline}", "sent")

    def told() -> list[str]:
        care()
        return notices(relay, order, words)

    (text,) = until(told, "the notice")
    assert "Basic POS checkup" in text
    assert relay.order(order["id"])["not_taken_up_at"]
    care()
    assert len(notices(relay, order, "")) == 1
    relay.sandbox.control("state", {"site_id": int(relay.site_id), "site_offline": False})
    relay.sandbox.staff("accept", order["pos"]["order_id"])
    until(lambda: relay.order(order["id"])["status"] == "accepted", "the acceptance")
    assert relay.order(order["id"])["not_taken_up_at"] is None


@pytest.mark.parametrize("sale_first", [True, False], ids=["sale first", "told first"])
def test_the_sale_that_staff_entered_counts_once(relay: Relay, care: Care, sale_first: bool) -> None:
    site = int(relay.site_id)
    relay.sandbox.control("state", {"site_id": site, "online_ordering_paused": True})
    order = placed(relay, f"by-hand-{sale_first}", "failed")
    relay.sandbox.control("state", {"site_id": site, "online_ordering_paused": False})
    till = relay.sandbox.control("kounta/orders", {"site_id": site, "paid": False, **FISH})
    pos_order_id = str(till["id"])
    if sale_first:
        relay.sandbox.staff("pay", pos_order_id)
        until(lambda: relay.sale_of(pos_order_id), "the sale")
    path = f"/v1/venues/{relay.venue_id}/orders/{order['id']}/handled"
    answer = relay.request("POST", path, json={"note": "at the bar", "sale_number": till["sale_number"]})
    assert answer.status_code == 202, answer.text
    if not sale_first:
        relay.sandbox.staff("pay", pos_order_id)

    def counted() -> Json | None:
        care()
        sale = relay.sale_of(pos_order_id)
        return sale if sale and sale["order_id"] == order["id"] else None

    assert until(counted, "the order's sale")["source"] == "platform"
    said = relay.order(order["id"])
    assert (said["status"], said["handled"]["pos_order_id"]) == ("handled", pos_order_id)
    assert relay.pos_order(pos_order_id)["status"] == "COMPLETE"


def test_a_register_of_another_venue_is_out_of_reach(premises: Premises, relay: Relay) -> None:
    other = premises.open_venue("other-register")
    body = {"reference": "elsewhere", "lines": [], "register_id": int(other.site_id)}
    answer = relay.request("POST", f"/v1/venues/{relay.venue_id}/orders", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/register_id")
    assert placed(relay, "here", "sent", register_id=int(relay.site_id))["pos"]["order_id"]
    assert other.pos_orders() == []
