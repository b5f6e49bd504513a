"""The port `DriverTracking` over HTTP: one signed post for each attempt."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx

from shared.adapters.driver_tracking.classification import FAILED, REFUSED, classify
from shared.adapters.driver_tracking.rendering import delivery_body
from shared.adapters.http import answers
from shared.adapters.http.clients import Clock, exchange
from shared.adapters.http.guarded import ForbiddenAddressError
from shared.domain.deliveries.signing import signed_headers
from shared.domain.errors import NotFoundError, RelayError
from shared.domain.orders.request import OrderRequest
from shared.domain.orders.writes import Answer, Outcome
from shared.domain.venues import Venue

logger = logging.getLogger(__name__)


class HttpDriverTracking:
    """Posts to the venue's `driver_tracking_url`.

    `http`: guarded, since the address is somebody's choice. `secrets`: what signs, newest first, read at each attempt;
    raises NotFoundError when none are stored. `timeout_s`: of one whole call.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        venue: Venue,
        secrets: Callable[[], Sequence[str]],
        timeout_s: float,
        now: Callable[[], datetime],
        clock: Clock = time.monotonic,
    ) -> None:
        self._http = http
        self._venue = venue
        self._secrets = secrets
        self._timeout_s = timeout_s
        self._now = now
        self._clock = clock

    def render(self, request: OrderRequest, order_id: str, order_code: str) -> bytes:
        """The exact bytes that tell of an order. Holds guests' data."""
        return delivery_body(request, order_id, order_code, self._venue)

    def send(self, body: bytes, write_id: str) -> Answer:
        """One call under the `webhook-id` `write_id`; never raises for what the service does. A missing address or
        secret is REFUSED: nothing was sent, and it takes a person to put that right."""
        url = self._venue.driver_tracking_url
        if url is None:
            return _refused("the venue has no driver-tracking address")
        try:
            headers = signed_headers(write_id, body, self._now(), self._secrets())
        except NotFoundError:
            return _refused("no signing secret is stored for the venue's driver tracking")
        except ValueError:
            return _refused("the signing secret of the venue's driver tracking has a wrong form")
        except RelayError as error:  # the secret cannot be read now
            return Answer(Outcome.NOT_CONNECTED, code=FAILED, message=str(error))
        started = self._clock()
        answer = self._post(url, headers, body)
        took_ms = round((self._clock() - started) * 1000)
        logger.info("driver tracking: %s (%s) in %d ms", answer.outcome, answer.http_status or "no status", took_ms)
        return answer

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            received = exchange(
                self._http,
                "POST",
                url,
                total_s=self._timeout_s,
                headers={"content-type": "application/json", "accept": "application/json", **headers},
                content=body,
                body_matters=lambda status, _headers: not 200 <= status <= 299,
                clock=self._clock,
            )
        except ForbiddenAddressError as error:
            return _refused(str(error))
        except httpx.InvalidURL:
            return _refused("the venue's driver-tracking address is not a URL")
        except httpx.RequestError as error:
            return answers.transport_answer(error, FAILED)
        return classify(received, self._now())


def _refused(message: str) -> Answer:
    return Answer(Outcome.REFUSED, code=REFUSED, message=message)
