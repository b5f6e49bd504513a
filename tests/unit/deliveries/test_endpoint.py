"""Endpoints: who hears of what, when one is paused, how secrets change; and the signatures they make."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain.access import Caller
from shared.domain.deliveries.endpoint import Endpoint, EndpointState, SealedSecret, new_secret
from shared.domain.deliveries.signing import signed_headers
from tests.builders import NOON, at

ENDPOINT = Endpoint("main", "demo-bookings", "https://hooks.example.com/relay", NOON)
DAY = 86_400.0
FIVE_DAYS = 5 * DAY
ACTIVE, PAUSED, DISABLED = EndpointState.ACTIVE, EndpointState.PAUSED, EndpointState.DISABLED
SECRET = "whsec_ZXhhbXBsZS1zaWduaW5nLWtleS0wMDE="


@pytest.mark.parametrize(
    ("types", "venues", "event_type", "venue_id", "wanted"),
    [
        ((), ("*",), "order.rejected", "demo", True),
        ((), ("*",), "a.later_type", "demo", True),
        (("order.rejected",), ("*",), "order.rejected", "demo", True),
        (("order.rejected",), ("*",), "order.deleted", "demo", False),
        ((), ("demo",), "order.rejected", "demo", True),
        ((), ("other",), "order.rejected", "demo", False),
    ],
)
def test_who_hears_of_what(
    types: tuple[str, ...], venues: tuple[str, ...], event_type: str, venue_id: str, wanted: bool
) -> None:
    assert replace(ENDPOINT, types=types, venues=venues).wants(event_type, venue_id) is wanted


@pytest.mark.parametrize(
    ("platform", "venues", "managed"),
    [
        ("demo-bookings", {"demo", "other"}, True),
        ("demo-bookings", {"*"}, True),
        ("demo-bookings", {"other"}, False),
        ("somebody-else", {"*"}, False),
    ],
)
def test_a_key_manages_what_it_covers(platform: str, venues: set[str], managed: bool) -> None:
    caller = Caller(platform, frozenset(), frozenset(venues))
    assert replace(ENDPOINT, venues=("demo",)).is_managed_by(caller) is managed


@pytest.mark.parametrize(
    ("failing_since_s", "state"),
    [(None, ACTIVE), (0, ACTIVE), (FIVE_DAYS - 1, ACTIVE), (FIVE_DAYS, PAUSED), (2 * FIVE_DAYS, PAUSED)],
)
def test_paused_after_days_in_which_it_took_nothing(failing_since_s: float | None, state: EndpointState) -> None:
    since = None if failing_since_s is None else at(-failing_since_s)
    after = replace(ENDPOINT, failing_since=since).after_failure(NOON, FIVE_DAYS)
    assert after.state is state
    assert after.failing_since == (since or NOON)
    assert after.reason == ("failing" if state is PAUSED else None)


def test_one_success_ends_the_row_of_failures() -> None:
    failing = ENDPOINT.after_failure(at(-FIVE_DAYS), FIVE_DAYS)
    assert failing.after_success() == ENDPOINT
    assert failing.after_success().after_failure(NOON, FIVE_DAYS).is_active
    assert ENDPOINT.after_success() is ENDPOINT, "nothing to store"


def test_gone_is_disabled_and_setting_up_anew_resumes() -> None:
    gone = ENDPOINT.gone(NOON)
    assert (gone.state, gone.reason) == (DISABLED, "gone")
    assert gone.resumed() == ENDPOINT
    assert ENDPOINT.paused_by_owner().reason == "by_owner"


def test_the_secret_before_signs_on_for_the_overlap() -> None:
    first, second, third = (SealedSecret(name, at(n)) for n, name in enumerate(("a", "b", "c")))
    one = ENDPOINT.with_new_secret(first, DAY)
    two = one.with_new_secret(second, DAY)
    three = two.with_new_secret(third, DAY)

    def signing(endpoint: Endpoint, seconds: float) -> str:
        return "".join(each.ciphertext for each in endpoint.signing_secrets(at(seconds)))

    assert signing(one, 10 * DAY) == "a"
    assert (signing(two, 1), signing(two, DAY), signing(two, 1 + DAY)) == ("ba", "ba", "b")
    assert (signing(three, 2), signing(three, 1 + DAY), signing(three, 2 + DAY)) == ("cba", "cb", "c")


def test_signatures_are_what_the_standard_library_verifies() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    body = json.dumps({"type": "order.rejected"}).encode()
    headers = signed_headers("evt_1", body, datetime.now(UTC), [new, old])
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) == {"type": "order.rejected"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body, {**headers, "webhook-id": "evt_2"})


@given(key=st.binary(min_size=24, max_size=64), body=st.text().map(str.encode), event_id=st.from_regex(r"\A\w+\Z"))
def test_signatures_equal_those_of_the_standard_library(key: bytes, body: bytes, event_id: str) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    signed = signed_headers(event_id, body, NOON, [secret])
    assert signed["webhook-signature"] == Webhook(secret).sign(event_id, NOON, body.decode())


@pytest.mark.parametrize(("event_id", "secret"), [("a.b", SECRET), ("", SECRET), ("a", "no-prefix")])
def test_what_cannot_be_signed(event_id: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"webhook id|signing secret"):
        signed_headers(event_id, b"{}", NOON, [secret])


def test_secrets_are_never_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(base64.b64decode(each.removeprefix("whsec_"))) == 32 for each in made)
