"""Reads: paced, repeated only when no usable answer came, never sent to a foreign host."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.adapters.kounta.gateway import KountaGateway
from shared.adapters.kounta.tokens import TokenStore
from shared.domain.bookings.events import Customer
from shared.domain.errors import OutsideError, PacedError, PermissionLostError, RefusedError, UnreachableError
from shared.domain.venues import PosConnection
from shared.usecases.pos_gateway import PosGateway
from tests.unit.kounta.stand_in import API, COMPANY, NOW, Reply, StandIn, Ticking, client_to, json_reply

ORDER = {
    "id": 93824701,
    "status": "SUBMITTED",
    "total": 0,
    "paid": 0,
    "lines": [],
    "payments": [],
    "created_at": "2026-11-22T19:00:00+11:00",
    "updated_at": "2026-11-22T19:00:00+11:00",
}
FROM = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
WEB_PAGE = httpx.Response(200, text="<html>hello</html>", headers={"Content-Type": "text/html"})
SITE = PosConnection("kounta", "5678", "823")
REGISTER = PosConnection("kounta", "5678", "", register_id="16")


@dataclass
class Paces:
    """A limiter that counts; `refuse_from`: the call from which on it says to come later."""

    asked: int = 0
    refuse_from: int | None = None

    def __call__(self) -> None:
        self.asked += 1
        if self.refuse_from is not None and self.asked >= self.refuse_from:
            raise PacedError("later", wait_s=9)


@dataclass
class Bench:
    """A gateway with everything around it in hand."""

    kounta: StandIn
    gateway: PosGateway
    pace: Paces
    clock: Ticking
    slept: list[float] = field(default_factory=list)


def bench(
    *replies: Reply, tokens: TokenStore | None = None, at: PosConnection = SITE, refuse_from: int | None = None
) -> Bench:
    return bench_of(replies, tokens, at, refuse_from)


def bench_of(replies: Iterable[Reply], tokens: TokenStore | None, at: PosConnection, refuse_from: int | None) -> Bench:
    clock = Ticking()
    client, kounta = client_to(replies, tokens=tokens, clock=clock)
    slept: list[float] = []

    def sleep(wait_s: float) -> None:
        slept.append(wait_s)
        clock.at += wait_s

    pace = Paces(refuse_from=refuse_from)
    return Bench(kounta, KountaGateway(client, at, pace=pace, sleep=sleep), pace, clock, slept)


def test_an_order_is_read() -> None:
    it = bench(json_reply(200, ORDER))
    order = it.gateway.read_order("93824701")
    assert order is not None
    assert order.id == "93824701"
    assert it.kounta.calls == [f"GET {COMPANY}/orders/93824701"]
    assert it.pace.asked == 1


def test_no_such_order() -> None:
    assert bench(json_reply(404, {"error_description": "Not Found"})).gateway.read_order("1") is None


def test_an_id_that_is_none_is_not_asked_for() -> None:
    it = bench(json_reply(200, ORDER))
    assert it.gateway.read_order("../../token") is None
    assert it.kounta.calls == []


@pytest.mark.parametrize(
    "bad", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), json_reply(500), json_reply(503), WEB_PAGE]
)
def test_a_read_is_repeated_when_no_usable_answer_came(bad: Reply) -> None:
    it = bench(bad, bad, json_reply(200, ORDER))
    assert it.gateway.read_order("93824701") is not None
    assert len(it.kounta.calls) == it.pace.asked == 3
    assert len(it.slept) == 2
    assert all(0 < wait <= 1.2 for wait in it.slept)


@pytest.mark.parametrize("bad", [json_reply(500), httpx.ReadError("cut"), httpx.Response(404, text="<html>")])
def test_three_times_at_most(bad: Reply) -> None:
    it = bench(bad)
    with pytest.raises(UnreachableError):
        it.gateway.read_order("93824701")
    assert len(it.kounta.calls) == 3


def test_repeats_end_with_the_deadline() -> None:
    it = bench(json_reply(200, ORDER))

    def slow(request: httpx.Request) -> httpx.Response:
        it.clock.at += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("slow", request=request)

    it.kounta.replies = [slow]
    started = it.clock.at
    with pytest.raises(UnreachableError):
        it.gateway.read_order("93824701")
    assert it.clock.at - started <= 8
    assert len(it.kounta.calls) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply(401), PermissionLostError),
        (json_reply(400, {"error_description": "The access token provided has expired."}), PermissionLostError),
        (json_reply(403), PermissionLostError),
        (json_reply(400, {"error_description": "Something else"}), RefusedError),
        (httpx.Response(429, text="Limit exceeded"), PacedError),
    ],
)
def test_what_is_not_repeated(reply: httpx.Response, error: type[OutsideError]) -> None:
    it = bench(reply)
    with pytest.raises(error):
        it.gateway.read_order("1")
    assert len(it.kounta.calls) == 1


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [({}, 5), ({"Retry_After": "12"}, 12), ({"X_Ratelimit_Reset": str(int(NOW.timestamp()) + 20)}, 20)],
)
def test_429_says_how_long(headers: dict[str, str], wait_s: float) -> None:
    with pytest.raises(PacedError) as caught:
        bench(json_reply(429, None, **headers)).gateway.read_order("1")
    assert caught.value.wait_s == wait_s


def test_the_vendors_words_stand_in_a_refusal() -> None:
    with pytest.raises(RefusedError, match="No such filter") as caught:
        bench(json_reply(400, {"error_description": "No such filter"})).gateway.list_orders(FROM, None)
    assert (caught.value.http_status, caught.value.message) == (400, "No such filter")


def test_no_slot_no_call() -> None:
    it = bench(json_reply(500), refuse_from=2)
    with pytest.raises(PacedError):
        it.gateway.read_order("1")
    assert len(it.kounta.calls) == 1


ROW = {"id": 1, "status": "ON_HOLD", "created_at": "2026-11-22T08:00:00Z", "updated_at": "2026-11-22T08:00:01Z"}


def test_a_sites_orders_page_by_page() -> None:
    second = f"{API}/v1/companies/5678/sites/823/orders?start=77"
    it = bench(json_reply(200, [ROW], X_Next_Page=second), json_reply(200, []))
    page = it.gateway.list_orders(FROM, FROM + timedelta(hours=1))
    assert [one.id for one in page.orders] == ["1"]
    assert page.next == second
    last = it.gateway.list_orders(FROM, None, page.next)
    assert (last.orders, last.next) == ((), None)
    assert it.kounta.calls == [
        f"GET {COMPANY}/sites/823/orders?created_gte=2026-11-22T07%3A00%3A00Z&created_lte=2026-11-22T08%3A00%3A00Z",
        f"GET {second}",
    ]
    assert it.pace.asked == 2


def test_deleted_orders_of_a_register() -> None:
    it = bench(json_reply(200, []), at=REGISTER)
    it.gateway.list_deleted(FROM, None)
    assert it.kounta.calls == [f"GET {COMPANY}/registers/16/orders/deleted?created_gte=2026-11-22T07%3A00%3A00Z"]


@pytest.mark.parametrize(
    "cursor",
    [
        "https://evil.example.org/v1/companies/5678/orders?start=1",
        "http://kounta.example.com/v1/companies/5678/orders?start=1",
        "https://kounta.example.com:8443/v1/companies/5678/orders",
        "https://kounta.example.com@evil.example.org/v1/",
        "https://user:pass@kounta.example.com/v1/",
        "//evil.example.org/",
        "file:///etc/passwd",
        "https://kounta.example.com:99999999/",
    ],
)
def test_no_credentials_for_a_foreign_host(cursor: str) -> None:
    it = bench(json_reply(200, []))
    with pytest.raises(RefusedError, match="next page on a foreign host"):
        it.gateway.list_orders(FROM, None, cursor)
    assert it.kounta.calls == []


@pytest.mark.parametrize("cursor", [f"{API}:443/v1/x?start=1", "/v1/companies/5678/orders?start=1"])
def test_the_same_host_said_differently(cursor: str) -> None:
    assert bench(json_reply(200, [])).gateway.list_orders(FROM, None, cursor).orders == ()


def test_a_redirect_is_not_followed() -> None:
    it = bench(json_reply(302, None, Location="https://evil.example.org/"))
    with pytest.raises(UnreachableError):
        it.gateway.read_order("1")
    assert {request.url.host for request in it.kounta.requests} == {"kounta.example.com"}


BY_EMAIL = Customer("Alex", "Example", "alex+1@example.com", "+61 2 5550 0100")
BY_PHONE = Customer("Alex", "Example", None, "+61 2 5550 0100")


@pytest.mark.parametrize(
    ("customer", "query"),
    [
        (BY_EMAIL, "email=alex%2B1%40example.com"),
        (BY_PHONE, "first_name=Alex&last_name=Example&phone=%2B61+2+5550+0100"),
    ],
)
def test_a_customer_is_where_kounta_redirects_to(customer: Customer, query: str) -> None:
    it = bench(json_reply(302, None, Location=f"{COMPANY}/customers/3842.json"))
    assert it.gateway.find_customer(customer) == "3842"
    assert it.kounta.calls == [f"GET {COMPANY}/customers?{query}"]
    assert it.pace.asked == 1


@pytest.mark.parametrize(
    "reply", [json_reply(500), json_reply(403), json_reply(429), httpx.ReadTimeout("alex"), json_reply(302)]
)
def test_a_look_up_that_fails_is_no_customer(reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    it = bench(reply)
    with caplog.at_level(logging.DEBUG):
        assert it.gateway.find_customer(BY_EMAIL) is None
    assert len(it.kounta.calls) == 1
    assert not any(personal in caplog.text for personal in ("alex", "Alex", "5550", "secret-1"))


def test_no_customer_and_none_that_could_be() -> None:
    it = bench(json_reply(404))
    assert it.gateway.find_customer(BY_EMAIL) is None
    assert it.gateway.find_customer(Customer("Alex")) is None
    assert len(it.kounta.calls) == 1


def test_no_slot_no_customer() -> None:
    it = bench(json_reply(302), refuse_from=1)
    assert it.gateway.find_customer(BY_EMAIL) is None
    assert it.kounta.calls == []


@pytest.mark.parametrize(
    ("reply", "good"),
    [
        (json_reply(200, {"id": 823}), True),
        (WEB_PAGE, False),
        (json_reply(401), False),
        (json_reply(429), False),
        (json_reply(500), False),
        (httpx.ConnectError("no"), False),
    ],
)
def test_probe_is_one_call_and_never_raises(reply: Reply, good: bool) -> None:
    it = bench(reply, refuse_from=1)
    assert it.gateway.probe() is good
    assert it.kounta.calls == [f"GET {COMPANY}/sites/823"]


def test_basic_has_nothing_to_refresh() -> None:
    it = bench(json_reply(200))
    it.gateway.refresh()
    assert it.kounta.calls == []
