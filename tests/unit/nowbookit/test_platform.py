"""What Now Book It shows becomes an event; what was spent is told to it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from shared.adapters.http.clients import make_client
from shared.adapters.nowbookit.platform import NowBookItPlatform
from shared.domain.bookings.events import BookingEvent, BookingStatus, Customer, PaymentSummary
from shared.domain.errors import OutsideError, PacedError, PermissionLostError, RefusedError, UnreachableError
from shared.domain.orders.writes import Answer, Outcome
from shared.domain.timings import Timings
from shared.usecases.booking_platform import BookingPlatform

RECEIVED = datetime(2026, 11, 22, 8, 2, 20, tzinfo=UTC)
BASE = "https://nowbookit.example.com/api"
BOOKING: dict[str, Any] = {
    "bookingId": 12345,
    "locationId": "LOC-823",
    "method": "online",
    "bookedAt": "2026-11-20T01:00:00Z",
    "bookingTime": "2026-11-22T19:00:00",
    "people": 4,
    "lastModifiedDate": "2026-11-22T19:02:11.5+11:00",
    "notes": " window ",
    "customer": {
        "id": "C1",
        "firstName": "Alex",
        "lastName": "",
        "email": "alex@example.com",
        "phone": "+61 2 5550 0100",
    },
    "tables": [{"tableId": "T1", "tableName": "12", "sectionName": "Main"}, {"tableId": "T2", "tableName": 13}],
    "status": {"statusType": "SEATED", "code": "SEATED", "name": "An Tisch"},
    "paymentSummary": {
        "paymentType": "deposit",
        "amount": 120.10,
        "amountPaid": "50.00",
        "amountDue": 70.1,
        "transactionId": "tx_1",
        "currencyCode": "AUD",
        "paymentDate": "2026-11-20T01:00:05Z",
    },
    "items": [],
    "somethingNew": {"x": 1},
}

Reply = httpx.Response | Exception


class Played:
    """A Now Book It that answers the replies in turn, the last one again and again."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    def platform(self, timezone: str = "Australia/Sydney", location_id: str | None = "LOC-823") -> BookingPlatform:
        return NowBookItPlatform(
            make_client(httpx.MockTransport(self)),
            base_url=BASE + "/",
            api_key="nbi-key",
            timezone=timezone,
            timings=Timings(),
            location_id=location_id,
            now=lambda: RECEIVED,
            clock=lambda: 100.0,
            sleep=self.slept.append,
        )


def shown(**changes: object) -> httpx.Response:
    return httpx.Response(200, json={**BOOKING, **changes})


def fetched(reply: httpx.Response, **platform: Any) -> BookingEvent:
    event = Played(reply).platform(**platform).fetch("12345", event_id="e-1", received_at=RECEIVED)
    assert event is not None
    return event


def test_a_whole_booking() -> None:
    it = Played(shown())
    event = it.platform().fetch("12345", event_id="e-1", received_at=RECEIVED)
    assert event == BookingEvent(
        event_id="e-1",
        booking_reference="12345",
        type="updated",
        occurred_at=datetime(2026, 11, 22, 8, 2, 11, 500_000, tzinfo=UTC),
        received_at=RECEIVED,
        status=BookingStatus.SEATED,
        raw_status="SEATED",
        kind="booking",
        channel="online",
        party_size=4,
        scheduled_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        tables=("12", "13"),
        notes="window",
        customer=Customer("Alex", None, "alex@example.com", "+61 2 5550 0100"),
        payment=PaymentSummary(
            "deposit",
            Decimal("120.1"),
            Decimal("50.00"),
            Decimal("70.1"),
            "AUD",
            "tx_1",
            datetime(2026, 11, 20, 1, 0, 5, tzinfo=UTC),
        ),
    )
    assert [f"{each.method} {each.url}" for each in it.requests] == [f"GET {BASE}/Bookings/12345"]
    assert it.requests[0].headers["X-API-KEY"] == "nbi-key"
    assert "Authorization" not in it.requests[0].headers


def test_hardly_anything_said() -> None:
    event = fetched(httpx.Response(200, json={"status": {"code": "CONFIRMED"}}))
    assert event == BookingEvent("e-1", "12345", "updated", RECEIVED, RECEIVED, BookingStatus.CONFIRMED, "CONFIRMED")


@pytest.mark.parametrize(
    ("timezone", "local", "utc"),
    [
        ("Australia/Sydney", "2026-07-01T19:00:00", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("Australia/Sydney", "2026-12-01T19:00:00", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
        ("Australia/Perth", "2026-12-01T19:00:00", datetime(2026, 12, 1, 11, 0, tzinfo=UTC)),
        ("Pacific/Auckland", "2026-12-01T19:00", datetime(2026, 12, 1, 6, 0, tzinfo=UTC)),
        ("Australia/Sydney", "tonight", None),
    ],
)
def test_booking_times_are_the_venues(timezone: str, local: str, utc: datetime | None) -> None:
    assert fetched(shown(bookingTime=local), timezone=timezone).scheduled_at == utc


def test_a_status_we_do_not_know_is_kept() -> None:
    event = fetched(shown(status={"statusType": "SMS_SENT", "code": "SMS_SENT", "name": "Seated"}))
    assert (event.status, event.raw_status) == (None, "SMS_SENT")


@pytest.mark.parametrize("change", [{"method": "walkin"}, {"method": "WalkIn"}, {"serviceType": "WALKIN"}])
def test_walk_ins(change: dict[str, str]) -> None:
    assert fetched(shown(**change)).kind == "walkin"


@pytest.mark.parametrize(
    ("changed", "occurred_at", "kind"),
    [
        ("2026-11-20T01:00:00Z", datetime(2026, 11, 20, 1, 0, tzinfo=UTC), "created"),
        ("2026-11-22T08:02:11", datetime(2026, 11, 22, 8, 2, 11, tzinfo=UTC), "updated"),
        ("2026-11-23T08:02:11Z", RECEIVED, "updated"),
        (None, datetime(2026, 11, 20, 1, 0, tzinfo=UTC), "created"),
        ("never", datetime(2026, 11, 20, 1, 0, tzinfo=UTC), "created"),
    ],
)
def test_when_it_was_changed(changed: str | None, occurred_at: datetime, kind: str) -> None:
    event = fetched(shown(lastModifiedDate=changed))
    assert (event.occurred_at, event.type) == (occurred_at, kind)


def test_an_empty_payment_summary_is_none() -> None:
    assert fetched(shown(paymentSummary={"currencyCode": "AUD", "amount": None})).payment is None
    assert fetched(shown(customer={"firstName": ""})).customer is None


def test_no_such_booking_and_another_locations() -> None:
    def fetch(it: Played) -> BookingEvent | None:
        return it.platform().fetch("12345", event_id="e", received_at=RECEIVED)

    assert fetch(Played(httpx.Response(404, json={"message": "Not found"}))) is None
    assert fetch(Played(shown(locationId="LOC-OTHER"))) is None
    assert fetched(shown(locationId="LOC-OTHER"), location_id=None).booking_reference == "12345"


@pytest.mark.parametrize(("booking_id", "path"), [("a/../b c", "a%2F..%2Fb%20c"), ("..", None), ("", None)])
def test_an_id_stays_one_piece_of_the_path(booking_id: str, path: str | None) -> None:
    it = Played(httpx.Response(404, json={}))
    assert it.platform().fetch(booking_id, event_id="e", received_at=RECEIVED) is None
    assert [each.url.raw_path.decode() for each in it.requests] == ([f"/api/Bookings/{path}"] if path else [])


@pytest.mark.parametrize(
    ("reply", "error", "calls"),
    [
        (
            httpx.Response(429, json={"message": "You may only perform this action 10 times every 1000 milliseconds"}),
            PacedError,
            1,
        ),
        (httpx.Response(401, json={"message": "Invalid API key"}), PermissionLostError, 1),
        (httpx.Response(403), PermissionLostError, 1),
        (httpx.Response(400, json={"message": "no"}), RefusedError, 1),
        (httpx.Response(500), UnreachableError, 3),
        (httpx.ReadTimeout("slow"), UnreachableError, 3),
        (httpx.Response(200, text="<html>"), UnreachableError, 3),
        (httpx.Response(200, json=[]), UnreachableError, 3),
        (httpx.Response(302, headers={"Location": "https://evil.example.org/"}), UnreachableError, 3),
    ],
)
def test_fetch_fails(reply: Reply, error: type[OutsideError], calls: int) -> None:
    it = Played(reply)
    with pytest.raises(error) as caught:
        it.platform().fetch("12345", event_id="e-1", received_at=RECEIVED)
    assert len(it.requests) == calls
    assert caught.value.__cause__ is None
    if isinstance(caught.value, PacedError):
        assert caught.value.wait_s == 1


def test_finish_tells_status_amount_and_covers() -> None:
    it = Played(httpx.Response(200, json={"bookingRef": "12345", "amountSpent": 120.50, "pax": 4}))
    answer = it.platform().finish("12345", amount_spent=Decimal("120.50"), covers=4)
    assert answer == Answer(Outcome.DONE, 200)
    assert [f"{each.method} {each.url}" for each in it.requests] == [f"PATCH {BASE}/Bookings/12345/updatestatus"]
    assert it.requests[0].content == b'{"status":"Finished","amountSpent":120.50,"pax":4}'
    assert it.requests[0].headers["Content-Type"] == "application/json"


def test_covers_that_are_not_known_are_not_told() -> None:
    it = Played(httpx.Response(200))
    it.platform().finish("12345", amount_spent=Decimal("1"), covers=None)
    assert json.loads(it.requests[0].content) == {"status": "Finished", "amountSpent": 1}


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (httpx.Response(204), Outcome.DONE),
        (httpx.Response(429), Outcome.LIMITED),
        (httpx.Response(401), Outcome.UNAUTHORIZED),
        (httpx.Response(409), Outcome.BUSY),
        (httpx.Response(500), Outcome.SERVER_ERROR),
        (httpx.Response(503), Outcome.LOST),
        (httpx.Response(404, json={"message": "Not found"}), Outcome.REFUSED),
        (httpx.Response(400, json={"message": "no"}), Outcome.REFUSED),
        (httpx.Response(302), Outcome.STRANGE),
        (httpx.Response(200, text="<html>"), Outcome.STRANGE),
        (httpx.ConnectError("no"), Outcome.NOT_CONNECTED),
        (httpx.ReadTimeout("slow"), Outcome.LOST),
    ],
)
def test_finish_is_sent_once_and_answered(reply: Reply, outcome: Outcome) -> None:
    it = Played(reply)
    answer = it.platform().finish("12345", amount_spent=Decimal("1"), covers=2)
    assert answer.outcome is outcome
    assert len(it.requests) == 1
    assert answer.wait_s == (1 if outcome is Outcome.LIMITED else None)


def test_nothing_secret_or_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fetched(shown())
    assert "get_booking: 200" in caplog.text
    assert not any(word in caplog.text for word in ("nbi-key", "Alex", "alex", "5550", "12345"))


def spoiled(spoil: Callable[[dict[str, Any]], None]) -> httpx.Response:
    booking = json.loads(json.dumps(BOOKING))
    spoil(booking)
    return httpx.Response(200, json=booking)


@pytest.mark.parametrize("path", sorted(BOOKING))
@pytest.mark.parametrize("value", [None, 7, "x", True, [], {}, [[]], {"a": 1}])
def test_any_field_may_be_strange(path: str, value: object) -> None:
    it = Played(spoiled(lambda booking: booking.update({path: value})))
    try:
        it.platform().fetch("12345", event_id="e-1", received_at=RECEIVED)
    except UnreachableError:
        assert len(it.requests) == 3
