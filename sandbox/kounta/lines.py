"""Lines of an order (Kounta docs: Lines)."""

from __future__ import annotations

from sandbox.kounta.back_office import Company
from sandbox.kounta.line_building import change_line, make_line, modifiers_are_sold, put_on
from sandbox.kounta.models import Line, Order
from sandbox.kounta.order_schema import LINE, LINE_CHANGES
from sandbox.kounta.order_status import complete_if_paid
from sandbox.kounta.refusals import RefusalError, complete_is_final, not_found, part_of_option_set
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import add_up
from sandbox.messages import Json


def add_lines(state: KountaState, company: Company, order: Order, body: Json) -> list[Line]:
    """Add one line or several; all or none."""
    must_be_open(order)
    wanted = body if isinstance(body, list) else [body]
    for position, line in enumerate(wanted):
        LINE(line, f"/{position}" if isinstance(body, list) else "")
    if not wanted:
        raise RefusalError(400, "No lines were given.")
    attempt = order.model_copy(deep=True)
    made = [put_on(state, company, attempt, line) for line in wanted]
    order.lines, order.options = attempt.lines, attempt.options
    changed(state, order)
    return made


def update_line(state: KountaState, company: Company, order: Order, number: int, body: Json) -> None:
    """Change a line, before the order is accepted."""
    must_be_open(order)
    LINE_CHANGES(body, "")
    if order.status not in {"SUBMITTED", "ON_HOLD"}:
        raise RefusalError(400, "Lines cannot be updated once the order has been accepted.")
    line = _own_line(order, number)
    place = order.lines.index(line)
    if "product_id" in body and body["product_id"] != line.product_id:
        order.lines[place] = make_line(state, company, order, body, number=number)
    else:
        modifiers_are_sold(state, company, order.site_id, body)
        order.lines[place] = change_line(line.model_copy(), body)
    changed(state, order)


def remove_line(state: KountaState, order: Order, number: int) -> None:
    """Take a line off."""
    must_be_open(order)
    order.lines.remove(_own_line(order, number))
    changed(state, order)


def find_line(order: Order, number: int) -> Line:
    """A line by its number; raises RefusalError 404."""
    for line in order.lines:
        if line.number == number:
            return line
    raise not_found()


def must_be_open(order: Order) -> None:
    """Raise the vendor's 400 when the order is COMPLETE."""
    if order.status == "COMPLETE":
        raise complete_is_final()


def changed(state: KountaState, order: Order) -> None:
    """Add up and store an order whose lines are others than before; it completes when that makes it paid."""
    add_up(order)
    state.put_order(order)
    complete_if_paid(state, order)


def _own_line(order: Order, number: int) -> Line:
    line = find_line(order, number)
    if line.part_of_option_set:
        raise part_of_option_set()
    return line
