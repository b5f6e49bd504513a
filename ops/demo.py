"""Demo venues on a stack whose Kounta and Now Book It are the sandbox: what `posrelay` would set up, in one go.

`demo` uses company 5678 by HTTP Basic and has a Now Book It diary; `demo-oauth` uses a company of its own by OAuth,
because one company is one connection: one client, one limit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from ops.access import issue_key
from ops.errors import OperatorError, in_words
from ops.session import local_stack
from ops.stack import DeployedStack
from ops.webhooks import read_topics, subscribe
from shared.adapters.http.clients import exchange
from shared.adapters.kounta.tokens import Credentials, Tokens
from shared.adapters.secretsmanager.stack_secret import ConnectionSecret, NowBookItSecret, SecretContent
from shared.domain.access import (
    MANAGE_WEBHOOKS,
    READ_SALES,
    READ_VENUE,
    SCOPES,
    WRITE_ORDERS,
    Platform,
    digest_of,
)
from shared.domain.errors import NotFoundError, OutsideError, PermissionLostError
from shared.domain.venues import PosConnection, Venue
from shared.web.signatures import derive_token

BOOKINGS = Platform("demo-bookings", "Demo bookings")
ORDERS = Platform("demo-orders", "Demo orders")
PLATFORMS = (BOOKINGS, ORDERS, Platform("nowbookit", "Now Book It"))
ORDER_SCOPES = (WRITE_ORDERS, READ_VENUE, READ_SALES, MANAGE_WEBHOOKS)
DEMO = Venue(
    "demo",
    "The Example Table",
    PosConnection("kounta", "5678", "823"),
    nowbookit_location_id="LOC-823",
    registers=("16",),
    notify_emails=("floor@example.com",),
    notify_mobiles=("+61255501234",),
)
DEMO_OAUTH = Venue("demo-oauth", "The Example Terrace", PosConnection("kounta", "6789", "901", auth="oauth"))
CLIENTS = {
    DEMO.id: ConnectionSecret(Credentials("demo-basic", "demo-basic-secret"), ("demo-basic-signature-token",)),
    DEMO_OAUTH.id: ConnectionSecret(Credentials("demo-oauth", "demo-oauth-secret"), ("demo-oauth-signature-token",)),
}
DIARY_KEY = "demo-nowbookit-key"
DRIVER_SECRET = "whsec_ZGVtby1kcml2ZXItdHJhY2tpbmctc2VjcmV0"
CALL_S = 10.0


@dataclass(frozen=True, slots=True)
class DemoStack:
    """What there is to play with. `api_key`: of the platform demo-bookings, for its venues, with every scope;
    `orders_key`: of demo-orders, with what a platform needs that sends orders.

    `oauth_venue_id`: None where Kounta is played by something else than the sandbox, which alone can grant access.
    `problems`: what a stand-in for Kounta would not do, a line each.
    """

    api_key: str = field(repr=False)
    orders_key: str = field(repr=False)
    venue_id: str
    oauth_venue_id: str | None
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Its part of stack.json."""
        oauth = {"kounta_oauth": self.oauth_venue_id} if self.oauth_venue_id else {}
        keys = {"api_key": self.api_key, "orders_api_key": self.orders_key}
        return {**keys, "venues": {"kounta": self.venue_id, **oauth}}


def provision_demo(
    stack: DeployedStack, sandbox_url: str, public_url: str, *, known_keys: Sequence[str] = ()
) -> DemoStack:
    """Sets up what is missing and leaves the rest; running it again changes nothing.

    `public_url`: where the sandbox reaches the relay. `known_keys`: the API keys of an earlier run, in the order of
    `DemoStack`; while one is valid no other is issued. A stand-in for Kounta needs no more than Basic; what it lacks is
    told in `problems`.
    Raises OperatorError when the sandbox refuses, OutsideError when it does not answer.
    """
    sandbox = Sandbox(stack.http, sandbox_url.rstrip("/"))
    is_sandbox = stack.addresses.kounta_api_url.startswith(sandbox.url)
    venues = (DEMO, DEMO_OAUTH) if is_sandbox else (DEMO,)
    link_key = stack.secret.link_key()
    hook_token = derive_token(link_key, "nowbookit-hook", DEMO.id)
    stack.secret.update(lambda content: _with_demo_credentials(content, venues, hook_token))
    for venue in venues:
        _put_when_new(stack, _with_drivers(stack, sandbox, venue))
    for platform in PLATFORMS:
        stack.settings.put_platform(platform)
    if is_sandbox:
        sandbox.add_company(DEMO_OAUTH)
        _authorise(stack, sandbox, DEMO_OAUTH)
    addresses = replace(stack.addresses, public_url=public_url.rstrip("/"))
    problems = []
    for venue in venues:
        try:
            subscribe(stack.line_to(venue.pos).administration, venue, addresses, link_key, read_topics(()))
        except OutsideError as error:
            problems.append(f"Kounta's webhooks of {venue.id} are not subscribed: {in_words(error).what}")
    hook = f"{addresses.public_url}/v1/hooks/bookings/nowbookit/{DEMO.id}"
    sandbox.control("nowbookit/webhook", {"url": hook, "header": "Authorization", "token": hook_token})
    known, of_orders, *_ = *known_keys, None, None
    venue_ids = tuple(venue.id for venue in venues)
    return DemoStack(
        _valid_key(stack, known, BOOKINGS, venue_ids, SCOPES),
        _valid_key(stack, of_orders, ORDERS, venue_ids, ORDER_SCOPES),
        DEMO.id,
        DEMO_OAUTH.id if is_sandbox else None,
        tuple(problems),
    )


def add_demo(described: dict[str, Any], key_file: Path) -> tuple[dict[str, Any], DemoStack]:
    """The local stack's stack.json with the demo's part added, and the demo. Raises as `provision_demo` does.

    `key_file` keeps the API keys over restarts, readable by its owner only: the stack itself knows but their hashes.
    """
    stack = local_stack(described["aws_endpoint_url"], described["region"])
    known = key_file.read_text().split() if key_file.exists() else []
    demo = provision_demo(stack, described["sandbox_url"], described["api_url"], known_keys=known)
    if [demo.api_key, demo.orders_key] != known:
        key_file.touch(mode=0o600)
        key_file.write_text(f"{demo.api_key}\n{demo.orders_key}\n")
    return {**described, **demo.as_json()}, demo


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox's control API."""

    http: httpx.Client
    url: str

    def control(self, path: str, body: Any = None) -> Any:
        """Posts the body, or asks without one. Raises OperatorError when it says no."""
        return self.exchange("GET" if body is None else "POST", f"{self.url}/_control/{path}", body)

    def exchange(self, method: str, url: str, body: Any = None) -> Any:
        """One call with JSON both ways. Raises OperatorError."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            received = exchange(self.http, method, url, total_s=CALL_S, headers=headers, content=content)
        except httpx.RequestError as error:
            raise OperatorError(
                f"the sandbox does not answer ({type(error).__name__})", "start it with `make run`"
            ) from error
        if not 200 <= received.status <= 299:
            where = url.removeprefix(self.url)
            raise OperatorError(
                f"the sandbox answered {received.status} to {method} {where}", "is it the same version?"
            )
        return json.loads(received.body)

    def add_company(self, venue: Venue) -> None:
        """A company for the venue, with what the demo company sells, when there is none yet."""
        there = {str(one["id"]): one for one in self.control("kounta/companies")["companies"]}
        if venue.pos.company_id in there:
            return
        like = there[DEMO.pos.company_id]
        site = {
            "id": int(venue.pos.site_id),
            "name": venue.name,
            "registers": [{"id": 31, "code": "T3", "name": "POS 3", "sale_prefix": "ET"}],
        }
        company = {**like, "id": int(venue.pos.company_id), "name": venue.name, "sites": [site]}
        self.control("kounta/companies", {**company, "allow_clients": [CLIENTS[venue.id].credentials.client_id]})


def _with_demo_credentials(content: SecretContent, venues: Sequence[Venue], hook_token: str) -> SecretContent:
    for venue in venues:
        content = content.with_connection(venue.pos.connection_id, CLIENTS[venue.id])
    content = content.with_driver_tracking(DEMO.id, (DRIVER_SECRET,))
    return content.with_nowbookit(DEMO.id, NowBookItSecret(DIARY_KEY, "Authorization", (hook_token,)))


def _with_drivers(stack: DeployedStack, sandbox: Sandbox, venue: Venue) -> Venue:
    """The demo venue's deliveries go to the sandbox's driver tracking, where the stack may call private addresses."""
    if venue.id != DEMO.id or not stack.addresses.private_endpoints:
        return venue
    return replace(venue, driver_tracking_url=f"{sandbox.url}/_driver/{venue.id}")


def _put_when_new(stack: DeployedStack, wanted: Venue) -> None:
    """A demo venue that somebody has changed since stays as they made it."""
    try:
        stack.settings.get(wanted.id)
    except NotFoundError:
        stack.settings.put_venue(wanted)


def _authorise(stack: DeployedStack, sandbox: Sandbox, venue: Venue) -> None:
    """A grant, as a person would give it on Kounta's consent page, unless the one there is still good."""
    try:
        stack.line_to(venue.pos).administration.get_company()
    except PermissionLostError:
        client = CLIENTS[venue.id].credentials
        redirect_uri = "http://127.0.0.1:8600/connect/kounta/callback"
        wish = {"client_id": client.client_id, "company_id": int(venue.pos.company_id), "redirect_uri": redirect_uri}
        form = {
            "grant_type": "authorization_code",
            "code": sandbox.control("kounta/codes", wish)["code"],
            "redirect_uri": redirect_uri,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
        said = sandbox.exchange("POST", f"{stack.addresses.kounta_api_url}/v1/token.json", form)
        expires_at = stack.now() + timedelta(seconds=said["expires_in"])
        tokens = Tokens(said["access_token"], said["refresh_token"], expires_at)
        stack.tokens.save(venue.pos.connection_id, tokens)


def _valid_key(
    stack: DeployedStack, known: str | None, platform: Platform, venues: Sequence[str], scopes: Sequence[str]
) -> str:
    kept = stack.settings.key_by_hash(digest_of(known)) if known else None
    if known and kept and kept.platform == platform.id and kept.is_valid(stack.now()):
        return known
    _, text = issue_key(stack.settings, platform.id, venues, scopes, stack.now())
    return text
