"""Option sets of an order: read, added, deleted as wholes (Kounta docs: Option sets)."""

from __future__ import annotations

from sandbox.kounta.back_office import Company
from sandbox.kounta.line_building import choose
from sandbox.kounta.lines import changed, must_be_open
from sandbox.kounta.models import ChosenOption, Order
from sandbox.kounta.order_schema import OPTION
from sandbox.kounta.refusals import not_found
from sandbox.kounta.state import KountaState
from sandbox.messages import Json


def find_option_set(order: Order, number: int) -> ChosenOption:
    """An option set by its place on the order, 1 = first; raises RefusalError 404."""
    if not 1 <= number <= len(order.options):
        raise not_found()
    return order.options[number - 1]


def add_option_set(state: KountaState, company: Company, order: Order, body: Json) -> int:
    """Add an option set in the form that `options` has when an order is created; its number."""
    must_be_open(order)
    OPTION(body, "")
    attempt = order.model_copy(deep=True)
    attempt.options.append(choose(state, company, attempt, body))
    order.lines, order.options = attempt.lines, attempt.options
    changed(state, order)
    return len(order.options)


def remove_option_set(state: KountaState, order: Order, number: int) -> None:
    """Take an option set off with all its lines; those behind it move up."""
    must_be_open(order)
    chosen = find_option_set(order, number)
    gone = chosen.line_numbers()
    order.options.remove(chosen)
    order.lines = [line for line in order.lines if line.number not in gone]
    changed(state, order)
