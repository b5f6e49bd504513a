"""What is changed of an order that is open in the POS: lines, option sets, payments, fields, a word to staff."""

from __future__ import annotations

from collections.abc import Callable

from functions.online_orders.addressed import addressed, answered
from shared import bootstrap
from shared.domain.online import commands
from shared.domain.online.record import Content
from shared.domain.orders.writes import What
from shared.web import order_changes
from shared.web.pos_orders import number
from shared.web.problems import Response
from shared.web.requests import Request


def _change(
    what: What, why: str, content: Callable[[Request], Content], reference: Callable[[Request], str | None]
) -> Callable[[Request], Response]:
    def respond(request: Request) -> Response:
        asked = addressed(request)
        wanted, name = content(request), reference(request)
        return answered(
            asked,
            lambda record: commands.change(record, what, wanted, bootstrap.now(), why=why, reference=name)[0],
        )

    return respond


def _registers(request: Request) -> frozenset[str]:
    return bootstrap.settings_book().get(request.path["venue_id"]).own_registers


def _key(request: Request) -> str | None:
    return order_changes.read_idempotency_key(request.headers.get("idempotency-key"))


def _payment_reference(request: Request) -> str | None:
    key = _key(request)
    return order_changes.read_payment(request.json()).reference or key


_ORDER = "/v1/venues/{venue_id}/orders/{order_id}"
ROUTES: dict[str, Callable[[Request], Response]] = {
    f"PATCH {_ORDER}": _change(
        What.UPDATE, "changed by the platform", lambda r: Content(changes=order_changes.read_changes(r.json())), _key
    ),
    f"POST {_ORDER}/lines": _change(
        What.ADD_LINES, "lines added", lambda r: Content(lines=order_changes.read_lines(r.json())), _key
    ),
    f"PUT {_ORDER}/lines/{{number}}": _change(
        What.CHANGE_LINE,
        "line changed",
        lambda r: Content(number=number(r), line_changes=order_changes.read_line_changes(r.json())),
        _key,
    ),
    f"DELETE {_ORDER}/lines/{{number}}": _change(
        What.REMOVE_LINE, "line removed", lambda r: Content(number=number(r)), _key
    ),
    f"POST {_ORDER}/option-sets": _change(
        What.ADD_OPTION_SET, "option set added", lambda r: Content(option=order_changes.read_option_set(r.json())), _key
    ),
    f"DELETE {_ORDER}/option-sets/{{number}}": _change(
        What.REMOVE_OPTION_SET, "option set removed", lambda r: Content(number=number(r)), _key
    ),
    f"POST {_ORDER}/payments": _change(
        What.PAY,
        "payment added",
        lambda r: Content(payment=order_changes.read_payment(r.json()).payment),
        _payment_reference,
    ),
    f"PUT {_ORDER}/payments/{{number}}": _change(
        What.CHANGE_PAYMENT,
        "payment changed",
        lambda r: Content(number=number(r), payment_changes=order_changes.read_payment_changes(r.json())),
        _key,
    ),
    f"POST {_ORDER}/notifications": _change(
        What.NOTIFY,
        "a word to staff",
        lambda r: Content(notification=order_changes.read_notification(r.json(), _registers(r))),
        _key,
    ),
}
