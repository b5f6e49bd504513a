"""A sandbox in process, a clock to push, and clients that know how to call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.core import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport

COMPANY, SITE, OTHER_SITE, REGISTER = 5678, 823, 824, 16
WATER, FISH = 730298, 730303
CASH, CARD, DEPOSIT = 1, 2, 3
KITCHEN, ACCOUNT, OWN_METHOD = 18, 4, 5
PLATE, POACHED, BACON, MUSHROOMS, TOAST, HONEY = 730310, 730311, 730313, 730314, 730315, 730317
EGGS, EXTRAS, SPREADS = 501, 502, 503
COFFEE, SUGAR, ICE = 730320, 730321, 730322


class Clock:
    """A clock that stands still until it is pushed."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def push(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Till:
    """Short ways to call the sandbox as Kounta's client and as its controller."""

    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        transport = sandbox_transport(sandbox)
        self.api = httpx.Client(
            transport=transport,
            base_url="http://pos.test/kounta/v1/companies/5678",
            auth=("demo-basic", "demo-basic-secret"),
            headers={"accept": "application/json"},
        )
        self.root = httpx.Client(transport=transport, base_url="http://pos.test")

    def create(self, key: str | None = None, **fields: Any) -> httpx.Response:
        headers = {"idempotency-key": key} if key is not None else {}
        return self.api.post("/orders", json={"site_id": SITE, **fields}, headers=headers)

    def order(self, **fields: Any) -> int:
        made = self.create(**fields)
        assert made.status_code == 201, made.text
        return order_id(made)

    def read(self, number: int) -> dict[str, Any]:
        answer = self.api.get(f"/orders/{number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def control(self, path: str, **body: Any) -> Any:
        answer = self.root.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, path: str) -> Any:
        return self.root.get(f"/_control/{path}").json()

    def fault(self, operation: str, name: str, **more: Any) -> None:
        self.control("faults", operation=operation, fault=name, **more)

    def live(self) -> int:
        return len(self.sandbox.kounta.live_orders())


def order_id(answer: httpx.Response) -> int:
    """The id in a `Location`."""
    return int(answer.headers["location"].rsplit("/", 1)[1].removesuffix(".json"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def till(clock: Clock) -> Iterator[Till]:
    made = Till(Sandbox(clock, SandboxSettings(basic_per_minute=0)), clock)
    yield made
    made.api.close()
    made.root.close()


@pytest.fixture
def strict_till() -> Callable[..., Till]:
    """Tills with settings of their own."""

    def make(**settings: Any) -> Till:
        own = Clock()
        return Till(Sandbox(own, SandboxSettings(**settings)), own)

    return make


@pytest.fixture
def wide_till(till: Till) -> Till:
    """A till whose company also has a register for the kitchen and a method called Account."""
    company = till.look("kounta/companies")["companies"][0]
    company["sites"][0]["registers"].append({"id": KITCHEN, "code": "K1", "name": "Kitchen"})
    company["payment_methods"].append({"id": ACCOUNT, "name": "Account"})
    company["payment_methods"].append({"id": OWN_METHOD, "name": "Example pay", "client_id": "demo-basic"})
    till.control("kounta/companies", **company)
    return till
