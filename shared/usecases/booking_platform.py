"""The port to a booking platform that has to be asked what a thin webhook meant, and is told what was spent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from shared.domain.bookings.events import BookingEvent
from shared.domain.orders.writes import Answer


class BookingPlatform(Protocol):
    """One venue's account at a booking platform."""

    def fetch(self, booking_id: str, *, event_id: str, received_at: datetime) -> BookingEvent | None:
        """The booking as it is now, as an event; None when the platform has no such booking. Raises OutsideError."""

    def finish(self, booking_id: str, *, amount_spent: Decimal, covers: int | None) -> Answer:
        """Tell that the party has paid: status Finished with the amount. Safe to repeat."""
