"""posrelay webhooks subscribe | list: each once, whatever was there."""

from __future__ import annotations

from typing import Any

from shared.web.signatures import derive_token
from tests.unit.ops.conftest import OWN, PUBLIC, Bench

COMPLETED = f"{PUBLIC}/pos/kounta/harbour/orders-completed"
DELETED = f"{PUBLIC}/pos/kounta/harbour/orders-deleted"


def at_kounta(bench: Bench) -> list[tuple[str, str]]:
    return sorted((one.topic, one.address) for one in bench.sandbox.kounta.state.subscriptions)


def register(bench: Bench, topic: str, address: str) -> None:
    made = bench.stack.http.post(
        "http://sandbox.test/kounta/v1/companies/5678/webhooks.json",
        json={"topic": topic, "address": address, "format": "json"},
        auth=("demo-basic", "demo-basic-secret"),
        headers={"Accept": "application/json"},
    )
    assert made.status_code == 201


def test_both_topics_with_site_and_secret(ready: Bench) -> None:
    assert at_kounta(ready) == [("orders/completed", COMPLETED), ("orders/deleted", DELETED)]
    for one in ready.sandbox.kounta.state.subscriptions:
        assert one.filter == {"site_ids": [823]}
        assert one.headers == {"Authorization": derive_token("a-link-key", "kounta-webhook", "harbour")}


def test_again_makes_no_doubles(ready: Bench) -> None:
    ids = [one.id for one in ready.sandbox.kounta.state.subscriptions]
    for _ in range(3):
        ready.run("webhooks", "subscribe", "harbour")
    assert [one.id for one in ready.sandbox.kounta.state.subscriptions] == ids


def test_stale_ones_of_ours_are_removed_and_others_stay(ready: Bench) -> None:
    others = [
        ("orders/completed", "https://elsewhere.example.com/hook"),
        ("orders/completed", f"{PUBLIC}/pos/kounta/other-venue/orders-completed"),
        ("orders/completed", "https://staging.example.com/pos/kounta/harbour/orders-completed"),
    ]
    stale = [
        ("orders/completed", COMPLETED),
        ("tables/updated", COMPLETED),
        ("orders/completed", f"{OWN}/pos/kounta/harbour/orders-completed"),
        ("orders/deleted", "https://old.example.com/pos/kounta/harbour/orders-deleted"),
    ]
    for topic, address in (*others, *stale):
        register(ready, topic, address)
    said = ready.run("webhooks", "subscribe", "harbour", "--retire", "https://old.example.com").output
    assert said.count("removed") == 4
    assert at_kounta(ready) == sorted([("orders/completed", COMPLETED), ("orders/deleted", DELETED), *others])


def test_a_topic_of_another_name(ready: Bench) -> None:
    ready.run("webhooks", "subscribe", "harbour", "--topic", "tables/updated=orders-deleted")
    assert at_kounta(ready) == [("orders/completed", COMPLETED), ("tables/updated", DELETED)]
    assert "no address" in ready.run("webhooks", "subscribe", "harbour", "--topic", "sites/new", ok=False).stderr


def test_list(ready: Bench) -> None:
    register(ready, "orders/completed", "https://elsewhere.example.com/hook")
    listed: list[dict[str, Any]] = ready.json("webhooks", "list", "harbour")
    assert {(one["address"], one["this_venue"]) for one in listed} == {
        (COMPLETED, True),
        (DELETED, True),
        ("https://elsewhere.example.com/hook", False),
    }
    assert COMPLETED in ready.run("webhooks", "list", "harbour").output
    register(ready, "orders/completed", COMPLETED)
    assert "not as they should be" in ready.run("webhooks", "list", "harbour").stderr


def test_a_kounta_that_says_no(ready: Bench) -> None:
    ready.control("faults", {"operation": "kounta.webhooks", "fault": "refused", "times": -1})
    said = ready.run("webhooks", "subscribe", "harbour", ok=False).stderr
    assert len(said.strip().splitlines()) == 1
