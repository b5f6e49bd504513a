"""Notifications shown on the POS beside an order (Kounta docs: Notifications)."""

from __future__ import annotations

from sandbox.kounta.models import Notice, Order
from sandbox.kounta.order_schema import NOTIFICATION
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.state import KountaState
from sandbox.messages import Json

MOST_PER_ORDER = 5


def notify(state: KountaState, order: Order, body: Json) -> Notice:
    """Show a message on the registers; raises RefusalError at the sixth of an order."""
    NOTIFICATION(body, "")
    if len(order.notices) >= MOST_PER_ORDER:
        raise RefusalError(400, f"Maximum number of notifications ({MOST_PER_ORDER}) reached for this order.")
    notice = Notice(
        id=state.next_number("notice", 401),
        message=body["message"],
        broadcast_level=body.get("broadcast_level", "order"),
        alert_colour=body.get("alert_colour", "green"),
        duration_s=body.get("duration", 10),
        created_at=state.now(),
    )
    order.notices.append(notice)
    # A notification does not change the order: updated_at stays.
    state.version += 1
    state.orders.put(str(order.id), order)
    return notice
