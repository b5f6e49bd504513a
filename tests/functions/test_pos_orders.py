"""Reading through to the POS: every field, every guard, and nothing of another site of the same company."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sandbox.messages import SandboxRequest
from shared import bootstrap
from shared.domain.venues import PosConnection
from tests.functions.answers import Answer, is_problem
from tests.functions.event_files import changed, read_event
from tests.functions.relay import VENUE, Relay
from tests.functions.test_openapi import is_as_described

OTHER = replace(VENUE, id="other", name="Station Lane", pos=PosConnection("kounta", "5678", "824"))
LAMB = [{"product_id": 730304, "quantity": 1}]  # 69.00
BREAKFAST = {
    "product_id": 730310,
    "option_sets": [
        {"option_set_id": 501, "options": [{"product_id": 730311}]},
        {
            "option_set_id": 502,
            "options": [
                {"product_id": 730313, "instructions": "On Side"},
                {
                    "product_id": 730315,
                    "option_sets": [{"option_set_id": 503, "options": [{"product_id": 730316, "instructions": "No"}]}],
                },
            ],
        },
    ],
}


@pytest.fixture
def venues(relay: Relay) -> Relay:
    """Two venues of one Kounta company, and a key for each."""
    bootstrap.settings_book().put_venue(OTHER)
    relay.control("state", {"list_lag_s": 0})
    return relay


def ask(
    relay: Relay,
    name: str,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    *,
    at: str = "demo",
    **caller: str,
) -> Answer:
    """A reading request, which and whose answers are as the reference says."""
    event = changed(
        read_event(f"pos_orders/{name}"),
        path={"venue_id": at, **(path or {})},
        query=query or {},
        caller={"venues": at, **caller},
    )
    answer = relay.http("pos_orders", event)
    is_as_described(event, answer)
    return answer


def put_in(relay: Relay, **fields: Any) -> dict[str, Any]:
    """An order made at Kounta by another app of the company, as Kounta shows it."""
    before = {order["id"] for order in relay.pos_orders()}
    wanted = {"site_id": 823, "status": "ON_HOLD", **fields}
    relay.kounta("orders", {name: value for name, value in wanted.items() if value is not None})
    relay.clock.advance(60)
    (made,) = [order for order in relay.pos_orders() if order["id"] not in before]
    return made


def told_by_kounta(relay: Relay, pos_order_id: int) -> dict[str, Any]:
    """The order exactly as Kounta answers."""
    headers = {"accept": "application/json", "authorization": "Basic ZGVtby1iYXNpYzpkZW1vLWJhc2ljLXNlY3JldA=="}
    path = f"/kounta/v1/companies/5678/orders/{pos_order_id}"
    answer = relay.sandbox.handle(SandboxRequest("GET", path, [], headers))
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json()
    return told


def seated(relay: Relay) -> tuple[str, str]:
    """(order id, POS order id) of a booking that sat down."""
    relay.http("booking_events", read_event("booking_events/seated"))
    relay.run()
    (seating,) = relay.get("booking").json()["seatings"]
    relay.clock.advance(60)
    return seating["order_id"], seating["pos_order_id"]


def staff(relay: Relay, act: str, pos_order_id: object, **content: Any) -> None:
    relay.control(f"kounta/orders/{pos_order_id}/{act}", content)
    relay.clock.advance(60)


def listed(relay: Relay, at: str = "demo", **query: str) -> list[str]:
    return [row["id"] for row in ask(relay, "list", query=query, at=at).json()["data"]]


# whole orders


def same(told: Any, shown: Any) -> bool:
    """Whether a value of ours is Kounta's: ids as strings, money and numbers as decimal strings, times as moments."""
    if isinstance(told, bool) or told is None or isinstance(told, list):
        return bool(told == shown)
    if isinstance(told, Decimal) or (isinstance(told, int) and isinstance(shown, str)):
        return Decimal(told) == Decimal(shown)
    return bool(told == shown)


def test_an_order_with_every_field_that_kounta_returns(venues: Relay) -> None:
    venues.kounta("customers", {"first_name": "Alex", "last_name": "Example", "email": "alex@example.com"})
    customer_id = max(each.id for each in venues.sandbox.kounta.state.customers)
    coffee = {"product_id": 730297, "quantity": 2, "modifiers": [730321, -730323], "notes": "Extra hot"}
    made = put_in(
        venues,
        customer_id=customer_id,
        notes="Gold member",
        order_type="Dine in",
        guests=2,
        lines=[coffee, {"product_id": 730304, "price_fixed_variation": -2}],
        options=[BREAKFAST],
        payments=[{"method_id": 2, "amount": 20, "tip": 3, "ref": "R-1"}],
        price_variation=0.9,
        price_limit=500,
        lock=["DELETE"],
        complete_when_paid=False,
        callback_uri="https://pos.example.com/told?token=secret",
        placed_at="2026-11-22T19:00:00+11:00",
        fulfil_at="2026-11-22T20:00:00+11:00",
    )
    venues.control(f"kounta/orders/{made['id']}/tip-service", {"percent": "12.5"})
    told = told_by_kounta(venues, made["id"])
    shown = ask(venues, "pos_order", {"pos_order_id": str(made["id"])}).json()

    plain = {"price_variation", "guests", "status", "notes", "order_type", "total", "total_tax", "paid", "tips"}
    plain |= {"price_fixed_variation", "price_limit", "tip_service_percent", "tip_service_paid", "deleted", "lock"}
    plain |= {"sale_number", "complete_when_paid"}
    assert plain <= set(told)
    assert [name for name in plain if not same(told[name], shown[name])] == []
    ids = {"id": "id", "site_id": "site_id", "register_id": "register_id", "staff_member_id": "staff_id"}
    for name, ours in ids.items():
        assert shown[ours] == (None if told[name] is None else str(told[name]))
    assert shown["sale_id"] == told["saleid"]
    assert shown["customer_id"] == str(told["customer"].pop("id"))
    assert shown["customer"] == told["customer"]
    assert shown["callback_uri"] == "https://pos.example.com/told?…"
    moments = {name: shown[name] for name in ("placed_at", "fulfil_at")}
    assert moments == {"placed_at": "2026-11-22T08:00:00+00:00", "fulfil_at": "2026-11-22T09:00:00+00:00"}

    assert len(shown["lines"]) == len(told["lines"]) == 7
    for line, ours in zip(told["lines"], shown["lines"], strict=True):
        product, taxes, modifiers = line.pop("product"), line.pop("taxes"), line.pop("modifiers")
        assert (ours["product_id"], ours["name"], ours["sku"]) == (
            str(product["id"]),
            product["name"],
            product.get("sku"),
        )
        assert ours["modifiers"] == [str(each) for each in modifiers]
        assert [(tax["id"], float(tax["rate"])) for tax in ours["taxes"]] == [
            (str(tax["id"]), float(tax["rate"])) for tax in taxes
        ]
        assert [name for name, value in line.items() if not same(value, ours[name])] == []
    (plate,) = shown["options"]
    eggs, extras = plate["option_sets"]
    assert (plate["number"], plate["product_id"], eggs["option_set_id"]) == (1, "730310", "501")
    bacon, toast = extras["options"]
    assert (bacon["instructions"], bacon["line_number"]) == ("On Side", 5)
    assert toast["option_sets"][0]["options"][0]["instructions"] == "No"
    (paid,) = shown["payments"]
    assert (paid["amount"], paid["tip"], paid["ref"], paid["method"], paid["number"]) == (
        "20.00",
        "3.00",
        "R-1",
        "Card",
        1,
    )
    handled = plain | set(ids) | {"id_str", "company_id", "saleid", "customer", "callback_uri", "placed_at"}
    handled |= {"fulfil_at", "lines", "options", "payments", "created_at", "updated_at"}
    assert set(told) - handled == set()

    assert ask(venues, "by_sale", {"sale_id": told["saleid"]}).json() == shown
    (held,) = venues.pos_orders()
    assert Decimal(shown["amount_due"]) == held["due"]


def test_the_service_charge_is_part_of_what_is_due(venues: Relay) -> None:
    made = put_in(venues, lines=LAMB, complete_when_paid=False)
    staff(venues, "tip-service", made["id"], percent="10")

    def due() -> tuple[str, str, str]:
        shown = ask(venues, "pos_order", {"pos_order_id": str(made["id"])}).json()
        return shown["service_charge"], shown["tip_service_paid"], shown["amount_due"]

    assert due() == ("6.90", "0.00", "75.90")
    staff(venues, "pay", made["id"], amount="40")
    assert due() == ("6.90", "0.00", "35.90")
    staff(venues, "pay", made["id"])
    assert due() == ("6.90", "6.90", "0.00")
    staff(venues, "complete", made["id"])
    shown = ask(venues, "pos_order", {"pos_order_id": str(made["id"])}).json()
    assert (shown["status"], shown["amount_due"], shown["lock"], shown["complete_when_paid"]) == (
        "COMPLETE",
        "0.00",
        None,
        None,
    )


def test_guests_are_shown_to_whom_may_see_them(venues: Relay) -> None:
    _, pos_order_id = seated(venues)
    path = {"pos_order_id": pos_order_id}
    for name, path_or_none in (("pos_order", path), ("list", None)):
        without = ask(venues, name, path_or_none, scopes="venue:read").body
        for personal in ("Alex", "alex@", "Example", 'customer":', 'notes":"'):
            assert personal not in without
    assert ask(venues, "pos_order", path).json()["customer"]["first_name"] == "Alex"


def test_our_order_is_named_and_our_secrets_are_not(venues: Relay) -> None:
    order_id, pos_order_id = seated(venues)
    shown = ask(venues, "pos_order", {"pos_order_id": pos_order_id})
    assert shown.json()["order_id"] == order_id
    assert "[PR-" not in shown.body
    assert shown.json()["notes"]
    assert shown.json()["callback_uri"].endswith("/status?…")
    (row,) = ask(venues, "list").json()["data"]
    assert (row["id"], row["order_id"]) == (pos_order_id, order_id)
    assert "[PR-" not in row["notes"]


# two venues of one company


def test_two_venues_of_one_company_do_not_see_each_others_orders(venues: Relay) -> None:
    mine, *_ = [put_in(venues, lines=LAMB, price_variation=0.5) for _ in range(27)]
    theirs = put_in(venues, lines=LAMB, price_variation=0.5, site_id=824)
    sold = put_in(venues, lines=LAMB, site_id=824)
    staff(venues, "pay", sold["id"])
    staff(venues, "complete", sold["id"])
    gone = put_in(venues, site_id=824)
    staff(venues, "delete", gone["id"])
    foreign = {str(order["id"]) for order in (theirs, sold, gone)}
    assert set(listed(venues, "other")) | set(listed(venues, "other", deleted="true")) == foreign

    for query in (
        {},
        {"status": "complete"},
        {"status": "on_hold"},
        {"discounted": "true"},
        {"deleted": "true"},
        {"register_id": "17"},
        {"register_id": "17", "discounted": "true"},
        {"value_gt": "0"},
        {"created_gte": "2026-11-22"},
    ):
        assert set(listed(venues, **query)) & foreign == set(), query
    cursor = ask(venues, "list").json()["next"]
    assert cursor
    stolen = ask(venues, "list", query={"cursor": cursor}, at="other")
    assert is_problem(stolen, 422, "invalid_input")["errors"][0]["pointer"] == "/query/cursor"

    for order in (theirs, sold):
        is_problem(ask(venues, "pos_order", {"pos_order_id": str(order["id"])}), 404, "not_found")
        is_problem(ask(venues, "by_sale", {"sale_id": order["saleid"]}), 404, "not_found")
        assert ask(venues, "by_sale", {"sale_id": order["saleid"]}, at="other").status == 200
    is_problem(ask(venues, "pos_order", {"pos_order_id": str(mine["id"])}, at="other"), 404, "not_found")


def test_an_order_of_ours_is_its_venues_own(venues: Relay) -> None:
    order_id, _ = seated(venues)
    for name in ("invoice", "lines", "line", "option_sets", "option_set", "payments"):
        is_problem(ask(venues, name, {"order_id": order_id}, at="other"), 404, "not_found")
        is_problem(ask(venues, name, {"order_id": order_id}, platform="another", scopes=""), 404, "not_found")
        is_problem(ask(venues, name, {"order_id": "ord_0000000000000000"}), 404, "not_found")
        is_problem(ask(venues, name, {"order_id": order_id}, venues="other"), 403, "venue_not_granted")
    calls = venues.vendor_calls("kounta.")
    assert not {"kounta.invoice", "kounta.option_sets"} & set(calls)
    granted = ask(venues, "lines", {"order_id": order_id}, platform="another", scopes="venue:read")
    assert granted.status == 200


def test_the_pos_list_needs_its_scope(venues: Relay) -> None:
    for name in ("list", "pos_order", "by_sale"):
        is_problem(ask(venues, name, scopes="booking:write guests:read"), 403, "scope_not_granted")
        is_problem(ask(venues, name, venues="other"), 403, "venue_not_granted")
        is_problem(ask(venues, name, at="nowhere", venues="*"), 404, "not_found")
    assert venues.vendor_calls("kounta.") == []


# lists


def test_pages(venues: Relay) -> None:
    ids = [str(put_in(venues)["id"]) for _ in range(30)]
    seen: list[str] = []
    sizes = []
    cursor = None
    while cursor or not seen:
        page = ask(venues, "list", query={"limit": "20", **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["id"] for row in page["data"]]
        sizes.append(len(page["data"]))
        cursor = page["next"]
        venues.clock.advance(60)
    assert seen == ids[::-1]
    assert sizes == [20, 5, 5]
    assert len(ask(venues, "list", query={"limit": "100"}).json()["data"]) == 25


def test_a_wrong_filter_never_reaches_the_pos(venues: Relay) -> None:
    for query in ({"status": "done"}, {"created_gt": "soon"}, {"site_id": "824"}, {"cursor": "x"}, {"limit": "0"}):
        (name,) = query
        wrong = is_problem(ask(venues, "list", query=query), 422, "invalid_input")
        assert [each["pointer"] for each in wrong["errors"]] == [f"/query/{name}"]
    assert venues.vendor_calls("kounta.") == []


def test_the_combination_of_the_document(venues: Relay) -> None:
    made = put_in(venues, lines=LAMB, price_variation=0.9, site_id=None, register_id=16)
    put_in(venues, lines=LAMB)
    staff(venues, "pay", made["id"])
    staff(venues, "complete", made["id"])
    query = {"status": "complete", "discounted": "true", "created_gte": "2013-06-01", "value_lt": "100"}
    assert listed(venues, **query) == [str(made["id"])]
    assert listed(venues, **query, value_gt="90") == []
    (call, *_) = [call for call in venues.control("calls") if call["operation"] == "kounta.list_orders"]
    assert call["path"].endswith("/sites/823/orders/complete/discounted")


# parts of our orders


def test_lines_option_sets_and_payments_of_our_order(venues: Relay) -> None:
    order_id, pos_order_id = seated(venues)
    path = {"order_id": order_id}
    assert ask(venues, "lines", path).json() == {"data": [], "next": None}
    staff(venues, "add-lines", pos_order_id, lines=[{"product_id": 730304, "quantity": 2}])
    venues.kounta(f"orders/{pos_order_id}/optionsets", BREAKFAST)
    venues.kounta(f"orders/{pos_order_id}/payments", {"method_id": 2, "amount": 10, "ref": "R-9"})
    lines = ask(venues, "lines", path).json()["data"]
    assert [line["product_id"] for line in lines][:2] == ["730304", "730310"]
    assert ask(venues, "line", {**path, "number": "1"}).json() == lines[0]
    is_problem(ask(venues, "line", {**path, "number": "99"}), 404, "not_found")
    is_problem(ask(venues, "line", {**path, "number": "first"}), 404, "not_found")
    (plate,) = ask(venues, "option_sets", path).json()["data"]
    assert plate["option_sets"][1]["options"][0]["instructions"] == "On Side"
    assert ask(venues, "option_set", {**path, "number": "1"}).json() == plate
    is_problem(ask(venues, "option_set", {**path, "number": "2"}), 404, "not_found")
    assert [(each["amount"], each["ref"]) for each in ask(venues, "payments", path).json()["data"]][-1] == (
        "10.00",
        "R-9",
    )


def test_the_invoice_once_the_order_is_completed(venues: Relay) -> None:
    order_id, pos_order_id = seated(venues)
    is_problem(ask(venues, "invoice", {"order_id": order_id}), 409, "order_not_complete")
    staff(venues, "accept", pos_order_id)
    staff(venues, "add-lines", pos_order_id)
    staff(venues, "pay", pos_order_id)
    staff(venues, "complete", pos_order_id)
    answered = venues.invoke("pos_orders", changed(read_event("pos_orders/invoice"), path={"order_id": order_id}))
    assert (answered["statusCode"], answered["headers"]) == (200, {"content-type": "application/pdf"})
    assert answered["isBase64Encoded"] is True
    assert base64.b64decode(answered["body"]).startswith(b"%PDF-1")


def test_an_order_that_is_not_in_the_pos(venues: Relay) -> None:
    venues.control("faults", {"operation": "kounta.create_order", "fault": "refused", "times": -1})
    venues.http("booking_events", read_event("booking_events/seated"))
    for nudge in venues.nudges():
        venues.write(nudge)
    (seating,) = venues.get("booking").json()["seatings"]
    for name in ("invoice", "lines", "payments"):
        is_problem(ask(venues, name, {"order_id": seating["order_id"]}), 404, "not_found")


# when the POS is not well


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("503", 503, "pos_unreachable"),
        ("timeout", 503, "pos_unreachable"),
        ("html", 503, "pos_unreachable"),
        ("429", 503, "rate_limited"),
        ("401", 502, "permission_lost"),
    ],
)
def test_a_pos_that_is_not_well(venues: Relay, fault: str, status: int, code: str) -> None:
    order_id, pos_order_id = seated(venues)
    venues.control("faults", {"operation": "*", "fault": fault, "times": -1})
    for name, path in (("list", {}), ("pos_order", {"pos_order_id": pos_order_id}), ("lines", {"order_id": order_id})):
        answer = ask(venues, name, path)
        is_problem(answer, status, code)
        assert ("retry-after" in answer.headers) == (status == 503)
        venues.clock.advance(60)


def test_a_venue_that_was_never_connected(venues: Relay) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, id="other", pos=PosConnection("kounta", "9999", "1")))
    answer = ask(venues, "list", at="other")
    assert "9999" not in answer.body
    is_problem(answer, 502, "permission_lost")


def test_reads_keep_to_a_pace_and_say_when_to_come_again(venues: Relay) -> None:
    venues.start_over(sleep=lambda _: None)
    answers = [ask(venues, "list") for _ in range(20)]
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    for answer in refused:
        is_problem(answer, 503, "rate_limited")
        assert 4 < int(answer.headers["retry-after"]) < 15
    assert len(venues.vendor_calls("kounta.")) == 20 - len(refused)
