"""posrelay platform endpoint, deliveries, replay."""

from __future__ import annotations

import pytest

from shared.domain.deliveries.delivery import Answer, after_answer, begun
from shared.domain.timings import Timings
from tests.unit.ops.conftest import Bench

URL = "https://hooks.example.com/relay"


@pytest.fixture
def platform(bench: Bench) -> Bench:
    """With a platform."""
    bench.run("platform", "add", "bookings", "--name", "Bookings")
    return bench


def test_a_new_endpoints_secret_stands_alone_on_the_output(platform: Bench) -> None:
    made = platform.run("platform", "endpoint", "set", "bookings", "main", "--url", URL, "--event", "order.rejected")
    assert made.stdout.startswith("whsec_")
    assert made.stdout.count("\n") == 1
    (listed,) = platform.json("platform", "endpoint", "list", "bookings")
    assert (listed["url"], listed["types"], listed["venues"]) == (URL, ["order.rejected"], ["*"])
    assert made.stdout.strip() not in str(listed)


def test_changing_shows_no_secret_and_rotating_shows_another(platform: Bench) -> None:
    arguments = ("platform", "endpoint", "set", "bookings", "main", "--url", URL, "--paused")
    first = platform.run(*arguments).stdout
    assert platform.run(*arguments).stdout == ""
    second = platform.run("platform", "endpoint", "rotate", "bookings", "main").stdout
    assert second.startswith("whsec_")
    assert second != first
    (listed,) = platform.json("platform", "endpoint", "list", "bookings")
    assert (listed["state"], listed["reason"]) == ("paused", "by_owner")


def test_deliveries_are_shown_and_replayed(platform: Bench) -> None:
    platform.run("platform", "endpoint", "set", "bookings", "main", "--url", URL)
    platform.run("platform", "endpoint", "test", "bookings", "main")
    book, now = platform.stack.webhooks.deliveries, platform.now()
    (shown,) = platform.json("platform", "deliveries", "bookings", "main")
    stored = book.delivery(f"DELIVERY#bookings#main#{shown['event_id']}")
    assert stored is not None
    stored = book.save(begun(stored, now, Timings()))
    book.save(after_answer(stored, Answer(204), now, Timings(), lambda wait_s: wait_s))
    assert "delivered" in platform.run("platform", "deliveries", "bookings", "main").stdout
    assert "1 on their way again" in platform.run("platform", "replay", "bookings", "main").stdout
    assert platform.json("platform", "deliveries", "bookings", "main")[0]["state"] == "pending"
    long_ago = ("--from", "2026-01-01", "--to", "2026-01-02")
    assert "0 on their way" in platform.run("platform", "replay", "bookings", "main", *long_ago).stdout


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (("bookings", "main", "--url", "http://hooks.example.com"), "over https"),
        (("bookings", "main", "--url", "https://10.0.0.1/"), "over https"),
        (("bookings", "a b", "--url", URL), "letters"),
        (("bookings", "main", "--url", URL, "--event", "order.unheard"), "choose of"),
        (("bookings", "main", "--url", URL, "--venue", "nowhere"), "venue list"),
        (("nobody", "main", "--url", URL), "platform list"),
    ],
)
def test_what_is_wrong_is_said_with_its_fix(platform: Bench, arguments: tuple[str, ...], fix: str) -> None:
    assert fix in platform.run("platform", "endpoint", "set", *arguments, ok=False).stderr


def test_a_removed_endpoint_is_gone(platform: Bench) -> None:
    platform.run("platform", "endpoint", "set", "bookings", "main", "--url", URL)
    platform.run("platform", "endpoint", "remove", "bookings", "main")
    for act in ("rotate", "remove", "test"):
        assert "no webhook endpoint" in platform.run("platform", "endpoint", act, "bookings", "main", ok=False).stderr
    assert platform.json("platform", "endpoint", "list", "bookings") == []
