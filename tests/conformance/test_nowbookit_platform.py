"""The platform adapter against the sandbox's Now Book It."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox.nowbookit.api import NowBookItSandbox
from sandbox.nowbookit.models import BookingChange
from sandbox.transport import sandbox_transport
from shared.adapters.http.clients import make_client
from shared.adapters.nowbookit.platform import NowBookItPlatform
from shared.domain.bookings.events import BookingStatus
from shared.domain.errors import PacedError, PermissionLostError
from shared.domain.orders.writes import Outcome
from shared.domain.timings import Timings
from shared.usecases.booking_platform import BookingPlatform

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def account(sandbox: NowBookItSandbox, api_key: str = "demo-nowbookit-key") -> BookingPlatform:
    return NowBookItPlatform(
        make_client(sandbox_transport(sandbox)),
        base_url="http://sandbox.test/nowbookit",
        api_key=api_key,
        timezone="Australia/Sydney",
        timings=Timings(),
        location_id="LOC-823",
        now=lambda: NOW,
        sleep=lambda _: None,
    )


def seated(sandbox: NowBookItSandbox, status: str = "Seated") -> None:
    change = BookingChange(
        status=status,
        people=4,
        tables=["12"],
        bookingTime="2026-11-22T19:00:00",
        walkin=True,
        paymentSummary={"paymentType": "deposit", "amountPaid": 50, "currencyCode": "AUD"},
    )
    sandbox.put_booking("NBI-1", change)


def test_a_seated_walk_in_is_fetched_and_finished() -> None:
    sandbox = NowBookItSandbox(lambda: NOW)
    seated(sandbox)
    platform = account(sandbox)
    event = platform.fetch("NBI-1", event_id="e-1", received_at=NOW + timedelta(seconds=1))
    assert event is not None
    assert (event.status, event.kind, event.tables, event.party_size) == (BookingStatus.SEATED, "walkin", ("12",), 4)
    assert (event.occurred_at, event.scheduled_at) == (NOW, NOW)
    assert event.payment is not None
    assert event.payment.amount_paid == Decimal(50)

    for _ in range(2):
        assert platform.finish("NBI-1", amount_spent=Decimal("120.50"), covers=4).outcome is Outcome.DONE
    finished = platform.fetch("NBI-1", event_id="e-2", received_at=NOW)
    assert finished is not None
    assert finished.status is BookingStatus.FINISHED


def test_a_venues_own_status_changes_nothing() -> None:
    sandbox = NowBookItSandbox(lambda: NOW)
    seated(sandbox, "Mains served")
    event = account(sandbox).fetch("NBI-1", event_id="e-1", received_at=NOW)
    assert event is not None
    assert (event.status, event.raw_status) == (None, "MAINS_SERVED")


def test_no_such_booking() -> None:
    platform = account(NowBookItSandbox(lambda: NOW))
    assert platform.fetch("NBI-0", event_id="e", received_at=NOW) is None
    answer = platform.finish("NBI-0", amount_spent=Decimal(1), covers=None)
    assert (answer.outcome, answer.code) == (Outcome.REFUSED, "not_found")


def test_a_wrong_key_and_too_many_calls() -> None:
    sandbox = NowBookItSandbox(lambda: NOW)
    seated(sandbox)
    with pytest.raises(PermissionLostError):
        account(sandbox, "wrong").fetch("NBI-1", event_id="e", received_at=NOW)
    platform = account(sandbox)
    for _ in range(10):
        platform.fetch("NBI-1", event_id="e", received_at=NOW)
    with pytest.raises(PacedError) as caught:
        platform.fetch("NBI-1", event_id="e", received_at=NOW)
    assert caught.value.wait_s == 1
    assert platform.finish("NBI-1", amount_spent=Decimal(1), covers=1).outcome is Outcome.LIMITED
