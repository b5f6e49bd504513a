"""Parts of an order of the relay, read through from the POS."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared import bootstrap
from shared.domain.orders.order import Order
from shared.web import lookups
from shared.web import pos_orders as web
from shared.web.pos_views import line_view, option_view, options_view, payment_view
from shared.web.problems import Response, answer, file
from shared.web.requests import Request


def _invoice(request: Request) -> Response:
    return file(bootstrap.read_pos().invoice(_order(request)), "application/pdf")


def _lines(request: Request) -> Response:
    return _all([line_view(line) for line in bootstrap.read_pos().ours(_order(request)).lines])


def _line(request: Request) -> Response:
    order, number = _order(request), web.number(request)
    lines = bootstrap.read_pos().ours(order).lines
    found = next((line for line in lines if line.number == number), None)
    return answer(200, line_view(lookups.present(found, "line")))


def _option_sets(request: Request) -> Response:
    return _all(options_view(bootstrap.read_pos().ours(_order(request)).options))


def _option_set(request: Request) -> Response:
    order, number = _order(request), web.number(request)
    return answer(200, option_view(bootstrap.read_pos().option_set(order, number), number))


def _payments(request: Request) -> Response:
    return _all([payment_view(payment) for payment in bootstrap.read_pos().ours(_order(request)).payments])


def _order(request: Request) -> Order:
    return lookups.readable(request, bootstrap.readings().order(request.path["order_id"]))


def _all(views: Sequence[object]) -> Response:
    return answer(200, {"data": views, "next": None})


_ORDER = "GET /v1/venues/{venue_id}/orders/{order_id}"
ROUTES: dict[str, Callable[[Request], Response]] = {
    f"{_ORDER}/invoice": _invoice,
    f"{_ORDER}/lines": _lines,
    f"{_ORDER}/lines/{{number}}": _line,
    f"{_ORDER}/option-sets": _option_sets,
    f"{_ORDER}/option-sets/{{number}}": _option_set,
    f"{_ORDER}/payments": _payments,
}
