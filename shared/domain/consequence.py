"""What decisions and outcomes do to any record: the changed record, and what people shall hear of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from shared.domain.bookings.record import Decided
from shared.domain.orders import protocol
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder
from shared.domain.orders.writes import What, Write, WriteState
from shared.domain.record import OutboxItem, Record

R = TypeVar("R", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True)
class Consequence(Generic[R]):
    """A changed record, with what was decided and what is to be told."""

    record: R
    decided: tuple[Decided, ...] = ()
    outbox: tuple[OutboxItem, ...] = ()


def drop_minor_writes(order: Order) -> Order:
    """The order is to go, or is closed: changes that are not under way are not wanted any more."""

    def drop(write: Write) -> Write:
        if write.what in _WANTED_ON_A_CLOSED_ORDER or not write.is_open or write.open_attempt:
            return write
        if write.state is WriteState.QUEUED:
            return protocol.withdrawn(write, "the order is being removed", "superseded")
        return replace(write, state=WriteState.FAILED, due_at=None, code="superseded")

    return order.with_writes(drop)


_WANTED_ON_A_CLOSED_ORDER = (What.CREATE, What.DELETE, What.CANCEL, What.FINISH_BOOKING, What.TRACK, What.PAY)
"""A payment that may have been taken is not dropped silently: it fails, or is found, by itself."""


def nothing_to_do_for(order: Order) -> Order:
    """The order will not be in the POS: nothing that waited for it there is left to be done."""
    return order.with_writes(
        lambda write: (
            protocol.withdrawn(write, "the order is not in the POS", "superseded")
            if write.state is WriteState.QUEUED and write.what is not What.TRACK
            else write
        )
    )


def known_as_unknown(order: Order) -> bool:
    """Whether people were told already that this order may be in the POS."""
    return any(attempt.trigger == "look_up" for attempt in order.create.attempts) or (
        order.create.state is WriteState.UNKNOWN
    )


def is_old_news(order: Order, seen: PosOrder) -> bool:
    """Whether more is known of the order than this tells."""
    known = order.pos
    return known.updated_at is not None and seen.updated_at < known.updated_at and not seen.deleted


def with_news(order: Order, seen: PosOrder) -> Order:
    """The order with what the POS says of it now."""
    known = order.pos
    return replace(
        order,
        pos=replace(
            known,
            order_id=seen.id,
            status="DELETED" if seen.deleted else seen.status,
            sale_number=seen.sale_number or known.sale_number,
            sale_id=seen.sale_id or known.sale_id,
            created_at=seen.created_at,
            updated_at=seen.updated_at,
            total=known.total if seen.deleted else seen.total,
        ),
        reject_reason=seen.reject_reason or order.reject_reason,
    )
