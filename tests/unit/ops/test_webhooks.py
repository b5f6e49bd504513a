"""posrelay webhooks subscribe | list: each once, whatever was there."""

from __future__ import annotations

from typing import Any

import pytest

from ops.webhooks import TOPICS_VARIABLE
from shared.web.signatures import derive_token
from tests.unit.ops.conftest import OWN, PUBLIC, Bench

COMPLETED = f"{PUBLIC}/pos/kounta/harbour/orders-completed"
DELETED = f"{PUBLIC}/pos/kounta/harbour/orders-deleted"
CUSTOMER, PRINT, GROUP = (
    f"{PUBLIC}/pos/kounta/harbour/{path}" for path in ("customer-linked", "kitchen-print", "group-finalised")
)
GUESSED = [
    ("orders/customer_linked", CUSTOMER),
    ("orders/customer_unlinked", CUSTOMER),
    ("orders/group_finalised", GROUP),
    ("orders/kitchen_print", PRINT),
]
ALL = sorted([("orders/completed", COMPLETED), ("orders/deleted", DELETED), *GUESSED])


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


def test_every_topic_with_site_and_secret(ready: Bench) -> None:
    assert at_kounta(ready) == ALL
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
    assert at_kounta(ready) == sorted([*ALL, *others])


def test_a_topic_of_another_name(ready: Bench) -> None:
    ready.run("webhooks", "subscribe", "harbour", "--topic", "tables/updated=orders-deleted")
    assert at_kounta(ready) == sorted([("orders/completed", COMPLETED), ("tables/updated", DELETED), *GUESSED])
    assert "no address" in ready.run("webhooks", "subscribe", "harbour", "--topic", "sites/new", ok=False).stderr


def test_list(ready: Bench) -> None:
    register(ready, "orders/completed", "https://elsewhere.example.com/hook")
    listed: list[dict[str, Any]] = ready.json("webhooks", "list", "harbour")
    assert {(one["address"], one["this_venue"]) for one in listed} == {
        (COMPLETED, True),
        (DELETED, True),
        (CUSTOMER, True),
        (PRINT, True),
        (GROUP, True),
        ("https://elsewhere.example.com/hook", False),
    }
    assert COMPLETED in ready.run("webhooks", "list", "harbour").output
    register(ready, "orders/completed", COMPLETED)
    assert "not as they should be" in ready.run("webhooks", "list", "harbour").stderr


def test_names_are_a_setting_of_every_command(ready: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        TOPICS_VARIABLE, "orders/completed orders/deleted orders/customer=customer-linked orders/printed=kitchen-print"
    )
    names = {"customer_linked": "orders/customer", "kitchen_print": "orders/printed"}
    ready.control("state", {"topics": names})
    ready.run("webhooks", "subscribe", "harbour")
    found = at_kounta(ready)
    assert ("orders/customer", CUSTOMER) in found
    assert [topic for topic, address in found if address in (CUSTOMER, PRINT)] == ["orders/customer", "orders/printed"]
    assert "not as they should be" not in ready.run("webhooks", "list", "harbour").stderr


def test_a_guessed_name_that_kounta_does_not_know_holds_up_no_other(bench: Bench, venue_file: str) -> None:
    bench.run("venue", "set", venue_file)
    bench.control("faults", {"operation": "kounta.webhooks", "fault": "422", "times": -1, "match": "kitchen_print"})
    said = bench.run("webhooks", "subscribe", "harbour")
    assert "no topic orders/kitchen_print" in said.stderr
    assert "--topic NAME=kitchen-print" in " ".join(said.stderr.split())
    assert at_kounta(bench) == [each for each in ALL if each[1] != PRINT]


def test_what_is_there_stays_when_the_name_that_is_tried_is_wrong(ready: Bench) -> None:
    ready.control("state", {"topics": {"kitchen_print": "orders/printed"}})
    register(ready, "orders/printed", PRINT)
    ready.run("webhooks", "subscribe", "harbour")
    assert ("orders/printed", PRINT) in at_kounta(ready)


def test_a_kounta_that_says_no(ready: Bench) -> None:
    ready.control("faults", {"operation": "kounta.webhooks", "fault": "refused", "times": -1})
    said = ready.run("webhooks", "subscribe", "harbour", ok=False).stderr
    assert len(said.strip().splitlines()) == 1
