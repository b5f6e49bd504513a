"""Orders as the POS shows them just now: its own list through its filters; in `own`, parts of the relay's orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.pos_orders import own
from shared import bootstrap
from shared.domain.access import READ_GUESTS, READ_VENUE
from shared.observability import listen_to_the_relay, logger
from shared.web import pos_orders as web
from shared.web.pos_views import listed_view, pos_order_view
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: object) -> Response:
    """Reads through to the POS, paced."""
    return serve(event, lambda request: ROUTES[request.route](request))


def _list(request: Request) -> Response:
    venue_id, guests = _granted(request)
    asked = web.asked(request.query)
    found = bootstrap.read_pos().search(venue_id, asked.filters, asked.limit, asked.cursor)
    return answer(200, {"data": [listed_view(row, guests=guests) for row in found.orders], "next": found.next})


def _by_id(request: Request) -> Response:
    venue_id, guests = _granted(request)
    return answer(200, pos_order_view(bootstrap.read_pos().order(venue_id, web.pos_order_id(request)), guests=guests))


def _by_sale(request: Request) -> Response:
    venue_id, guests = _granted(request)
    found = bootstrap.read_pos().order_by_sale(venue_id, web.sale_id(request))
    return answer(200, pos_order_view(found, guests=guests))


def _granted(request: Request) -> tuple[str, bool]:
    """(venue id, whether guests' data may be shown). Raises NotGrantedError."""
    venue_id = request.path["venue_id"]
    return venue_id, READ_GUESTS in request.granted(venue_id, READ_VENUE).scopes


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /v1/venues/{venue_id}/pos-orders": _list,
    "GET /v1/venues/{venue_id}/pos-orders/{pos_order_id}": _by_id,
    "GET /v1/venues/{venue_id}/pos-orders/by-sale/{sale_id}": _by_sale,
    **own.ROUTES,
}
