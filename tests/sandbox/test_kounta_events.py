"""Callbacks, webhooks, and what staff do on the register."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandbox.conftest import OTHER_SITE, SITE, WATER, Till

CALLBACK = "https://relay.example.com/status?token=abc"
HOOK = "https://relay.example.com/hook"


def told(till: Till) -> list[tuple[str, dict[str, Any]]]:
    """What was posted since the last time: where to, and what."""
    return [(post.url, json.loads(post.body)) for post in till.sandbox.take_deliveries()]


def subscribe(till: Till, topic: str = "orders/completed", **more: Any) -> int:
    made = till.api.post("/webhooks", json={"topic": topic, "address": HOOK, "format": "json", **more})
    assert (made.status_code, made.text) == (201, "null")
    return int(made.headers["location"].rsplit("/", 1)[1].removesuffix(".json"))


def test_the_callback_hears_of_each_change_of_status(till: Till) -> None:
    order = till.order(callback_uri=CALLBACK, lines=[{"product_id": WATER}])
    assert told(till) == []
    till.control(f"kounta/orders/{order}/accept")
    till.control(f"kounta/orders/{order}/add-lines")
    till.control(f"kounta/orders/{order}/pay")
    posts = told(till)
    assert [(url, body["status"]) for url, body in posts] == [(CALLBACK, "ACCEPTED"), (CALLBACK, "COMPLETE")]
    assert "callback_uri" in posts[0][1]
    assert "callback_uri" not in posts[1][1]


def test_an_app_changing_the_status_hears_of_it_too(till: Till) -> None:
    order = till.order(callback_uri=CALLBACK)
    till.api.put(f"/orders/{order}", json={"notes": "no change of status"})
    assert told(till) == []
    till.api.put(f"/orders/{order}", json={"status": "REJECTED"})
    assert [body["status"] for _, body in told(till)] == ["REJECTED"]
    till.api.delete(f"/orders/{order}")
    assert [body["deleted"] for _, body in told(till)] == [True]


@pytest.mark.parametrize("prompted", [True, False])
def test_the_reason_of_a_rejection_is_told_when_asked_for(till: Till, prompted: bool) -> None:
    order = till.order(callback_uri=CALLBACK, prompt_for_reject_reason=prompted)
    till.control(f"kounta/orders/{order}/reject", reason="Kitchen is closed")
    ((_, body),) = told(till)
    assert body["status"] == "REJECTED"
    reason = [{"id": 1, "name": "Other", "notes": "Kitchen is closed"}]
    assert body.get("reject_reason") == (reason if prompted else None)


def test_webhooks_are_signed_over_the_raw_body(till: Till) -> None:
    subscribe(till, headers={"Authorization": "Bearer hook-secret", "X-Topic": "orders-completed"})
    till.control("kounta/orders", site_id=SITE)
    (post,) = till.sandbox.take_deliveries()
    expected = hmac.new(b"demo-basic-signature-token", post.body, hashlib.sha256).hexdigest()
    assert post.url == HOOK
    assert post.headers["X-Kounta-Signature"] == expected
    assert post.headers["Authorization"] == "Bearer hook-secret"
    assert post.headers["X-Topic"] == "orders-completed"
    body = json.loads(post.body)
    assert (body["status"], len(body["lines"]), len(body["payments"])) == ("COMPLETE", 1, 1)


@pytest.mark.parametrize(
    ("filters", "sites_told"),
    [({}, [SITE, OTHER_SITE]), ({"site_ids": [SITE]}, [SITE]), ({"site_ids": [1]}, [])],
)
def test_webhooks_are_filtered_by_site(till: Till, filters: dict[str, list[int]], sites_told: list[int]) -> None:
    subscribe(till, filter=filters)
    for site in (SITE, OTHER_SITE):
        till.control("kounta/orders", site_id=site)
    assert [body["site_id"] for _, body in told(till)] == sites_told


def test_a_topic_registered_twice_fires_twice(till: Till) -> None:
    assert subscribe(till) != subscribe(till)
    till.control("kounta/orders", site_id=SITE)
    assert len(told(till)) == 2


def test_deleted_orders_are_announced(till: Till) -> None:
    subscribe(till, "orders/deleted")
    first, second = till.order(), till.order()
    till.api.delete(f"/orders/{first}")
    till.control(f"kounta/orders/{second}/delete")
    assert [(body["id"], body["deleted"]) for _, body in told(till)] == [(first, True), (second, True)]


def test_a_completed_sale_can_be_deleted_by_staff(till: Till) -> None:
    subscribe(till, "orders/deleted")
    sale = till.control("kounta/orders", site_id=SITE)
    till.control(f"kounta/orders/{sale['id']}/delete")
    assert [body["status"] for _, body in told(till)] == ["COMPLETE"]
    assert till.api.get(f"/orders/{sale['id']}").status_code == 404


def test_subscriptions_are_read_changed_and_removed(till: Till) -> None:
    number = subscribe(till, filter={"site_ids": [SITE]})
    assert [one["id"] for one in till.api.get("/webhooks").json()] == [number]
    assert till.api.put(f"/webhooks/{number}", json={"filter": {"site_ids": [OTHER_SITE]}}).status_code == 200
    changed = till.api.get(f"/webhooks/{number}").json()
    assert (changed["address"], changed["filter"]) == (HOOK, {"site_ids": [OTHER_SITE]})
    assert till.api.delete(f"/webhooks/{number}").status_code == 204
    assert till.api.get(f"/webhooks/{number}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"topic": "orders/created"},
        {"address": "relay.example.com"},
        {"format": "yaml"},
        {"filter": {"site_ids": ["823"]}},
        {"filter": {"registers": [1]}},
        {"headers": {"Cookie": "a=b"}},
        {"headers": {"X-Kounta-Topic": "a"}},
        {"headers": {"X-Topic": 5}},
        {"secret": "x"},
    ],
)
def test_subscriptions_that_are_refused(till: Till, body: dict[str, Any]) -> None:
    whole = {"topic": "orders/completed", "address": HOOK, "format": "json", **body}
    assert till.api.post("/webhooks", json=whole).status_code == 400
    assert till.api.get("/webhooks").json() == []


@pytest.mark.parametrize(
    ("acts", "last", "status"),
    [
        (["accept"], "reject", 409),
        (["reject"], "accept", 409),
        (["reject"], "pay", 409),
        (["accept"], "accept", 200),
        (["accept", "add-lines"], "complete", 409),
        (["accept", "add-lines", "pay"], "complete", 200),
        (["accept", "add-lines", "pay"], "add-lines", 409),
        (["delete"], "accept", 404),
        ([], "dance", 404),
    ],
)
def test_what_staff_can_and_cannot_do(till: Till, acts: list[str], last: str, status: int) -> None:
    order = till.order()
    for act in acts:
        till.control(f"kounta/orders/{order}/{act}")
    assert till.root.post(f"/_control/kounta/orders/{order}/{last}").status_code == status


@pytest.mark.parametrize(
    ("lock", "act"),
    [("NEW_LINES", "add-lines"), ("PAYMENTS", "pay"), ("DELETE", "delete"), ("ALL", "add-lines"), ("ALL", "delete")],
)
def test_locks_bind_staff_and_not_the_app(till: Till, lock: str, act: str) -> None:
    order = till.order(lock=[lock])
    till.control(f"kounta/orders/{order}/accept")
    assert till.root.post(f"/_control/kounta/orders/{order}/{act}").status_code == 409
    assert till.api.post(f"/orders/{order}/lines", json={"product_id": WATER}).status_code == 201
    assert till.api.delete(f"/orders/{order}").status_code == 204
