"""An order of the relay: what shall be in the POS, what is written for it, and what the POS says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from shared.domain.identities import order_code, write_id
from shared.domain.orders.placed import Placed
from shared.domain.orders.writes import What, Write, WriteState


@dataclass(frozen=True, slots=True)
class PosSide:
    """What is known of the order in the POS."""

    kind: str = "kounta"
    order_id: str | None = None
    status: str | None = None
    sale_number: str | None = None
    sale_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    total: Decimal | None = None
    """With tax, as the POS counts it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order, with its writes in the order in which they were wanted. Holds no guest data."""

    id: str
    venue_id: str
    platform: str
    source: str
    """`booking` or `platform`."""
    created_at: datetime
    booking_id: str | None = None
    seating: int | None = None
    number: int | None = None
    """Which order of its record, for a platform's: the order itself, then its refunds."""
    pos: PosSide = PosSide()
    writes: tuple[Write, ...] = ()
    reject_reason: str | None = None
    deposit: Decimal | None = None
    """What was entered as our own payment when it was sent; None: nothing."""
    named_in_notes: bool = False
    """The notes name the guest, because no customer of the POS could be linked."""
    shadow: bool = False
    """Decided while the venue was in shadow mode: shown, never sent."""
    placed: Placed | None = None
    """For a platform's order: what it asked for."""
    watch_at: datetime | None = None
    """When to look whether the register has taken the order up; None: nobody waits for that."""

    @property
    def code(self) -> str:
        """What people call it."""
        return order_code(self.id)

    @property
    def create(self) -> Write:
        """The write that brings the order into the POS: the first."""
        return self.writes[0]

    @property
    def status(self) -> str:
        """The contract's status, derived from the create write and from what the POS says."""
        placed = self.placed
        if placed is not None and placed.handled is not None:
            return "handled"
        if placed is not None and (self.is_taken_out_by_us or (placed.cancelled_at and self.never_came)):
            return "cancelled"
        if self.create.state is not WriteState.SENT:
            return self.create.state.value
        status = _POS_STATUS.get(self.pos.status or "", "sent")
        if status == "accepted" and placed is not None and self.pos.status == placed.status and placed.is_new:
            return "sent"  # it stands as the platform wants it: ON_HOLD, say, for a pre-order
        if status == "completed" and placed is not None and placed.refunded > 0:
            return "partly_refunded" if placed.refunded < (self.pos.total or Decimal(0)) else "refunded"
        return status

    @property
    def never_came(self) -> bool:
        """Whether it is certain that it never came into the POS."""
        return self.create.state in (WriteState.WITHDRAWN, WriteState.FAILED)

    @property
    def is_taken_out_by_us(self) -> bool:
        """Whether our own cancel took it out of the POS: known, or seen there before the cancel's answer is known."""
        gone = self.pos.status in ("REJECTED", "DELETED")
        told = {WriteState.SENT} | ({WriteState.SENDING, WriteState.UNKNOWN} if gone else set())
        return any(write.what is What.CANCEL and write.state in told for write in self.writes)

    @property
    def failed_services(self) -> list[tuple[str, Write]]:
        """(`pos` or `driver_tracking`, the write) of each service that has not done its part, or may not have."""
        bad = (WriteState.FAILED, WriteState.UNKNOWN)
        latest = {write.what: write for write in self.writes if write.what in (What.CREATE, What.TRACK)}
        given_up = (
            self.create.state is WriteState.WITHDRAWN and self.placed is not None and self.placed.kept is not None
        )
        return [
            ("pos" if what is What.CREATE else "driver_tracking", write)
            for what, write in latest.items()
            if write.state in bad or (what is What.CREATE and given_up)
        ]

    @property
    def open_writes(self) -> tuple[Write, ...]:
        """Writes whose fate is not settled, oldest first."""
        return tuple(write for write in self.writes if write.is_open)

    @property
    def updated_at(self) -> datetime:
        """When something last happened to it."""
        moments = [self.created_at]
        moments += [write.last_call_ended_at or write.created_at for write in self.writes]
        if self.pos.updated_at:
            moments.append(self.pos.updated_at)
        return max(moments)

    def open_write(self, what: What) -> Write | None:
        """The open write of this kind, if there is one."""
        return next((write for write in self.writes if write.what is what and write.is_open), None)

    def deleted_by_us(self) -> bool:
        """Whether the POS order was, or is being, removed by our own delete."""
        return any(
            write.what in (What.DELETE, What.CANCEL)
            and write.state in (WriteState.SENDING, WriteState.SENT, WriteState.UNKNOWN)
            for write in self.writes
        )

    def wanting(
        self,
        what: What,
        now: datetime,
        *,
        why: str,
        event_id: str | None = None,
        changed_at: datetime | None = None,
        reference: str | None = None,
    ) -> Order:
        """The order with one more write queued, due at once."""
        write = Write(
            id=write_id(self.id, len(self.writes) + 1),
            what=what,
            created_at=now,
            due_at=now,
            why=why,
            event_id=event_id,
            changed_at=changed_at or now,
            reference=reference,
        )
        return replace(self, writes=(*self.writes, write))

    def with_write(self, changed: Write) -> Order:
        """With this write in the place of the one with its id."""
        return replace(self, writes=tuple(changed if write.id == changed.id else write for write in self.writes))

    def with_writes(self, change: Callable[[Write], Write]) -> Order:
        """With every write passed through `change`."""
        return replace(self, writes=tuple(change(write) for write in self.writes))


_POS_STATUS = {
    "ACCEPTED": "accepted",
    "PENDING": "accepted",
    "ON_HOLD": "accepted",
    "REJECTED": "rejected",
    "COMPLETE": "completed",
    "DELETED": "deleted",
}
