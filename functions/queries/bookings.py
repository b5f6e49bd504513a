"""A booking, and one of its events."""

from __future__ import annotations

from collections.abc import Callable

from shared import bootstrap
from shared.domain.access import READ_VENUE
from shared.web import lookups
from shared.web.problems import Response, answer
from shared.web.requests import Request
from shared.web.views import booking_view, event_view


def _booking(request: Request) -> Response:
    asked = lookups.own_or_granted(request, READ_VENUE)
    found = bootstrap.readings().booking(asked.venue_id, asked.platform, request.path["booking_id"])
    return answer(200, booking_view(lookups.present(found, "booking")))


def _booking_event(request: Request) -> Response:
    asked = lookups.own_or_granted(request, READ_VENUE)
    found = bootstrap.readings().event(asked.venue_id, asked.platform, request.path["event_id"])
    return answer(200, event_view(*lookups.present(found, "booking event")))


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /v1/venues/{venue_id}/bookings/{booking_id}": _booking,
    "GET /v1/venues/{venue_id}/booking-events/{event_id}": _booking_event,
}
