"""Driver tracking: the fake, and the real adapter against the sandbox's catcher, answer alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from standardwebhooks import Webhook

from sandbox.core import Sandbox
from sandbox.messages import SandboxRequest
from sandbox.transport import sandbox_transport
from shared.adapters.driver_tracking.service import HttpDriverTracking
from shared.adapters.http.clients import make_client
from shared.adapters.http.guarded import GuardedTransport
from shared.domain.bookings.events import Customer
from shared.domain.errors import NotFoundError, UnreachableError
from shared.domain.orders.request import Address, LineRequest, OptionRequest, OrderRequest, PaymentRequest
from shared.domain.orders.writes import Answer, Outcome
from shared.usecases.driver_tracking import DriverTracking, needs_driver
from tests.builders import VENUE
from tests.fake_driver_tracking import InMemoryDriverTracking

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NEW, OLD = "whsec_ZHJpdmVyLW5ldy1zZWNyZXQ=", "whsec_ZHJpdmVyLW9sZC1zZWNyZXQ="
DRIVEN = replace(VENUE, driver_tracking_url="http://sandbox.test/_driver/demo")
WRITE = "PR-0123456789ABCDEF-2"
REQUEST = OrderRequest(
    "P-77",
    customer_code="K42",
    order_type="Delivery",
    customer=Customer("Alex", "Example", "alex@example.com", "+61255501001"),
    delivery_address=Address("1 Example Street", "Sydney", "NSW", "2000", "Australia"),
    notes="Gate code 55",
    lines=(LineRequest("730303", Decimal(2)), LineRequest("730304", Decimal("0.5"))),
    options=(OptionRequest("730400"),),
    payments=(PaymentRequest(Decimal("40.00"), tip=Decimal("5.00")), PaymentRequest(Decimal("5.5"))),
    fulfil_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
)


@dataclass
class Fake:
    """The fake as the tests see it."""

    port: InMemoryDriverTracking

    def orders(self) -> dict[str, Any]:
        return {write_id: json.loads(body) for write_id, body in self.port.told.items()}

    def down(self, *, arrives: bool) -> None:
        self.port.answers.append(Answer(Outcome.LOST, code="driver_tracking_failed"))
        self.port.arrives = arrives

    def refuse(self) -> None:
        self.port.answers.append(Answer(Outcome.REFUSED, 403, code="driver_tracking_refused"))


@dataclass
class Caught:
    """The sandbox as the tests see it."""

    port: HttpDriverTracking
    sandbox: Sandbox

    def orders(self) -> dict[str, Any]:
        """By `webhook-id`: what a service that keeps to Standard Webhooks would have taken."""
        return {each["headers"]["webhook-id"]: json.loads(each["body"]) for each in self.posts()}

    def posts(self) -> list[Any]:
        shown: list[Any] = self.sandbox.driver.shown("demo")
        return shown

    def down(self, *, arrives: bool) -> None:
        self.fault("reset_after" if arrives else "503")

    def refuse(self) -> None:
        self.fault("403")

    def fault(self, name: str) -> None:
        body = json.dumps({"operation": "driver.track", "fault": name, "times": 1}).encode()
        headers = {"content-type": "application/json"}
        assert self.sandbox.handle(SandboxRequest("POST", "/_control/faults", [], headers, body)).status == 200


def real(sandbox: Sandbox, secrets: Callable[[], tuple[str, ...]] = lambda: (NEW, OLD)) -> HttpDriverTracking:
    http = make_client(sandbox_transport(sandbox))
    return HttpDriverTracking(http, venue=DRIVEN, secrets=secrets, timeout_s=8, now=lambda: NOW)


@pytest.fixture
def caught() -> Caught:
    sandbox = Sandbox(lambda: NOW)
    return Caught(real(sandbox), sandbox)


@pytest.fixture(params=["in memory", "http"])
def service(request: pytest.FixtureRequest) -> Fake | Caught:
    if request.param == "in memory":
        return Fake(InMemoryDriverTracking())
    made: Caught = request.getfixturevalue("caught")
    return made


def test_an_order_is_told(service: Fake | Caught) -> None:
    port: DriverTracking = service.port
    body = port.render(REQUEST, "ord_1", "012345")
    assert port.render(REQUEST, "ord_1", "012345") == body
    answer = port.send(body, WRITE)
    assert (answer.outcome, answer.http_status, answer.message, answer.pos_order_id) == (
        Outcome.DONE,
        201,
        "DRV-1",
        None,
    )
    told = service.orders()[WRITE]
    assert (told["order_id"], told["order_code"], told["reference"]) == ("ord_1", "012345", "P-77")


@pytest.mark.parametrize("arrives", [False, True])
def test_a_repeat_after_a_lost_answer_is_the_same_order(service: Fake | Caught, arrives: bool) -> None:
    service.down(arrives=arrives)
    body = service.port.render(REQUEST, "ord_1", "012345")
    lost = service.port.send(body, WRITE)
    assert (lost.outcome, lost.code) == (Outcome.LOST, "driver_tracking_failed")
    assert list(service.orders()) == ([WRITE] if arrives else [])
    assert service.port.send(body, WRITE).outcome is Outcome.DONE
    assert list(service.orders()) == [WRITE]


def test_a_refusal_tells_nobody(service: Fake | Caught) -> None:
    service.refuse()
    answer = service.port.send(service.port.render(REQUEST, "ord_1", "012345"), WRITE)
    assert (answer.outcome, answer.http_status, answer.code) == (Outcome.REFUSED, 403, "driver_tracking_refused")
    assert service.orders() == {}


def test_what_a_driver_needs_and_no_more(caught: Caught) -> None:
    caught.port.send(caught.port.render(REQUEST, "ord_1", "012345"), WRITE)
    assert caught.orders()[WRITE] == {
        "order_id": "ord_1",
        "order_code": "012345",
        "reference": "P-77",
        "customer_code": "K42",
        "venue": {"id": "demo", "name": "The Example Table"},
        "customer": {"first_name": "Alex", "phone": "+61255501001"},
        "delivery_address": {
            "address": "1 Example Street",
            "city": "Sydney",
            "state": "NSW",
            "postal_code": "2000",
            "country": "Australia",
        },
        "items": [
            {"product_id": "730303", "quantity": "2"},
            {"product_id": "730304", "quantity": "0.5"},
            {"product_id": "730400", "quantity": "1"},
        ],
        "total_paid": "45.50",
        "currency": "AUD",
        "placed_at": None,
        "fulfil_at": "2026-11-22T09:00:00+00:00",
        "notes": "Gate code 55",
    }


def test_an_order_that_says_nothing_can_be_told_too(caught: Caught) -> None:
    caught.port.send(caught.port.render(OrderRequest("P-78"), "ord_2", "000002"), WRITE)
    told = caught.orders()[WRITE]
    assert (told["items"], told["total_paid"], told["customer"]["phone"]) == ([], "0.00", None)


def test_both_secrets_sign_the_bytes_that_are_sent(caught: Caught) -> None:
    body = caught.port.render(REQUEST, "ord_1", "012345")
    caught.port.send(body, WRITE)
    (post,) = caught.posts()
    assert post["body"].encode() == body
    signatures = post["headers"]["webhook-signature"].split(" ")
    assert signatures == [Webhook(secret).sign(WRITE, NOW, post["body"]) for secret in (NEW, OLD)]


def test_repeats_are_byte_for_byte_the_same(caught: Caught) -> None:
    body = caught.port.render(REQUEST, "ord_1", "012345")
    for _ in range(2):
        caught.fault("reset_after")
        caught.port.send(body, WRITE)
    first, second = caught.posts()
    assert (first["body"], first["headers"]) == (second["body"], second["headers"])


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("refused", Outcome.NOT_CONNECTED),
        ("reset_before", Outcome.LOST),
        ("timeout", Outcome.LOST),
        ("500", Outcome.LOST),
        ("503", Outcome.LOST),
        ("429", Outcome.LIMITED),
        ("409", Outcome.DONE),
        ("422", Outcome.REFUSED),
        ("html", Outcome.STRANGE),
    ],
)
def test_every_bad_habit_has_its_outcome(caught: Caught, fault: str, outcome: Outcome) -> None:
    caught.fault(fault)
    assert caught.port.send(caught.port.render(REQUEST, "ord_1", "012345"), WRITE).outcome is outcome


def _no_secret() -> tuple[str, ...]:
    raise NotFoundError("there is no driver-tracking secret for the venue demo")


def _unreadable() -> tuple[str, ...]:
    raise UnreachableError("Secrets Manager: InternalServiceError")


@pytest.mark.parametrize(
    ("secrets", "outcome"),
    [
        (_no_secret, Outcome.REFUSED),
        (lambda: ("no-secret",), Outcome.REFUSED),
        (_unreadable, Outcome.NOT_CONNECTED),
    ],
)
def test_without_a_secret_nothing_goes_out_unsigned(
    caught: Caught, secrets: Callable[[], tuple[str, ...]], outcome: Outcome
) -> None:
    assert real(caught.sandbox, secrets).send(b"{}", WRITE).outcome is outcome
    assert caught.posts() == []


@pytest.mark.parametrize(
    "url", [None, "http://drivers.example.com/", "https://127.0.0.1/", "https://inside.example.com/", "https://[::"]
)
def test_an_address_that_may_not_be_called_is_a_refusal(caught: Caught, url: str | None) -> None:
    transport = GuardedTransport(sandbox_transport(caught.sandbox), lambda _host, _port: ["10.0.0.7"])
    port = HttpDriverTracking(
        make_client(transport),
        venue=replace(VENUE, driver_tracking_url=url),
        secrets=lambda: (NEW,),
        timeout_s=8,
        now=lambda: NOW,
    )
    answer = port.send(b"{}", WRITE)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "driver_tracking_refused")
    assert answer.message
    assert caught.posts() == []


@pytest.mark.parametrize(
    ("order_type", "url", "needed"),
    [("Delivery", "https://drivers.example.com/", True), ("Delivery", None, False), ("Pickup", "https://x/", False)],
)
def test_only_deliveries_of_venues_with_drivers_need_one(order_type: str, url: str | None, needed: bool) -> None:
    venue = replace(VENUE, driver_tracking_url=url)
    assert needs_driver(replace(REQUEST, order_type=order_type), venue) is needed
