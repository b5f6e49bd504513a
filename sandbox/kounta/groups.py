"""Groups of orders, such as those of one table (Kounta docs: Get an order; support: Group Ordering)."""

from __future__ import annotations

from datetime import timedelta

from sandbox.kounta import events
from sandbox.kounta.models import Order
from sandbox.kounta.order_status import change_status
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.state import KountaState

UNIQUE_FOR = timedelta(hours=48)
"""Kounta docs: "this ID may not be globally unique, but should be unique per site in the last 48hrs"."""
MOST_IN_A_WINDOW = 5000


def group(state: KountaState, orders: list[Order]) -> int:
    """Put orders of one site into one group, which takes in the groups they are in already; its id."""
    if len({order.site_id for order in orders}) > 1:
        raise RefusalError(409, "A group is of one site.")
    if any(order.group_finalised for order in orders):
        raise RefusalError(409, "The group has been finalised.")
    everybody = list({member.id: member for order in orders for member in (*members(state, order), order)}.values())
    group_id = next((order.group_id for order in everybody if order.group_id is not None), None)
    if group_id is None:
        group_id = _next_id(state, orders[0].site_id)
    for order in everybody:
        if order.group_id != group_id:
            order.group_id, order.grouped_at = group_id, state.now()
            state.put_order(order)
    return group_id


def members(state: KountaState, order: Order) -> list[Order]:
    """The orders of an order's group, oldest first; an older group that had the same id is another one."""
    if order.group_id is None or order.grouped_at is None:
        return []
    return [
        other
        for other in state.orders
        if (other.site_id, other.group_id) == (order.site_id, order.group_id)
        and other.grouped_at is not None
        and abs(other.grouped_at - order.grouped_at) < UNIQUE_FOR
        and not other.deleted
    ]


def finalise(state: KountaState, order: Order) -> int:
    """Close a group whose orders are all paid and tell of it; raises RefusalError 409 when something is due."""
    if order.group_id is None:
        raise RefusalError(409, "The order is in no group.")
    everybody = members(state, order)
    unpaid = [one for one in everybody if one.status not in {"COMPLETE", "REJECTED"} and not one.settled]
    if unpaid:
        raise RefusalError(409, f"{unpaid[0].due} is still due on {unpaid[0].sale_number}.")
    if not order.group_finalised:
        for one in everybody:
            one.group_finalised = True
            state.put_order(one)
            if one.status not in {"COMPLETE", "REJECTED"}:
                change_status(state, one, "COMPLETE")
        events.group_finalised(state, order.group_id, everybody)
    return order.group_id


def _next_id(state: KountaState, site_id: int) -> int:
    # Numbers start again every 48 hours; two ranges in turn keep neighbouring windows apart.
    window = int(state.now().timestamp() // UNIQUE_FOR.total_seconds())
    number = state.next_number(f"group/{site_id}/{window}")
    return number + window % 2 * MOST_IN_A_WINDOW
