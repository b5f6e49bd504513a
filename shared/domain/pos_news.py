"""What a POS lets us know of one of its orders: a hint, never the truth. The order is read again before we act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.pos_activity import PosActivity
from shared.domain.sales import Sale


class HintKind(StrEnum):
    """What a hint is about."""

    ORDER = "order"
    """The order itself: its status, or that it was deleted."""
    CUSTOMER = "customer"
    """A customer was linked to it, or taken off it."""
    KITCHEN_PRINT = "kitchen_print"
    """The kitchen printed of it."""
    ENTERED_BY_HAND = "entered_by_hand"
    """Staff say that it is the sale of an order of ours."""


@dataclass(frozen=True, slots=True)
class PosHint:
    """Somebody said that this POS order has changed.

    Kounta's deliveries carry no id of their own; order id, status and `updated_at` tell two of them apart. Not so two
    prints, or a customer taken off and linked again within a second: each such delivery is a hint of its own, and what
    the file already knows decides whether it is news.
    """

    venue_id: str
    pos_order_id: str
    told_by: str
    """`webhook`, `callback`, `sweep` or `group`."""
    status: str
    updated_at: str
    """As told; only compared for being the same."""
    received_at: datetime
    deleted: bool = False
    order_id: str | None = None
    """Our order id, when the delivery proved it (the callback's address)."""
    kind: HintKind = HintKind.ORDER
    digest: str = ""
    """Of the raw body, where status and time do not tell two deliveries apart."""

    @property
    def id(self) -> str:
        """The same for the same news, whoever told it; of prints and customers, for the same delivery only."""
        if self.kind is not HintKind.ORDER:
            return f"{self.kind}@{self.received_at.isoformat()}@{self.digest}"
        return f"{'DELETED' if self.deleted else self.status}@{self.updated_at}"


@dataclass(frozen=True, slots=True)
class OrderLink:
    """Which order of ours a POS order is."""

    record_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One order of a finalised group, as it was told."""

    pos_order_id: str
    status: str = ""
    updated_at: str = ""
    deleted: bool = False
    marked: tuple[str, ...] = ()
    """Our order ids in its notes."""


@dataclass(frozen=True, slots=True)
class PosGroup:
    """Orders that were paid together, such as those of one table.

    `group_id` alone names no group: Kounta docs: unique per site in the last 48 h only. Its orders' ids never repeat.
    """

    venue_id: str
    group_id: str
    received_at: datetime
    members: tuple[GroupMember, ...]


@dataclass(frozen=True, slots=True)
class GroupLink:
    """The group that a POS order was finalised in."""

    group_id: str
    finalised_at: datetime
    """When we were told."""


@dataclass(frozen=True, slots=True)
class PosOrderFile:
    """What the relay keeps of one POS order: whose it is, hints not looked into, its sale, what the register did."""

    venue_id: str
    pos_order_id: str
    link: OrderLink | None = None
    hints: tuple[PosHint, ...] = ()
    sale: Sale | None = None
    activity: PosActivity = field(default_factory=PosActivity)
    group: GroupLink | None = None


@dataclass(frozen=True, slots=True)
class SettledNews:
    """Hints that were looked into, the sale as it now stands (None: no sale), and what the register did if that is
    more than the file knows (None: it is not)."""

    file: PosOrderFile
    sale: Sale | None
    activity: PosActivity | None = None
