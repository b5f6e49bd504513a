"""The functions behind queue, stream and schedule: a repeated event does no harm, a bad one comes back alone."""

import json
from typing import Any

import pytest

from tests.functions.event_files import Event, read_event
from tests.functions.relay import Relay


def with_body(event: Event, body: str) -> Event:
    event["Records"][0]["body"] = body
    return event


def failed(answer: Any) -> list[str]:
    """The messages that come back."""
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_nudge_for_a_record_that_is_not_there_is_done(relay: Relay) -> None:
    assert failed(relay.invoke("pos_writer", read_event("pos_writer/nudge_booking"))) == []
    assert failed(relay.invoke("pos_writer", read_event("pos_writer/nudge_pos_order"))) == []


def test_repeated_nudges_make_one_order(relay: Relay) -> None:
    relay.http("booking_events", read_event("booking_events/seated"))
    for _ in range(3):
        relay.invoke("pos_writer", read_event("pos_writer/nudge_booking"))
    assert len(relay.pos_orders()) == 1
    assert relay.vendor_calls("kounta").count("kounta.create_order") == 1


def test_what_is_no_nudge_comes_back(relay: Relay) -> None:
    for body in ("", "[]", "{}", '{"record": 1}', "no json"):
        event = with_body(read_event("pos_writer/nudge_booking"), body)
        assert failed(relay.invoke("pos_writer", event)) == ["19dd0b57-b21e-4ac1-bd88-01bbb068cb78"]


def test_failure_is_told_once_however_often_it_comes(relay: Relay) -> None:
    for _ in range(2):
        assert failed(relay.invoke("failures", read_event("failures/undo_refused"))) == []
    assert len(relay.mails()) == 1
    assert len(relay.texts()) == 1
    assert ("FAILURE#19a3f0example", "FAILURE") in relay.stored()


def test_crashed_nudge_is_on_the_list_with_its_booking(relay: Relay) -> None:
    assert failed(relay.invoke("failures", read_event("failures/crashed_nudge"))) == []
    (mail,) = relay.mails()
    assert "B-1001" in mail.body


@pytest.mark.parametrize(
    ("record_id", "named"),
    [
        ("ONLINE#demo#demo-orders#P-77%2F1", "Order at demo-orders: P-77/1"),
        ("POSORDER#demo#9100000000000000001", "POS order: 9100000000000000001"),
        ("GROUP#demo#12#0f0f", "could not be worked on"),
    ],
)
def test_other_nudges_that_crash_are_on_the_list_too(relay: Relay, record_id: str, named: str) -> None:
    event = with_body(read_event("failures/crashed_nudge"), json.dumps({"v": 1, "record": record_id}))
    assert failed(relay.invoke("failures", event)) == []
    (mail,) = relay.mails()
    assert named in mail.body
    assert "Booking:" not in mail.body


def test_unreadable_failure_comes_back_and_the_others_are_told(relay: Relay) -> None:
    event = read_event("failures/undo_refused")
    event["Records"].insert(0, {**event["Records"][0], "messageId": "unreadable", "body": "{}"})
    assert failed(relay.invoke("failures", event)) == ["unreadable"]
    assert len(relay.mails()) == 1


def test_only_failures_go_to_the_failures_queue(relay: Relay) -> None:
    assert failed(relay.invoke("platform_events", read_event("platform_events/order_opened"))) == []
    assert relay.failures() == []
    assert failed(relay.invoke("platform_events", read_event("platform_events/failure_reported"))) == []
    (body,) = relay.failures()
    assert json.loads(body)["failure"] == "OUTBOX#19a3f0example"


def test_stream_records_of_other_items_and_other_changes_are_passed_over(relay: Relay) -> None:
    event = read_event("platform_events/failure_reported")
    (record,) = event["Records"]
    removed = {**record, "eventName": "REMOVE", "eventID": "2"}
    other = {**record["dynamodb"], "Keys": {"pk": {"S": "VENUE#demo"}, "sk": {"S": "SETTINGS"}}}
    event["Records"] = [removed, {**record, "eventID": "3", "dynamodb": other}]
    assert failed(relay.invoke("platform_events", event)) == []
    assert relay.failures() == []


def test_failure_that_the_queue_does_not_take_comes_back(relay: Relay) -> None:
    relay.sqs.delete_queue(QueueUrl=relay.failures_queue)
    answer = relay.invoke("platform_events", read_event("platform_events/failure_reported"))
    assert failed(answer) == ["4421584500000000017450439091"]
