"""Sweeps: listing a site's orders for what webhooks missed, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sweep:
    """How far a site's sweep got."""

    venue_id: str
    started_at: datetime
    phase: str = "orders"
    """`orders`, then `deleted`, then `done`."""
    cursor: str | None = None
    seen: dict[str, str] = field(default_factory=dict)
    """Our order id → the living POS order that bears its marker."""
    twins: tuple[str, ...] = ()
    """Our orders with more than one living POS order."""
