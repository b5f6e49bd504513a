"""What is left to pay on an order of the POS; notes without our marker; cursors."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.domain.errors import BadInputError
from shared.domain.identities import without_markers
from shared.domain.orders.pos_order import PosOrder, amount_due
from shared.domain.orders.search import OrderFilters, Place, opened

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("total", "paid", "tips", "service", "service_paid", "due"),
    [
        (100, 0, 0, 0, None, 100),
        (100, 40, 0, 0, 0, 60),
        (100, 100, 0, 0, 0, 0),
        # a tip that nobody asked for pays for nothing
        (100, 40, 5, 0, 5, 60),
        (100, 100, 5, 0, 5, 0),
        (100, 100, 5, 0, None, 0),
        # a service charge belongs to the full payment
        (100, 0, 0, 10, 0, 110),
        (100, 50, 0, 10, 0, 60),
        (100, 100, 0, 10, 0, 10),
        (100, 110, 0, 10, 10, 0),
        (100, 100, 10, 10, 10, 0),
        (100, 100, 4, 10, 4, 6),
        (100, 104, 0, 10, 4, 6),
        (100, 104, 6, 10, 10, 0),
        # not told what was paid towards it: tips are
        (100, 100, 10, 10, None, 0),
        (100, 100, 4, 10, None, 6),
        (100, 110, 0, 10, None, 0),
        # more tips than the charge
        (100, 100, 15, 10, 15, 0),
        # overpaid
        (100, 120, 0, 10, 10, -10),
        (100, 120, 0, 0, 0, -20),
        # refunds
        (-100, -100, 0, 0, 0, 0),
        (-100, -40, 0, 0, 0, -60),
        (-100, -100, 0, -10, 0, -10),
    ],
)
def test_amount_due(total: int, paid: int, tips: int, service: int, service_paid: int | None, due: int) -> None:
    told = None if service_paid is None else Decimal(service_paid)
    amounts = {"total": Decimal(total), "paid": Decimal(paid), "tips": Decimal(tips)}
    assert amount_due(**amounts, service_charge=Decimal(service), service_paid=told) == due


@pytest.mark.parametrize(
    ("status", "deleted", "due"), [("PENDING", False, 9), ("REJECTED", False, 0), ("PENDING", True, 0)]
)
def test_nothing_is_due_on_what_is_gone(status: str, deleted: bool, due: int) -> None:
    assert PosOrder("1", status, AT, AT, total=Decimal(9), deleted=deleted).amount_due == due


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ("Table 12\nBooking (B-1)\n[PR-0123456789ABCDEF-1]", "Table 12\nBooking (B-1)"),
        ("No onions [PR-0123456789ABCDEF-12]", "No onions"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("[PR-0123456789ABCDEF-1]", None),
        ("[PR-else]", "[PR-else]"),
        ("", None),
        (None, None),
    ],
)
def test_notes_without_our_marker(notes: str | None, shown: str | None) -> None:
    assert without_markers(notes) == shown


def test_a_cursor_leads_back_to_its_place() -> None:
    filters = OrderFilters(status="COMPLETE", value=(("lt", Decimal(100)),), created=(("gt", AT),))
    for place in (Place("93824701"), Place("93824701", "9"), Place(None, "9")):
        assert opened(place.sealed("demo", filters), "demo", filters) == place


def test_a_cursor_of_another_list_or_of_nobody_is_refused() -> None:
    filters = OrderFilters(status="COMPLETE")
    cursor = Place("93824701").sealed("demo", filters)
    forged = base64.urlsafe_b64encode(b"https://elsewhere.example.com/.1.0123456789abcdef").decode().rstrip("=")
    for text, venue_id, asked in (
        (cursor, "other", filters),
        (cursor, "demo", OrderFilters()),
        (cursor[:-2], "demo", filters),
        (forged, "demo", filters),
        ("a", "demo", filters),
        ("____", "demo", filters),
    ):
        with pytest.raises(BadInputError) as caught:
            opened(text, venue_id, asked)
        assert [problem.pointer for problem in caught.value.problems] == ["/query/cursor"]
