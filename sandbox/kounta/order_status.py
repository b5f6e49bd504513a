"""What moves an order from one status to another."""

from __future__ import annotations

from sandbox.kounta.events import kitchen_print, status_changed
from sandbox.kounta.models import Order
from sandbox.kounta.state import KountaState

PRINTS = {"ON_HOLD", "ACCEPTED"}
"""Statuses whose coming prints in the kitchen (Kounta docs: "e.g. put an order ON_HOLD"; ACCEPTED is our guess)."""


def fully_paid(order: Order) -> bool:
    """Paid (of a refund: paid back), and something was paid."""
    return bool(order.payments) and order.settled


def change_status(state: KountaState, order: Order, status: str) -> None:
    """Move to a status, then on to COMPLETE when it is paid and nothing forbids it; tell the callback each time."""
    if status != order.status:
        order.status = status
        state.put_order(order)
        status_changed(state, order)
        if status in PRINTS:
            kitchen_print(state, order)
    complete_if_paid(state, order)


def complete_if_paid(state: KountaState, order: Order, *, awaiting_approval_too: bool = False) -> None:
    """Complete a paid order (Kounta docs: "By default, an order's status is changed to COMPLETE when it's paid").

    An order created with its payments waits for approval first; a payment added later completes even a SUBMITTED one.
    """
    open_statuses = {"ON_HOLD", "ACCEPTED", "PENDING"} | ({"SUBMITTED"} if awaiting_approval_too else set())
    if order.status in open_statuses and order.complete_when_paid and fully_paid(order):
        order.status = "COMPLETE"
        state.put_order(order)
        status_changed(state, order)
