"""Orders found again on the deployed relay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ops.access import issue_key
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
