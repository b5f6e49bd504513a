"""Nobody can make the relay call into its own network."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from shared.adapters.http.clients import make_client
from shared.adapters.http.guarded import ForbiddenAddressError, GuardedTransport
from shared.adapters.http.webhooks import HttpPoster
from shared.domain.deliveries.addresses import is_public, problem_of
from tests.builders import NOON

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("169.254.170.2", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hooks.example.com/relay?x=1", True),
        ("https://hooks.example.com:8443/relay", True),
        (f"https://{PUBLIC}/", True),
        ("http://hooks.example.com/relay", False),
        ("ftp://hooks.example.com/", False),
        ("https://user:secret@hooks.example.com/", False),
        ("https://hooks.example.com/#part", False),
        ("https://localhost/", False),
        ("https://relay.internal/", False),
        ("https://printer.local./", False),
        ("https://intranet/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://169.254.169.254/latest/meta-data/", False),
        ("https://hooks.example.com:99999/", False),
        ("https://hooks.example.com:0/", False),
        ("https:///path", False),
        ("https://hooks.exam ple.com/", False),
        ("https://hooks.example.com/\n", False),
        ("https://hööks.example.com/", False),
        ("https://hooks.example.com/" + "x" * 1000, False),
        ("", False),
        ("hooks.example.com", False),
        ("https://[", False),
    ],
)
def test_which_urls_are_taken(url: str, good: bool) -> None:
    assert (problem_of(url) is None) is good


def test_the_local_stack_may_call_itself() -> None:
    assert problem_of("http://127.0.0.1:8601/_platform/demo", may_be_private=True) is None
    assert problem_of("file:///etc/passwd", may_be_private=True) is not None


class Network(httpx.BaseTransport):
    """Answers 204 and remembers whom it called."""

    def __init__(self, status: int = 204, headers: dict[str, str] | None = None) -> None:
        self.called: list[httpx.Request] = []
        self.status, self.headers = status, headers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.called.append(request)
        return httpx.Response(self.status, headers=self.headers)


def poster(network: httpx.BaseTransport, *answers: Sequence[str]) -> HttpPoster:
    """A poster behind the guard; each look-up of the name gets the next answer."""
    left = list(answers)

    def resolve(_host: str, _port: int) -> Sequence[str]:
        if not left:
            raise OSError("no such name")
        return left.pop(0)

    return HttpPoster(make_client(GuardedTransport(network, resolve)), 1.0, lambda: NOON)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    network = Network()
    assert poster(network, [PUBLIC], ["127.0.0.1"]).post("https://hooks.example.com/relay", {}, b"{}").is_success
    (request,) = network.called
    assert str(request.url) == f"https://{PUBLIC}/relay"
    assert request.headers["host"] == "hooks.example.com"
    assert request.extensions["sni_hostname"] == "hooks.example.com"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("https://rebound.example.com/", ["127.0.0.1"]),
        ("https://rebound.example.com/", [PUBLIC, "10.0.0.1"]),
        ("https://rebound.example.com/", ["::ffff:169.254.169.254"]),
        ("https://rebound.example.com/", []),
        ("https://0x7f.1/", ["127.0.0.1"]),
        ("http://hooks.example.com/", [PUBLIC]),
    ],
)
def test_what_leads_inside_is_never_called(url: str, addresses: list[str]) -> None:
    network = Network()
    assert poster(network, addresses).post(url, {}, b"{}").error == "forbidden_address"
    assert network.called == []


def test_a_name_that_leads_nowhere_was_not_connected() -> None:
    assert poster(Network()).post("https://nowhere.example.com/", {}, b"{}").error == "not_connected"
    assert issubclass(ForbiddenAddressError, httpx.ConnectError)


def test_a_redirect_is_an_answer_and_no_instruction() -> None:
    network = Network(302, {"location": "http://169.254.169.254/"})
    answer = poster(network, [PUBLIC]).post("https://hooks.example.com/", {}, b"{}")
    assert (answer.status, answer.is_success, len(network.called)) == (302, False, 1)


def test_retry_after_is_read_and_limited_to_a_day() -> None:
    for said, wait_s in (("30", 30), ("999999", 86_400), ("soon", None)):
        network = Network(503, {"retry-after": said})
        got = poster(network, [PUBLIC]).post("https://hooks.example.com/", {}, b"{}").retry_after_s
        assert got == wait_s


class Broken(httpx.BaseTransport):
    """Takes the request and never answers."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)


def test_no_answer_is_told_apart() -> None:
    assert poster(Broken(), [PUBLIC]).post("https://hooks.example.com/", {}, b"{}").error == "no_answer"
