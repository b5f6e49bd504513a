"""What is asked of an order as a whole: accept, progress, resubmit, cancel, handled, refund."""

from __future__ import annotations

from collections.abc import Callable

from functions.online_orders.addressed import addressed, answered
from shared import bootstrap
from shared.domain.online import commands
from shared.domain.online.record import OnlineRecord
from shared.domain.online.refunding import refund_request
from shared.domain.orders.fingerprint import fingerprint
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Fulfilment, Handled
from shared.web import order_changes
from shared.web.problems import Response, answer
from shared.web.requests import Request
from shared.web.views import order_view


def _accept(request: Request) -> Response:
    asked = addressed(request)
    order_changes.read_nothing(request.json_or_nothing())
    return answered(asked, lambda record: commands.accept(record, bootstrap.now(), asked.platform))


def _progress(request: Request) -> Response:
    asked = addressed(request)
    to = Fulfilment(order_changes.read_progress(request.json()))
    return answered(asked, lambda record: commands.progress(record, to, bootstrap.now()))


def _resubmit(request: Request) -> Response:
    asked = addressed(request)
    order_changes.read_nothing(request.json_or_nothing())
    return answered(asked, lambda record: commands.resubmit(record, bootstrap.now()))


def _cancel(request: Request) -> Response:
    asked = addressed(request)
    reason = order_changes.read_cancellation(request.json_or_nothing()) or "cancelled by the platform"
    return answered(asked, lambda record: commands.cancel(record, bootstrap.now(), reason))


def _handled(request: Request) -> Response:
    asked = addressed(request)
    said = order_changes.read_handled(request.json())
    handled = Handled(bootstrap.now(), asked.platform, said.note, said.sale_number)
    return answer(202, order_view(bootstrap.handle_by_hand()(asked.record_id, handled).main))


def _refund(request: Request) -> Response:
    asked = addressed(request)
    refund = order_changes.read_refund(request.json())
    venue = bootstrap.settings_book().get(asked.venue_id)
    sale = bootstrap.record_book().load_file(asked.venue_id, asked.order.pos.order_id or "-").sale
    made: list[Order] = []

    def give_back(record: OnlineRecord) -> commands.Changed:
        commands.must_be_complete(record)
        assert sale is not None  # stored in one transaction with COMPLETE
        wanted = refund_request(refund, sale, commands.promised_back(record, but=refund.reference))
        changed, order = commands.refund(
            record, wanted, fingerprint(refund), venue, bootstrap.now(), bootstrap.new_order_id(), refund.reason
        )
        made[:] = [order]
        return changed

    bootstrap.orders().change(asked.record_id, give_back)
    return answer(202, order_view(made[0]))


_ORDER = "POST /v1/venues/{venue_id}/orders/{order_id}"
ROUTES: dict[str, Callable[[Request], Response]] = {
    f"{_ORDER}/accept": _accept,
    f"{_ORDER}/progress": _progress,
    f"{_ORDER}/resubmit": _resubmit,
    f"{_ORDER}/cancel": _cancel,
    f"{_ORDER}/handled": _handled,
    f"{_ORDER}/refund": _refund,
}
