"""What an operator asks when setting a venue up."""

from __future__ import annotations

import json

import httpx
import pytest

from shared.adapters.kounta.administration import KountaAdministration, Webhook
from shared.adapters.kounta.reads import KountaReads
from shared.domain.errors import (
    BadInputError,
    OutsideError,
    PacedError,
    PermissionLostError,
    RefusedError,
    UnreachableError,
)
from shared.domain.venues import PosConnection
from tests.unit.kounta.stand_in import API, COMPANY, Reply, StandIn, client_to, json_reply

TOPIC, ADDRESS = "orders/completed", "https://relay.example.com/pos/kounta/v/orders-completed"


def administration(*replies: Reply) -> tuple[KountaAdministration, StandIn]:
    client, kounta = client_to(replies)
    reads = KountaReads(client, PosConnection("kounta", "5678", "823"), pace=lambda: None, sleep=lambda _: None)
    return KountaAdministration(client, reads), kounta


def hook(number: int, topic: str = TOPIC, address: str = ADDRESS) -> dict[str, object]:
    return {"id": number, "topic": topic, "address": address, "format": "json", "filter": {"site_ids": [823]}}


def test_company_site_and_status() -> None:
    admin, kounta = administration(
        json_reply(200, {"id": 5678, "name": "Example", "currency": "AUD", "timezone": {"name": "Australia/Sydney"}}),
        json_reply(200, {"id": 823, "name": "Harbour Street"}),
        json_reply(200, {"status": "online", "online_ordering": "offline"}),
    )
    company = admin.get_company()
    assert (company.id, company.currency, company.timezone and company.timezone.name) == (
        "5678",
        "AUD",
        "Australia/Sydney",
    )
    assert admin.get_site("823").name == "Harbour Street"
    status = admin.site_status("823")
    assert (status.is_online, status.takes_online_orders) == (True, False)
    assert kounta.calls == [f"GET {COMPANY}", f"GET {COMPANY}/sites/823", f"GET {COMPANY}/sites/823/status"]


def test_lists_are_read_to_their_end() -> None:
    admin, kounta = administration(
        json_reply(200, [{"id": 16, "name": "POS 1", "site_id": 823}], X_Next_Page=f"{API}/v1/next?start=2"),
        json_reply(200, [{"id": 17, "name": "POS 2", "site_id": 824}]),
        json_reply(200, [{"id": 1, "name": "Cash"}]),
    )
    assert [one.id for one in admin.list_registers()] == ["16", "17"]
    assert [one.name for one in admin.list_payment_methods()] == ["Cash"]
    assert kounta.calls[1] == f"GET {API}/v1/next?start=2"


def test_a_list_without_end_is_given_up() -> None:
    admin, kounta = administration(json_reply(200, [], X_Next_Page=f"{API}/v1/next"))
    with pytest.raises(UnreachableError, match="no end"):
        admin.list_registers()
    assert len(kounta.calls) < 50


def test_a_webhook_is_made_once() -> None:
    admin, kounta = administration(
        json_reply(200, [hook(1, "orders/deleted"), hook(2, address="https://other.example.com/")]),
        json_reply(201, None, Location=f"{COMPANY}/webhooks/549"),
    )
    assert admin.upsert_webhook(TOPIC, ADDRESS, ["823"], {"Authorization": "secret"}) == "549"
    assert kounta.calls == [f"GET {COMPANY}/webhooks", f"POST {COMPANY}/webhooks"]
    assert json.loads(kounta.requests[1].content) == {
        "topic": TOPIC,
        "address": ADDRESS,
        "format": "json",
        "filter": {"site_ids": [823]},
        "headers": {"Authorization": "secret"},
    }


def test_a_webhook_that_is_there_is_changed_and_its_doubles_go() -> None:
    admin, kounta = administration(json_reply(200, [hook(9), hook(5), hook(7)]), json_reply(200))
    assert admin.upsert_webhook(TOPIC, ADDRESS, ["823"], {}) == "5"
    assert kounta.calls[1:] == [
        f"PUT {COMPANY}/webhooks/5",
        f"DELETE {COMPANY}/webhooks/7",
        f"DELETE {COMPANY}/webhooks/9",
    ]


def test_webhooks_with_and_without_a_filter() -> None:
    unlimited = {**hook(2), "filter": []}
    admin, _ = administration(json_reply(200, [hook(1), unlimited, {**hook(3), "filter": None}]))
    assert admin.list_webhooks() == [
        Webhook("1", TOPIC, ADDRESS, ("823",)),
        Webhook("2", TOPIC, ADDRESS, ()),
        Webhook("3", TOPIC, ADDRESS, ()),
    ]


@pytest.mark.parametrize("status", [204, 404])
def test_a_webhook_is_removed_or_gone(status: int) -> None:
    admin, kounta = administration(json_reply(status))
    admin.delete_webhook("549")
    assert kounta.calls == [f"DELETE {COMPANY}/webhooks/549"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply(401), PermissionLostError),
        (json_reply(403), PermissionLostError),
        (json_reply(429), PacedError),
        (json_reply(400, {"error_description": "no such topic"}), RefusedError),
        (json_reply(500), UnreachableError),
        (httpx.ReadTimeout("slow"), UnreachableError),
    ],
)
def test_a_change_that_fails_is_not_repeated(reply: Reply, error: type[OutsideError]) -> None:
    admin, kounta = administration(reply)
    with pytest.raises(error):
        admin.delete_webhook("549")
    assert len(kounta.calls) == 1


def test_what_is_no_id() -> None:
    admin, kounta = administration(json_reply(200))
    with pytest.raises(BadInputError):
        admin.get_site("harbour")
    assert kounta.calls == []


def test_an_answer_of_another_shape() -> None:
    with pytest.raises(UnreachableError, match="could not be understood"):
        administration(json_reply(200, ["?"]))[0].get_company()
