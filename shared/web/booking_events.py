"""The booking event of the contract: foreign JSON in, a domain event out."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domain.bookings.events import BookingEvent, BookingStatus, Customer, PaymentSummary
from shared.domain.errors import BadInputError, InputProblem
from shared.web.foreign import Moment, Money, VisibleId, read_as

Short = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=4000)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=False, coerce_numbers_to_str=False)


class CustomerIn(_Input):
    """The guest; every field may be missing."""

    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None


class PaymentSummaryIn(_Input):
    """What was paid with the booking."""

    payment_type: Short | None = None
    amount: Money | None = None
    amount_paid: Money | None = None
    amount_due: Money | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$")] | None = None
    transaction_id: Short | None = None
    paid_at: Moment | None = None


class BookingIn(_Input):
    """The booking as it is at `occurred_at`."""

    id: VisibleId
    status: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    """One of ours, or any other word: kept as `raw_status`, changes nothing."""
    kind: Literal["booking", "walkin"] = "booking"
    channel: Short | None = None
    party_size: Annotated[int, Field(ge=0, le=10_000, strict=True)] | None = None
    scheduled_at: Moment | None = None
    tables: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    notes: Text | None = None
    customer: CustomerIn | None = None
    payment_summary: PaymentSummaryIn | None = None


class BookingEventIn(_Input):
    """One booking event."""

    event_id: VisibleId | None = None
    type: Literal["created", "updated"]
    occurred_at: Moment
    sequence: Annotated[int, Field(ge=0, lt=2**63, strict=True)] | None = None
    booking: BookingIn


def read_booking_event(
    content: Any, *, received_at: datetime, future_tolerance_s: float, delivery_id: str | None = None
) -> tuple[str, BookingEvent]:
    """(booking id, event). Raises BadInputError with a JSON pointer for each thing that is wrong.

    `delivery_id`: names an event that has no id of its own, where the delivery has one.
    """
    given = read_as(BookingEventIn, content, "the booking event")
    if given.occurred_at > received_at + timedelta(seconds=future_tolerance_s):
        detail = f"lies more than {future_tolerance_s:.0f} s in the future"
        raise BadInputError("the booking event has invalid fields", problems=(InputProblem("/occurred_at", detail),))
    return given.booking.id, _event(given, received_at, given.event_id or delivery_id or _derived_id(given))


def known_status(word: str) -> BookingStatus | None:
    """Our status for a platform's word, if it is one of the contract's."""
    try:
        return BookingStatus(word.lower())
    except ValueError:
        return None


def _event(given: BookingEventIn, received_at: datetime, event_id: str) -> BookingEvent:
    booking = given.booking
    customer, paid = booking.customer, booking.payment_summary
    return BookingEvent(
        event_id=event_id,
        booking_reference=booking.id,
        type=given.type,
        occurred_at=given.occurred_at,
        received_at=received_at,
        status=known_status(booking.status),
        raw_status=booking.status,
        sequence=given.sequence,
        kind=booking.kind,
        channel=booking.channel,
        party_size=booking.party_size,
        scheduled_at=booking.scheduled_at,
        tables=tuple(booking.tables),
        notes=booking.notes,
        customer=Customer(**customer.model_dump()) if customer else None,
        payment=PaymentSummary(**paid.model_dump()) if paid else None,
    )


def _derived_id(given: BookingEventIn) -> str:
    """For a platform without event ids: the same for the same content, so that a repeated delivery is one event."""
    canonical = json.dumps(given.model_dump(mode="json", exclude_none=True), sort_keys=True, separators=(",", ":"))
    return "evt_" + hashlib.sha256(canonical.encode()).hexdigest()[:32]
