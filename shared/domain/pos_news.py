"""What a POS lets us know of one of its orders: a hint, never the truth. The order is read again before we act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.sales import Sale


@dataclass(frozen=True, slots=True)
class PosHint:
    """Somebody said that this POS order has changed.

    Kounta's deliveries carry no id of their own; order id, status and `updated_at` tell two of them apart.
    """

    venue_id: str
    pos_order_id: str
    told_by: str
    """`webhook`, `callback` or `sweep`."""
    status: str
    updated_at: str
    """As told; only compared for being the same."""
    received_at: datetime
    deleted: bool = False
    order_id: str | None = None
    """Our order id, when the delivery proved it (the callback's address)."""

    @property
    def id(self) -> str:
        """The same for the same news, whoever told it."""
        return f"{'DELETED' if self.deleted else self.status}@{self.updated_at}"


@dataclass(frozen=True, slots=True)
class OrderLink:
    """Which order of ours a POS order is."""

    record_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class PosOrderFile:
    """What the relay keeps of one POS order: whose it is, hints not looked into, and its sale."""

    venue_id: str
    pos_order_id: str
    link: OrderLink | None = None
    hints: tuple[PosHint, ...] = ()
    sale: Sale | None = None


@dataclass(frozen=True, slots=True)
class SettledNews:
    """Hints that were looked into, and the sale as it now stands (None: no sale)."""

    file: PosOrderFile
    sale: Sale | None
