"""The control API where it is not about one vendor."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sandbox import mailbox
from sandbox.core import Sandbox
from sandbox.messages import SandboxRequest
from tests.sandbox.conftest import SITE, WATER, Clock, Till


def test_reset_empties_everything(till: Till) -> None:
    till.create("key-1")
    till.fault("kounta.*", "503", times=-1)
    till.control("state", advance_s=3600, site_id=SITE, site_offline=True)
    till.root.post("/_platform/orders", json={"type": "order.sent"})
    till.control("nowbookit/bookings", status="Seated")
    till.control("reset")
    assert till.look("kounta/orders") == []
    assert till.look("faults") == []
    assert till.look("calls") == []
    assert [booking["bookingId"] for booking in till.look("nowbookit/bookings")] == ["NBI-5001"]
    assert till.look("outbox")["platform_events"] == []
    assert till.look("state")["now"] == till.clock.now.isoformat()
    assert till.create("key-1").status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "state", {"site_id": 1, "site_offline": True}, 404),
        ("POST", "state", {"site_offlien": True}, 400),
        ("POST", "state", {"list_lag_s": -1}, 400),
        ("POST", "state", [], 400),
        ("GET", "nowhere", None, 404),
        ("GET", "kounta/orders/1", None, 404),
        ("POST", "kounta/orders/1/accept", {}, 404),
        ("POST", "kounta/orders", {"site_id": 1}, 404),
        ("POST", "kounta/codes", {"client_id": "x", "company_id": 1, "redirect_uri": "y"}, 404),
        ("GET", "nowbookit/bookings/none", None, 404),
    ],
)
def test_control_requests_that_cannot_be_met(till: Till, method: str, path: str, body: Any, status: int) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    assert till.root.request(method, f"/_control/{path}", content=content).status_code == status


def test_what_the_pos_holds_can_be_looked_at(till: Till) -> None:
    order = till.order(lines=[{"product_id": WATER}])
    till.control("kounta/orders", site_id=824, paid=False)
    shown = till.look("kounta/orders")
    assert [(one["site_id"], one["status"], one["live"]) for one in shown] == [
        (823, "SUBMITTED", True),
        (824, "ON_HOLD", True),
    ]
    assert [one["id"] for one in till.look(f"kounta/orders?site_id={SITE}")] == [order]
    till.api.delete(f"/orders/{order}")
    assert [one["site_id"] for one in till.look("kounta/orders?live=true")] == [824]
    assert till.look(f"kounta/orders/{order}")["deleted"] is True


def test_companies_can_be_added_with_clients(till: Till) -> None:
    client = {"id": "second", "secret": "s", "signature_token": "t", "companies": []}
    site = {"id": 900, "name": "Elsewhere", "registers": [{"id": 90, "name": "POS 1"}]}
    till.control("kounta/companies", id=777, name="Another Example", sites=[site], clients=[client])
    answer = till.root.get("/kounta/v1/companies/me.json", auth=("second", "s"))
    assert (answer.status_code, answer.json()["name"]) == (200, "Another Example")
    taken = till.root.post("/_control/kounta/companies", json={"id": 778, "name": "Third", "sites": [site]})
    assert taken.status_code == 409


def test_platform_events_are_caught(till: Till) -> None:
    till.fault("platform.orders", "500")
    assert till.root.post("/_platform/orders", json={"n": 1}).status_code == 500
    assert till.root.post("/_platform/orders", json={"n": 2}).status_code == 204
    (event,) = till.look("outbox")["platform_events"]
    assert (event["name"], event["body"]) == ("orders", '{"n":2}')


def test_the_outbox_reads_the_emulator(clock: Clock) -> None:
    sandbox = Sandbox(clock, read_mailbox=lambda: {"emails": [{"Subject": "x"}], "sms": []})
    answer = sandbox.handle(SandboxRequest("GET", "/_control/outbox"))
    assert answer.json() == {"emails": [{"Subject": "x"}], "sms": [], "platform_events": []}


def test_the_emulators_groups_become_one_list() -> None:
    def emulator(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/ses/messages"):
            mails = [{"Subject": "second", "Timestamp": "2"}, {"Subject": "first", "Timestamp": "1"}]
            return httpx.Response(200, json={"messages": {"000000000000": mails}})
        assert request.url.params["region"] == "ap-southeast-2"
        return httpx.Response(200, json={"sms_messages": {"+61555": [{"Message": "a"}], "+61556": [{"Message": "b"}]}})

    transport = httpx.MockTransport(emulator)
    read = mailbox.emulator_mailbox("http://aws.test", "ap-southeast-2", transport)()
    assert [mail["Subject"] for mail in read["emails"]] == ["first", "second"]
    assert [message["Message"] for message in read["sms"]] == ["a", "b"]


def test_an_emulator_that_is_away_reads_as_empty() -> None:
    assert mailbox.emulator_mailbox("http://127.0.0.1:9", "x")() == {
        "emails": [],
        "sms": [],
        "unreadable": "ConnectError",
    }
