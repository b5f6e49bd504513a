"""ResDiary's webhook, with what is certain, what is assumed and what is nonsense."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.resdiary.parsing import read_hook
from shared.domain.bookings.events import BookingEvent, BookingStatus, Customer, PaymentSummary
from shared.domain.errors import BadInputError
from shared.domain.venues import PosConnection, Venue

NOW = datetime(2026, 11, 22, 8, 2, 12, tzinfo=UTC)
VENUE = Venue("demo", "The Example Table", PosConnection("kounta", "5678", "823"), resdiary_restaurant="ExampleTable")
BOOKING = {
    "Id": 4711001,
    "ProviderId": 8230,
    "Reference": "EXMPL1",
    "RestaurantName": "The Example Table",
    "MicrositeName": "ExampleTable",
    "VisitDate": "2026-11-22T00:00:00",
    "VisitTime": "19:00:00",
    "PartySize": 4,
    "ChannelCode": "ONLINE",
    "SpecialRequests": "Window seat",
    "Status": "Confirmed",
    "ArrivalStatus": "FullySeated",
}


def hook(at: object = "2026-11-22T08:02:10Z", changes: object = None, **booking: Any) -> dict[str, Any]:
    return {"ChangeDateTime": at, "Booking": {**BOOKING, **booking}, "Changes": changes or []}


def read(content: object, venue: Venue = VENUE) -> tuple[str, BookingEvent] | None:
    return read_hook(content, venue, received_at=NOW, future_tolerance_s=3600)


def event(content: object, venue: Venue = VENUE) -> BookingEvent:
    found = read(content, venue)
    assert found is not None
    return found[1]


def test_a_whole_one() -> None:
    found = read(hook(Tables=["12", "13"], Customer={"FirstName": "Alex", "Surname": "Example"}))
    assert found is not None
    booking_id, told = found
    assert booking_id == "4711001"
    assert replace(told, event_id="") == BookingEvent(
        event_id="",
        booking_reference="EXMPL1",
        type="updated",
        occurred_at=datetime(2026, 11, 22, 8, 2, 10, tzinfo=UTC),
        received_at=NOW,
        status=BookingStatus.SEATED,
        raw_status="Confirmed/FullySeated",
        channel="ONLINE",
        party_size=4,
        scheduled_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        tables=("12", "13"),
        notes="Window seat",
        customer=Customer("Alex", "Example"),
    )


def test_the_least_that_there_can_be() -> None:
    told = event({"ChangeDateTime": "2026-11-22T08:02:10", "Booking": {"Id": "b-1"}})
    assert (told.booking_reference, told.status, told.raw_status, told.tables) == ("b-1", None, "missing", ())
    assert (told.party_size, told.scheduled_at, told.customer, told.payment) == (None, None, None, None)


def test_the_same_change_is_the_same_event_and_another_is_not() -> None:
    first = event(hook())
    again = read_hook(hook(), VENUE, received_at=NOW + timedelta(minutes=5), future_tolerance_s=3600)
    assert again is not None
    assert (again[1].event_id, again[1].occurred_at) == (first.event_id, first.occurred_at)
    others = [hook(at="2026-11-22T08:02:11Z"), hook(PartySize=5), hook(Id=4711002), hook(Tables=["1"])]
    assert len({first.event_id, *(event(other).event_id for other in others)}) == 5


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T08:02:10Z", "2026-11-22T08:02:10+00:00"),
        ("2026-11-22T08:02:10", "2026-11-22T08:02:10+00:00"),
        ("2026-11-22T08:02:10.1234567Z", "2026-11-22T08:02:10.123456+00:00"),
        ("2026-11-22T19:02:10+11:00", "2026-11-22T08:02:10+00:00"),
        ("2026-11-22T09:02:12Z", "2026-11-22T09:02:12+00:00"),
    ],
)
def test_when_it_changed(text: str, moment: str) -> None:
    assert event(hook(at=text)).occurred_at == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("date", "time", "scheduled"),
    [
        ("2026-11-22", "19:00", "2026-11-22T08:00:00+00:00"),
        ("2026-11-22T00:00:00", "19:30:00", "2026-11-22T08:30:00+00:00"),
        ("2026-07-01", "0001-01-01T19:00:00", "2026-07-01T09:00:00+00:00"),
        ("2026-11-22", "7 pm", None),
        ("tomorrow", "19:00", None),
        (None, "19:00", None),
        ("2026-11-22", None, None),
        ("0001-01-01", "00:00", None),
        ("9999-12-31", "23:59", None),
        (20261122, 1900, "2026-11-22T08:00:00+00:00"),
    ],
)
def test_the_visit_is_in_the_venues_time(date: object, time: object, scheduled: str | None) -> None:
    found = event(hook(VisitDate=date, VisitTime=time)).scheduled_at
    assert found == (datetime.fromisoformat(scheduled) if scheduled else None)


@pytest.mark.parametrize(
    ("given", "tables"),
    [
        (["12", "T3"], ("12", "T3")),
        ([12, 13], ("12", "13")),
        ([{"Name": "12"}, {"TableName": "13"}, {"Number": 14}, {"Area": "bar"}], ("12", "13", "14")),
        ("12, 13 ,", ("12", "13")),
        ([" 12 ", "", None, True, 1.5, []], ("12",)),
        ({"Name": "12"}, ()),
        (None, ()),
        (["x" * 99], ("x" * 64,)),
        ([str(number) for number in range(99)], tuple(str(number) for number in range(50))),
    ],
)
def test_tables_in_every_shape(given: object, tables: tuple[str, ...]) -> None:
    assert event(hook(Tables=given)).tables == tables


@pytest.mark.parametrize(
    ("given", "customer"),
    [
        (
            {"FirstName": "Alex", "LastName": "Example", "EmailAddress": "alex@example.com", "PhoneNumber": "555 0100"},
            Customer("Alex", "Example", "alex@example.com", "555 0100"),
        ),
        (
            {"Surname": "Example", "Mobile": "555 0101", "Phone": "555 0102"},
            Customer(None, "Example", None, "555 0101"),
        ),
        ({"FirstName": "x" * 500}, Customer("x" * 200)),
        ({"FirstName": ["Alex"]}, None),
        ({}, None),
        ("Alex", None),
        (None, None),
    ],
)
def test_the_guest(given: object, customer: Customer | None) -> None:
    assert event(hook(Customer=given)).customer == customer


@pytest.mark.parametrize(
    ("given", "payment"),
    [
        (
            {"Amount": Decimal("80.5"), "AmountPaid": "50.00", "Currency": "AUD", "TransactionId": 7},
            PaymentSummary("deposit", Decimal("80.5"), Decimal("50.00"), None, "AUD", "7"),
        ),
        ({"AmountPaid": 50, "Currency": "dollars"}, PaymentSummary("deposit", amount_paid=Decimal(50))),
        ({"AmountPaid": "much"}, None),
        ({"AmountPaid": Decimal("1e40")}, None),
        ({"AmountPaid": Decimal("NaN")}, None),
        ({"Currency": "AUD"}, None),
        ([50], None),
    ],
)
def test_a_deposit(given: object, payment: PaymentSummary | None) -> None:
    assert event(hook(Deposit=given)).payment == payment


def test_half_a_character_costs_no_seating() -> None:
    told = event(hook(SpecialRequests="Cake \ud83c", Tables=["1\ud800"], Customer={"FirstName": "\udfff"}))
    assert (told.notes, told.tables, told.customer) == ("Cake ?", ("1?",), Customer("?"))


@pytest.mark.parametrize(("size", "covers"), [(4, 4), ("4", 4), (0, None), (-1, None), (10**9, None), ([4], None)])
def test_covers(size: object, covers: int | None) -> None:
    assert event(hook(PartySize=size)).party_size == covers


@pytest.mark.parametrize(("code", "kind"), [("ONLINE", "booking"), ("Walk-In", "walkin"), ("WALKIN", "walkin")])
def test_walk_ins(code: str, kind: str) -> None:
    assert event(hook(ChannelCode=code)).kind == kind


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ([{"ChangeType": "Created"}], "created"),
        ([{"ChangeType": "NewBooking"}, {"ChangeType": "X"}], "created"),
        ([{"ChangeType": "StatusChanged"}], "updated"),
        ([{"ChangeType": None}, {}, "Created"], "updated"),
        ("Created", "updated"),
    ],
)
def test_the_first_of_a_booking(changes: object, type_: str) -> None:
    assert event(hook(changes=changes)).type == type_


@pytest.mark.parametrize(
    ("named", "restaurant", "is_ours"),
    [
        ({}, "exampletable", True),
        ({}, "8230", True),
        ({}, "OtherTable", False),
        ({"MicrositeName": None}, "8230", True),
        ({"MicrositeName": None, "ProviderId": None}, "OtherTable", True),
    ],
)
def test_another_restaurants_booking_is_not_ours(named: dict[str, Any], restaurant: str, is_ours: bool) -> None:
    found = read(hook(**named), replace(VENUE, resdiary_restaurant=restaurant))
    assert (found is not None) is is_ours


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (None, ""),
        ([], ""),
        ({}, "/Booking"),
        ({"Booking": [], "ChangeDateTime": "2026-11-22T08:02:10Z"}, "/Booking"),
        (hook(Id=None), "/Booking/Id"),
        (hook(Id=""), "/Booking/Id"),
        (hook(Id="with blank"), "/Booking/Id"),
        (hook(Id="x" * 129), "/Booking/Id"),
        (hook(at=None), "/ChangeDateTime"),
        (hook(at="yesterday"), "/ChangeDateTime"),
        (hook(at="0001-01-01T00:00:00"), "/ChangeDateTime"),
        (hook(at="9999-12-31T23:59:59-10:00"), "/ChangeDateTime"),
        (hook(at="2026-11-22T09:02:13Z"), "/ChangeDateTime"),
    ],
)
def test_what_cannot_be_taken_is_pointed_at(content: object, pointer: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read(content)
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
