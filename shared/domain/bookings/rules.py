"""What a booking event means for the venue's point of sale: the conditions of Now Book It's Kounta integration
("Step-by-step on how Lightspeed Kounta works with Now Book It"), as one pure function.

    Conditions to create a new order:                                           here
      1. The booking is new with status Seated, or its status changes to Seated,  newly_seated
      2. and no Kounta order has been created for it yet;                         no_order_stands
      3. or, an order has already been created:
         1. modified within 5 minutes of last seated (order's created_at),        judge_undo
         2. new status Cancelled, Confirmed, No_Show or Unconfirmed,              UNDOES
         3. the order has items or payments: do not delete, return an error,      judge_undo → ERROR
         4. delete the order,                                                     judge_undo → DELETE_ORDER
         5. the event ends here: no new order.                                    one decision an event

`decide` takes the booking as it stood *before* the event. It never looks at a clock: the window is measured from the
order's creation to when the booking changed, not to when we got to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.bookings.booking import Booking, Details, SeatingOutcome
from shared.domain.bookings.events import BookingEvent, BookingStatus

UNDOES = frozenset({BookingStatus.CANCELLED, BookingStatus.CONFIRMED, BookingStatus.NO_SHOW, BookingStatus.UNCONFIRMED})


class DecisionKind(StrEnum):
    """The contract's decisions."""

    CREATE_ORDER = "create_order"
    UPDATE_ORDER = "update_order"
    DELETE_ORDER = "delete_order"
    KEEP_ORDER = "keep_order"
    NONE = "none"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one event leads to, why in a person's words, and a stable code where somebody may act on it."""

    kind: DecisionKind
    reason: str
    code: str | None = None


class Stage(StrEnum):
    """How far the order of the current seating got."""

    QUEUED = "queued"
    """Certainly not in the POS: not sent, or sent and certainly not received."""
    IN_FLIGHT = "in_flight"
    """Being sent, or of unknown fate."""
    THERE = "there"
    """In the POS."""


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """The current seating's order as it was when the event was judged.

    created_at: the POS's own time. has_items_or_payments: staff's lines or payments (our own deposit does not count);
    None: not known, because the order could not be read.
    """

    stage: Stage
    created_at: datetime | None = None
    has_items_or_payments: bool | None = None
    closed: bool = False
    """Completed, rejected or gone in the POS."""
    going: bool = False
    """Our own delete is under way: sent, or of unknown fate."""


def decide(
    booking: Booking,
    event: BookingEvent,
    order: OrderSeen | None,
    undo_window: timedelta,
    pos_table: Callable[[str], str] = str,
) -> Decision:
    """The one decision that an event leads to. `order` is the current seating's, or None when no order stands.
    `pos_table`: what staff call a table of the booking platform's."""
    if event.status is None:
        return nothing_follows(f"“{event.raw_status}” is not a status we know: kept, changes nothing")
    if not booking.is_news(event):
        return nothing_follows("older than what is known of the booking")

    if event.status is BookingStatus.SEATED:
        newly_seated = booking.status is not BookingStatus.SEATED
        seating = booking.seating
        no_order_stands = seating is None or seating.frees_the_booking or (order is not None and order.going)
        if newly_seated and no_order_stands:
            return Decision(DecisionKind.CREATE_ORDER, _why_created(booking))
        if order is not None and not order.closed and Details.of(event) != booking.details:
            words = changes_in_words(booking.details, Details.of(event), pos_table)
            return Decision(DecisionKind.UPDATE_ORDER, words)
        if newly_seated and seating is not None and seating.outcome is SeatingOutcome.COMPLETED:
            return nothing_follows("seated again after its order was completed: no second order")
        if newly_seated:
            return nothing_follows("seated again while its order stands: no second order")
        return nothing_follows("already seated")

    if event.status in UNDOES:
        seating = booking.seating
        if seating is None or seating.outcome is not SeatingOutcome.OPEN:
            return nothing_follows("no open order to undo")
        return judge_undo(event.occurred_at, order, undo_window)

    if event.status is BookingStatus.FINISHED and order is not None and order.stage is Stage.QUEUED:
        return Decision(
            DecisionKind.ERROR, "finished before its order was sent: not sent any more", code="finished_before_sent"
        )
    return nothing_follows(f"{event.status.value} makes and changes no order")


def judge_undo(changed_at: datetime, order: OrderSeen | None, undo_window: timedelta) -> Decision:
    """Whether a booking that stopped being seated at `changed_at` takes its order with it.

    Also asked again right before the delete is sent, with the order as it then is.
    """
    if order is None or order.stage is Stage.QUEUED:
        return Decision(DecisionKind.DELETE_ORDER, "seated by mistake: withdrawn before it was sent")
    if order.stage is Stage.IN_FLIGHT:
        return Decision(
            DecisionKind.DELETE_ORDER, "seated by mistake: deleted once it is known what became of the order"
        )
    if order.closed:
        return Decision(DecisionKind.KEEP_ORDER, "the order is already closed in the POS")
    if order.created_at is not None and changed_at - order.created_at > undo_window:
        return Decision(
            DecisionKind.KEEP_ORDER, f"changed more than {undo_window.total_seconds():.0f} s after the order was made"
        )
    if order.has_items_or_payments is None or order.created_at is None:
        return Decision(
            DecisionKind.ERROR,
            "the order could not be read, so it is not known whether it has items or payments: not deleted",
            code="order_not_readable",
        )
    if order.has_items_or_payments:
        return Decision(
            DecisionKind.ERROR, "the order has items or payments: not deleted", code="order_has_items_or_payments"
        )
    return Decision(DecisionKind.DELETE_ORDER, "seated by mistake, undone in time")


def changes_in_words(before: Details, after: Details, pos_table: Callable[[str], str] = str) -> str:
    """What staff are told when a seated booking changes: short, one line, tables by the names of the POS."""
    parts = []
    left, taken = ("+".join(map(pos_table, each.tables)) or "–" for each in (before, after))
    if left != taken:
        parts.append(f"table {left} → {taken}")
    if before.party_size != after.party_size:
        parts.append(f"covers {before.party_size or '–'} → {after.party_size or '–'}")
    if before.paid != after.paid:
        parts.append(f"deposit paid {before.paid or 0} → {after.paid or 0}")
    if before.notes_hash != after.notes_hash:
        parts.append("notes changed")
    return ", ".join(parts) or "details changed"


def _why_created(booking: Booking) -> str:
    if booking.position is None:
        return "first heard of already seated"
    if booking.seating is None:
        return "changed to seated, no order yet"
    if booking.seating.outcome is SeatingOutcome.OPEN:
        return "changed to seated again while its order is being removed"
    return f"changed to seated again after its order was {booking.seating.outcome.value}"


def nothing_follows(reason: str) -> Decision:
    """The decision that an event makes and changes nothing."""
    return Decision(DecisionKind.NONE, reason)
