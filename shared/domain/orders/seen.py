"""Whether what was changed of an order, or of a line, shows on it: what is not told by the POS is not asked for."""

from __future__ import annotations

from dataclasses import fields

from shared.domain.orders.acts import LineChanges
from shared.domain.orders.pos_order import PosLine, PosOrder
from shared.domain.orders.request import OrderChanges

_TRANSIENT = frozenset({"lock", "price_limit", "complete_when_paid"})
"""Not told of a COMPLETE order (Kounta docs: Get an order)."""
_RENDERED = frozenset({"unit_price", "unit_price_inc_tax"})
"""Prices come back without tax and rounded: they prove nothing by being different."""


def shows(seen: PosOrder | PosLine, changes: OrderChanges | LineChanges) -> bool:
    """Whether everything that was named, and that the POS tells, is as it was named; and there is any such thing."""
    named = [field.name for field in fields(changes) if getattr(changes, field.name) is not None]
    left_out = _RENDERED | (_TRANSIENT if isinstance(seen, PosOrder) and seen.status == "COMPLETE" else frozenset())
    told = [name for name in named if name not in left_out and hasattr(seen, name)]
    return bool(told) and all(_is_so(name, getattr(seen, name), getattr(changes, name)) for name in told)


def _is_so(name: str, seen: object, wanted: object) -> bool:
    """An order that was moved to a status may be COMPLETE by now, being paid."""
    return seen == wanted or (name == "status" and seen == "COMPLETE" and wanted != "REJECTED")
