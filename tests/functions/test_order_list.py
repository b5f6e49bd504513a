"""Orders as platforms find them again: pages by time, by status, by what failed, by name; and each with its story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from shared import bootstrap
from shared.domain.venues import PosConnection
from tests.functions.event_files import changed, read_event
from tests.functions.relay import VENUE, Relay
from tests.functions.test_online_orders import ORDERS, after, an_order, placed, shown
from tests.functions.test_openapi import is_as_described

SAM = {"first_name": "Søren", "last_name": "Éxample-Lee", "email": "soren@example.com", "phone": "+61255501999"}
OTHER = {"platform": "other-orders", "scopes": "orders:write"}
READER = {"platform": "other-orders", "scopes": "venue:read"}
GUEST_READER = {"platform": "other-orders", "scopes": "venue:read guests:read"}


@pytest.fixture
def relay(relay: Relay) -> Relay:
    relay.subscribe()
    return relay


def page(relay: Relay, query: str = "", caller: dict[str, str] | None = None, venue: str = "demo") -> Any:
    """A page of orders, as the reference describes it."""
    answer = relay.call("GET", f"/v1/venues/{venue}/orders?{query}", caller=caller)
    assert answer.status == 200, answer.content
    event = {"routeKey": "GET /v1/venues/{venue_id}/orders"}
    is_as_described(event, answer)
    return answer.json()


def listed(relay: Relay, query: str = "", caller: dict[str, str] | None = None, venue: str = "demo") -> list[str]:
    """The ids on the first page."""
    return [order["id"] for order in page(relay, query, caller, venue)["data"]]


def place(relay: Relay, reference: str, caller: dict[str, str] | None = None, **more: Any) -> str:
    """An order's id, a minute after the one before, once the writer has done what it can."""
    relay.clock.advance(60)
    answer = relay.call("POST", ORDERS, an_order(reference, **more), caller=caller)
    assert answer.status == 202, answer.content
    relay.run()
    order_id: str = answer.json()["id"]
    return order_id


def test_newest_first_in_pages(relay: Relay) -> None:
    ids = [place(relay, f"P-{number}") for number in range(5)]
    assert listed(relay) == ids[::-1]
    first = page(relay, "limit=2")
    second = page(relay, f"limit=2&cursor={quote(first['next'])}")
    third = page(relay, f"limit=2&cursor={quote(second['next'])}")
    assert [order["id"] for each in (first, second, third) for order in each["data"]] == ids[::-1]
    assert third["next"] is None


def test_the_file_lists_what_was_sent(relay: Relay) -> None:
    order_id = place(relay, "P-1")
    answer = relay.http("queries", read_event("queries/orders"))
    assert [order["id"] for order in answer.json()["data"]] == [order_id]


def test_orders_of_bookings_and_refunds_are_listed_too(relay: Relay) -> None:
    relay.http("booking_events", read_event("booking_events/seated"))
    relay.run()
    (of_booking,) = listed(relay)
    order = placed(relay)
    relay.control(f"kounta/orders/{order['pos']['order_id']}/complete", {})
    relay.run()
    refund = {"reference": "R-1", "reason": "cold", "amount": "10.00"}
    refunded = after(relay, order, "refund", refund)
    rows = {row["id"]: row for row in page(relay)["data"]}
    assert set(rows) == {of_booking, order["id"], refunded["refunds"][0]["id"]}
    assert listed(relay, "source=booking") == [of_booking]
    assert of_booking not in listed(relay, "source=platform")
    (gave_back,) = refunded["refunds"]
    assert (gave_back["reference"], gave_back["amount"]) == ("R-1", "10.00")
    assert gave_back["status"] == rows[gave_back["id"]]["status"]
    assert rows[gave_back["id"]]["refund_of"] == order["id"]


def test_a_status_is_left_when_another_is_reached(relay: Relay) -> None:
    relay.clock.advance(60)
    answer = relay.call("POST", ORDERS, an_order())
    order = answer.json()
    assert listed(relay, "status=queued") == [order["id"]]
    relay.run()
    assert listed(relay, "status=queued") == []
    assert listed(relay, "status=sent") == [order["id"]]
    after(relay, order, "cancel", {})
    assert listed(relay, "status=sent") == listed(relay, "status=accepted") == []
    assert listed(relay, "status=cancelled") == [order["id"]]


def test_what_failed_and_further_filters(relay: Relay) -> None:
    good = place(relay, "P-1")
    relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    bad = place(relay, "P-2")
    worse = place(relay, "P-3")
    assert listed(relay, "failed=true") == [worse, bad]
    assert listed(relay, "failed=false") == [good]
    assert listed(relay, "failed=true&status=failed&source=platform") == [worse, bad]
    thinned = page(relay, "failed=true&source=booking&limit=1")
    assert thinned["data"] == []
    assert page(relay, f"failed=true&source=booking&limit=1&cursor={quote(thinned['next'])}")["next"] is None


def test_found_by_code_customer_code_and_sale(relay: Relay) -> None:
    first, second = place(relay, "P-1", customer_code="Blue 12"), place(relay, "P-2", customer_code="Red 7")
    order = shown(relay, first)
    relay.control(f"kounta/orders/{order['pos']['order_id']}/complete", {})
    relay.run()
    sale_id = shown(relay, first)["pos"]["sale_id"]
    assert sale_id
    for asked in (order["code"], order["code"].lower(), "Blue 12", "blue 12", sale_id):
        assert listed(relay, f"q={quote(asked)}") == [first], asked
    assert listed(relay, "q=red%207") == [second]
    assert listed(relay, "q=red%207&status=completed") == []
    for asked in ("Blue", order["code"][:5], "Red 77"):
        assert listed(relay, f"q={quote(asked)}") == [], asked


def test_found_by_the_beginning_of_either_name(relay: Relay) -> None:
    first = place(relay, "P-1", customer=SAM)
    second = place(relay, "P-2", customer={"first_name": "Example", "last_name": "Soren"})
    place(relay, "P-3")
    seated = read_event("booking_events/seated")
    relay.http("booking_events", seated)
    relay.run()
    booked = listed(relay, "source=booking")
    assert booked
    for asked in ("soren", "SØREN", "Søren Exa", "Éxample", "example lee s"):
        assert first in listed(relay, f"q={quote(asked)}"), asked
    assert listed(relay, "q=exam")[-2:] == [second, first]
    assert listed(relay, "q=xample") == []
    assert listed(relay, f"q=exam&to={quote('2026-11-22T08:03:30+00:00')}") == [first]
    guest = relay.call("GET", f"{ORDERS}/{booked[0]}", caller=GUEST_READER).json()["customer"]
    assert guest["last_name"] == "Example"
    assert listed(relay, "q=alex%20ex", GUEST_READER) == booked
    assert listed(relay, "q=alex") == []  # a guest of the booking platform, and this key may not see those


def test_a_platform_sees_its_own_and_others_only_with_the_scope(relay: Relay) -> None:
    mine = place(relay, "P-1", customer=SAM)
    theirs = place(relay, "P-1", caller=OTHER, customer=SAM)
    assert listed(relay, caller=OTHER) == listed(relay, "status=sent", OTHER) == [theirs]
    assert listed(relay, caller=READER) == [theirs, mine]
    assert listed(relay, "platform=other-orders", READER) == [theirs]
    refused = relay.call("GET", f"{ORDERS}?platform=demo-bookings", caller=OTHER)
    assert (refused.status, refused.json()["code"]) == (403, "scope_not_granted")
    assert listed(relay, "q=example", OTHER) == listed(relay, "q=example", READER) == [theirs]
    assert listed(relay, "q=example", GUEST_READER) == [theirs, mine]
    code = shown(relay, mine)["code"]
    assert listed(relay, f"q={code}", OTHER) == []
    assert listed(relay, f"q={code}", READER) == [mine]


def test_the_guest_is_shown_to_who_may_see_them(relay: Relay) -> None:
    order_id = place(relay, "P-1", customer=SAM, notes="Ring twice")

    def seen(caller: dict[str, str] | None = None) -> Any:
        answer = relay.call("GET", f"{ORDERS}/{order_id}", caller=caller)
        assert answer.status == 200
        is_as_described({"routeKey": "GET /v1/venues/{venue_id}/orders/{order_id}"}, answer)
        return answer.json()

    assert seen()["customer"] == seen(GUEST_READER)["customer"] == SAM
    assert "Ring twice" in seen()["writes"][0]["request"]["notes"]
    assert "token=…" in seen()["writes"][0]["request"]["callback_uri"]
    assert seen(READER)["customer"] is None
    assert "request" not in seen(READER)["writes"][0]
    assert "Søren" not in str(page(relay))


def test_guests_names_stand_only_in_what_expires(relay: Relay) -> None:
    place(relay, "P-1", customer=SAM)
    place(relay, "P-2", customer=SAM)
    for item in relay.items():
        if "expires_at" not in item:
            assert "xample-lee" not in str(item).casefold().replace("\\u00e9", "é"), item["pk"]
            assert "example lee" not in str(item), item["pk"]


def test_who_was_told_of_a_failure(relay: Relay) -> None:
    relay.control("state", {"site_id": 823, "online_ordering_paused": True})
    order = shown(relay, place(relay, "P-1"))
    assert order["failed_services"][0]["service"] == "pos"
    assert order["failed_services"][0]["action"]
    told = [(each["channel"], each["to_masked"], each["status"]) for each in order["notices"]]
    assert told == [("email", "d…@example.com", "sent"), ("sms", "+61…234", "sent")]
    assert "notices" not in page(relay)["data"][0]


def test_when_the_kitchen_printed(relay: Relay) -> None:
    order = placed(relay)
    assert order["printed_at"] is None
    relay.control(f"kounta/orders/{order['pos']['order_id']}/print", {})
    relay.run()
    assert shown(relay, order["id"])["printed_at"] is not None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("status=gone", "status"),
        ("source=pos", "source"),
        ("failed=maybe", "failed"),
        ("q=%20", "q"),
        (f"q={'x' * 101}", "q"),
        ("from=2026-01-01&to=2026-11-01", "from"),
        ("cursor=2026-99-99T00:00:00.000000%23ord_1", "cursor"),
        ("cursor=x", "cursor"),
    ],
)
def test_bad_queries_are_pointed_at(relay: Relay, query: str, pointer: str) -> None:
    answer = relay.call("GET", f"{ORDERS}?{query}")
    assert answer.status == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{pointer}"


def test_a_sale_of_a_platforms_order_and_of_its_refund_names_them(relay: Relay) -> None:
    order = placed(relay)
    relay.control(f"kounta/orders/{order['pos']['order_id']}/complete", {})
    relay.run()
    refunded = after(relay, order, "refund", {"reference": "R-1", "reason": "cold", "amount": "10.00"})
    sales = {sale["order_id"]: sale for sale in relay.get("sales").json()["data"]}
    assert sales[order["id"]]["source"] == "platform"
    back = sales[refunded["refunds"][0]["id"]]
    assert (back["source"], back["total"], back["refund_of"]) == ("platform", "-10.00", order["pos"]["order_id"])


def test_two_venues_of_one_company_see_nothing_of_each_other(relay: Relay) -> None:
    pos = PosConnection(kind="kounta", company_id="5678", site_id="824")
    bootstrap.settings_book().put_venue(replace(VENUE, id="next-door", pos=pos))
    both = {"venues": "demo next-door", "scopes": "orders:write booking:write venue:read guests:read sales:read"}
    seen: dict[str, dict[str, Any]] = {}
    for venue in ("demo", "next-door"):
        relay.clock.advance(60)
        answer = relay.call(
            "POST", f"/v1/venues/{venue}/orders", an_order("P-1", customer_code="A1", customer=SAM), caller=both
        )
        assert answer.status == 202, answer.content
        relay.http(
            "booking_events", changed(read_event("booking_events/seated"), path={"venue_id": venue}, caller=both)
        )
        relay.run()
        order = relay.call("GET", f"/v1/venues/{venue}/orders/{answer.json()['id']}", caller=both).json()
        relay.control(f"kounta/orders/{order['pos']['order_id']}/complete", {})
        seen[venue] = order
        relay.run()
    for venue in ("demo", "next-door"):
        answer = relay.call("GET", f"/v1/venues/{venue}/sales", caller=both)
        sales = {sale["order_id"] for sale in answer.json()["data"]}
        mine = seen[venue]["id"]
        (neighbour,) = (order for name, order in seen.items() if name != venue)
        for query in ("", "source=platform", "q=A1", "q=søren", f"q={seen[venue]['code']}"):
            ids = listed(relay, query, both, venue)
            assert mine in ids, query
            assert neighbour["id"] not in ids, query
        for query in (f"q={neighbour['code']}", f"q={neighbour['pos']['order_id']}"):
            assert listed(relay, query, both, venue) == []
        assert neighbour["id"] not in sales
        for path in (f"orders/{neighbour['id']}", f"pos-orders/{neighbour['pos']['order_id']}"):
            assert relay.call("GET", f"/v1/venues/{venue}/{path}", caller=both).status == 404, path
        held = relay.call("GET", f"/v1/venues/{venue}/pos-orders", caller=both).json()["data"]
        assert neighbour["pos"]["order_id"] not in {row["id"] for row in held}
        only = {**both, "venues": venue}
        (other,) = (name for name in seen if name != venue)
        for path in ("orders", "sales", f"orders/{neighbour['id']}", "bookings/B-1001", "pos-orders"):
            assert relay.call("GET", f"/v1/venues/{other}/{path}", caller=only).status == 403, path
