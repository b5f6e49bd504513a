"""The generated reference: fresh, complete, valid, and true of what the functions answer."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema import ValidationError as Mismatch

from ops.openapi import OPERATIONS, PAGE, SPECIFICATION, generated, main, specification
from shared.domain.deliveries.endpoint import EVENT_TYPES, TEST_TYPE
from tests.functions.answers import Answer
from tests.functions.described import SPEC, described, is_as_described, validator
from tests.functions.event_files import Event, body_of, changed, read_event
from tests.functions.relay import Relay, template_routes

SEATED = read_event("booking_events/seated")
METHODS = {"get", "post", "put", "delete", "patch"}


def test_the_committed_files_are_fresh() -> None:
    assert main(["--check"]) == 0
    for path, text in generated().items():
        assert path.read_text() == text


def test_a_stale_file_is_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("ops.openapi.generated", lambda: {SPECIFICATION: "{}", PAGE: PAGE.read_text()})
    assert main(["--check"]) == 1
    assert "functions/queries/openapi.json is stale" in capsys.readouterr().err


def test_generating_is_repeatable() -> None:
    assert specification() == specification()


def test_every_route_of_the_template_is_described_and_no_other() -> None:
    there = {f"{method.upper()} {path}" for path, item in SPEC["paths"].items() for method in item if method in METHODS}
    assert there == set(template_routes())


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    text = SPECIFICATION.read_text()
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named == set(SPEC["components"]["schemas"])
    for name, schema in SPEC["components"]["schemas"].items():
        assert Draft202012Validator.check_schema(schema) is None, name


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_examples_are_what_they_illustrate(operation: Any) -> None:
    said = described(operation.route)
    shown = [part.get("content", {}) for part in (said.get("requestBody"), *said["responses"].values()) if part]
    for content in shown:
        for kind in content.values():
            if "example" in kind:
                validator(kind["schema"]).validate(kind["example"])
    security = {name for each in said["security"] for name in each}
    assert security <= set(SPEC["components"]["securitySchemes"])
    assert ("apiKey" in security) == operation.route.split(" ")[1].startswith(("/v1/venues/", "/v1/webhook-endpoints"))


def test_every_event_is_described_and_its_example_is_one() -> None:
    assert set(SPEC["webhooks"]) == {*EVENT_TYPES, TEST_TYPE, "callback_uri"}
    for name, said in SPEC["webhooks"].items():
        content = said["post"]["requestBody"]["content"]["application/json"]
        validator(content["schema"]).validate(content["example"])
        assert content["example"].get("type", "callback_uri") == name
        assert name == "callback_uri" or f">{name}<" in PAGE.read_text()


def test_who_is_to_be_refunded_cannot_be_mistaken() -> None:
    kept, final = SPEC["webhooks"]["order.pos_failed"]["post"], SPEC["webhooks"]["order.failed"]["post"]
    for words in (kept["summary"], kept["description"]):
        assert "do NOT refund" in words
    assert "refund the customer" in final["summary"]
    assert "nothing will send it again" in final["description"]


def test_events_that_are_posted_are_as_described(relay: Relay) -> None:
    put = read_event("webhook_endpoints/put")
    relay.http("webhook_endpoints", changed(put, body={"url": "http://sandbox.test/_platform/main"}))
    relay.subscribe()
    relay.http("booking_events", SEATED)
    relay.run()
    relay.control(f"kounta/orders/{relay.pos_orders()[0]['id']}/reject", {"reason": "Kitchen closed"})
    relay.http("webhook_endpoints", read_event("webhook_endpoints/test"))
    relay.run()
    posted = [json.loads(each["body"]) for each in relay.control("outbox")["platform_events"]]
    assert {each["type"] for each in posted} == {
        "booking.order_opened",
        "customer.linked",
        "order.rejected",
        TEST_TYPE,
    }
    for each in posted:
        schema = SPEC["webhooks"][each["type"]]["post"]["requestBody"]["content"]["application/json"]["schema"]
        validator(schema).validate(each)


def test_operation_names_are_unique() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_answers_of_a_whole_story_are_as_described(relay: Relay) -> None:
    relay.subscribe()

    def call(function: str, event: Event) -> Answer:
        answer = relay.http(function, event)
        is_as_described(event, answer)
        return answer

    validator(described(SEATED["routeKey"])["requestBody"]["content"]["application/json"]["schema"]).validate(
        body_of(SEATED)
    )
    call("booking_events", SEATED)
    call("queries", read_event("queries/booking"))  # not decided yet
    relay.run()
    for name in ("booking", "booking_event", "sales", "health", "openapi", "docs"):
        call("queries", read_event(f"queries/{name}"))
    booking = relay.get("booking").json()
    this_order = changed(read_event("queries/order"), path={"order_id": booking["seatings"][0]["order_id"]})
    assert call("queries", this_order).json()["writes"][0]["request"]
    call("booking_events", changed(SEATED, query={"wait": "1"}))

    (held,) = relay.pos_orders()
    for act in ("accept", "add-lines", "pay", "complete"):
        relay.control(f"kounta/orders/{held['id']}/{act}", {})
    for delivery in relay.sandbox.take_deliveries():
        relay.deliver(delivery)
    relay.run()
    assert call("queries", read_event("queries/sales")).json()["data"]
    call("queries", this_order)
    hook = described("POST /pos/kounta/{venue_id}/{topic}")["requestBody"]["content"]["application/json"]["schema"]
    for name in ("orders_completed", "other_site", "customer_linked", "kitchen_print", "group_finalised"):
        validator(hook).validate(body_of(read_event(f"pos_events/{name}")))
    for name in (
        "orders_completed",
        "other_site",
        "order_accepted",
        "customer_linked",
        "customer_unlinked",
        "kitchen_print",
        "group_finalised",
    ):
        call("pos_events", read_event(f"pos_events/{name}"))
    hooks = described("POST /v1/hooks/bookings/{provider}/{venue_id}")["requestBody"]["content"]["application/json"]
    for name in ("nowbookit_updated", "nowbookit_gift_card", "resdiary_seated", "standard_seated"):
        validator(hooks["schema"]).validate(body_of(read_event(f"booking_events/{name}")))
        call("booking_events", read_event(f"booking_events/{name}"))
    call("queries", changed(read_event("queries/booking"), path={"booking_id": "NBI-5001"}))  # a thin notice


def test_answers_about_a_failed_order_are_as_described(relay: Relay) -> None:
    relay.control("faults", {"operation": "kounta.create_order", "fault": "422", "times": -1})
    relay.http("booking_events", SEATED)
    relay.run()
    booking = relay.get("booking").json()
    event = changed(read_event("queries/order"), path={"order_id": booking["seatings"][0]["order_id"]})
    answer = relay.http("queries", event)
    is_as_described(event, answer)
    assert answer.json()["failed_services"]


def test_refusals_are_as_described(relay: Relay) -> None:
    relay.http("booking_events", SEATED)
    for function, event in (
        ("booking_events", changed(SEATED, caller={"scopes": ""})),
        ("booking_events", changed(SEATED, caller={"venues": "*"}, path={"venue_id": "nowhere"})),
        ("booking_events", changed(SEATED, body="{")),
        ("booking_events", changed(SEATED, body="{}")),
        ("booking_events", changed(SEATED, body=" " * 300_000)),
        ("booking_events", changed(SEATED, body={**body_of(SEATED), "sequence": 70})),
        ("booking_events", changed(read_event("booking_events/nowbookit_updated"), headers={"authorization": ""})),
        ("booking_events", changed(read_event("booking_events/nowbookit_updated"), path={"provider": "elsewhere"})),
        ("booking_events", changed(read_event("booking_events/resdiary_seated"), body="{}")),
        ("booking_events", changed(read_event("booking_events/standard_seated"), body="{}")),
        ("pos_events", changed(read_event("pos_events/orders_completed"), body="{}")),
        ("pos_events", changed(read_event("pos_events/orders_completed"), path={"topic": "x"})),
        ("pos_events", changed(read_event("pos_events/order_accepted"), query={})),
        ("pos_events", changed(read_event("pos_events/order_accepted"), body="{}")),
        ("queries", changed(read_event("queries/sales"), query={"limit": "0"})),
        ("queries", changed(read_event("queries/booking"), path={"booking_id": "none"})),
        ("queries", changed(read_event("queries/booking"), query={"platform": "x"}, caller={"scopes": ""})),
        ("queries", changed(read_event("queries/order"), caller={"venues": ""})),
    ):
        answer = relay.http(function, event)
        assert answer.status >= 400
        is_as_described(event, answer)


def test_a_wrong_answer_would_be_noticed() -> None:
    schema = described("GET /health")["responses"]["200"]["content"]["application/json"]["schema"]
    with pytest.raises(Mismatch):
        validator(schema).validate({"status": "ok", "more": 1})


def test_the_page_stands_alone() -> None:
    # The empty icon is there so that a browser does not ask for one.
    text = PAGE.read_text().replace('<link rel="icon" href="data:,">', "")
    for unwanted in ("<script", "src=", "@import", "url(", "<link", "http://", "javascript:"):
        assert unwanted not in text
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in text
        assert operation.route.split(" ")[1] in text
