"""The five kinds of webhooks (Kounta docs: List of Webhooks)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.conftest import OTHER_SITE, SITE, WATER, Till, order_id

HOOK = "https://relay.example.com/hook"
LINE = [{"product_id": WATER}]
LINKED, UNLINKED = "orders/customer_linked", "orders/customer_unlinked"
PRINT, FINALISED = "orders/kitchen_print", "orders/group_finalised"


def subscribe(till: Till, topic: str, **more: Any) -> int:
    """A subscription whose posts say in a header which topic they are of."""
    body = {"topic": topic, "address": HOOK, "format": "json", "headers": {"X-Topic": topic}, **more}
    return till.api.post("/webhooks", json=body).status_code


def told(till: Till) -> list[tuple[str, dict[str, Any]]]:
    """Topic and body of what was posted since the last time."""
    return [(post.headers["X-Topic"], json.loads(post.body)) for post in till.sandbox.take_deliveries()]


def topics(till: Till) -> list[str]:
    return [topic for topic, _ in told(till)]


def guest(till: Till, **more: Any) -> int:
    made = till.api.post("/customers", json={"first_name": "Alex", "phone": "5550 1234", **more})
    return order_id(made)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [pytest.param({"reference_id": "g-1"}, 1, id="reference_id set"), pytest.param({}, 0, id="no reference_id")],
)
def test_linking_a_customer_who_has_a_reference_is_told(till: Till, reference: dict[str, str], expected: int) -> None:
    subscribe(till, LINKED)
    subscribe(till, UNLINKED)
    customer = guest(till, **reference)
    made = till.order(customer_id=customer)
    later = till.order(lines=LINE)
    till.api.put(f"/orders/{later}", json={"customer_id": customer})
    till.api.put(f"/orders/{later}", json={"customer_id": customer, "notes": "the same again"})
    till.control(f"kounta/orders/{later}/customer")
    posts = told(till)
    assert [(topic, body["id"], "customer" in body) for topic, body in posts] == [
        (LINKED, made, True),
        (LINKED, later, True),
        (UNLINKED, later, False),
    ][: 3 * expected]
    assert all(len(body["lines"]) == (body["id"] == later) for _, body in posts)


def test_another_customer_unlinks_the_first(till: Till) -> None:
    subscribe(till, LINKED)
    subscribe(till, UNLINKED)
    order = till.order(customer_id=guest(till, reference_id="g-1"))
    assert topics(till) == [LINKED]
    till.control(f"kounta/orders/{order}/customer", customer_id=guest(till, reference_id="g-2"))
    assert topics(till) == [UNLINKED, LINKED]


def test_a_reference_is_of_the_app_that_set_it(till: Till) -> None:
    grant = {"client_id": "demo-oauth", "client_secret": "demo-oauth-secret", "grant_type": "client_credentials"}
    token = till.root.post("/kounta/v1/token", json=grant).json()["access_token"]
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    hook = {"topic": LINKED, "address": HOOK, "format": "json", "headers": {"X-Topic": "the other app's"}}
    till.root.post("/kounta/v1/companies/5678/webhooks", json=hook, headers=headers)
    subscribe(till, LINKED)
    till.order(customer_id=guest(till, reference_id="g-1"))
    assert topics(till) == [LINKED]


@pytest.mark.parametrize(
    ("body", "act", "expected"),
    [
        pytest.param({"status": "ON_HOLD", "lines": LINE}, None, 1, id="put ON_HOLD by the app"),
        pytest.param({"status": "SUBMITTED", "lines": LINE}, None, 0, id="SUBMITTED prints nothing"),
        pytest.param({"status": "ON_HOLD"}, None, 0, id="a blank order prints nothing"),
        pytest.param({"lines": LINE}, "hold", 1, id="put ON_HOLD by staff"),
        pytest.param({"lines": LINE}, "accept", 1, id="accepted"),
        pytest.param({"lines": LINE}, "print", 1, id="printed by staff"),
        pytest.param({"status": "ON_HOLD", "pass_thru_printing": True, "lines": LINE}, None, 1, id="pass-thru, once"),
        pytest.param({"lines": LINE}, "reject", 0, id="rejected"),
    ],
)
def test_kitchen_prints(till: Till, body: dict[str, Any], act: str | None, expected: int) -> None:
    subscribe(till, PRINT)
    order = till.order(**body)
    if act is not None:
        till.control(f"kounta/orders/{order}/{act}")
    posts = told(till)
    assert [(topic, told_body["id"]) for topic, told_body in posts] == [(PRINT, order)] * expected
    assert all(told_body["lines"] for _, told_body in posts)


def test_putting_on_hold_over_the_api_prints(till: Till) -> None:
    subscribe(till, PRINT)
    order = till.order(lines=LINE)
    till.api.put(f"/orders/{order}", json={"status": "ON_HOLD"})
    till.api.put(f"/orders/{order}", json={"status": "ON_HOLD", "notes": "no change"})
    assert topics(till) == [PRINT]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["guest", "nobody", "elsewhere"], id="no filter"),
        pytest.param({"customer": ["guest"]}, ["guest"], id="customer"),
        pytest.param({"customer": ["stranger"]}, [], id="another customer"),
        pytest.param({"site_ids": [OTHER_SITE]}, ["elsewhere"], id="site"),
        pytest.param({"site_ids": [OTHER_SITE], "customer": ["guest"]}, [], id="both"),
    ],
)
def test_the_filters_of_completed_orders(till: Till, filters: dict[str, Any], expected: list[str]) -> None:
    people = {"guest": guest(till), "stranger": guest(till)}
    ids = {name: [people.get(one, one) for one in wanted] for name, wanted in filters.items()}
    assert subscribe(till, "orders/completed", filter=ids) == 201
    paid = {"status": "COMPLETE", "lines": LINE, "payments": [{"method_id": 1, "amount": 8}]}
    till.order(**paid, notes="guest", customer_id=people["guest"])
    till.order(**paid, notes="nobody")
    till.order(**paid, notes="elsewhere", site_id=OTHER_SITE)
    assert [body["notes"] for _, body in told(till)] == expected


def test_a_finalised_group_is_told_whole(till: Till) -> None:
    subscribe(till, FINALISED)
    subscribe(till, FINALISED)
    first, second = (till.order(status="ON_HOLD", lines=LINE, complete_when_paid=False) for _ in range(2))
    till.control(f"kounta/orders/{first}/group", order_ids=[second])
    for order in (first, second):
        till.control(f"kounta/orders/{order}/pay")
    shown = till.control(f"kounta/orders/{first}/finalise")
    till.control(f"kounta/orders/{second}/finalise")
    posts = told(till)
    assert [topic for topic, _ in posts] == [FINALISED] * 2
    body = posts[0][1]
    assert body.keys() == {"group_id", "company_id", "site_id", "orders"}
    assert (body["group_id"], body["company_id"], body["site_id"]) == (shown["group_id"], 5678, SITE)
    assert [(order["id"], order["status"], len(order["lines"])) for order in body["orders"]] == [
        (first, "COMPLETE", 1),
        (second, "COMPLETE", 1),
    ]


def test_topic_names_that_are_not_known_are_settings(till: Till) -> None:
    assert subscribe(till, "orders/printed") == 400
    till.control("state", topics={"kitchen_print": "orders/printed"})
    assert till.look("state")["topics"]["kitchen_print"] == "orders/printed"
    assert (subscribe(till, "orders/printed"), subscribe(till, PRINT)) == (201, 400)
    till.order(status="ON_HOLD", lines=LINE)
    assert topics(till) == ["orders/printed"]
    assert till.root.post("/_control/state", json={"topics": {"colour": "x"}}).status_code == 400


def test_linked_and_unlinked_may_be_one_topic(till: Till) -> None:
    till.control("state", topics={"customer_linked": "orders/customer", "customer_unlinked": "orders/customer"})
    subscribe(till, "orders/customer")
    order = till.order(customer_id=guest(till, reference_id="g-1"))
    till.control(f"kounta/orders/{order}/customer")
    assert topics(till) == ["orders/customer"] * 2
