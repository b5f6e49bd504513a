"""Now Book It's booking at the edge, made into an event of ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from shared.adapters.http.foreign import Foreign, OptionalAmount, Text, Whole, read_json
from shared.adapters.nowbookit.statuses import booking_status, raw_status
from shared.domain.bookings.events import BookingEvent, Customer, PaymentSummary
from shared.domain.errors import UnreachableError


class NowBookItStatus(Foreign):
    """A booking's status."""

    statusType: Text = None
    code: Text = None
    name: Text = None


class NowBookItCustomer(Foreign):
    """The guest."""

    firstName: Text = None
    lastName: Text = None
    email: Text = None
    phone: Text = None
    phone2: Text = None


class NowBookItPayment(Foreign):
    """What was paid or promised with the booking."""

    paymentType: Text = None
    amount: OptionalAmount = None
    amountDue: OptionalAmount = None
    amountPaid: OptionalAmount = None
    transactionId: Text = None
    currencyCode: Text = None
    paymentDate: Text = None


class NowBookItTable(Foreign):
    """A table."""

    tableName: Text = None


class NowBookItBooking(Foreign):
    """A booking (Now Book It docs: Bookings)."""

    bookingId: Text = None
    locationId: Text = None
    method: Text = None
    serviceType: Text = None
    bookedAt: Text = None
    bookingTime: Text = None
    people: Whole = None
    lastModifiedDate: Text = None
    notes: Text = None
    customer: NowBookItCustomer | None = None
    tables: list[NowBookItTable] | None = None
    status: NowBookItStatus | None = None
    paymentSummary: NowBookItPayment | None = None

    @property
    def is_walkin(self) -> bool:
        """A party that came without booking."""
        return "walkin" in ((self.method or "").lower(), (self.serviceType or "").lower())


def read_booking(body: bytes) -> NowBookItBooking:
    """The booking of an answer. Raises UnreachableError when it cannot be understood."""
    try:
        return NowBookItBooking.model_validate(read_json(body))
    except (ValueError, ValidationError):
        raise UnreachableError("an answer of Now Book It that could not be understood") from None


def booking_event(
    booking: NowBookItBooking,
    booking_id: str,
    *,
    event_id: str,
    received_at: datetime,
    timezone: ZoneInfo,
    future_tolerance_s: float,
) -> BookingEvent:
    """The booking as an event that occurred when it was last changed.

    `bookingTime` is the venue's local time (Now Book It docs). The other times bear an offset; one that does not is
    taken for UTC. A change from the future counts as received: it would hide every later one.
    """
    status = booking.status or NowBookItStatus()
    words = {"code": status.code, "status_type": status.statusType, "name": status.name}
    booked_at = _moment(booking.bookedAt)
    changed_at = _moment(booking.lastModifiedDate) or booked_at or received_at
    if changed_at > received_at + timedelta(seconds=future_tolerance_s):
        changed_at = received_at
    return BookingEvent(
        event_id=event_id,
        booking_reference=booking.bookingId or booking_id,
        type="created" if booked_at == changed_at else "updated",
        occurred_at=changed_at,
        received_at=received_at,
        status=booking_status(**words),
        raw_status=raw_status(**words),
        kind="walkin" if booking.is_walkin else "booking",
        channel=booking.method,
        party_size=booking.people or None,
        scheduled_at=_moment(booking.bookingTime, timezone),
        tables=tuple(table.tableName for table in booking.tables or () if table.tableName),
        notes=booking.notes,
        customer=_customer(booking.customer),
        payment=_payment(booking.paymentSummary),
    )


def _customer(guest: NowBookItCustomer | None) -> Customer | None:
    if guest is None:
        return None
    customer = Customer(guest.firstName, guest.lastName, guest.email, guest.phone or guest.phone2)
    return None if customer == Customer() else customer


def _payment(paid: NowBookItPayment | None) -> PaymentSummary | None:
    if paid is None:
        return None
    summary = PaymentSummary(
        payment_type=paid.paymentType,
        amount=paid.amount,
        amount_paid=paid.amountPaid,
        amount_due=paid.amountDue,
        currency=paid.currencyCode,
        transaction_id=paid.transactionId,
        paid_at=_moment(paid.paymentDate),
    )
    return None if summary == PaymentSummary(currency=summary.currency) else summary


def _moment(text: str | None, timezone: ZoneInfo | None = None) -> datetime | None:
    """A time in UTC; where it cannot be read, none: no booking fails for it."""
    try:
        moment = datetime.fromisoformat(text or "")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone or UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
