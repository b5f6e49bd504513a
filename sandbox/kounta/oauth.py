"""Who calls: HTTP Basic, bearer tokens, and the token endpoint (Kounta docs: Authentication)."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from sandbox.kounta.models import Client, Grant
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.state import KountaState
from sandbox.messages import Json, SandboxAnswer, SandboxRequest, from_json, json_answer

CODE_TTL_S = 600
EXPIRED = "The access token provided has expired."


@dataclass(frozen=True)
class Caller:
    """An authenticated client and the companies it may touch."""

    client: Client
    company_ids: tuple[int, ...]
    by_oauth: bool


def authenticate(state: KountaState, request: SandboxRequest) -> Caller:
    """Who is calling; raises RefusalError 401, or what is set for expired tokens."""
    scheme, _, secret = (request.header("authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(state, secret.strip())
    if scheme.lower() == "bearer":
        return _bearer(state, secret.strip())
    raise RefusalError(401, "No access token was provided.", "unauthorized")


def _basic(state: KountaState, encoded: str) -> Caller:
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as unreadable:
        raise RefusalError(401, "Invalid credentials.", "invalid_client") from unreadable
    client = _client(state, client_id, secret)
    return Caller(client, tuple(client.companies), by_oauth=False)


def _bearer(state: KountaState, token: str) -> Caller:
    grant = state.grants.get(token)
    client = state.clients.get(grant.client_id) if grant is not None else None
    if grant is None or client is None or grant.kind != "access":
        raise RefusalError(401, "The access token provided is invalid.")
    if grant.expires_at is not None and state.now() >= grant.expires_at:
        raise RefusalError(state.switches.expired_token_status, EXPIRED, "invalid_grant")
    return Caller(client, tuple(grant.company_ids), by_oauth=True)


def issue_code(state: KountaState, client_id: str, company_id: int, redirect_uri: str) -> str:
    """An authorization code, as the consent page hands it out."""
    grant = Grant(
        token=secrets.token_urlsafe(24),
        kind="code",
        client_id=client_id,
        company_ids=[company_id],
        expires_at=state.now() + timedelta(seconds=CODE_TTL_S),
        redirect_uri=redirect_uri,
    )
    state.grants.put(grant.token, grant)
    return grant.token


def expire_access_tokens(state: KountaState) -> None:
    """All access tokens end now."""
    for grant in state.grants:
        if grant.kind == "access":
            grant.expires_at = state.now()
            state.grants.put(grant.token, grant)


def token_answer(state: KountaState, request: SandboxRequest) -> SandboxAnswer:
    """`POST /v1/token`: form or JSON body; grants authorization_code, refresh_token and client_credentials."""
    form = _form(request)
    client = _client(state, form.get("client_id", ""), form.get("client_secret", ""))
    grants = {"authorization_code": _by_code, "refresh_token": _by_refresh, "client_credentials": _by_client}
    grant_type = form.get("grant_type", "")
    if grant_type not in grants:
        raise RefusalError(400, f"The grant type is not supported: {grant_type}", "unsupported_grant_type")
    return json_answer(200, grants[grant_type](state, client, form), {"Cache-Control": "no-store"})


def _by_code(state: KountaState, client: Client, form: dict[str, str]) -> Json:
    grant = state.grants.get(form.get("code", ""))
    fits = grant is not None and grant.kind == "code" and grant.client_id == client.id
    if not fits or grant is None or grant.redirect_uri != form.get("redirect_uri"):
        raise RefusalError(400, "The authorization code is invalid.", "invalid_grant")
    state.grants.remove(grant.token)
    if grant.expires_at is not None and state.now() >= grant.expires_at:
        raise RefusalError(400, "The authorization code has expired.", "invalid_grant")
    refresh = Grant(token=secrets.token_urlsafe(32), kind="refresh", client_id=client.id, company_ids=grant.company_ids)
    state.grants.put(refresh.token, refresh)
    return {**_access(state, client, grant.company_ids), "refresh_token": refresh.token}


def _by_refresh(state: KountaState, client: Client, form: dict[str, str]) -> Json:
    # Observed: the answer holds no new refresh token; the old one lives on.
    grant = state.grants.get(form.get("refresh_token", ""))
    if grant is None or grant.kind != "refresh" or grant.client_id != client.id:
        raise RefusalError(400, "The refresh token is invalid.", "invalid_grant")
    return _access(state, client, grant.company_ids)


def _by_client(state: KountaState, client: Client, _form: dict[str, str]) -> Json:
    return _access(state, client, client.companies)


def _access(state: KountaState, client: Client, company_ids: list[int]) -> Json:
    lifetime = state.switches.access_token_ttl_s
    access = Grant(
        token=secrets.token_urlsafe(32),
        kind="access",
        client_id=client.id,
        company_ids=company_ids,
        expires_at=state.now() + timedelta(seconds=lifetime),
    )
    state.grants.put(access.token, access)
    return {"access_token": access.token, "token_type": "Bearer", "expires_in": lifetime, "scope": None}


def _client(state: KountaState, client_id: str, secret: str) -> Client:
    client = state.clients.get(client_id)
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        raise RefusalError(401, "Invalid credentials.", "invalid_client")
    return client


def _form(request: SandboxRequest) -> dict[str, str]:
    kind = (request.header("content-type") or "").split(";")[0].strip().lower()
    try:
        if kind == "application/json":
            body = from_json(request.body)
            if isinstance(body, dict):
                return {name: value for name, value in body.items() if isinstance(value, str)}
        elif kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(request.body.decode()))
    except ValueError as unreadable:
        raise RefusalError(400, "The request could not be read.", "invalid_request") from unreadable
    raise RefusalError(400, "The request must be form-encoded or JSON.", "invalid_request")
