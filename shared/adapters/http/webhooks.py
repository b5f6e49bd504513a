"""One post to a platform's endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import exchange
from shared.adapters.http.guarded import ForbiddenAddressError
from shared.domain.deliveries.delivery import Answer

LONGEST_WAIT_S = 86_400.0  # an endpoint that asks for longer is asked again after a day


@dataclass(frozen=True)
class HttpPoster:
    """Posts once; never raises for what the endpoint does. Only the status counts: what it says is not read."""

    client: httpx.Client
    timeout_s: float
    now: Callable[[], datetime]

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer; redirects are answers."""
        try:
            received = exchange(
                self.client,
                "POST",
                url,
                total_s=self.timeout_s,
                headers={"content-type": "application/json", **headers},
                content=body,
                body_matters=lambda _status, _headers: False,
            )
        except ForbiddenAddressError:
            return Answer(error="forbidden_address")
        except answers.NEVER_CONNECTED:
            return Answer(error="not_connected")
        except (httpx.RequestError, httpx.InvalidURL):
            return Answer(error="no_answer")
        return Answer(received.status, None, answers.wait_s(received.headers, self.now(), LONGEST_WAIT_S))
