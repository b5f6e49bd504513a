"""What platforms may read: bookings, events, orders, sales; and /health, /openapi.json, /docs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.queries import bookings, reference
from shared import bootstrap
from shared.domain.access import READ_SALES
from shared.observability import listen_to_the_relay, logger
from shared.web import lookups
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve
from shared.web.views import listed_order_view, order_details_view, sale_view

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: object) -> Response:
    """Reads by key or by day, and shows it as the contract says."""
    return serve(event, lambda request: ROUTES[request.route](request))


def _order(request: Request) -> Response:
    found = bootstrap.readings().order_details(request.path["order_id"])
    order = lookups.readable(request, found.order if found else None)
    details = lookups.present(found, "order")
    return answer(200, order_details_view(details, shows_guest=lookups.shows_guest(request, order)))


def _orders(request: Request) -> Response:
    page = bootstrap.readings().orders(lookups.order_query(request, bootstrap.now()))
    return answer(200, {"data": [listed_order_view(order) for order in page.orders], "next": page.next})


def _sales(request: Request) -> Response:
    venue_id = request.path["venue_id"]
    request.granted(venue_id, READ_SALES)
    asked = lookups.time_range(request, bootstrap.now())
    page = bootstrap.readings().sales(venue_id, asked.since, asked.until, asked.limit, asked.cursor)
    return answer(200, {"data": [sale_view(sale) for sale in page.sales], "next": page.next})


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /v1/venues/{venue_id}/orders": _orders,
    "GET /v1/venues/{venue_id}/orders/{order_id}": _order,
    "GET /v1/venues/{venue_id}/sales": _sales,
    **bookings.ROUTES,
    **reference.ROUTES,
}
