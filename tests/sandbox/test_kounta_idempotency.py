"""Idempotency keys, and the faults that make them matter."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import Till


def test_a_repeat_gets_the_first_answer_and_makes_nothing(till: Till) -> None:
    first, again = till.create("key-1", notes="a"), till.create("key-1", notes="a")
    assert (first.status_code, first.text, first.headers["location"]) == (
        again.status_code,
        again.text,
        again.headers["location"],
    )
    assert till.live() == 1


def test_the_location_of_a_repeat_may_be_missing(till: Till) -> None:
    till.control("state", replay_location=False)
    assert "location" in till.create("key-1").headers
    assert "location" not in till.create("key-1").headers


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("", 400, "Invalid Idempotency-Key Header"),
        ("with space", 400, "Invalid Idempotency-Key Header"),
        ("under_score", 400, "Invalid Idempotency-Key Header"),
        ("x" * 256, 400, "Invalid Idempotency-Key Header"),
        ("x" * 255, 201, None),
        ("6f2c1d1e-8a51-4e6b-9d5c-0d6a3f6f1f10", 201, None),
    ],
)
def test_the_form_of_a_key(till: Till, key: str, status: int, words: str | None) -> None:
    answer = till.create(key)
    assert answer.status_code == status
    if words is not None:
        assert answer.json()["error_description"] == words


def test_another_body_under_a_used_key(till: Till) -> None:
    till.create("key-1", notes="a")
    answer = till.create("key-1", notes="b")
    assert (answer.status_code, answer.json()["error_description"]) == (422, "Used Idempotency-Key Header")
    assert till.live() == 1


def test_a_refusal_is_kept_too(till: Till) -> None:
    till.control("state", online_ordering_paused=True)
    assert till.create("key-1").status_code == 400
    till.control("state", online_ordering_paused=False)
    assert till.create("key-1").status_code == 400
    assert till.create("key-2").status_code == 201


def test_keys_live_for_24_hours(till: Till) -> None:
    till.create("key-1")
    till.clock.push(24 * 3600 - 1)
    till.create("key-1")
    assert till.live() == 1
    till.clock.push(1)
    till.create("key-1")
    assert till.live() == 2


def test_expiry_and_clock_can_be_moved(till: Till) -> None:
    till.create("key-1")
    till.control("state", idempotency_ttl_s=60)
    till.control("state", advance_s=61)
    till.create("key-1")
    assert till.live() == 2


def test_a_key_is_a_clients_own(till: Till) -> None:
    token = till.root.post(
        "/kounta/v1/token",
        json={"grant_type": "client_credentials", "client_id": "demo-oauth", "client_secret": "demo-oauth-secret"},
    ).json()["access_token"]
    till.create("key-1")
    other = till.root.post(
        "/kounta/v1/companies/5678/orders.json",
        json={"site_id": 823},
        headers={"authorization": f"Bearer {token}", "idempotency-key": "key-1"},
    )
    assert other.status_code == 201
    assert till.live() == 2


def test_while_a_slow_request_runs_its_key_is_busy(till: Till) -> None:
    till.fault("kounta.create_order", "slow", delay_s=10)
    with pytest.raises(httpx.ReadTimeout):
        till.create("key-1")
    busy = till.create("key-1")
    assert (busy.status_code, busy.json()["error_description"]) == (409, "Conflict Idempotency-Key Header")
    till.clock.push(10)
    assert till.create("key-1").status_code == 201
    assert till.live() == 1


LOST = {
    "refused": httpx.ConnectError,
    "reset_before": httpx.ReadError,
    "reset_after": httpx.ReadError,
    "timeout": httpx.ReadTimeout,
}


@pytest.mark.parametrize(
    ("fault", "first", "second", "live_after_first", "live_after_second"),
    [
        ("refused", None, 201, 0, 1),
        ("reset_before", None, 201, 0, 1),
        ("reset_after", None, 201, 1, 1),
        ("timeout", None, 201, 1, 1),
        ("500", 500, 201, 0, 1),
        ("500_stored", 500, 500, 0, 0),
        ("500_stored_after", 500, 500, 1, 1),
        ("503", 503, 201, 0, 1),
        ("504", 504, 201, 0, 1),
        ("429", 429, 201, 0, 1),
        ("429_stored", 429, 429, 0, 0),
        ("401", 401, 201, 0, 1),
        ("401_stored", 401, 401, 0, 0),
        ("409", 409, 201, 0, 1),
        ("422", 422, 201, 0, 1),
        ("html", 200, 201, 0, 1),
        ("slow", 201, 409, 1, 1),
    ],
)
def test_each_fault_on_creating(
    till: Till, fault: str, first: int | None, second: int, live_after_first: int, live_after_second: int
) -> None:
    till.fault("kounta.create_order", fault)
    if first is None:
        with pytest.raises(LOST[fault]):
            till.create("key-1")
    else:
        assert till.create("key-1").status_code == first
    assert till.live() == live_after_first
    assert till.create("key-1").status_code == second
    assert till.live() == live_after_second


def test_how_often_a_fault_fires(till: Till) -> None:
    till.fault("kounta.create_order", "503", times=2)
    assert [till.create().status_code for _ in range(3)] == [503, 503, 201]
    till.fault("kounta.create_order", "503", times=-1)
    assert {till.create().status_code for _ in range(20)} == {503}
    till.control("faults", operation="kounta.create_order", times=0)
    assert till.create().status_code == 201
    assert till.look("faults") == []


def test_faults_are_served_in_order_and_may_match_a_body(till: Till) -> None:
    till.fault("kounta.create_order", "503")
    till.fault("kounta.*", "500", match="Table 9")
    assert till.create(notes="Table 9").status_code == 503
    assert till.create(notes="Table 8").status_code == 201
    assert till.create(notes="Table 9").status_code == 500


def test_a_storm_is_random_but_repeatable(till: Till) -> None:
    def storm() -> list[int]:
        till.control("reset")
        till.control("state", rate_limits={"basic": 0})
        till.fault("kounta.create_order", "503", times=-1, probability=0.3, seed=7)
        return [till.create().status_code for _ in range(100)]

    first = storm()
    assert 15 < first.count(503) < 45
    assert storm() == first


@pytest.mark.parametrize("body", [{"operation": "x", "fault": "fire"}, {"fault": "500"}, {"operation": "x"}])
def test_faults_that_cannot_be_set(till: Till, body: dict[str, str]) -> None:
    assert till.root.post("/_control/faults", json=body).status_code == 400


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("kounta.get_order", "GET", "/orders/{order}"),
        ("kounta.list_orders", "GET", "/sites/823/orders"),
        ("kounta.list_deleted", "GET", "/orders/deleted"),
        ("kounta.update_order", "PUT", "/orders/{order}"),
        ("kounta.delete_order", "DELETE", "/orders/{order}"),
        ("kounta.add_payment", "POST", "/orders/{order}/payments"),
        ("kounta.notify", "POST", "/orders/{order}/notifications"),
        ("kounta.find_customer", "GET", "/customers?reference_id=1"),
        ("kounta.create_customer", "POST", "/customers"),
        ("kounta.webhooks", "POST", "/webhooks"),
    ],
)
def test_each_operation_has_its_name(till: Till, operation: str, method: str, path: str) -> None:
    order = till.order()
    till.fault(operation, "503")
    assert till.api.request(method, path.format(order=order), json={}).status_code == 503
    assert [call["fault"] for call in till.look(f"calls?operation={operation}")] == ["503"]


def test_calls_are_kept_in_order_with_secrets_masked(till: Till) -> None:
    till.create("key-1", notes="a")
    till.api.get("/orders")
    calls = till.look("calls")
    assert [call["operation"] for call in calls] == ["kounta.create_order", "kounta.list_orders"]
    assert calls[0]["headers"]["authorization"] == "Basic ***"
    assert calls[0]["headers"]["idempotency-key"] == "key-1"
    assert '"notes":"a"' in calls[0]["body"]
    assert calls[0]["status"] == 201
