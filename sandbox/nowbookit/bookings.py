"""Bookings in Now Book It's shape (Now Book It docs: Bookings; Resources)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.nowbookit.models import Booking, BookingChange

STATUS_NAMES = ["Unconfirmed", "Confirmed", "SMS Sent", "Arrived", "Partially seated", "Seated", "Finished"]
STATUS_NAMES += ["Cancelled", "No_Show"]
"""The words of the vendor's knowledge base; names can be customised per venue, codes cannot."""


def status_code(name: str) -> str:
    """The code of a status name: `Partially seated` is PARTIALLY_SEATED."""
    return name.upper().replace(" ", "_")


def status_named(word: str) -> str | None:
    """The status a name or code means, whatever its case; None when there is none."""
    return next((name for name in STATUS_NAMES if status_code(name) == status_code(word)), None)


def status_json(word: str) -> dict[str, str]:
    """A status as the API shows it. An unknown word is shown as it is: venues make up their own."""
    name = status_named(word) or word
    return {"statusType": status_code(name), "code": status_code(name), "name": name}


def new_booking(booking_id: str, change: BookingChange, now: datetime) -> Booking:
    """A booking with everything filled in."""
    shown: dict[str, Any] = {
        "bookingId": booking_id,
        "locationId": change.locationId or "LOC-823",
        "method": change.method or "online",
        "bookedAt": now.isoformat(timespec="seconds"),
        "bookingTime": change.bookingTime or now.strftime("%Y-%m-%dT%H:%M:%S"),
        "duration": change.duration or 90,
        "people": change.people or 2,
        "serviceId": "S1",
        "serviceName": "Dinner",
        "serviceType": "WALKIN" if change.walkin else "BOOKING",
        "notes": "",
        "customer": None,
        "tables": [],
        "tags": [],
        "status": status_json(change.status or "Confirmed"),
        "paymentSummary": None,
        "items": [],
    }
    if change.walkin:
        shown["method"] = "walkin"
    booking = Booking(id=booking_id, shown=shown)
    change_booking(booking, change, now)
    return booking


def change_booking(booking: Booking, change: BookingChange, now: datetime) -> None:
    """Apply what was given; `lastModifiedDate` moves unless it was given too."""
    shown = booking.shown
    for name in ("locationId", "method", "people", "bookingTime", "duration", "notes", "paymentSummary"):
        value = getattr(change, name)
        if value is not None:
            shown[name] = value
    if change.status is not None:
        shown["status"] = status_json(change.status)
    if change.tables is not None:
        shown["tables"] = [table_json(table) for table in change.tables]
    person = {"firstName": change.first_name, "lastName": change.last_name, "email": change.email}
    person["phone"] = change.phone
    given = {name: value for name, value in person.items() if value is not None}
    if given:
        blank: dict[str, Any] = {
            "id": f"C-{booking.id}",
            "firstName": "",
            "lastName": "",
            "company": "",
            "email": "",
            "phone": "",
        }
        blank |= {"phoneNational": "", "phone2": "", "address": "", "birthdayDate": None}
        shown["customer"] = {**blank, **(shown["customer"] or {}), **given}
    shown["lastModifiedDate"] = change.lastModifiedDate or now.isoformat(timespec="milliseconds")


def table_json(name: str) -> dict[str, str]:
    """A table of the only section there is."""
    return {"tableId": f"T-{name}", "tableName": name, "sectionId": "SEC-1", "sectionName": "Main"}


def report_json(booking: Booking) -> dict[str, Any]:
    """What `updatestatus` answers: `bookingRef`, `amountSpent`, `pax`."""
    spent = Decimal(booking.amount_spent) if booking.amount_spent is not None else Decimal(0)
    return {
        "bookingRef": booking.id,
        "amountSpent": spent,
        "pax": booking.pax if booking.pax is not None else booking.shown["people"],
    }
