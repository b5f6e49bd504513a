"""The sandbox's Now Book It."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Till

KEY = {"x-api-key": "demo-nowbookit-key"}


def ask(till: Till, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    return till.root.request(method, f"/nowbookit{path}", headers=KEY, **more)


def test_a_booking_as_the_vendor_shows_it(till: Till) -> None:
    booking = ask(till, "/Bookings/NBI-5001").json()
    assert booking["locationId"] == "LOC-823"
    assert booking["status"] == {"statusType": "CONFIRMED", "code": "CONFIRMED", "name": "Confirmed"}
    assert booking["tables"][0]["tableName"] == "7"
    assert booking["customer"]["firstName"] == "Alex"
    # Local time of the venue, without an offset.
    assert "+" not in booking["bookingTime"]


def test_the_key_is_needed(till: Till) -> None:
    assert till.root.get("/nowbookit/Bookings/NBI-5001").status_code == 401
    assert ask(till, "/Bookings/none").status_code == 404
    assert ask(till, "/Elsewhere").status_code == 404


def test_ten_calls_a_second(till: Till) -> None:
    answers = [ask(till, "/Bookings/NBI-5001") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].json() == {"message": "You may only perform this action 10 times every 1000 milliseconds"}
    till.clock.push(1)
    assert ask(till, "/Bookings/NBI-5001").status_code == 200
    till.control("state", rate_limits={"nowbookit": 0})
    assert {ask(till, "/Bookings/NBI-5001").status_code for _ in range(30)} == {200}


def test_statuses_by_code(till: Till) -> None:
    codes = [status["code"] for status in ask(till, "/Resources/booking-statuses").json()]
    assert {"CONFIRMED", "SEATED", "PARTIALLY_SEATED", "FINISHED", "CANCELLED", "NO_SHOW"} <= set(codes)


def test_a_status_is_reported_back(till: Till) -> None:
    path = "/Bookings/NBI-5001/updatestatus"
    answer = ask(till, path, "PATCH", json={"status": "Finished", "amountSpent": 184.5, "pax": 3})
    assert answer.json() == {"bookingRef": "NBI-5001", "amountSpent": 184.5, "pax": 3}
    (booking,) = till.look("nowbookit/bookings")
    assert (booking["status"]["code"], booking["reported"]["amountSpent"]) == ("FINISHED", 184.5)
    # Our own report is not sent back to us as a webhook.
    assert till.sandbox.take_deliveries() == []


@pytest.mark.parametrize(
    "body", [{}, [], {"status": "Dancing"}, {"status": 5}, {"status": "Seated", "amountSpent": "12"}]
)
def test_reports_that_are_refused(till: Till, body: Any) -> None:
    assert ask(till, "/Bookings/NBI-5001/updatestatus", "PATCH", json=body).status_code == 400


def test_webhooks_are_thin_and_bear_the_registered_token(till: Till) -> None:
    hook = {"url": "https://relay.example.com/v1/hooks", "header": "X-Relay-Token", "token": "token-1"}
    till.control("nowbookit/webhook", **hook)
    made = till.control("nowbookit/bookings", status="Seated", people=4, walkin=True)
    till.control(f"nowbookit/bookings/{made['bookingId']}", status="Cancelled", tables=["9"])
    till.control(f"nowbookit/bookings/{made['bookingId']}", notes="silent", quiet=True)
    posts = till.sandbox.take_deliveries()
    assert [post.headers["X-Relay-Token"] for post in posts] == ["token-1", "token-1"]
    assert [json.loads(post.body) for post in posts] == [
        {"eventType": event, "data": {"bookingId": made["bookingId"], "locationId": "LOC-823"}}
        for event in ("BOOKING_CREATED", "BOOKING_UPDATED")
    ]


def test_a_change_moves_the_modification_date(till: Till) -> None:
    before = ask(till, "/Bookings/NBI-5001").json()["lastModifiedDate"]
    till.clock.push(2)
    till.control("nowbookit/bookings/NBI-5001", status="Seated")
    after = ask(till, "/Bookings/NBI-5001").json()["lastModifiedDate"]
    assert after > before


@pytest.mark.parametrize(
    ("fault", "status"), [("429", 429), ("500", 500), ("503", 503), ("html", 200), ("500_stored_after", 500)]
)
def test_faults(till: Till, fault: str, status: int) -> None:
    till.fault("nowbookit.get_booking", fault)
    assert ask(till, "/Bookings/NBI-5001").status_code == status
    assert ask(till, "/Bookings/NBI-5001").json()["bookingId"] == "NBI-5001"


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("refused", httpx.ConnectError, "CONFIRMED"),
        ("reset_before", httpx.ReadError, "CONFIRMED"),
        ("reset_after", httpx.ReadError, "FINISHED"),
        ("timeout", httpx.ReadTimeout, "FINISHED"),
    ],
)
def test_lost_answers(till: Till, fault: str, error: type[Exception], code: str) -> None:
    till.fault("nowbookit.update_status", fault)
    with pytest.raises(error):
        ask(till, "/Bookings/NBI-5001/updatestatus", "PATCH", json={"status": "Finished"})
    assert ask(till, "/Bookings/NBI-5001").json()["status"]["code"] == code
