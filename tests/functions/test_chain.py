"""The whole way through the functions: booking in, order in the POS, staff act, sale; failures told to people."""

from typing import Any

from tests.functions.event_files import read_event
from tests.functions.relay import Relay


def accepted(relay: Relay, name: str) -> Any:
    """A booking event that is taken in."""
    answer = relay.http("booking_events", read_event(f"booking_events/{name}"))
    assert answer.status == 202, answer
    return answer.json()


def test_seated_booking_becomes_an_order_and_its_completion_a_sale(relay: Relay) -> None:
    relay.subscribe()
    assert accepted(relay, "seated") == {
        "status": "accepted",
        "event_id": "evt-7001",
        "booking_id": "B-1001",
        "duplicate": False,
    }
    relay.run()
    (held,) = relay.pos_orders()
    assert held["status"] == "SUBMITTED"
    booking = relay.get("booking").json()
    (seating,) = booking["seatings"]
    assert seating["pos_order_id"] == str(held["id"])
    assert booking["events"][0]["decision"] == "create_order"

    relay.clock.advance(60)
    relay.control(f"kounta/orders/{held['id']}/accept", {})
    relay.run()
    order = relay.get("order", path={"order_id": seating["order_id"]}).json()
    assert (order["status"], order["pos"]["order_id"]) == ("accepted", str(held["id"]))

    relay.clock.advance(1800)
    for act in ("add-lines", "pay", "complete"):
        relay.control(f"kounta/orders/{held['id']}/{act}", {})
    relay.run()
    (sale,) = relay.get("sales").json()["data"]
    assert (sale["order_id"], sale["booking_id"], sale["source"]) == (seating["order_id"], "B-1001", "booking")
    assert relay.get("booking").json()["seatings"][0]["outcome"] == "completed"


def test_undo_with_items_is_told_to_the_venue_by_mail_and_sms(relay: Relay) -> None:
    accepted(relay, "seated")
    relay.run()
    (held,) = relay.pos_orders()
    relay.control(f"kounta/orders/{held['id']}/add-lines", {})
    relay.clock.advance(120)
    accepted(relay, "cancelled")
    relay.run()
    event = relay.get("booking_event", path={"event_id": "evt-7003"}).json()
    assert (event["decision"], event["code"]) == ("error", "order_has_items_or_payments")
    assert [order["deleted"] for order in relay.pos_orders()] == [False]
    (mail,) = relay.mails()
    assert mail.destinations["ToAddresses"] == ["duty@example.com"]
    ((number, text),) = relay.texts()
    assert number == "+61255501234"
    assert "T12" in text


def test_seated_by_mistake_is_undone(relay: Relay) -> None:
    accepted(relay, "seated")
    relay.run()
    relay.clock.advance(120)
    accepted(relay, "cancelled")
    relay.run()
    assert [order["deleted"] for order in relay.pos_orders()] == [True]
    assert relay.get("booking").json()["seatings"][0]["outcome"] == "deleted"
    assert relay.mails() == []
