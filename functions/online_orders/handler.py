"""Takes platforms' orders, and what they ask of them afterwards: stored, nudged, answered. Nothing here calls a POS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.online_orders import changes, commands
from shared import bootstrap
from shared.domain.access import WRITE_ORDERS
from shared.observability import listen_to_the_relay, logger, metrics
from shared.usecases.place_and_change_orders import is_decided
from shared.web import lookups
from shared.web.online_orders import read_order
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve
from shared.web.views import dry_run_view, order_view

listen_to_the_relay()
PLACE = "POST /v1/venues/{venue_id}/orders"
ANSWER_S = 1.5  # kept back of the function's time


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Response:
    """Verify, store, nudge, answer."""
    time_left_s = context.get_remaining_time_in_millis() / 1000
    return serve(event, lambda request: _serve(request, time_left_s - ANSWER_S))


def _serve(request: Request, time_left_s: float) -> Response:
    if request.route == PLACE:
        return _place(request, time_left_s)
    return ROUTES[request.route](request)


def _place(request: Request, time_left_s: float) -> Response:
    caller = request.granted(request.path["venue_id"], WRITE_ORDERS)
    wait_s = min(lookups.wait(request), time_left_s)
    is_dry = lookups.flag(request, "dry_run")
    content = request.json()
    venue = bootstrap.settings_book().get(request.path["venue_id"])
    is_local = bootstrap.settings().private_endpoints
    asked = read_order(content, venue_site_id=venue.pos.site_id, registers=venue.own_registers, may_be_private=is_local)
    if is_dry:
        return answer(200, dry_run_view(bootstrap.try_order()(venue, asked)))
    record, _ = bootstrap.orders().place(venue, caller.platform, asked)
    record = bootstrap.orders().await_outcome(record, wait_s)
    return answer(200 if wait_s > 0 and is_decided(record) else 202, order_view(record.main))


ROUTES: dict[str, Callable[[Request], Response]] = {**commands.ROUTES, **changes.ROUTES}
