"""Two thousand orders with one thing wrong each: refused with its pointer, and nothing of them goes any further."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from shared import bootstrap
from tests.functions.relay import VENUE, Relay
from tests.order_bodies import SITE, Body, broken_bodies

ORDERS = "/v1/venues/demo/orders"


@pytest.fixture(scope="module")
def relay(lasting_relay: Relay) -> Relay:
    """As deployed: no address within our own network, no register that was not opened."""
    lasting_relay.setenv("PRIVATE_ENDPOINTS", "")
    lasting_relay.start_over()
    bootstrap.settings_book().put_venue(replace(VENUE, pos=replace(VENUE.pos, site_id=SITE)))
    return lasting_relay


# Nothing is shrunk: what fails is short enough to read, and each try is a whole request.
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(cases=broken_bodies(times=4))
def test_an_order_with_one_thing_wrong_never_reaches_the_pos(relay: Relay, cases: list[tuple[Body, str]]) -> None:
    relay.aws_calls.clear()
    for body, pointer in cases:
        answer = relay.call("POST", ORDERS, without_registers(body, pointer))
        assert answer.status == 422, (answer.content, body)
        assert pointer in [each["pointer"] for each in answer.content["errors"]]
    assert set(relay.aws_calls) <= {"dynamodb.GetItem"}
    assert not relay.vendor_calls("kounta")


def test_what_is_right_is_taken(relay: Relay) -> None:
    """So that the refusals above are for what is wrong, and not for everything."""
    body = {"reference": "OU-1042", "site_id": SITE, "lines": [{"product_id": 730297}]}
    assert relay.call("POST", ORDERS, body).status == 202


def without_registers(body: Body, pointer: str) -> Body:
    """A register that the venue does not have is wrong too, and not what is tried here."""
    return {name: value for name, value in body.items() if "register" not in name or pointer == f"/{name}"}
