"""Takes booking events from platforms, by the relay's own endpoint and by the platforms' own webhooks."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.adapters.dynamodb.schema import booking_record_id
from shared.domain.access import WRITE_BOOKINGS
from shared.domain.errors import SignatureError
from shared.observability import count, listen_to_the_relay, logger, metrics
from shared.web import booking_hooks, lookups
from shared.web.booking_events import read_booking_event
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()
OWN = "POST /v1/venues/{venue_id}/booking-events"
ANSWER_S = 1.5  # kept back of the function's time


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    """Verify, store, nudge, answer."""
    time_left_s = context.get_remaining_time_in_millis() / 1000
    return serve(event, lambda request: _own(request, time_left_s) if request.route == OWN else _hook(request))


def _own(request: Request, time_left_s: float) -> Response:
    venue_id = request.path["venue_id"]
    caller = request.granted(venue_id, WRITE_BOOKINGS)
    wait_s = min(lookups.wait(request), time_left_s - ANSWER_S)
    content = request.json()
    venue = bootstrap.settings_book().get(venue_id)
    tolerance_s = bootstrap.settings().timings.future_tolerance_s
    booking_id, event = read_booking_event(content, received_at=bootstrap.now(), future_tolerance_s=tolerance_s)
    accepted = bootstrap.accept_deliveries().booking_event(venue.id, caller.platform, booking_id, event)
    told = booking_hooks.as_content(accepted)
    if wait_s > 0:
        record_id = booking_record_id(venue.id, caller.platform, booking_id)
        decided = bootstrap.await_decision()(record_id, event.event_id, wait_s, may_be_decided=accepted.duplicate)
        if decided is not None:
            outcome = {"decision": decided.decision, "reason": decided.reason, "code": decided.code}
            return answer(200, {"status": "decided", **told, **outcome})
    return answer(202, {"status": "accepted", **told})


def _hook(request: Request) -> Response:
    try:
        notice = bootstrap.booking_hooks().verified(request)
    except SignatureError:
        count("SignatureFailures")
        raise
    if notice is None:
        return answer(202, {"status": "ignored"})
    accepted = bootstrap.accept_deliveries().booking_event(*notice)
    return answer(202, {"status": "accepted", **booking_hooks.as_content(accepted)})
