"""OAuth: bearer, refresh once, never a loop, no secret in anything that is shown."""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from shared.adapters.kounta.tokens import Credentials, Tokens
from shared.domain.errors import PacedError, PermissionLostError, UnreachableError
from shared.domain.orders.writes import Outcome
from tests.fake_tokens import InMemoryTokenStore
from tests.unit.kounta.stand_in import API, COMPANY, NOW, Reply, json_reply
from tests.unit.kounta.test_reads import ORDER, bench

EXPIRED = json_reply(400, {"error_description": "The access token provided has expired."})
NEW = json_reply(200, {"access_token": "access-2", "expires_in": 3600, "token_type": "Bearer", "scope": None})
TOKEN_CALL = f"POST {API}/v1/token.json"


FIRST = Tokens("access-1", "refresh-1")


def stored(tokens: Tokens | None = FIRST) -> InMemoryTokenStore:
    store = InMemoryTokenStore()
    if tokens is not None:
        store.save("kounta-5678", tokens)
    return store


@pytest.mark.parametrize("refused", [json_reply(401), EXPIRED])
def test_a_read_refreshes_once_and_goes_on(refused: httpx.Response) -> None:
    store = stored()
    it = bench(refused, NEW, json_reply(200, ORDER), tokens=store)
    assert it.gateway.read_order("1") is not None
    assert it.kounta.calls == [f"GET {COMPANY}/orders/1", TOKEN_CALL, f"GET {COMPANY}/orders/1"]
    assert [request.headers.get("Authorization") for request in it.kounta.requests] == [
        "Bearer access-1",
        None,
        "Bearer access-2",
    ]
    assert parse_qs(it.kounta.requests[1].content.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
        "client_id": ["client-1"],
        "client_secret": ["secret-1"],
    }
    assert it.kounta.requests[1].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert store.read("kounta-5678") == Tokens("access-2", "refresh-1", NOW + timedelta(hours=1))


def test_refused_again_is_permission_lost_not_a_loop() -> None:
    it = bench(json_reply(401), NEW, json_reply(401), tokens=stored())
    with pytest.raises(PermissionLostError):
        it.gateway.read_order("1")
    assert len(it.kounta.calls) == 3


def test_a_new_refresh_token_is_kept() -> None:
    store = stored()
    rotated = json_reply(200, {"access_token": "access-2", "refresh_token": "refresh-2"})
    bench(rotated, tokens=store).gateway.refresh()
    assert store.read("kounta-5678") == Tokens("access-2", "refresh-2", None)


def test_a_token_known_to_end_is_renewed_before_the_call() -> None:
    store = stored(Tokens("access-1", "refresh-1", NOW + timedelta(seconds=10)))
    it = bench(NEW, json_reply(201, None, Location=f"{COMPANY}/orders/5"), tokens=store)
    assert it.gateway.create_order(b"{}", "k").outcome is Outcome.DONE
    assert it.kounta.calls == [TOKEN_CALL, f"POST {COMPANY}/orders"]


def test_a_write_is_not_repeated_by_the_adapter() -> None:
    it = bench(json_reply(401), tokens=stored())
    assert it.gateway.create_order(b"{}", "k").outcome is Outcome.UNAUTHORIZED
    assert len(it.kounta.calls) == 1


def test_another_workers_token_is_taken() -> None:
    store = stored()
    it = bench(json_reply(401), json_reply(200, ORDER), tokens=store)
    it.gateway.create_order(b"{}", "k")
    store.save("kounta-5678", Tokens("access-9", "refresh-1"))
    it.gateway.refresh()
    assert it.gateway.read_order("1") is not None
    assert it.kounta.requests[-1].headers["Authorization"] == "Bearer access-9"
    assert len(it.kounta.calls) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (json_reply(400, {"error": "invalid_grant"}), PermissionLostError),
        (json_reply(401), PermissionLostError),
        (json_reply(403), PermissionLostError),
        (json_reply(429, None, Retry_After="4"), PacedError),
        (json_reply(500), UnreachableError),
        (json_reply(200, {"token": "?"}), UnreachableError),
        (json_reply(200, ["?"]), UnreachableError),
        (httpx.Response(400, text="<html>"), UnreachableError),
        (httpx.ConnectError("no"), UnreachableError),
    ],
)
def test_refresh_fails(reply: Reply, error: type[Exception]) -> None:
    store = stored()
    with pytest.raises(error):
        bench(reply, tokens=store).gateway.refresh()
    assert store.read("kounta-5678") == Tokens("access-1", "refresh-1")


def test_never_authorised() -> None:
    it = bench(json_reply(200), tokens=stored(None))
    assert it.gateway.create_order(b"{}", "k").outcome is Outcome.UNAUTHORIZED
    assert it.gateway.probe() is False
    with pytest.raises(PermissionLostError):
        it.gateway.refresh()
    assert it.kounta.calls == []


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (json_reply(503), Outcome.NOT_CONNECTED),
        (httpx.ReadTimeout("slow"), Outcome.NOT_CONNECTED),
        (json_reply(429, None, Retry_After="4"), Outcome.LIMITED),
        (json_reply(400, {"error": "invalid_grant"}), Outcome.UNAUTHORIZED),
    ],
)
def test_without_a_token_the_write_is_known_not_sent(reply: Reply, outcome: Outcome) -> None:
    it = bench(reply, tokens=stored(Tokens("access-1", "refresh-1", NOW)))
    assert it.gateway.create_order(b"{}", "k").outcome is outcome
    assert it.kounta.calls == [TOKEN_CALL]


def test_nothing_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    it = bench(json_reply(401), httpx.ReadError("cut"), tokens=stored())
    with caplog.at_level(logging.DEBUG), pytest.raises(UnreachableError) as caught:
        it.gateway.read_order("1")
    shown = (
        caplog.text + repr(caught.value) + repr(Tokens("access-1", "refresh-1")) + repr(Credentials("c", "secret-1"))
    )
    assert not any(secret in shown for secret in ("access-1", "refresh-1", "secret-1", "Bearer"))
    assert caught.value.__cause__ is None
