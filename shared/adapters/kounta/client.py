"""One request to Kounta: who we are, how long it may take, what it says of our pace."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import Clock, Received, exchange
from shared.adapters.kounta.tokens import Credentials, Tokens, TokenStore
from shared.domain.errors import PacedError, PermissionLostError, UnreachableError
from shared.domain.timings import Timings

logger = logging.getLogger(__name__)

SHORTEST_CALL_S = 0.5
EXPIRY_MARGIN = timedelta(seconds=30)
LOW_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the last answer said of the rate limit (observed: `X-Ratelimit-*`, reset in epoch seconds)."""

    limit: int | None
    remaining: int | None
    reset: int | None

    @property
    def is_low(self) -> bool:
        """Whether less than a tenth is left."""
        return self.limit is not None and self.remaining is not None and self.remaining < self.limit * LOW_SHARE


class KountaClient:
    """Calls of one connection. `api_url` is the part before `/v1`; with `tokens` by OAuth, without by HTTP Basic."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        api_url: str,
        connection_id: str,
        company_id: str,
        credentials: Credentials,
        tokens: TokenStore | None,
        timings: Timings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock = time.monotonic,
    ) -> None:
        self.timings = timings
        self.now = now
        self.clock = clock
        self.api = httpx.URL(api_url.rstrip("/") + "/v1/")
        self.rate_limit: RateLimit | None = None
        self._http = http
        self._connection_id = connection_id
        self._company = company_id
        self._credentials = credentials
        self._store = tokens
        self._tokens: Tokens | None = None

    @property
    def has_tokens(self) -> bool:
        """Whether we come by OAuth, so that a refused token can be renewed."""
        return self._store is not None

    def company_url(self, path: str = "") -> httpx.URL:
        """An address below the connection's company."""
        return self.api.join(f"companies/{self._company}/{path}" if path else f"companies/{self._company}")

    def send(
        self,
        operation: str,
        method: str,
        url: httpx.URL,
        *,
        total_s: float,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        body_matters: Callable[[int, httpx.Headers], bool] = lambda _status, _headers: True,
    ) -> Received:
        """Send once, within `total_s` all told, and return whatever came back.

        Raises httpx.RequestError when no answer came. Raises PermissionLostError, PacedError or UnreachableError when
        there is no access token to send with: then the call itself was not made.
        """
        started = self.clock()
        sent = {"Accept": "application/json", **(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json"
        sent["Authorization"] = self._authorization(total_s)
        left_s = total_s - (self.clock() - started)
        if left_s < min(SHORTEST_CALL_S, total_s):
            raise UnreachableError("getting an access token left no time for the call")
        outcome = "no answer"
        try:
            received = exchange(
                self._http,
                method,
                url,
                total_s=left_s,
                headers=sent,
                params=params,
                content=content,
                body_matters=body_matters,
                clock=self.clock,
            )
            outcome = str(received.status)
        except httpx.RequestError as error:
            outcome = type(error).__name__
            raise
        finally:
            took_ms = round((self.clock() - started) * 1000)
            logger.info("kounta %s: %s in %d ms (%s)", operation, outcome, took_ms, self._connection_id)
        self._note_rate_limit(received.headers)
        return received

    def refresh(self) -> None:
        """Get a new access token, unless another worker just did; nothing to do with HTTP Basic.

        Raises PermissionLostError when the grant is refused, PacedError, UnreachableError.
        """
        if self._store is None:
            return
        stale = self._tokens or self._stored()
        self._renew(stale, self.timings.read_timeout_s)

    def _authorization(self, total_s: float) -> str:
        if self._store is None:
            pair = f"{self._credentials.client_id}:{self._credentials.client_secret}"
            return "Basic " + base64.b64encode(pair.encode()).decode()
        tokens = self._tokens or self._stored()
        if tokens.ends_within(EXPIRY_MARGIN, self.now()):
            tokens = self._renew(tokens, min(total_s, self.timings.read_timeout_s))
        self._tokens = tokens
        return f"Bearer {tokens.access_token}"

    def _stored(self) -> Tokens:
        stored = self._store.read(self._connection_id) if self._store else None
        if stored is None:
            raise PermissionLostError("the connection was never authorised")
        return stored

    def _renew(self, stale: Tokens, total_s: float) -> Tokens:
        if self._store is None:
            return stale
        self._tokens = self._store.refresh_under_lease(
            self._connection_id, stale.access_token, lambda known: self._ask_for_tokens(known, total_s)
        )
        return self._tokens

    def _ask_for_tokens(self, known: Tokens, total_s: float) -> Tokens:
        """One refresh grant (Kounta docs: Authentication). Form-encoded, as public clients do it."""
        form = httpx.QueryParams(
            {
                "grant_type": "refresh_token",
                "refresh_token": known.refresh_token,
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
            }
        )
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            received = exchange(
                self._http,
                "POST",
                self.api.join("token.json"),
                total_s=total_s,
                headers=headers,
                content=str(form).encode(),
                clock=self.clock,
            )
        except httpx.RequestError as error:
            # Not `from error`: its request holds the secrets.
            raise UnreachableError(f"token endpoint: {type(error).__name__}") from None
        logger.info("kounta refresh_token: %d (%s)", received.status, self._connection_id)
        return self._new_tokens(received, known)

    def _new_tokens(self, received: Received, known: Tokens) -> Tokens:
        if received.status == 429:
            wait_s = answers.wait_s(received.headers, self.now())
            wait_s = self.timings.limited_wait_s if wait_s is None else wait_s
            raise PacedError("token endpoint: too many requests", wait_s=wait_s)
        if 400 <= received.status <= 499 and received.status != 408 and not answers.is_html(received):
            raise PermissionLostError(f"the refresh token was refused ({received.status})")
        said = _object(received.body) if 200 <= received.status <= 299 else {}
        access = said.get("access_token")
        if not isinstance(access, str) or not access:
            raise UnreachableError(f"token endpoint: no usable answer ({received.status})")
        # Observed: no new refresh token comes back, and the old one lives on.
        renewed = said.get("refresh_token")
        return Tokens(
            access_token=access,
            refresh_token=renewed if isinstance(renewed, str) and renewed else known.refresh_token,
            expires_at=_expiry(said.get("expires_in"), self.now()),
        )

    def _note_rate_limit(self, headers: httpx.Headers) -> None:
        before = self.rate_limit
        limit, remaining, reset = (
            answers.whole_number(headers.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remaining", "reset")
        )
        if remaining is None:
            return
        self.rate_limit = RateLimit(limit, remaining, reset)
        if self.rate_limit.is_low and not (before and before.is_low):
            logger.warning("kounta rate limit: %d of %s calls left (%s)", remaining, limit, self._connection_id)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _expiry(expires_in: object, now: datetime) -> datetime | None:
    """The lifetime is not documented: the returned value is used, and without one only a 401 ends a token."""
    seconds = answers.whole_number(str(expires_in))
    return now + timedelta(seconds=min(seconds, 10 * 365 * 86_400)) if seconds else None
