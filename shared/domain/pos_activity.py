"""What people did with an order at the register besides its status: pure; what is news of it, and what to remember."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class PosActivity:
    """What is remembered of one POS order. Of the customer only the POS's own id. Saved under the version it was read
    with."""

    customer_id: str | None = None
    """Who was linked when a customer webhook last had us read the order."""
    customer_seen: bool = False
    """Whether one ever had: before, `customer_id` says nothing."""
    first_printed_at: datetime | None = None
    """When the kitchen was first told to print. Then register and kitchen have seen the order."""
    last_printed_at: datetime | None = None
    last_print: str = ""
    """Digest of the delivery that told of the last print."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """Something a platform hears of when the order is its own."""

    type: str
    at: datetime
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Print:
    """A delivery that told of a print."""

    at: datetime
    digest: str


def after_prints(
    activity: PosActivity, prints: Iterable[Print], same_within: timedelta
) -> tuple[PosActivity, list[Happening]]:
    """With these prints. The same bytes soon after the last print are that print told again; later they are another
    one: a docket printed twice leaves `updated_at` as it was."""
    happened = []
    for each in sorted(prints, key=lambda one: one.at):
        last = activity.last_printed_at
        if last is not None and each.digest == activity.last_print and abs(each.at - last) < same_within:
            continue
        activity = replace(activity, first_printed_at=min(activity.first_printed_at or each.at, each.at))
        if last is None or each.at >= last:
            activity = replace(activity, last_printed_at=each.at, last_print=each.digest)
        happened.append(Happening("order.kitchen_print", each.at, {"printed_at": each.at.isoformat()}))
    return activity, happened


def after_customer(activity: PosActivity, customer_id: str | None, at: datetime) -> tuple[PosActivity, list[Happening]]:
    """With this customer on the order, after a delivery said that it changed: linked or unlinked is told by what was
    there before, not by the topic's name. Before the first delivery nothing is known: then what stands is what changed.
    """
    before = activity.customer_id
    happened: list[Happening] = []
    if activity.customer_seen and before == customer_id:
        return activity, happened
    if before is not None or customer_id is None:
        happened.append(Happening("customer.unlinked", at, {"pos_customer_id": before}))
    if customer_id is not None:
        happened.append(Happening("customer.linked", at, {"pos_customer_id": customer_id}))
    return replace(activity, customer_id=customer_id, customer_seen=True), happened
