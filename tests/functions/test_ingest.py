"""Taking deliveries in: once each, durable before anything else, answered at once or after the wait asked for."""

import pytest

from tests.functions.answers import is_problem
from tests.functions.event_files import body_of, changed, read_event
from tests.functions.relay import Relay

SEATED = read_event("booking_events/seated")


def test_the_same_event_again_is_a_duplicate(relay: Relay) -> None:
    first = relay.http("booking_events", SEATED)
    before = relay.stored()
    again = relay.http("booking_events", SEATED)
    assert (first.status, again.status) == (202, 202)
    assert again.json() == {**first.json(), "duplicate": True}
    assert relay.stored() == before
    relay.run()
    assert len(relay.pos_orders()) == 1


def test_a_duplicate_of_what_is_decided_wakes_nobody(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    relay.run()
    assert relay.http("booking_events", SEATED).json()["duplicate"] is True
    assert relay.nudges() == []


def test_the_same_event_id_with_other_content_is_refused(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    relay.nudges()
    before = relay.stored()
    body = body_of(SEATED)
    body["booking"]["party_size"] = 5
    is_problem(relay.http("booking_events", changed(SEATED, body=body)), 409, "reference_reused")
    assert relay.stored() == before
    assert relay.nudges() == []


def test_without_an_event_id_the_content_is_the_id(relay: Relay) -> None:
    walk_in = read_event("booking_events/walk_in")
    first = relay.http("booking_events", walk_in).json()
    assert first["event_id"].startswith("evt_")
    assert relay.http("booking_events", walk_in).json() == {**first, "duplicate": True}
    body = body_of(walk_in)
    body["booking"]["tables"] = ["4"]
    other = relay.http("booking_events", changed(walk_in, body=body)).json()
    assert (other["duplicate"], other["event_id"] == first["event_id"]) == (False, False)


def test_a_status_we_do_not_know_is_kept_and_changes_nothing(relay: Relay) -> None:
    assert relay.http("booking_events", read_event("booking_events/unknown_status_base64")).status == 202
    relay.run()
    event = relay.get("booking_event", path={"event_id": "evt-7004"}).json()
    assert (event["status"], event["decision"]) == ("dessert", "none")
    assert relay.get("booking").json()["raw_status"] == "dessert"
    assert relay.pos_orders() == []


def test_a_changed_table_reaches_the_order_that_is_there(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    relay.run()
    relay.clock.advance(120)
    relay.http("booking_events", read_event("booking_events/table_changed"))
    relay.run()
    (held,) = relay.pos_orders()
    assert "12+14" in held["notes"]
    assert relay.get("booking_event", path={"event_id": "evt-7002"}).json()["decision"] == "update_order"


def test_an_event_is_taken_although_the_queue_is_gone(relay: Relay) -> None:
    relay.sqs.delete_queue(QueueUrl=relay.writes_queue)
    assert relay.http("booking_events", SEATED).status == 202
    assert relay.http("booking_events", read_event("booking_events/nowbookit_updated")).status == 202
    assert relay.http("pos_events", read_event("pos_events/orders_completed")).status == 200
    kept = {pk.split("#")[0] for pk, _ in relay.stored()}
    assert {"BOOKING", "POSORDER"} <= kept


def test_what_was_not_nudged_is_found_by_the_caretaker(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    relay.nudges()
    relay.clock.advance(61)
    found = relay.invoke("caretaker", read_event("caretaker/every_minute"))
    assert found == {"nudged": 1, "announced": 0, "held": 0, "twins": 0, "delivering": 0}
    relay.run()
    assert len(relay.pos_orders()) == 1


def test_each_thin_notice_is_an_event_of_its_own(relay: Relay) -> None:
    hook = read_event("booking_events/nowbookit_updated")
    first, second = (relay.http("booking_events", hook).json() for _ in range(2))
    assert first["event_id"] != second["event_id"]
    assert (first["booking_id"], first["duplicate"], second["duplicate"]) == ("NBI-5001", False, False)


def test_the_same_news_from_the_pos_is_kept_once(relay: Relay) -> None:
    completed = read_event("pos_events/orders_completed")
    first, again = (relay.http("pos_events", completed).json() for _ in range(2))
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert relay.http("pos_events", read_event("pos_events/orders_deleted")).json()["duplicate"] is False
    assert relay.http("pos_events", read_event("pos_events/order_accepted")).json()["duplicate"] is False


# ?wait=


def test_waits_until_the_event_is_decided(relay: Relay) -> None:
    def while_the_writer_works(seconds: float) -> None:
        relay.clock.advance(seconds)
        relay.run()

    relay.start_over(while_the_writer_works)
    answer = relay.http("booking_events", changed(SEATED, query={"wait": "10"}))
    assert answer.status == 200
    assert answer.json() == {
        "status": "decided",
        "event_id": "evt-7001",
        "booking_id": "B-1001",
        "duplicate": False,
        "decision": "create_order",
        "reason": "first heard of already seated",
        "code": None,
    }


def test_waits_no_longer_than_asked(relay: Relay) -> None:
    began = relay.clock.now()
    answer = relay.http("booking_events", changed(SEATED, query={"wait": "3"}))
    assert (answer.status, answer.json()["status"]) == (202, "accepted")
    assert (relay.clock.now() - began).total_seconds() == pytest.approx(3)


def test_waits_no_longer_than_the_function_has(relay: Relay) -> None:
    began = relay.clock.now()
    event = changed(SEATED, query={"wait": "10"})
    assert relay.http("booking_events", event, left_s=4.0).status == 202
    assert (relay.clock.now() - began).total_seconds() == pytest.approx(2.5)
    assert relay.http("booking_events", event, left_s=1.0).status == 202


def test_does_not_wait_for_what_is_decided(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    relay.run()
    began = relay.clock.now()
    answer = relay.http("booking_events", changed(SEATED, query={"wait": "10"}))
    assert (answer.status, answer.json()["duplicate"], answer.json()["decision"]) == (200, True, "create_order")
    assert relay.clock.now() == began


def test_waiting_reads_seldom(relay: Relay) -> None:
    relay.http("booking_events", changed(SEATED, query={"wait": "10"}), left_s=20.0)
    assert relay.aws_calls.count("dynamodb.GetItem") <= 17
