"""What a booking platform tells us, in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class BookingStatus(StrEnum):
    """The contract's statuses. A platform's other words are kept as `raw_status` and change nothing."""

    UNCONFIRMED = "unconfirmed"
    WAITLISTED = "waitlisted"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    PARTIALLY_SEATED = "partially_seated"
    SEATED = "seated"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Customer:
    """The guest, as far as the platform tells; every part may be missing."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def can_be_matched(self) -> bool:
        """Kounta finds a customer by email, or by first name, last name and phone together (Kounta docs: Customers)."""
        return bool(self.email or (self.first_name and self.last_name and self.phone))

    @property
    def can_be_created(self) -> bool:
        """Kounta wants a first name, and an email or a phone (Kounta docs: Customers)."""
        return bool(self.first_name and (self.email or self.phone))


@dataclass(frozen=True, slots=True)
class PaymentSummary:
    """What the guest paid or promised with the booking (Now Book It's `paymentSummary`)."""

    payment_type: str | None = None
    amount: Decimal | None = None
    amount_paid: Decimal | None = None
    amount_due: Decimal | None = None
    currency: str | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """One delivery about one booking: the whole booking as it stood at `occurred_at`."""

    event_id: str
    booking_reference: str
    """The platform's booking id, as staff know it."""
    type: str
    """`created` or `updated`."""
    occurred_at: datetime
    received_at: datetime
    status: BookingStatus | None
    """None: a word we do not know, see `raw_status`."""
    raw_status: str
    sequence: int | None = None
    kind: str = "booking"
    """`booking` or `walkin`."""
    channel: str | None = None
    party_size: int | None = None
    scheduled_at: datetime | None = None
    tables: tuple[str, ...] = ()
    notes: str | None = None
    customer: Customer | None = None
    payment: PaymentSummary | None = None


@dataclass(frozen=True, slots=True)
class ThinNotice:
    """A delivery that only says "look at this booking": the writer fetches what it means, under the lease.

    Two different updates of one booking have identical bodies (Now Book It), so each delivery has an id of its own.
    """

    event_id: str
    provider: str
    received_at: datetime
