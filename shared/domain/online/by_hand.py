"""The sale that staff entered by hand for an order: it counts once, as the order's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.consequence import Consequence
from shared.domain.identities import markers_in
from shared.domain.online.record import OnlineRecord, changed, placed
from shared.domain.orders.order import Order
from shared.domain.orders.placed import sale_name
from shared.domain.orders.pos_order import PosOrder
from shared.domain.pos_news import PosHint


def names_of(seen: PosOrder) -> frozenset[str]:
    """By what staff may have named a sale: its number, or the id on its receipt."""
    return frozenset(filter(None, map(sale_name, (seen.sale_number, seen.sale_id))))


def may_stand_for(order: Order, pos_order_id: str) -> bool:
    """Whether a POS order may be the sale that was entered for this order: the first that was found stays it."""
    handled = order.placed.handled if order.placed else None
    return handled is not None and handled.pos_order_id in (None, pos_order_id)


def is_entered_by_hand(order: Order, seen: PosOrder, hints: Iterable[PosHint]) -> bool:
    """Whether a POS order that is linked to this one is not what the relay sent, but what staff entered for it."""
    if order.placed is None or order.placed.handled is None or order.pos.order_id == seen.id:
        return False
    bears_our_mark = any(order_id == order.id for order_id, _ in markers_in(seen.notes))
    return not bears_our_mark and all(hint.order_id != order.id for hint in hints)


def with_sale(record: OnlineRecord, order: Order, seen: PosOrder) -> Consequence[OnlineRecord]:
    """The record once the sale was found. The order stays as it is: handled, and never sent."""
    handled = placed(order).handled
    assert handled is not None
    order = replace(changed(order, handled=replace(handled, pos_order_id=seen.id)), watch_at=None)
    return Consequence(record.with_order(order))
