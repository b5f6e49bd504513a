"""Takes booking events from platforms, by the relay's own endpoint and by the platforms' own webhooks."""

from __future__ import annotations

from typing import Any

from shared import bootstrap
from shared.domain.access import WRITE_BOOKINGS
from shared.domain.errors import SignatureError
from shared.observability import count, listen_to_the_relay, logger, metrics
from shared.web import booking_hooks
from shared.web.booking_events import read_booking_event
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()
OWN = "POST /v1/venues/{venue_id}/booking-events"


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Response:
    """Verify, store, nudge, answer."""
    return serve(event, _own if event.get("routeKey") == OWN else _hook)


def _own(request: Request) -> Response:
    venue_id = request.path["venue_id"]
    caller = request.granted(venue_id, WRITE_BOOKINGS)
    content = request.json()
    venue = bootstrap.settings_book().get(venue_id)
    tolerance_s = bootstrap.settings().timings.future_tolerance_s
    booking_id, event = read_booking_event(content, received_at=bootstrap.now(), future_tolerance_s=tolerance_s)
    accepted = bootstrap.accept_deliveries().booking_event(venue.id, caller.platform, booking_id, event)
    return answer(202, {"status": "accepted", **booking_hooks.as_content(accepted)})


def _hook(request: Request) -> Response:
    try:
        notice = booking_hooks.verified(request, bootstrap.settings_book(), bootstrap.secret(), bootstrap.now())
    except SignatureError:
        count("SignatureFailures")
        raise
    if notice is None:
        return answer(202, {"status": "ignored"})
    accepted = bootstrap.accept_deliveries().booking_event(*notice)
    return answer(202, {"status": "accepted", **booking_hooks.as_content(accepted)})
