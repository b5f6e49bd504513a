"""ResDiary's webhook at the edge, made into an event of ours.

Documented (ResDiary docs: webhooks): the envelope, the booking's members up to `SpecialRequests`, the three statuses.
Assumed, where the documents that we have are silent, and read only if it is there: the members of `Customer`, the
shapes of `Tables` and `Deposit`, that a walk-in's `ChannelCode` says so, and that a change of a kind that begins with
“Create” or “New” is the first of its booking. What cannot be read is left out; only what an event cannot be without is
asked for.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError

from shared.adapters.http.foreign import Foreign, Text, Whole, as_text, as_utc
from shared.adapters.resdiary.statuses import booking_status, raw_status
from shared.domain import money
from shared.domain.bookings.events import BookingEvent, Customer, PaymentSummary
from shared.domain.errors import BadInputError, InputProblem
from shared.domain.venues import Venue

BOOKING_ID = re.compile(r"[\x21-\x7e]{1,128}")
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MOST_TABLES, TABLE_LENGTH, SHORT, LONG, MOST_COVERS = 50, 64, 200, 4000, 10_000
MOST_PROBLEMS = 20
LARGEST_AMOUNT = 10**9


def _table(given: object) -> str:
    if isinstance(given, dict):
        given = given.get("Name") or given.get("TableName") or given.get("Number")
    return (as_text(given) or "")[:TABLE_LENGTH]


def _tables(given: object) -> tuple[str, ...]:
    """Names from a list of names, numbers or objects, or from one text with commas."""
    parts = given.split(",") if isinstance(given, str) else given if isinstance(given, list) else ()
    return tuple(name for name in map(_table, parts[:MOST_TABLES]) if name)


def _amount(given: object) -> Any:
    """An amount, or none: what was said of a deposit must not cost the seating."""
    try:
        read = money.amount(given)
    except ValueError:
        return None
    exponent = read.as_tuple().exponent
    return read if abs(read) < LARGEST_AMOUNT and isinstance(exponent, int) and exponent >= -6 else None


def _entry(given: object) -> object:
    return given if isinstance(given, dict) else None


def _entries(given: object) -> object:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


DepositSum = Annotated[Decimal | None, BeforeValidator(_amount, json_schema_input_type=str | float | None)]


class ResDiaryCustomer(Foreign):
    """The guest. Other spellings of the same stand beside each other."""

    FirstName: Text = None
    Surname: Text = None
    LastName: Text = None
    Email: Text = None
    EmailAddress: Text = None
    Mobile: Text = None
    MobileNumber: Text = None
    Phone: Text = None
    PhoneNumber: Text = None


class ResDiaryDeposit(Foreign):
    """What was paid with the booking. Only `AmountPaid` counts as paid."""

    Amount: DepositSum = None
    AmountPaid: DepositSum = None
    AmountDue: DepositSum = None
    Currency: Text = None
    TransactionId: Text = None


class ResDiaryChange(Foreign):
    """One of the changes that the webhook is about."""

    ChangeType: Text = None


class ResDiaryBooking(Foreign):
    """The whole booking after the change."""

    Id: Annotated[Text, Field(description="Required.")] = None
    ProviderId: Text = None
    Reference: Text = None
    RestaurantName: Text = None
    MicrositeName: Text = None
    VisitDate: Text = None
    VisitTime: Text = None
    PartySize: Whole = None
    ChannelCode: Text = None
    SpecialRequests: Text = None
    Status: Text = None
    ArrivalStatus: Text = None
    MealStatus: Text = None
    Tables: Annotated[
        tuple[str, ...], BeforeValidator(_tables, json_schema_input_type=list[str | int | dict[str, Any]] | str | None)
    ] = ()
    Customer: Annotated[ResDiaryCustomer | None, BeforeValidator(_entry)] = None
    Deposit: Annotated[ResDiaryDeposit | None, BeforeValidator(_entry)] = None


class ResDiaryHook(Foreign):
    """ResDiary's webhook: when, the whole booking, what changed."""

    ChangeDateTime: Annotated[Text, Field(description="Required; UTC when it bears no offset.")] = None
    Booking: ResDiaryBooking
    Changes: Annotated[tuple[ResDiaryChange, ...], BeforeValidator(_entries)] = ()


def read_hook(
    content: object, venue: Venue, *, received_at: datetime, future_tolerance_s: float
) -> tuple[str, BookingEvent] | None:
    """(booking id, event), or None for a booking of another restaurant.

    Raises BadInputError with a JSON pointer for each thing that an event cannot be without.
    """
    try:
        hook = ResDiaryHook.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[:MOST_PROBLEMS]
        raise _refused(
            *(InputProblem("".join(f"/{part}" for part in each["loc"]), each["msg"]) for each in found)
        ) from None
    booking = hook.Booking
    if not _is_of(venue, booking):
        return None
    if booking.Id is None or not BOOKING_ID.fullmatch(booking.Id):
        raise _refused(InputProblem("/Booking/Id", "is needed: 1 to 128 visible ASCII characters"))
    changed_at = _changed_at(hook.ChangeDateTime)
    if changed_at > received_at + timedelta(seconds=future_tolerance_s):
        detail = f"lies more than {future_tolerance_s:.0f} s in the future; it is taken for UTC"
        raise _refused(InputProblem("/ChangeDateTime", detail))
    return booking.Id, _event(hook, booking.Id, changed_at, received_at, ZoneInfo(venue.timezone))


def _refused(*problems: InputProblem) -> BadInputError:
    return BadInputError("the ResDiary webhook has invalid fields", problems=problems)


def _is_of(venue: Venue, booking: ResDiaryBooking) -> bool:
    """Whether the booking names this venue's restaurant, or none at all."""
    named = {name.casefold() for name in (booking.MicrositeName, booking.ProviderId) if name}
    return not named or (venue.resdiary_restaurant or "").casefold() in named


def _changed_at(text: str | None) -> datetime:
    try:
        moment = as_utc(text)
    except ValueError:
        moment = None
    if moment is None or not FIRST_MOMENT <= moment < LAST_MOMENT:
        raise _refused(InputProblem("/ChangeDateTime", "is needed: an ISO 8601 time in UTC"))
    return moment


def _event(
    hook: ResDiaryHook, booking_id: str, changed_at: datetime, received_at: datetime, timezone: ZoneInfo
) -> BookingEvent:
    booking = hook.Booking
    words = (booking.Status, booking.ArrivalStatus, booking.MealStatus)
    kinds = [change.ChangeType.lower() for change in hook.Changes if change.ChangeType]
    covers = booking.PartySize
    return BookingEvent(
        event_id=_event_id(hook),
        booking_reference=(booking.Reference or booking_id)[:SHORT],
        type="created" if any(kind.startswith(("create", "new")) for kind in kinds) else "updated",
        occurred_at=changed_at,
        received_at=received_at,
        status=booking_status(*words),
        raw_status=raw_status(*words),
        kind="walkin" if "walkin" in re.sub(r"[\s_-]", "", booking.ChannelCode or "").lower() else "booking",
        channel=_short(booking.ChannelCode),
        party_size=covers if covers and covers <= MOST_COVERS else None,
        scheduled_at=_visit(booking.VisitDate, booking.VisitTime, timezone),
        tables=booking.Tables,
        notes=booking.SpecialRequests[:LONG] if booking.SpecialRequests else None,
        customer=_customer(booking.Customer),
        payment=_payment(booking.Deposit),
    )


def _event_id(hook: ResDiaryHook) -> str:
    """ResDiary gives no id: the same for the same change with the same content, so that a repeat is one event."""
    return "rd_" + hashlib.sha256(hook.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:32]


def _customer(guest: ResDiaryCustomer | None) -> Customer | None:
    if guest is None:
        return None
    customer = Customer(
        first_name=_short(guest.FirstName),
        last_name=_short(guest.Surname or guest.LastName),
        email=_short(guest.Email or guest.EmailAddress),
        phone=_short(guest.Mobile or guest.MobileNumber or guest.Phone or guest.PhoneNumber),
    )
    return None if customer == Customer() else customer


def _payment(deposit: ResDiaryDeposit | None) -> PaymentSummary | None:
    if deposit is None or (deposit.Amount, deposit.AmountPaid, deposit.AmountDue) == (None, None, None):
        return None
    return PaymentSummary(
        payment_type="deposit",
        amount=deposit.Amount,
        amount_paid=deposit.AmountPaid,
        amount_due=deposit.AmountDue,
        currency=deposit.Currency if deposit.Currency and re.fullmatch("[A-Za-z]{3}", deposit.Currency) else None,
        transaction_id=_short(deposit.TransactionId),
    )


def _visit(date: str | None, time: str | None, timezone: ZoneInfo) -> datetime | None:
    """The visit in UTC; both parts are the venue's local time, alone or with the other's place filled by zeros."""
    day, clock = (date or "")[:10], (time or "").rpartition("T")[2][:8]
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=timezone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_MOMENT <= moment < LAST_MOMENT else None


def _short(text: str | None) -> str | None:
    return text[:SHORT] if text else None
