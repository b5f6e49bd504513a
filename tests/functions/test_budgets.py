"""How many calls the main job costs, warm and happy: the figures of docs/budgets.md."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from shared import bootstrap
from tests.functions.event_files import Event, body_of, changed, read_event
from tests.functions.relay import VENUE, Relay

SEATED = read_event("booking_events/seated")
MOST_IN_INGEST = 2
MOST_IN_WRITER = 4
MOST_FOR_THE_MENU = 2


def of_booking(event: Event, booking_id: str, **fields: Any) -> Event:
    """The same event about another booking."""
    body = body_of(event)
    body["event_id"] = f"evt-{booking_id}"
    body["booking"] |= {"id": booking_id, **fields}
    return changed(event, body=body)


@pytest.fixture
def warm(relay: Relay) -> Relay:
    """A relay whose functions have each worked before: settings and secret are remembered, connections made. The
    connection to the POS is idle, as it is between two parties."""
    relay.subscribe()
    relay.http("booking_events", of_booking(SEATED, "B-0", customer=None))
    relay.http("booking_events", read_event("booking_events/nowbookit_updated"))
    relay.run()
    relay.http("pos_events", read_event("pos_events/orders_completed"))
    relay.run()
    assert len(relay.pos_orders()) == 1
    relay.clock.advance(10)
    relay.aws_calls.clear()
    relay.sandbox.calls.clear()
    return relay


def ingest(relay: Relay, function: str, event: Event) -> Counter[str]:
    """The AWS calls of one delivery that is taken in."""
    relay.aws_calls.clear()
    assert relay.http(function, event).status in (200, 202)
    return Counter(relay.aws_calls)


def one_step(relay: Relay) -> Counter[str]:
    """The AWS calls of the writer for the one nudge that waits."""
    (nudge,) = relay.nudges()
    relay.aws_calls.clear()
    relay.write(nudge)
    return Counter(relay.aws_calls)


def kounta(relay: Relay) -> list[str]:
    """What Kounta was asked since it was warm."""
    return relay.vendor_calls("kounta")


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("booking_events", "seated"),
        ("booking_events", "nowbookit_updated"),
        ("pos_events", "orders_completed"),
        ("pos_events", "order_accepted"),
    ],
)
def test_a_delivery_is_one_put_and_one_nudge(warm: Relay, function: str, name: str) -> None:
    calls = ingest(warm, function, read_event(f"{function}/{name}"))
    assert calls == {"dynamodb.PutItem": 1, "sqs.SendMessage": 1}
    assert calls.total() <= MOST_IN_INGEST


@pytest.mark.parametrize(
    ("guest", "asked"),
    [
        (None, ["kounta.create_order"]),
        (
            {"first_name": "Sam", "last_name": "Example", "email": "sam@example.com"},
            ["kounta.find_customer", "kounta.create_customer", "kounta.create_order"],
        ),
    ],
    ids=["no customer", "new guest"],
)
def test_a_seated_booking(warm: Relay, guest: Any, asked: list[str]) -> None:
    ingest(warm, "booking_events", of_booking(SEATED, "B-1", customer=guest))
    calls = one_step(warm)
    assert calls == {"dynamodb.Query": 1, "dynamodb.TransactWriteItems": 3}
    assert calls.total() <= MOST_IN_WRITER
    assert kounta(warm) == asked
    assert warm.nudges() == []


def test_a_known_guest(warm: Relay) -> None:
    guest = {"first_name": "Sam", "last_name": "Example", "email": "sam@example.com"}
    ingest(warm, "booking_events", of_booking(SEATED, "B-1", customer=guest))
    one_step(warm)
    warm.sandbox.calls.clear()
    warm.clock.advance(10)
    ingest(warm, "booking_events", of_booking(SEATED, "B-2", customer=guest))
    assert one_step(warm).total() <= MOST_IN_WRITER
    assert kounta(warm) == ["kounta.find_customer", "kounta.create_order"]


def test_a_thin_notice_of_a_seated_booking(warm: Relay) -> None:
    booking = {"bookingId": "NBI-5001", "status": "Seated", "quiet": True}
    warm.control("nowbookit/bookings", booking)
    ingest(warm, "booking_events", read_event("booking_events/nowbookit_updated"))
    calls = one_step(warm)
    assert calls.total() <= MOST_IN_WRITER
    assert kounta(warm)[-1] == "kounta.create_order"
    assert warm.vendor_calls("nowbookit") == ["nowbookit.get_booking"]
    assert warm.nudges() == []


def test_a_change_and_an_undo(warm: Relay) -> None:
    ingest(warm, "booking_events", changed(SEATED))
    one_step(warm)
    warm.sandbox.calls.clear()
    warm.clock.advance(110)
    ingest(warm, "booking_events", read_event("booking_events/table_changed"))
    # Two POS writes in one step: the outcome of the first is stored with the beginning of the second.
    calls = one_step(warm)
    assert calls.total() <= 2 * MOST_IN_WRITER
    assert calls == {"dynamodb.Query": 1, "dynamodb.TransactWriteItems": 4}
    assert kounta(warm) == ["kounta.update_order", "kounta.notify"]
    warm.sandbox.calls.clear()
    warm.clock.advance(60)
    ingest(warm, "booking_events", read_event("booking_events/cancelled"))
    assert one_step(warm).total() <= MOST_IN_WRITER
    reads, write = "kounta.get_order", "kounta.delete_order"
    assert kounta(warm) == [reads, reads, write, reads]


def test_a_venue_that_links_no_customers_asks_for_none(warm: Relay) -> None:
    bootstrap.settings_book().put_venue(replace(VENUE, link_customers=False))
    ingest(warm, "booking_events", changed(SEATED))
    one_step(warm)
    assert kounta(warm) == ["kounta.create_order"]


def test_news_of_a_completed_order(warm: Relay) -> None:
    ingest(warm, "booking_events", changed(SEATED))
    one_step(warm)
    held = max(warm.pos_orders(), key=lambda order: int(order["id"]))
    for act in ("accept", "add-lines", "pay", "complete"):
        warm.control(f"kounta/orders/{held['id']}/{act}", {})
    warm.clock.advance(60)
    deliveries = warm.sandbox.take_deliveries()
    warm.deliver(deliveries[-1])
    warm.sandbox.calls.clear()
    calls = one_step(warm)
    assert kounta(warm) == ["kounta.get_order"]
    assert calls == {
        "dynamodb.Query": 2,
        "dynamodb.UpdateItem": 2,
        "dynamodb.TransactWriteItems": 1,
        "sqs.SendMessage": 1,
    }


ORDERS = "/v1/venues/demo/orders"
SAM = {"first_name": "Sam", "last_name": "Example", "email": "sam@example.com"}


def asked(relay: Relay, address: str, content: Any = None) -> Counter[str]:
    """The AWS calls of one call of a platform that sends orders."""
    relay.aws_calls.clear()
    answer = relay.call("POST", address, content)
    assert answer.status == 202, answer.content
    return Counter(relay.aws_calls)


def placed(relay: Relay, reference: str, **more: Any) -> Counter[str]:
    """The AWS calls of an order that is placed."""
    line = {"product_id": 730297, "quantity": 2, "unit_price_inc_tax": "12.50"}
    payment = {"method_id": 2, "amount": "25.00", "ref": f"tx-{reference}"}
    return asked(relay, ORDERS, {"reference": reference, "lines": [line], "payments": [payment], **more})


def only_order(relay: Relay) -> str:
    """The address of the one order that was placed."""
    (link,) = [item for item in relay.items() if item["pk"]["S"].startswith("ORDER#ord_") and "ONLINE" in str(item)]
    return f"{ORDERS}/{link['pk']['S'].removeprefix('ORDER#')}"


@pytest.fixture
def with_menu(warm: Relay) -> Relay:
    """Warm, idle, and with a menu that orders are checked against."""
    warm.call("POST", "/v1/venues/demo/menu/import")
    warm.run()
    warm.clock.advance(10)
    warm.sandbox.calls.clear()
    return warm


def test_placing_an_order_is_one_transaction_and_one_nudge(warm: Relay) -> None:
    for reference in ("P-1", "P-2"):
        calls = placed(warm, reference, customer=SAM)
        assert calls == {"dynamodb.TransactWriteItems": 1, "sqs.SendMessage": 1}
        assert calls.total() <= MOST_IN_INGEST
    assert kounta(warm) == []


@pytest.mark.parametrize(
    ("guest", "vendor"),
    [
        ({}, ["kounta.create_order"]),
        ({"customer": SAM}, ["kounta.find_customer", "kounta.create_customer", "kounta.create_order"]),
    ],
    ids=["no customer", "new guest"],
)
def test_a_placed_order(warm: Relay, guest: Any, vendor: list[str]) -> None:
    placed(warm, "P-1", **guest)
    calls = one_step(warm)
    assert calls == {"dynamodb.GetItem": 1, "dynamodb.Query": 1, "dynamodb.TransactWriteItems": 3}
    assert calls.total() <= MOST_IN_WRITER + 1  # the menu's head: there is none
    assert kounta(warm) == vendor
    assert warm.nudges() == []


def test_a_placed_order_with_a_menu_to_check_against(with_menu: Relay) -> None:
    placed(with_menu, "P-1")
    calls = one_step(with_menu)
    assert calls == {"dynamodb.GetItem": 1, "dynamodb.Query": 2, "dynamodb.TransactWriteItems": 3}
    assert calls.total() <= MOST_IN_WRITER + MOST_FOR_THE_MENU
    assert kounta(with_menu) == ["kounta.create_order"]


def test_a_placed_order_that_is_refused(warm: Relay) -> None:
    warm.control("state", {"site_id": 823, "online_ordering_paused": True})
    placed(warm, "P-1")
    calls = one_step(warm)
    assert calls == {"dynamodb.GetItem": 1, "dynamodb.Query": 1, "dynamodb.TransactWriteItems": 3}
    assert kounta(warm) == ["kounta.create_order"]
    assert warm.nudges() == []


def test_accepting_an_order(warm: Relay) -> None:
    placed(warm, "P-1", complete_when_paid=False)
    one_step(warm)
    warm.clock.advance(10)
    warm.sandbox.calls.clear()
    taken_in = asked(warm, f"{only_order(warm)}/accept")
    assert taken_in == {
        "dynamodb.GetItem": 1,
        "dynamodb.Query": 2,
        "dynamodb.TransactWriteItems": 1,
        "sqs.SendMessage": 1,
    }
    calls = one_step(warm)
    assert calls == {"dynamodb.Query": 1, "dynamodb.TransactWriteItems": 3}
    assert kounta(warm) == ["kounta.get_order", "kounta.update_order"]


def test_word_of_an_order_to_its_platform(warm: Relay) -> None:
    """Fanning out an event to one endpoint, and the one delivery."""
    hook = {"url": "http://sandbox.test/_platform/hook"}
    made = warm.call("PUT", "/v1/webhook-endpoints/hook", hook)
    assert made.status in (200, 201), made.content
    placed(warm, "P-1")
    one_step(warm)
    (item,) = [each for each in warm.items() if each["pk"]["S"].startswith("OUTBOX#") and "order.sent" in str(each)]
    warm.aws_calls.clear()
    warm.announce(item)
    fanned_out = {"dynamodb.Query": 1, "dynamodb.PutItem": 1, "sqs.SendMessage": 1, "dynamodb.UpdateItem": 1}
    assert Counter(warm.aws_calls) == fanned_out
    (attempt,) = warm.attempts()
    warm.aws_calls.clear()
    warm.attempt(attempt)
    assert Counter(warm.aws_calls) == {"dynamodb.GetItem": 2, "kms.Decrypt": 1, "dynamodb.PutItem": 2}
