"""Rate limits, bearer tokens, and what an expired one looks like."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sandbox.conftest import Till

CREDENTIALS = {"client_id": "demo-oauth", "client_secret": "demo-oauth-secret"}
REDIRECT = "https://relay.example.com/connect/kounta/callback"


def token_of(till: Till, as_json: bool = True, **form: str) -> httpx.Response:
    wanted = {**CREDENTIALS, **form}
    path = "/kounta/v1/token.json" if as_json else "/kounta/v1/token"
    return till.root.post(path, json=wanted) if as_json else till.root.post(path, data=wanted)


def sites_with(till: Till, token: str) -> httpx.Response:
    return till.root.get("/kounta/v1/companies/5678/sites.json", headers={"authorization": f"Bearer {token}"})


def test_sixty_a_minute_with_basic(strict_till: Callable[..., Till]) -> None:
    till = strict_till()
    answers = [till.api.get("/sites") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    last = answers[-1]
    assert (last.text, last.headers["content-type"]) == ("Limit exceeded", "text/plain")
    assert "retry-after" not in last.headers
    assert answers[0].headers["x-ratelimit-limit"] == "60"
    assert answers[0].headers["x-ratelimit-remaining"] == "59"
    reset = int(last.headers["x-ratelimit-reset"])
    assert reset == till.clock.now.timestamp() + 60
    till.clock.push(60)
    assert till.api.get("/sites").status_code == 200


def test_a_429_of_the_limiter_is_not_kept_under_the_key(strict_till: Callable[..., Till]) -> None:
    till = strict_till(basic_per_minute=1)
    till.api.get("/sites")
    assert till.create("key-1").status_code == 429
    till.clock.push(60)
    assert till.create("key-1").status_code == 201


def test_180_a_minute_with_oauth_and_each_client_its_own(strict_till: Callable[..., Till]) -> None:
    till = strict_till(basic_per_minute=1)
    token = token_of(till, grant_type="client_credentials").json()["access_token"]
    till.api.get("/sites")
    assert till.api.get("/sites").status_code == 429
    answer = sites_with(till, token)
    assert (answer.status_code, answer.headers["x-ratelimit-limit"]) == (200, "180")


def test_limits_can_be_changed(strict_till: Callable[..., Till]) -> None:
    till = strict_till()
    till.control("state", rate_limits={"basic": 2})
    assert [till.api.get("/sites").status_code for _ in range(3)] == [200, 200, 429]
    till.control("state", rate_limits={"basic": 0})
    assert till.api.get("/sites").status_code == 200


@pytest.mark.parametrize("as_json", [True, False])
def test_code_then_refresh(till: Till, as_json: bool) -> None:
    wanted = {"client_id": "demo-oauth", "company_id": 5678, "redirect_uri": REDIRECT}
    code = till.control("kounta/codes", **wanted)["code"]
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    first = token_of(till, as_json, **grant)
    assert first.status_code == 200
    assert first.json().keys() == {"access_token", "refresh_token", "expires_in", "token_type", "scope"}
    assert sites_with(till, first.json()["access_token"]).status_code == 200
    # A code works once.
    assert token_of(till, as_json, **grant).status_code == 400
    fresh = token_of(till, as_json, grant_type="refresh_token", refresh_token=first.json()["refresh_token"])
    assert "refresh_token" not in fresh.json()
    assert sites_with(till, fresh.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "nothing"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code", "code": "nothing", "redirect_uri": REDIRECT}, 400, "invalid_grant"),
    ],
)
def test_grants_that_are_refused(till: Till, form: dict[str, str], status: int, error: str) -> None:
    answer = token_of(till, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("status", [401, 400])
def test_expired_tokens(till: Till, status: int) -> None:
    token = token_of(till, grant_type="client_credentials").json()["access_token"]
    till.control("state", expired_token_status=status)
    till.control("state", expire_tokens=True)
    answer = sites_with(till, token)
    assert answer.status_code == status
    assert answer.json()["error_description"] == "The access token provided has expired."


def test_tokens_end_by_the_clock(till: Till) -> None:
    token = token_of(till, grant_type="client_credentials").json()["access_token"]
    till.clock.push(3599)
    assert sites_with(till, token).status_code == 200
    till.clock.push(1)
    assert sites_with(till, token).status_code == 401


def test_secrets_of_the_token_endpoint_are_not_logged(till: Till) -> None:
    token_of(till, grant_type="client_credentials")
    assert "demo-oauth-secret" not in str(till.look("calls"))
