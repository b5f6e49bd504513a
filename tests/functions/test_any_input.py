"""Whatever is posted to an ingest function, it never answers with a 5xx."""

from typing import Any

import pytest
import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functions.answers import Answer
from tests.functions.event_files import (
    EVENTS,
    Event,
    body_of,
    changed,
    read_event,
    signed,
    signed_as_standard,
    signed_by_resdiary,
)
from tests.functions.relay import Relay

# Time is no matter here: a busy machine makes examples slowly.
EXAMPLES = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SEATED = read_event("booking_events/seated")
NOTICE = read_event("booking_events/nowbookit_updated")
RESDIARY = read_event("booking_events/resdiary_seated")
STANDARD = read_event("booking_events/standard_seated")
COMPLETED = read_event("pos_events/orders_completed")
CALLBACK = read_event("pos_events/order_accepted")
PLACE = read_event("online_orders/place")
CHANGES = [path.stem for path in (EVENTS / "online_orders").glob("*.json") if path.stem not in ("place", "dry_run")]

texts = st.text(st.characters(exclude_categories=[]))  # half a surrogate pair too: JSON can say it, UTF-8 cannot
numbers = st.integers() | st.floats() | st.decimals()
scalars = st.none() | st.booleans() | numbers | texts | st.datetimes().map(str)
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


def near(example: Any) -> st.SearchStrategy[Any]:
    """Like the example, with anything in the place of some of its parts."""
    if isinstance(example, dict):
        parts = {name: near(value) for name, value in example.items()}
        whole: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=parts)
        whole |= st.fixed_dictionaries(parts)
    elif isinstance(example, list):
        whole = st.lists(st.one_of([near(each) for each in example]) if example else json_values, max_size=3)
    else:
        whole = st.just(example)
    return st.one_of(whole, whole, whole, json_values)


def as_json(content: Any) -> str:
    return simplejson.dumps(content, use_decimal=True, allow_nan=True)


def is_answered(answer: Answer) -> None:
    """With anything but a 5xx, and every refusal in the one shape."""
    assert answer.status < 500, answer
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status
    answer.body.encode()


@EXAMPLES
@given(content=near(body_of(SEATED)))
def test_any_booking_event(lasting_relay: Relay, content: Any) -> None:
    is_answered(lasting_relay.http("booking_events", changed(SEATED, body=as_json(content))))


@EXAMPLES
@given(content=near(body_of(NOTICE)))
def test_any_notice(lasting_relay: Relay, content: Any) -> None:
    is_answered(lasting_relay.http("booking_events", changed(NOTICE, body=as_json(content))))


@EXAMPLES
@given(content=near(body_of(RESDIARY)))
def test_any_resdiary_webhook(lasting_relay: Relay, content: Any) -> None:
    is_answered(lasting_relay.http("booking_events", signed_by_resdiary(RESDIARY, as_json(content).encode())))


@EXAMPLES
@given(content=near(body_of(STANDARD)), webhook_id=st.text("ab-.é ", max_size=140))
def test_any_standard_webhook(lasting_relay: Relay, content: Any, webhook_id: str) -> None:
    event = signed_as_standard(STANDARD, as_json(content).encode(), webhook_id, lasting_relay.clock.now())
    is_answered(lasting_relay.http("booking_events", event))


@EXAMPLES
@given(headers=st.dictionaries(st.sampled_from([*RESDIARY["headers"], *STANDARD["headers"]]), st.text(), min_size=1))
def test_any_headers_of_a_signed_webhook(lasting_relay: Relay, headers: dict[str, str]) -> None:
    for event in (RESDIARY, STANDARD):
        is_answered(lasting_relay.http("booking_events", changed(event, headers=headers)))


@EXAMPLES
@given(content=near(body_of(COMPLETED)))
def test_any_signed_webhook(lasting_relay: Relay, content: Any) -> None:
    is_answered(lasting_relay.http("pos_events", signed(COMPLETED, as_json(content).encode())))


@EXAMPLES
@given(content=near(body_of(CALLBACK)))
def test_any_callback(lasting_relay: Relay, content: Any) -> None:
    is_answered(lasting_relay.http("pos_events", changed(CALLBACK, body=as_json(content))))


@EXAMPLES
@given(content=near(body_of(PLACE)), query=st.sampled_from([{}, {"dry_run": "true"}]))
def test_any_order(lasting_relay: Relay, content: Any, query: dict[str, str]) -> None:
    is_answered(lasting_relay.http("online_orders", changed(PLACE, body=as_json(content), query=query)))


@pytest.mark.parametrize("name", sorted(CHANGES))
@settings(EXAMPLES, max_examples=20)
@given(data=st.data(), headers=st.dictionaries(st.just("idempotency-key"), st.text()))
def test_any_change_of_an_order(lasting_relay: Relay, name: str, data: st.DataObject, headers: dict[str, str]) -> None:
    order_id = lasting_relay.http("online_orders", changed(PLACE, body={"reference": name})).content["id"]
    event = changed(read_event(f"online_orders/{name}"), path={"order_id": order_id}, headers=headers)
    content = data.draw(near(body_of(event)) if event.get("body") else json_values)
    is_answered(lasting_relay.http("online_orders", changed(event, body=as_json(content))))


@EXAMPLES
@given(body=st.binary())
def test_any_bytes(lasting_relay: Relay, body: bytes) -> None:
    for function, event in (
        ("booking_events", SEATED),
        ("booking_events", NOTICE),
        ("pos_events", CALLBACK),
        ("online_orders", PLACE),
        ("online_orders", read_event("online_orders/change")),
    ):
        is_answered(lasting_relay.http(function, changed(event, body=body)))
    is_answered(lasting_relay.http("pos_events", signed(COMPLETED, body)))


def any_address(event: Event) -> st.SearchStrategy[dict[str, str]]:
    """Anything in the place of what the address names."""
    return st.fixed_dictionaries({name: st.text(min_size=1) for name in event["pathParameters"]})


@EXAMPLES
@given(data=st.data(), query=st.dictionaries(st.sampled_from(["wait", "token", "platform", "dry_run"]), st.text()))
def test_any_address(lasting_relay: Relay, data: st.DataObject, query: dict[str, str]) -> None:
    everything = {"venues": "*"}
    line = read_event("online_orders/change_line")
    for function, event in (("booking_events", SEATED), ("online_orders", PLACE), ("online_orders", line)):
        path = data.draw(any_address(event))
        is_answered(lasting_relay.http(function, changed(event, path=path, query=query, caller=everything)))
    for function, event in (("booking_events", NOTICE), ("pos_events", COMPLETED), ("pos_events", CALLBACK)):
        is_answered(lasting_relay.http(function, changed(event, path=data.draw(any_address(event)), query=query)))


@EXAMPLES
@given(
    name=st.sampled_from(["booking", "booking_event", "order", "sales"]),
    data=st.data(),
    query=st.dictionaries(
        st.sampled_from(["from", "to", "limit", "cursor", "platform"]), st.text() | st.datetimes().map(str)
    ),
)
def test_any_question(lasting_relay: Relay, name: str, data: st.DataObject, query: dict[str, str]) -> None:
    event = read_event(f"queries/{name}")
    asked = changed(event, path=data.draw(any_address(event)), query=query, caller={"venues": "*"})
    is_answered(lasting_relay.http("queries", asked))


@EXAMPLES
@given(
    name=st.sampled_from(["list", "pos_order", "by_sale", "invoice", "line", "option_set"]),
    data=st.data(),
    query=st.dictionaries(
        st.sampled_from(["status", "deleted", "staff_id", "created_gt", "value_lte", "limit", "cursor", "x"]),
        st.text() | st.datetimes().map(str) | st.decimals().map(str) | st.sampled_from(["true", "complete", "16"]),
    ),
)
def test_any_question_to_the_pos(lasting_relay: Relay, name: str, data: st.DataObject, query: dict[str, str]) -> None:
    event = read_event(f"pos_orders/{name}")
    venue = st.just({"venue_id": "demo"}) | st.just({})
    path = data.draw(any_address(event)) | data.draw(venue)
    lasting_relay.clock.advance(10)
    is_answered(lasting_relay.http("pos_orders", changed(event, path=path, query=query, caller={"venues": "*"})))
