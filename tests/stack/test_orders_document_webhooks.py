"""What Kounta's document says of its webhooks, seen at the deployed relay: a sale rung up at the till is known by them
alone, for it has no callback.

Which test proves which sentence stands in `orders_document.md`; those of customers, the kitchen and groups are in
`test_kounta_webhooks.py` too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from shared.web.pos_deliveries import webhook_secret
from tests.stack.orders import IN_FULL, WATERS, pos_id
from tests.stack.relay import CLIENT, COMPANY_ID, FISH, Json, Premises, Relay, until
from tests.stack.test_online_orders import Told, told


@pytest.fixture(scope="module")
def venue(premises: Premises) -> Iterator[Told]:
    """A venue, and the endpoint of a platform of its own."""
    made = told(premises, "orders-webhooks")
    yield made
    made.hook.relay.request("DELETE", made.hook.path)


def rung_up(relay: Relay, *, paid: bool) -> str:
    """A sale at the till, 40.00: its POS id."""
    sale = relay.sandbox.control("kounta/orders", {"site_id": int(relay.site_id), "paid": paid, **FISH})
    return str(sale["id"])


def sale_of(relay: Relay, pos_order_id: str) -> Json:
    """The sales record, once it is there."""
    return until(lambda: relay.sale_of(pos_order_id), f"the sale of {pos_order_id}")


def test_a_completed_order_is_told(venue: Told) -> None:
    orders = venue.orders
    order = orders.sent(lines=[WATERS], payments=[IN_FULL])
    orders.relay.sandbox.staff("accept", pos_id(order))
    assert venue.heard(order, "order.completed")["total"] == "16.00"
    sale = sale_of(orders.relay, rung_up(orders.relay, paid=True))
    assert (sale["source"], sale["total"], sale["order_id"]) == ("pos", "40.00", None)
    assert ([line["product_id"] for line in sale["lines"]], len(sale["payments"])) == (["730303"], 1)


def test_a_deleted_order_is_told(venue: Told) -> None:
    orders = venue.orders
    order = orders.sent(lines=[WATERS])
    orders.relay.sandbox.staff("delete", pos_id(order))
    assert venue.heard(order, "order.deleted")["reference"] == order["reference"]
    sold = rung_up(orders.relay, paid=True)
    assert sale_of(orders.relay, sold)["voided_at"] is None
    orders.relay.sandbox.staff("delete", sold)
    until(lambda: sale_of(orders.relay, sold)["voided_at"], "the sale voided")


def test_on_hold_prints_in_the_kitchen(venue: Told) -> None:
    orders = venue.orders
    order = orders.sent(lines=[WATERS])
    orders.relay.sandbox.staff("hold", pos_id(order))
    assert venue.heard(order, "order.kitchen_print")["pos_order_id"] == pos_id(order)


def test_completed_orders_of_customers_alone(premises: Premises) -> None:
    relay = premises.open_venue("orders-of-a-customer", told=False)
    guest, stranger = (a_customer(relay) for _ in range(2))
    subscribe(relay, {"site_ids": [int(relay.site_id)], "customer": [int(guest)]})
    sales = {}
    for customer in (stranger, guest):  # webhooks arrive in this order
        sales[customer] = rung_up(relay, paid=False)
        relay.sandbox.staff("customer", sales[customer], {"customer_id": int(customer)})
        relay.sandbox.staff("pay", sales[customer])
    assert sale_of(relay, sales[guest])["total"] == "40.00"
    assert relay.sale_of(sales[stranger]) is None


def a_customer(relay: Relay) -> str:
    """Somebody on Kounta's list of customers."""
    name = f"guest-{secrets.token_hex(4)}"
    return made(relay, "customers", {"first_name": "Alex", "email": f"{name}@example.com"})


def subscribe(relay: Relay, only: Json) -> None:
    """Has Kounta tell the relay of completed orders that pass a filter."""
    address = f"{relay.premises.stack['api_url']}/pos/kounta/{relay.venue_id}/orders-completed"
    headers = {"Authorization": webhook_secret(relay.premises.deployed.secret.link_key(), relay.venue_id)}
    wanted = {"topic": "orders/completed", "address": address, "format": "json"}
    made(relay, "webhooks", {**wanted, "headers": headers, "filter": only})


def made(relay: Relay, path: str, wanted: Json) -> str:
    """Something made at Kounta, as whoever holds the credentials: its id."""
    answer = relay.premises.http.post(
        f"{relay.sandbox.url}/kounta/v1/companies/{COMPANY_ID}/{path}",
        json=wanted,
        headers={"accept": "application/json"},
        auth=(CLIENT.credentials.client_id, CLIENT.credentials.client_secret),
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rstrip("/").rsplit("/", 1)[1].removesuffix(".json")
