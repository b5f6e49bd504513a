"""No role may do more than its function did: the calls that the emulator recorded during the suite against the roles.

Runs last. The reverse, that no function did more than its role allows, is the emulator's `AUTH=true`: a missing
permission is an AccessDenied, so every other test would fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.local_stack.permissions import Roles
from tests.stack.relay import Premises, Relay, until

FUNCTIONS = (
    "Authorizer",
    "BookingEvents",
    "Caretaker",
    "Deliveries",
    "Failures",
    "Menu",
    "OnlineOrders",
    "PlatformEvents",
    "PosEvents",
    "PosOrders",
    "PosWriter",
    "Queries",
    "WebhookEndpoints",
)
# The emulator records no calls of SES's second version; the mail that it caught is the proof.
PROVEN_ELSEWHERE = {("ses:SendEmail", "*")}


@pytest.fixture(scope="module")
def roles(stack: dict[str, Any]) -> Roles:
    """The deployed roles."""
    return Roles(stack)


@pytest.fixture(scope="module", autouse=True)
def rare_occasions(premises: Premises, roles: Roles, care: Callable[[], dict[str, Any]]) -> None:
    """What no other test brings about for certain: tokens that run out, under the writer and under the caretaker; a
    failure whose people nobody named; outbox items, one for people and one for a platform, that the stream did not
    bring."""
    oauth = Relay(premises, "demo-oauth", premises.key)
    oauth.seated("OAUTH-1")
    premises.sandbox.control("state", {"expire_tokens": True})
    oauth.seated("OAUTH-2")

    def swept_with_new_tokens() -> bool:
        premises.sandbox.control("state", {"expire_tokens": True})
        care()
        return not any(each.action.startswith("kms:") for each in roles.unused("pos-relay-Caretaker"))

    until(swept_with_new_tokens, "the caretaker to have come first after the tokens ran out")
    order = oauth.order_in("OAUTH-2", "sent")

    def read_with_new_tokens() -> bool:
        premises.sandbox.control("state", {"expire_tokens": True})
        read = oauth.request("GET", f"/v1/venues/demo-oauth/orders/{order['id']}/lines")
        return read.is_success and not any(
            each.action.startswith("kms:") for each in roles.unused("pos-relay-PosOrders")
        )

    until(read_with_new_tokens, "the reader to have come first after the tokens ran out")
    named = premises.open_venue("named", notify_emails=("duty@example.com",), notify_mobiles=("+61255501234",))
    unnamed = premises.open_venue("nobody-named")
    for relay in (named, unnamed):
        relay.sandbox.staff("add-lines", relay.seated("N-1"))
        relay.change("N-1", "cancelled")
        until(lambda relay=relay: relay.failures("N-1"), "the failure that people hear of")  # type: ignore[misc]
    hook = "/v1/webhook-endpoints/permissions"
    catcher = f"{premises.sandbox.url}/_platform/permissions"
    assert unnamed.request("PUT", hook, json={"url": catcher}).is_success
    with premises.stream_cut():
        unnamed.sandbox.staff("add-lines", unnamed.seated("N-2"))
        unnamed.change("N-2", "cancelled")

        def announced() -> bool:
            care()
            return bool(unnamed.failures("N-2")) and bool(premises.sandbox.calls("platform.permissions", "N-2"))

        until(announced, "the failure and the event that the stream did not bring")
    unnamed.request("DELETE", hook)


def test_all_functions_are_looked_at(roles: Roles) -> None:
    assert roles.functions() == [f"pos-relay-{name}" for name in FUNCTIONS]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_permission_is_unused(roles: Roles, function: str) -> None:
    unused = [(each.action, each.resource) for each in roles.unused(f"pos-relay-{function}")]
    assert [each for each in unused if each not in PROVEN_ELSEWHERE] == []


def test_mail_was_sent(premises: Premises) -> None:
    assert any(mail["Source"] == "pos-relay@example.com" for mail in premises.sandbox.control("outbox")["emails"])
