"""Stories of bookings, told to the deployed stack: each has bookings of its own, so many are under way at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.stack.relay import Premises, Relay

AT_ONCE = 6
LONGEST_S = 180
DEPOSIT = {
    "payment_type": "deposit",
    "amount": "80.00",
    "amount_paid": "50.00",
    "amount_due": "30.00",
    "currency": "AUD",
    "transaction_id": "tx_1",
}
GUEST = {"first_name": "Alex", "last_name": "Example", "email": "alex.rules@example.com"}


@dataclass(frozen=True)
class Venues:
    """Relays at venues with different settings."""

    plain: Relay
    deposits: Relay
    """Deposits are entered as payments here."""
    guests: Relay
    """Customers are linked here."""
    hasty: Relay
    """The undo window is three seconds here."""
    untold: Relay
    """Kounta's webhooks do not come from here."""


Case = Callable[[Venues, str], None]
"""A story: it gets the venues and an id that no other story's bookings begin with."""
Stories = dict[str, Future[None]]


@contextmanager
def under_way(premises: Premises, cases: Sequence[Case]) -> Iterator[Stories]:
    """All of them at once; each test waits for its own."""
    venues = Venues(
        premises.open_venue("rules", notify_emails=("duty@example.com",), notify_mobiles=("+61255501234",)),
        premises.open_venue("deposits", deposit_method_id="3"),
        premises.open_venue("guests", link_customers=True),
        premises.open_venue("hasty", undo_window_s=3),
        premises.open_venue("untold", told=False),
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {tell.__name__: pool.submit(tell, venues, f"R{number}") for number, tell in enumerate(cases)}


def decisions(relay: Relay, booking_id: str) -> list[str | None]:
    """The decisions on a booking's events, in the order in which the booking lived them."""
    booking = relay.booking(booking_id)
    assert booking is not None
    return [event["decision"] for event in sorted(booking["events"], key=lambda each: str(each["occurred_at"]))]


def outcomes(relay: Relay, booking_id: str) -> list[str]:
    """What became of each seating."""
    booking = relay.booking(booking_id)
    assert booking is not None
    return [each["outcome"] for each in sorted(booking["seatings"], key=lambda each: int(each["number"]))]


def changed(relay: Relay, booking_id: str, status: str, **fields: Any) -> dict[str, Any]:
    """Delivers an event and waits for its decision."""
    return relay.decided(relay.change(booking_id, status, **fields))
