"""The demo venues of the local stack: set up once, the same ever after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ops import demo
from ops.demo import DEMO, DEMO_OAUTH, add_demo, provision_demo
from ops.errors import OperatorError
from shared.domain.access import SCOPES, digest_of
from shared.domain.venues import VenueMode
from tests.unit.ops.conftest import PUBLIC, SANDBOX, Bench


@pytest.fixture
def first(bench: Bench) -> str:
    return provision_demo(bench.stack, SANDBOX, PUBLIC).api_key


def check(bench: Bench) -> list[object]:
    return [bench.json("venue", "check", venue.id)["ready"] for venue in (DEMO, DEMO_OAUTH)]


def test_both_venues_are_ready(bench: Bench, first: str) -> None:
    assert check(bench) == [True, True]
    assert [one["id"] for one in bench.json("platform", "list")] == ["demo-bookings", "demo-orders", "nowbookit"]
    key = bench.stack.settings.key_by_hash(digest_of(first))
    assert key is not None
    assert (key.platform, key.scopes, key.venues) == ("demo-bookings", SCOPES, ("demo", "demo-oauth"))


def test_again_changes_nothing(bench: Bench, first: str) -> None:
    hooks = [(one.id, one.address, one.headers) for one in bench.sandbox.kounta.state.subscriptions]
    secret, tokens = bench.stack.secret.content(), bench.stack.tokens.read(DEMO_OAUTH.pos.connection_id)
    bench.stack.settings.put_venue(replace(DEMO, mode=VenueMode.SHADOW))
    again = provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[first])
    assert again.api_key == first
    assert len(list(bench.stack.settings.keys("demo-bookings"))) == 1
    assert [(one.id, one.address, one.headers) for one in bench.sandbox.kounta.state.subscriptions] == hooks
    assert bench.stack.secret.content() == secret
    assert bench.stack.tokens.read(DEMO_OAUTH.pos.connection_id) == tokens
    assert bench.stack.settings.get("demo").mode is VenueMode.SHADOW


@pytest.mark.parametrize("known", [None, "prk_of-another-stack"])
def test_a_key_nobody_knows_any_more_is_replaced(bench: Bench, first: str, known: str | None) -> None:
    assert provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[known] if known else []).api_key != first


def test_a_revoked_key_is_replaced(bench: Bench, first: str) -> None:
    key = bench.stack.settings.key_by_hash(digest_of(first))
    assert key is not None
    bench.run("key", "revoke", key.id)
    assert provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[first]).api_key != first


def test_a_sandbox_that_was_emptied_is_filled_again(bench: Bench, first: str) -> None:
    bench.control("reset", {})
    assert provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[first]).api_key == first
    assert check(bench) == [True, True]


def test_the_diary_tells_the_relay(bench: Bench, first: str) -> None:
    bench.control("nowbookit/bookings/NBI-5001", {"status": "Seated"})
    (delivery,) = bench.sandbox.take_deliveries()
    assert delivery.url == f"{PUBLIC}/v1/hooks/bookings/nowbookit/demo"
    assert delivery.headers["Authorization"] in bench.stack.secret.nowbookit("demo").hook_tokens
    assert first not in str(delivery)


def test_deliveries_go_to_the_sandbox_where_private_addresses_are_allowed(bench: Bench) -> None:
    assert bench.stack.known is not None
    bench.stack.known = replace(bench.stack.known, private_endpoints=True)
    provision_demo(bench.stack, SANDBOX, PUBLIC)
    assert bench.stack.settings.get("demo").driver_tracking_url == f"{SANDBOX}/_driver/demo"
    assert bench.stack.settings.get("demo-oauth").driver_tracking_url is None
    assert check(bench) == [True, True]


def test_what_goes_into_stack_json(bench: Bench) -> None:
    made = provision_demo(bench.stack, SANDBOX, PUBLIC)
    assert made.as_json() == {
        "api_key": made.api_key,
        "orders_api_key": made.orders_key,
        "venues": {"kounta": "demo", "kounta_oauth": "demo-oauth"},
    }
    assert made.api_key not in repr(made)
    assert made.orders_key not in repr(made)


def test_the_key_of_a_platform_that_sends_orders(bench: Bench) -> None:
    made = provision_demo(bench.stack, SANDBOX, PUBLIC)
    key = bench.stack.settings.key_by_hash(digest_of(made.orders_key))
    assert key is not None
    assert (key.platform, key.venues) == ("demo-orders", ("demo", "demo-oauth"))
    assert set(key.scopes) == {"orders:write", "venue:read", "sales:read", "webhooks:manage"}
    again = provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[made.api_key, made.orders_key])
    assert (again.api_key, again.orders_key) == (made.api_key, made.orders_key)
    swapped = provision_demo(bench.stack, SANDBOX, PUBLIC, known_keys=[made.orders_key, made.api_key])
    assert not {swapped.api_key, swapped.orders_key} & {made.api_key, made.orders_key}


def test_a_sandbox_that_is_away(bench: Bench) -> None:
    with pytest.raises(OperatorError, match="sandbox answered 404"):
        provision_demo(bench.stack, f"{SANDBOX}/nowhere", PUBLIC)


def test_another_stand_in_for_kounta_gets_the_basic_venue_only(bench: Bench) -> None:
    assert bench.stack.known is not None
    bench.stack.known = replace(bench.stack.known, kounta_api_url="http://other.test/kounta")
    bench.control("faults", {"operation": "kounta.webhooks", "fault": "503", "times": -1})
    made = provision_demo(bench.stack, SANDBOX, PUBLIC)
    assert made.as_json()["venues"] == {"kounta": "demo"}
    assert [one["id"] for one in bench.json("venue", "list")] == ["demo"]
    (problem,) = made.problems
    assert "webhooks of demo are not subscribed" in problem


def test_the_key_is_kept_over_restarts(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "local_stack", lambda _endpoint, _region: bench.stack)
    described = {"api_url": PUBLIC, "sandbox_url": SANDBOX, "aws_endpoint_url": "http://127.0.0.1:9", "region": "x"}
    file = tmp_path / "demo-key"
    once, _ = add_demo(described, file)
    again, _ = add_demo(described, file)
    assert once == again
    assert once["api_url"] == PUBLIC
    assert once["api_key"].startswith("prk_")
    assert file.stat().st_mode & 0o077 == 0
