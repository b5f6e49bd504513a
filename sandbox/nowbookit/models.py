"""What the sandbox's Now Book It keeps."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Booking(BaseModel):
    """A booking, kept in the very shape the API shows, and what has been reported back on it."""

    model_config = ConfigDict(extra="forbid")

    id: str
    shown: dict[str, Any]
    pax: int | None = None
    amount_spent: str | None = None


class Hook(BaseModel):
    """Where thin webhooks go; `header` bears `token`."""

    model_config = ConfigDict(extra="forbid")

    url: str
    header: str = "Authorization"
    token: str


class BookingChange(BaseModel):
    """What the control API takes to make or change a booking; a field left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    bookingId: str | None = None
    locationId: str | None = None
    method: str | None = None
    status: str | None = None
    people: int | None = None
    bookingTime: str | None = None
    duration: int | None = None
    notes: str | None = None
    tables: list[str] | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    walkin: bool | None = None
    paymentSummary: dict[str, Any] | None = None
    lastModifiedDate: str | None = None
    quiet: bool = False
    """Send no webhook for this change."""
