"""Orders found again on the deployed relay, and what a page of them costs as the emulator's DynamoDB counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.access import issue_key
from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.order_listing import DynamoDBOrderListing, entry_changes
from shared.adapters.dynamodb.schema import key
from shared.domain.readings import OrderQuery
from tests.conformance.test_order_listing import placed_order
from tests.stack.orders import WATERS, Orders, platform_of_its_own
from tests.stack.relay import Json, Premises, Relay

GUEST = {"first_name": "Zoë", "last_name": "Listing"}


@pytest.fixture(scope="module")
def venue(premises: Premises) -> Relay:
    """A venue."""
    return premises.open_venue("order-list")


@pytest.fixture(scope="module")
def orders(premises: Premises, venue: Relay) -> Orders:
    """A platform at that venue."""
    return Orders(platform_of_its_own(premises, venue))


@pytest.fixture(scope="module")
def placed(orders: Orders) -> list[Json]:
    """Three orders in the POS, oldest first; the second has a name and a code."""
    return [
        orders.sent(lines=[WATERS]),
        orders.sent(lines=[WATERS], customer=GUEST, customer_code="Green 7"),
        orders.sent(lines=[WATERS]),
    ]


def page(relay: Relay, **query: str) -> Json:
    """A page of the venue's orders."""
    answer = relay.request("GET", f"/v1/venues/{relay.venue_id}/orders", params=query)
    assert answer.status_code == 200, answer.text
    content: Json = answer.json()
    return content


def listed(relay: Relay, **query: str) -> list[str]:
    """The ids on the first page."""
    return [order["id"] for order in page(relay, **query)["data"]]


def test_newest_first_in_pages(orders: Orders, placed: list[Json]) -> None:
    ids = [order["id"] for order in reversed(placed)]
    assert listed(orders.relay, platform=orders.relay.platform) == ids
    first = page(orders.relay, limit="2")
    second = page(orders.relay, limit="2", cursor=first["next"])
    assert [order["id"] for order in (*first["data"], *second["data"])] == ids
    assert second["next"] is None


def test_by_status_failure_code_and_name(orders: Orders, placed: list[Json]) -> None:
    ids = [order["id"] for order in reversed(placed)]
    assert listed(orders.relay, status="sent") == ids
    assert listed(orders.relay, status="queued") == listed(orders.relay, failed="true") == []
    for text in ("green 7", "zoe", "LISTING Z", placed[1]["code"].lower()):
        assert listed(orders.relay, q=text) == [placed[1]["id"]], text
    assert listed(orders.relay, q="isting") == []


def test_a_neighbour_and_another_platform_see_nothing(
    premises: Premises, orders: Orders, venue: Relay, placed: list[Json]
) -> None:
    neighbour = premises.open_venue("order-list-next-door")
    assert listed(neighbour) == listed(neighbour, q="zoe") == listed(neighbour, q=placed[1]["code"]) == []
    assert neighbour.request("GET", f"/v1/venues/{neighbour.venue_id}/orders/{placed[1]['id']}").status_code == 404
    settings = premises.deployed.settings
    bare = replace(venue, key=issue_key(settings, venue.platform, [venue.venue_id], [], datetime.now(UTC))[1])
    assert listed(bare) == listed(bare, q="zoe") == []
    reader_key = issue_key(settings, venue.platform, [venue.venue_id], ["venue:read"], datetime.now(UTC))[1]
    reader = replace(venue, key=reader_key)
    assert set(listed(reader)) == {order["id"] for order in placed}
    assert listed(reader, q="zoe") == []
    seen = reader.request("GET", f"/v1/venues/{venue.venue_id}/orders/{placed[1]['id']}").json()
    assert seen["customer"] is None
    assert orders.shown(placed[1])["customer"]["first_name"] == "Zoë"


def test_a_page_costs_what_it_holds_as_consumed_capacity(premises: Premises) -> None:
    few, many = (units_of_a_page(premises, f"order-list-{count}", count) for count in (100, 1_000))
    assert few == many
    assert 0 < few < 25


def units_of_a_page(premises: Premises, venue_id: str, count: int) -> float:
    """The capacity that the table counts for a page of 30 among so many orders of the last ten days."""
    now, client = (
        datetime.now(UTC),
        premises.deployed.session.client("dynamodb", endpoint_url=premises.stack["aws_endpoint_url"]),
    )
    table = premises.deployed.addresses.table
    items: list[Any] = []
    for number in range(count):
        order = placed_order(number, now - timedelta(days=10) * number / count, venue=venue_id)
        record_id = f"ONLINE#{venue_id}#demo-orders#P-{number:04d}"
        items.append({**key(record_id, "ORDER#000001"), "body": {"S": codec.dump(order)}})
        items += entry_changes(None, order, record_id)[0]
    for start in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        assert not client.batch_write_item(RequestItems={table: puts})["UnprocessedItems"]
    units: list[float] = []

    def count_them(params: Any, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def counted(parsed: Any, **_: Any) -> None:
        told = parsed["ConsumedCapacity"]
        units.extend(each["CapacityUnits"] for each in (told if isinstance(told, list) else [told]))

    for operation in ("Query", "BatchGetItem"):
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", count_them)
        client.meta.events.register(f"after-call.dynamodb.{operation}", counted)
    asked = OrderQuery(venue_id, now - timedelta(days=14), now + timedelta(seconds=1), 30)
    assert len(DynamoDBOrderListing(client, table).page(asked).orders) == 30
    return sum(units)
