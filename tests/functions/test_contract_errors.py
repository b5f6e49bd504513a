"""What cannot be taken is answered in the contract's one error shape, never with a 5xx, and leaves nothing behind."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.functions.answers import is_problem
from tests.functions.event_files import Event, body_of, changed, read_event, signed
from tests.functions.relay import Relay

BIG = "x" * 300_000
OVERSIZED: Any = {"type": "updated", "notes": BIG}
WRONG_TEXTS = {
    "empty": "",
    "words": "seated, please",
    "cut off": '{"type": "updated", "booking": {',
    "NaN": '{"type": NaN}',
    "Infinity": '{"sequence": Infinity}',
    "a number too long to read": '{"sequence": ' + "9" * 5000 + "}",
    "nested without end": "[" * 100_000,
}
WRONG_BYTES = {"invalid UTF-8": b'{"type": "\xff\xfe"}', "binary": bytes(range(256)), "UTF-16 cut off": b"\xff\xfe{"}
WRONG_TYPES: dict[str, Any] = {
    "list": [],
    "string": "seated",
    "null": None,
    "number": 12,
    "true": True,
    "empty object": {},
    "nested deeply": json.loads("[" * 400 + "]" * 400),
}
FIELDS: list[tuple[str, Any, str]] = [
    ("type", "deleted", "/type"),
    ("occurred_at", 1795334531, "/occurred_at"),
    ("occurred_at", "1795334531", "/occurred_at"),
    ("occurred_at", "2026-11-22T19:02:11", "/occurred_at"),
    ("occurred_at", "2026-11-22T20:30:00+11:00", "/occurred_at"),
    ("occurred_at", "0001-01-01T00:00:00+14:00", "/occurred_at"),
    ("sequence", "7", "/sequence"),
    ("sequence", 7.5, "/sequence"),
    ("sequence", 10**30, "/sequence"),
    ("event_id", "", "/event_id"),
    ("event_id", "evt 7", "/event_id"),
    ("event_id", "e" * 129, "/event_id"),
    ("event_id", 7, "/event_id"),
    ("booking", [], "/booking"),
    ("booking.id", 1001, "/booking/id"),
    ("booking.id", "tisch-ä", "/booking/id"),
    ("booking.status", None, "/booking/status"),
    ("booking.status", "\ud800", "/booking/status"),
    ("booking.kind", "party", "/booking/kind"),
    ("booking.party_size", "four", "/booking/party_size"),
    ("booking.party_size", -1, "/booking/party_size"),
    ("booking.party_size", True, "/booking/party_size"),
    ("booking.tables", "12", "/booking/tables"),
    ("booking.tables", [12], "/booking/tables/0"),
    ("booking.tables", ["1"] * 51, "/booking/tables"),
    ("booking.notes", "n" * 4001, "/booking/notes"),
    ("booking.scheduled_at", "9999-12-31T23:59:59-14:00", "/booking/scheduled_at"),
    ("booking.customer", "Alex", "/booking/customer"),
    ("booking.customer.email", ["alex@example.com"], "/booking/customer/email"),
    ("booking.payment_summary.amount_paid", "fifty", "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary.amount_paid", "NaN", "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary.amount_paid", "1e-999999", "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary.amount_paid", "1e999999999", "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary.amount_paid", 1e20, "/booking/payment_summary/amount_paid"),
    ("booking.payment_summary.currency", "dollars", "/booking/payment_summary/currency"),
]


@pytest.fixture
def untouched(lasting_relay: Relay) -> Iterator[Relay]:
    """A relay whose table and queue are as before when the test ends; so one will do for all of them."""
    before = lasting_relay.stored()
    yield lasting_relay
    assert lasting_relay.stored() == before
    assert lasting_relay.nudges() == []


def seated(**more: Any) -> Event:
    return changed(read_event("booking_events/seated"), **more)


def with_field(dotted: str, value: Any) -> dict[str, Any]:
    """The seated event's body with one field replaced."""
    body: dict[str, Any] = body_of(read_event("booking_events/seated"))
    *parents, last = dotted.split(".")
    place = body
    for parent in parents:
        place = place[parent]
    place[last] = value
    return body


# who may call


def test_authorizer_lets_in_whom_a_key_was_issued_to(untouched: Relay) -> None:
    allowed = untouched.invoke("authorizer", read_event("authorizer/key"))
    assert allowed == {
        "isAuthorized": True,
        "context": read_event("booking_events/seated")["requestContext"]["authorizer"]["lambda"],
    }


@pytest.mark.parametrize("name", ["unknown_key", "basic"])
def test_authorizer_refuses_the_others(untouched: Relay, name: str) -> None:
    assert untouched.invoke("authorizer", read_event(f"authorizer/{name}")) == {"isAuthorized": False}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer prk_", "Bearer prk_ä", "prk_x", "Bearer \u0000"])
def test_authorizer_refuses_what_is_no_key(untouched: Relay, given: str) -> None:
    event = {**read_event("authorizer/key"), "identitySource": [given]}
    assert untouched.invoke("authorizer", event) == {"isAuthorized": False}


def test_authorizer_refuses_without_a_header(untouched: Relay) -> None:
    assert untouched.invoke("authorizer", {**read_event("authorizer/key"), "identitySource": None}) == {
        "isAuthorized": False
    }


def test_no_caller(untouched: Relay) -> None:
    is_problem(untouched.http("booking_events", read_event("booking_events/no_caller")), 403, "venue_not_granted")


@pytest.mark.parametrize(
    ("caller", "path", "status", "code"),
    [
        ({"venues": "other"}, {}, 403, "venue_not_granted"),
        ({"scopes": "venue:read"}, {}, 403, "scope_not_granted"),
        ({}, {"venue_id": "other"}, 403, "venue_not_granted"),
        ({"venues": "*"}, {"venue_id": "nowhere"}, 404, "not_found"),
        ({"venues": "*"}, {"venue_id": "v" * 3000}, 404, "not_found"),
        ({"venues": "*"}, {"venue_id": "ä # b"}, 404, "not_found"),
    ],
)
def test_what_the_key_does_not_cover(
    untouched: Relay, caller: Mapping[str, str], path: Mapping[str, str], status: int, code: str
) -> None:
    is_problem(untouched.http("booking_events", seated(caller=caller, path=path)), status, code)


# what may be sent


def test_too_large(untouched: Relay) -> None:
    is_problem(untouched.http("booking_events", seated(body=with_field("booking.notes", BIG))), 413, "too_large")


@pytest.mark.parametrize("body", WRONG_TEXTS.values(), ids=WRONG_TEXTS)
def test_not_json(untouched: Relay, body: str) -> None:
    is_problem(untouched.http("booking_events", seated(body=body)), 400, "not_json")


@pytest.mark.parametrize("body", WRONG_BYTES.values(), ids=WRONG_BYTES)
def test_not_text(untouched: Relay, body: bytes) -> None:
    is_problem(untouched.http("booking_events", seated(body=body)), 400, "not_json")


def test_base64_that_is_none(untouched: Relay) -> None:
    event = read_event("booking_events/unknown_status_base64") | {"body": "%%%not base64%%%"}
    is_problem(untouched.http("booking_events", event), 400, "not_json")


@pytest.mark.parametrize("body", WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_json_of_another_kind(untouched: Relay, body: Any) -> None:
    content = is_problem(untouched.http("booking_events", seated(body=json.dumps(body))), 422, "invalid_input")
    assert content["errors"]


@pytest.mark.parametrize(("dotted", "value", "pointer"), FIELDS, ids=[f"{f[0]}={f[1]!r:.20}" for f in FIELDS])
def test_field_of_another_kind(untouched: Relay, dotted: str, value: Any, pointer: str) -> None:
    event = seated(body=with_field(dotted, value))
    content = is_problem(untouched.http("booking_events", event), 422, "invalid_input")
    assert [each["pointer"] for each in content["errors"]] == [pointer]


def test_a_thousand_mistakes_are_not_all_told(untouched: Relay) -> None:
    event = seated(body=with_field("booking.tables", list(range(30_000))))
    content = is_problem(untouched.http("booking_events", event), 422, "invalid_input")
    assert len(content["errors"]) <= 20


@pytest.mark.parametrize("wait", ["11", "-1", "x", "1.5", "9" * 5000, ""])
def test_wait_out_of_range(untouched: Relay, wait: str) -> None:
    content = is_problem(untouched.http("booking_events", seated(query={"wait": wait})), 422, "invalid_input")
    assert content["errors"][0]["pointer"] == "/query/wait"


# reading


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/query/limit"),
        ({"limit": "101"}, "/query/limit"),
        ({"limit": "٣"}, "/query/limit"),
        ({"limit": "9" * 5000}, "/query/limit"),
        ({"from": "yesterday"}, "/query/from"),
        ({"from": "2026-11-23", "to": "2026-11-22"}, "/query/from"),
        ({"from": "2020-01-01"}, "/query/from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "/query/from"),
        ({"to": "0001-01-02"}, "/query/to"),
        ({"to": "9999-12-31T23:59:59-14:00"}, "/query/to"),
        ({"cursor": ""}, "/query/cursor"),
        ({"cursor": "\u0000"}, "/query/cursor"),
        ({"cursor": "2026-11-22T" + "9" * 2000}, "/query/cursor"),
    ],
)
def test_questions_that_cannot_be_answered(untouched: Relay, query: Mapping[str, str], pointer: str) -> None:
    content = is_problem(untouched.get("sales", query=query), 422, "invalid_input")
    assert [each["pointer"] for each in content["errors"]] == [pointer]


@pytest.mark.parametrize("platform", ["", "p" * 2000, "a b", "ä"])
def test_platform_that_is_none(untouched: Relay, platform: str) -> None:
    is_problem(untouched.get("booking", query={"platform": platform}), 422, "invalid_input")


@pytest.mark.parametrize("order_id", ["ord_ZZZZZZZZZZZZZZZZ", "x", "o" * 3000])
def test_order_that_is_none(untouched: Relay, order_id: str) -> None:
    is_problem(untouched.get("order", path={"order_id": order_id}), 404, "not_found")


# Now Book It's hook


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"headers": {"authorization": "another-token"}}, 401, "bad_signature"),
        ({"headers": {"authorization": ""}}, 401, "bad_signature"),
        ({"path": {"venue_id": "nowhere"}}, 401, "bad_signature"),
        ({"path": {"provider": "elsewhere"}}, 404, "not_found"),
        ({"body": "no json"}, 400, "not_json"),
        ({"body": "[]"}, 422, "invalid_input"),
        ({"body": "null"}, 422, "invalid_input"),
        ({"body": {"eventType": "BOOKING_UPDATED"}}, 422, "invalid_input"),
        ({"body": {"eventType": "BOOKING_UPDATED", "data": {"bookingId": ["1"]}}}, 422, "invalid_input"),
        ({"body": {"eventType": "BOOKING_UPDATED", "data": {"bookingId": "b" * 129}}}, 422, "invalid_input"),
        ({"body": {"eventType": "BOOKING_UPDATED", "data": {"bookingId": BIG}}}, 413, "too_large"),
    ],
)
def test_hook_that_cannot_be_taken(untouched: Relay, more: dict[str, Any], status: int, code: str) -> None:
    is_problem(
        untouched.http("booking_events", changed(read_event("booking_events/nowbookit_updated"), **more)), status, code
    )


def test_hook_that_is_not_about_a_booking_of_this_venue(untouched: Relay) -> None:
    gift_card = read_event("booking_events/nowbookit_gift_card")
    elsewhere = {"eventType": "BOOKING_UPDATED", "data": {"bookingId": "NBI-1", "locationId": "LOC-900"}}
    for event in (gift_card, changed(read_event("booking_events/nowbookit_updated"), body=elsewhere)):
        answer = untouched.http("booking_events", event)
        assert (answer.status, answer.json()) == (202, {"status": "ignored"})


# Kounta's webhooks and callbacks


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"headers": {"x-kounta-signature": "00" * 32}}, 401, "bad_signature"),
        ({"headers": {"x-kounta-signature": ""}}, 401, "bad_signature"),
        ({"headers": {"x-kounta-signature": "ä"}}, 401, "bad_signature"),
        ({"headers": {"authorization": "another"}}, 401, "bad_signature"),
        ({"body": "{}"}, 401, "bad_signature"),
        ({"body": BIG}, 401, "bad_signature"),
        ({"path": {"venue_id": "nowhere"}}, 401, "bad_signature"),
        ({"path": {"topic": "orders-eaten"}}, 404, "not_found"),
    ],
)
def test_webhook_that_proves_nothing(untouched: Relay, more: dict[str, Any], status: int, code: str) -> None:
    is_problem(untouched.http("pos_events", changed(read_event("pos_events/orders_completed"), **more)), status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"no json", 400, "not_json"),
        (b"\xff\xff", 400, "not_json"),
        (b"[]", 422, "invalid_input"),
        (b"null", 422, "invalid_input"),
        (b"{}", 422, "invalid_input"),
        (b'{"id": {"a": 1}}', 422, "invalid_input"),
        (b'{"id": true}', 422, "invalid_input"),
        (b'{"id": 1.5}', 422, "invalid_input"),
        (b'{"id": "' + b"9" * 65 + b'"}', 422, "invalid_input"),
        (b'{"id": 7, "status": 3}', 422, "invalid_input"),
        (b'{"id": 7, "note": "' + b"x" * 300_000 + b'"}', 413, "too_large"),
    ],
)
def test_signed_webhook_that_is_no_order(untouched: Relay, body: bytes, status: int, code: str) -> None:
    event = signed(read_event("pos_events/orders_completed"), body)
    content = is_problem(untouched.http("pos_events", event), status, code)
    assert status != 422 or content["errors"]


def test_webhook_of_another_site(untouched: Relay) -> None:
    answer = untouched.http("pos_events", read_event("pos_events/other_site"))
    assert (answer.status, answer.json()) == (200, {"status": "ignored"})


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"query": {"token": "AAAAAAAAAAAAAAAAAAAAAA"}}, 401, "bad_signature"),
        ({"query": {"token": ""}}, 401, "bad_signature"),
        ({"query": {}}, 401, "bad_signature"),
        ({"path": {"order_id": "ord_ZZZZZZZZZZZZZZZZ"}}, 401, "bad_signature"),
        ({"path": {"order_id": "x"}}, 401, "bad_signature"),
        ({"path": {"venue_id": "nowhere"}}, 401, "bad_signature"),
        ({"body": "no json"}, 400, "not_json"),
        ({"body": "[1]"}, 422, "invalid_input"),
        ({"body": {"id": BIG}}, 413, "too_large"),
    ],
)
def test_callback_that_cannot_be_taken(untouched: Relay, more: dict[str, Any], status: int, code: str) -> None:
    is_problem(untouched.http("pos_events", changed(read_event("pos_events/order_accepted"), **more)), status, code)
