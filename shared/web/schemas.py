"""The shapes of our answers, for the generated reference and its tests. No function imports this; views answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.bookings.booking import SeatingOutcome
from shared.domain.bookings.events import BookingStatus
from shared.domain.bookings.rules import DecisionKind

Amount = Annotated[str, Field(pattern=r"^-?\d+\.\d{2,6}$", examples=["45.50"])]
"""Money: a decimal string in the venue's currency."""
Number = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["2"])]


class Shown(BaseModel):
    """An answer has exactly these members."""

    model_config = ConfigDict(extra="forbid")


class InvalidField(Shown):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(
        description="JSON pointer into the body, or `/query/<name>`.", examples=["/booking/party_size"]
    )
    detail: str


class Problem(Shown):
    """Every error of the relay's own (RFC 9457)."""

    type: str = Field(examples=["urn:posrelay:problem:invalid_input"])
    title: str
    status: int
    detail: str = Field(description="For people; may change.")
    code: str = Field(description="For programs; stays.", examples=["invalid_input"])
    request_id: str
    errors: list[InvalidField] = Field(default_factory=list, description="With `invalid_input`: at most 50.")


class GatewayRefusal(Shown):
    """The gateway's own body when a key is missing (401), unknown or revoked (403), or a route is throttled (429)."""

    message: str | None


class EventAccepted(Shown):
    """The event is stored; what it leads to is decided in a moment."""

    status: Literal["accepted"]
    event_id: str
    booking_id: str
    duplicate: bool = Field(description="It was here already, with the same content.")


class EventDecided(Shown):
    """The event is stored and decided; the order itself may still be on its way."""

    status: Literal["decided"]
    event_id: str
    booking_id: str
    duplicate: bool
    decision: DecisionKind
    reason: str
    code: str | None


class Ignored(Shown):
    """Understood, and not about anything that concerns this venue."""

    status: Literal["ignored"]


class PosDeliveryAccepted(Shown):
    """The news is kept; the order will be read from the POS before anything is believed."""

    status: Literal["accepted"]
    duplicate: bool


class Seating(Shown):
    """One time that the party was seated; each has one order."""

    number: int
    seated_at: datetime
    order_id: str
    pos_order_id: str | None
    outcome: SeatingOutcome


class BookingEvent(Shown):
    """An event and what was decided on it; `decision` is null until then."""

    event_id: str
    booking_id: str
    occurred_at: datetime | None = Field(description="Null while a thin notice was not fetched.")
    received_at: datetime
    type: Literal["created", "updated"]
    status: str | None
    decision: DecisionKind | None
    reason: str | None = Field(description="In a person's words; may change.")
    code: str | None


class Booking(Shown):
    """A booking in the state of its newest event."""

    id: str
    venue_id: str
    platform: str
    kind: Literal["booking", "walkin"]
    channel: str | None
    status: BookingStatus | None
    raw_status: str | None
    party_size: int | None
    tables: list[str]
    seatings: list[Seating]
    events: list[BookingEvent]


class SaleLine(Shown):
    """One line of a sale."""

    product_id: str | None
    name: str | None
    quantity: Number
    total_ex_tax: Amount | None
    tax: Amount | None


class SalePayment(Shown):
    """One payment of a sale; `amount` without tip."""

    method_id: str | None
    method: str | None
    amount: Amount
    tip: Amount | None
    ref: str | None


class Sale(Shown):
    """A completed POS order, with or without a booking behind it."""

    id: str
    pos_order_id: str
    sale_number: str | None
    order_id: str | None
    booking_id: str | None
    source: Literal["booking", "platform", "pos"]
    order_type: str | None
    completed_at: datetime
    voided_at: datetime | None
    refund_of: str | None
    covers: int | None
    lines: list[SaleLine]
    payments: list[SalePayment]
    total: Amount
    tax: Amount
    tips: Amount
    service_charge: Amount
    discounts: Amount
    surcharges: Amount
    group_id: str | None
    currency: str


class SalesPage(Shown):
    """Sales, oldest first."""

    data: list[Sale]
    next: str | None = Field(description="`cursor` of the next page; null on the last.")


class Health(Shown):
    """The relay answers."""

    status: Literal["ok"]
