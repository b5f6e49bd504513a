"""Which register prints an order that goes straight to the kitchen (Kounta docs: Pass Thru Printing)."""

from __future__ import annotations

from sandbox.kounta.back_office import Register, Site
from sandbox.kounta.catalogue import register_prints
from sandbox.kounta.events import kitchen_print
from sandbox.kounta.models import Order
from sandbox.kounta.order_status import change_status, complete_if_paid, fully_paid
from sandbox.kounta.refusals import RefusalError, register_offline
from sandbox.kounta.state import KountaState


def printer_for(state: KountaState, site: Site, order: Order) -> Register:
    """The named register when it is online, else the default one; raises RefusalError when neither is."""
    if order.status not in {"ON_HOLD", "PENDING"}:
        raise RefusalError(400, "A pass-thru-printing order must have status ON_HOLD or PENDING.")
    if order.status == "PENDING" and not fully_paid(order):
        raise RefusalError(400, "A pass-thru-printing order in PENDING status must be paid in full.")
    wanted = order.pass_thru_printing_register
    named = site.register(wanted)
    if wanted is not None and named is None:
        raise RefusalError(400, f"Register ({wanted}) does not exist.")
    candidates = [till for till in (named, site.printing_register) if till is not None]
    printer = next((till for till in candidates if register_prints(state, site, till)), None)
    if printer is None:
        raise register_offline(candidates[0].name, candidates[0].id)
    return printer


def print_through(state: KountaState, order: Order, printer: Register) -> None:
    """Print a stored order; a held one that is paid goes on to PENDING, a paid one to COMPLETE unless told not to."""
    order.printed, order.printed_by = True, printer.id
    state.put_order(order)
    kitchen_print(state, order)
    if order.status == "ON_HOLD" and fully_paid(order):
        change_status(state, order, "PENDING")
    elif order.status == "PENDING":
        complete_if_paid(state, order)
