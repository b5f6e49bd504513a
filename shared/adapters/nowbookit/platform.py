"""One venue's account at Now Book It behind the port `BookingPlatform`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import simplejson

from shared.adapters.http import answers
from shared.adapters.http.clients import Clock, Received, exchange
from shared.adapters.http.reading import Repeats, good_answer
from shared.adapters.nowbookit.parsing import booking_event, read_booking
from shared.domain.bookings.events import BookingEvent
from shared.domain.errors import UnreachableError
from shared.domain.orders.writes import Answer, Outcome
from shared.domain.timings import Timings

logger = logging.getLogger(__name__)

LIMIT_WINDOW_S = 1.0  # "10 times every 1000 milliseconds" (Now Book It docs: limits)


class NowBookItPlatform:
    """Fetches bookings and finishes them. `base_url` is the one given at onboarding; `location_id`: the venue's own, so
    that another's booking is never taken for one of ours."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        base_url: str,
        api_key: str,
        timezone: str,
        timings: Timings,
        location_id: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timezone = ZoneInfo(timezone)
        self._timings = timings
        self._location_id = location_id
        self._now = now
        self._clock = clock
        self._repeats = Repeats(timings.read_timeout_s, 2 * timings.read_timeout_s, clock=clock, sleep=sleep)

    def fetch(self, booking_id: str, *, event_id: str, received_at: datetime) -> BookingEvent | None:
        """The booking as it is now, as an event; None when there is none, or it is another location's.

        Raises PacedError (429: a second), PermissionLostError, RefusedError, UnreachableError.
        """
        if _segment(booking_id) is None:
            return None

        def attempt(total_s: float) -> BookingEvent | None:
            received = self._get(f"Bookings/{_segment(booking_id)}", total_s)
            if received.status == 404:
                return None
            booking = read_booking(received.body)
            if self._location_id and booking.locationId and booking.locationId != self._location_id:
                logger.warning("now book it: a booking of another location was asked for")
                return None
            return booking_event(
                booking,
                booking_id,
                event_id=event_id,
                received_at=received_at,
                timezone=self._timezone,
                future_tolerance_s=self._timings.future_tolerance_s,
            )

        return self._repeats.of("nowbookit get_booking", attempt)

    def finish(self, booking_id: str, *, amount_spent: Decimal, covers: int | None) -> Answer:
        """Status Finished with the amount spent. Sent once; to repeat it changes nothing."""
        segment = _segment(booking_id)
        if segment is None:
            return Answer(Outcome.REFUSED, code="not_found", message="not a booking id of Now Book It's")
        told: dict[str, object] = {"status": "Finished", "amountSpent": amount_spent}
        if covers is not None:
            told["pax"] = covers
        body = simplejson.dumps(told, use_decimal=True, separators=(",", ":")).encode()
        try:
            received = self._send(
                "update_status", "PATCH", f"Bookings/{segment}/updatestatus", self._timings.write_timeout_s, body
            )
        except httpx.RequestError as error:
            return answers.transport_answer(error, "platform_unreachable")
        return self._outcome(received)

    def _get(self, path: str, total_s: float) -> Received:
        try:
            received = self._send("get_booking", "GET", path, total_s)
        except httpx.RequestError as error:
            # Not `from error`: its request holds the key.
            raise UnreachableError(f"nowbookit get_booking: {type(error).__name__}") from None
        return good_answer(
            "nowbookit get_booking", received, now=self._now(), usual_wait_s=LIMIT_WINDOW_S, taken=(404,)
        )

    def _send(self, operation: str, method: str, path: str, total_s: float, body: bytes | None = None) -> Received:
        headers = {"Accept": "application/json", "X-API-KEY": self._api_key}
        if body is not None:
            headers["Content-Type"] = "application/json"
        outcome = "no answer"
        started = self._clock()
        try:
            received = exchange(
                self._http,
                method,
                f"{self._base_url}/{path}",
                total_s=total_s,
                headers=headers,
                content=body,
                clock=self._clock,
            )
            outcome = str(received.status)
        except httpx.RequestError as error:
            outcome = type(error).__name__
            raise
        finally:
            logger.info("now book it %s: %s in %d ms", operation, outcome, round((self._clock() - started) * 1000))
        return received

    def _outcome(self, received: Received) -> Answer:
        status = received.status
        message = answers.words(received)
        match status:
            case 429:
                wait_s = answers.wait_s(received.headers, self._now())
                wait_s = LIMIT_WINDOW_S if wait_s is None else wait_s
                return Answer(Outcome.LIMITED, status, code="rate_limited", message=message, wait_s=wait_s)
            case 401:
                return Answer(Outcome.UNAUTHORIZED, status, code="permission_lost", message=message)
            case 409:
                return Answer(Outcome.BUSY, status, code="still_processing", message=message)
            case 408 | 502 | 503 | 504:
                return Answer(Outcome.LOST, status, code="platform_unreachable", message=message)
            case _ if 500 <= status <= 599:
                return Answer(Outcome.SERVER_ERROR, status, code="platform_error", message=message)
        if answers.is_html(received) or not (200 <= status <= 299 or 400 <= status <= 499):
            return Answer(Outcome.STRANGE, status, code="strange_answer", message=message)
        if 200 <= status <= 299:
            return Answer(Outcome.DONE, status)
        code = {403: "permission_lost", 404: "not_found"}.get(status, "refused")
        return Answer(Outcome.REFUSED, status, code=code, message=message)


def _segment(booking_id: str) -> str | None:
    """The id as one piece of a path; None for what no id can be."""
    return None if booking_id in ("", ".", "..") else quote(booking_id, safe="")
