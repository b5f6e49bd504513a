"""Which order a request is about, and whether its caller may change it."""

from __future__ import annotations

from dataclasses import dataclass

from shared import bootstrap
from shared.domain.access import WRITE_ORDERS
from shared.domain.errors import NotNowError
from shared.domain.orders.order import Order
from shared.usecases.place_and_change_orders import Command
from shared.web import lookups
from shared.web.problems import Response, answer
from shared.web.requests import Request
from shared.web.views import order_view


@dataclass(frozen=True, slots=True)
class Addressed:
    """An order in its record."""

    venue_id: str
    platform: str
    """Who asks."""
    order: Order
    record_id: str


def addressed(request: Request) -> Addressed:
    """The order that the address names. Raises NotGrantedError, NotFoundError, and NotNowError for a booking's order or
    a refund: those go their own ways."""
    caller = request.granted(request.path["venue_id"], WRITE_ORDERS)
    found = bootstrap.readings().order_with_record(request.path["order_id"])
    order = lookups.readable(request, found.order if found else None)
    assert found is not None
    if order.placed is None:
        raise NotNowError("a booking's order follows its booking", code="order_of_booking")
    if order.placed.refund_of is not None:
        raise NotNowError("this is a refund: nothing can be asked of it", code="order_is_refund")
    return Addressed(request.path["venue_id"], caller.platform, order, found.record_id)


def answered(asked: Addressed, command: Command) -> Response:
    """The order after the command."""
    return answer(202, order_view(bootstrap.orders().change(asked.record_id, command).main))
