"""The POS's own orders through the deployed relay: filters, whole orders, invoices, and nothing of a neighbour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ops.access import issue_key
from tests.stack.relay import FISH, PLATFORM, Premises, Relay, until

Json = dict[str, Any]


@pytest.fixture(scope="module")
def relay(premises: Premises) -> Relay:
    """A venue."""
    return premises.open_venue("pos-orders")


@pytest.fixture(scope="module")
def neighbour(premises: Premises) -> Relay:
    """Another venue of the same company."""
    return premises.open_venue("pos-orders-next-door")


@pytest.fixture(scope="module")
def sold(relay: Relay) -> Json:
    """An order of the relay that was eaten and paid, with a service charge."""
    pos_order_id = relay.seated("POS-1")
    relay.sandbox.staff("add-lines", pos_order_id, FISH)
    relay.sandbox.staff("tip-service", pos_order_id, {"percent": "10"})
    relay.sandbox.staff("pay", pos_order_id)
    relay.sandbox.staff("complete", pos_order_id)
    return relay.order_in("POS-1", "completed")


def read(relay: Relay, path: str, **query: str) -> httpx.Response:
    """Any look at the POS; the pace is waited for."""

    def answered() -> httpx.Response | None:
        answer = relay.request("GET", f"/v1/venues/{relay.venue_id}/{path}", params=query)
        return None if answer.status_code == 503 else answer

    return until(answered, f"an answer to {path}")


def listed(relay: Relay, **query: str) -> list[str]:
    """The ids in the POS's list."""
    answer = read(relay, "pos-orders", **query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


def test_a_whole_order_by_id_and_by_sale(relay: Relay, sold: Json) -> None:
    shown = read(relay, f"pos-orders/{sold['pos']['order_id']}").json()
    assert (shown["status"], shown["order_id"]) == ("COMPLETE", sold["id"])
    assert (shown["total"], shown["service_charge"], shown["amount_due"]) == ("40.00", "4.00", "0.00")
    assert read(relay, f"pos-orders/by-sale/{shown['sale_id']}").json() == shown
    assert "[PR-" not in str(shown)


def test_filters(relay: Relay, sold: Json) -> None:
    sold_id = sold["pos"]["order_id"]
    open_id = relay.seated("POS-2")
    until(lambda: {sold_id, open_id} <= set(listed(relay)), "both orders in the list, which lags")
    assert listed(relay, status="complete") == [sold_id]
    assert listed(relay, status="complete", value_gte="40", value_lt="40.01", created_gte="2013-06-01") == [sold_id]
    assert listed(relay, status="complete", value_gt="40") == []
    assert listed(relay, status="submitted") == [open_id]
    assert listed(relay, discounted="true") == listed(relay, pending_accounts="true") == []
    assert listed(relay, created_gt="2099-12-31") == []
    wrong = read(relay, "pos-orders", created_gt="soon")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/query/created_gt")


def test_pages(relay: Relay, sold: Json) -> None:
    relay.seated("POS-3")
    until(lambda: len(listed(relay)) >= 2, "two orders in the list")
    first = read(relay, "pos-orders", limit="1").json()
    second = read(relay, "pos-orders", limit="1", cursor=first["next"]).json()
    assert len(first["data"]) == len(second["data"]) == 1
    assert first["data"] != second["data"]


def test_a_neighbour_sees_nothing(relay: Relay, neighbour: Relay, sold: Json) -> None:
    sold_id = sold["pos"]["order_id"]
    sale_id = relay.pos_order(sold_id)["saleid"]
    own = neighbour.seated("POS-NEXT")
    until(lambda: listed(neighbour) == [own], "the neighbour's order in the neighbour's list")
    for query in ({"status": "complete"}, {"value_gt": "0"}, {"register_id": relay.site_id}):
        assert listed(neighbour, **query) == []
    cursor = read(relay, "pos-orders", limit="1").json()["next"]
    assert read(neighbour, "pos-orders", limit="1", cursor=cursor).status_code == 422
    for path in (f"pos-orders/{sold_id}", f"pos-orders/by-sale/{sale_id}", f"orders/{sold['id']}/invoice"):
        assert read(neighbour, path).status_code == 404
        assert read(relay, path).status_code == 200


def test_parts_of_our_order(relay: Relay, sold: Json) -> None:
    path = f"orders/{sold['id']}"
    (line,) = read(relay, f"{path}/lines").json()["data"]
    assert (line["product_id"], line["line_total_ex_tax"]) == ("730303", "36.3636")
    assert read(relay, f"{path}/lines/{line['number']}").json() == line
    assert read(relay, f"{path}/option-sets").json() == {"data": [], "next": None}
    assert read(relay, f"{path}/option-sets/1").status_code == 404
    (paid,) = read(relay, f"{path}/payments").json()["data"]
    assert (paid["amount"], paid["tip"]) == ("40.00", "4.00")


def test_the_invoice(relay: Relay, sold: Json) -> None:
    pdf = read(relay, f"orders/{sold['id']}/invoice")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF-1")
    assert pdf.content.rstrip().endswith(b"%%EOF")
    relay.seated("POS-4")
    order = relay.order_of("POS-4")
    assert order is not None
    early = read(relay, f"orders/{order['id']}/invoice")
    assert (early.status_code, early.json()["code"]) == (409, "order_not_complete")


def test_without_the_scope(relay: Relay, premises: Premises, sold: Json) -> None:
    settings = premises.deployed.settings
    key = issue_key(settings, PLATFORM.id, [relay.venue_id], ["sales:read"], datetime.now(UTC))[1]
    stranger = Relay(premises, relay.venue_id, key)
    refused = read(stranger, f"pos-orders/{sold['pos']['order_id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_granted")
    assert read(stranger, f"orders/{sold['id']}/lines").status_code == 200  # its own platform's
