"""A venue's driver tracking as bootstrap composes it: secret from Secrets Manager, guard, time-out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from standardwebhooks import Webhook

from shared import bootstrap
from shared.domain.orders.request import OrderRequest
from shared.domain.orders.writes import Outcome
from tests.functions.relay import VENUE, Relay

SECRET = "whsec_ZHJpdmVyLXNlY3JldA=="
WRITE = "PR-0123456789ABCDEF-2"
DRIVEN = replace(VENUE, driver_tracking_url="http://sandbox.test/_driver/demo")


@pytest.fixture
def body(relay: Relay) -> bytes:
    bootstrap.secret().update(lambda content: content.with_driver_tracking("demo", (SECRET,)))
    return bootstrap.driver_tracking_for(DRIVEN).render(OrderRequest("P-77"), "ord_1", "012345")


def test_a_delivery_is_told_signed(relay: Relay, body: bytes) -> None:
    answer = bootstrap.driver_tracking_for(DRIVEN).send(body, WRITE)
    assert (answer.outcome, answer.message) == (Outcome.DONE, "DRV-1")
    (caught,) = relay.control("driver")
    assert json.loads(caught["body"])["order_id"] == "ord_1"
    assert caught["headers"]["webhook-id"] == WRITE
    assert caught["headers"]["webhook-signature"] == Webhook(SECRET).sign(WRITE, relay.clock.now(), caught["body"])


def test_its_outage_is_a_lost_answer(relay: Relay, body: bytes) -> None:
    relay.control("state", {"driver_tracking_down": True})
    answer = bootstrap.driver_tracking_for(DRIVEN).send(body, WRITE)
    assert (answer.outcome, answer.http_status, answer.code) == (Outcome.LOST, 503, "driver_tracking_failed")
    relay.control("state", {"driver_tracking_down": False})
    assert bootstrap.driver_tracking_for(DRIVEN).send(body, WRITE).outcome is Outcome.DONE
    assert relay.pos_orders() == []


def test_private_addresses_are_refused_unless_the_deployment_allows_them(relay: Relay, body: bytes) -> None:
    relay.setenv("PRIVATE_ENDPOINTS", "refused")
    relay.start_over()
    answer = bootstrap.driver_tracking_for(DRIVEN).send(body, WRITE)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "driver_tracking_refused")
    assert relay.control("driver") == []


def test_a_venue_without_a_secret_is_refused(relay: Relay) -> None:
    assert bootstrap.driver_tracking_for(DRIVEN).send(b"{}", WRITE).outcome is Outcome.REFUSED
    assert bootstrap.driver_tracking_for(VENUE).send(b"{}", WRITE).outcome is Outcome.REFUSED
    assert relay.control("driver") == []
