"""Foreign JSON at its edges: what is taken as what, and what each refusal points at."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from shared.domain.errors import BadInputError
from shared.web.foreign import Moment, Money, VendorId, VisibleId, read_as


class Paid(BaseModel):
    """One of each kind."""

    id: VisibleId = "x"
    order: VendorId = "1"
    at: Moment = datetime(2026, 11, 22, tzinfo=UTC)
    amount: Money = Decimal(0)
    parts: dict[str, "Paid"] = {}


@pytest.mark.parametrize(
    ("field", "given", "taken"),
    [
        ("amount", "45.50", Decimal("45.50")),
        ("amount", 45, Decimal(45)),
        ("amount", Decimal("45.5"), Decimal("45.5")),
        ("amount", "-3.141592", Decimal("-3.141592")),
        ("order", 9_100_000_000_000_000_001, "9100000000000000001"),
        ("order", "0007", "0007"),
        ("at", "2026-11-22T19:02:11+11:00", datetime(2026, 11, 22, 8, 2, 11, tzinfo=UTC)),
        ("at", "2026-11-22 08:02:11.250Z", datetime(2026, 11, 22, 8, 2, 11, 250_000, tzinfo=UTC)),
        ("at", "2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("id", "!~", "!~"),
    ],
)
def test_is_taken_as(field: str, given: Any, taken: Any) -> None:
    assert getattr(read_as(Paid, {field: given}, "the payment"), field) == taken


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("amount", 45.5),  # a float has lost what was written; JSON numbers are read as Decimal
        ("amount", True),
        ("amount", None),
        ("amount", ""),
        ("amount", "Infinity"),
        ("amount", "1e10"),
        ("amount", "0.0000001"),
        ("order", True),
        ("order", ""),
        ("order", Decimal("1.0")),
        ("at", "2026-11-22"),
        ("at", "2026-11-22T19:02:11"),
        ("at", "1795334531"),
        ("at", 1795334531),
        ("at", "2026-13-40T00:00:00Z"),
        ("at", "1999-12-31T23:59:59Z"),
        ("at", "2100-01-01T00:00:00Z"),
        ("id", "two words"),
        ("id", "line\n"),
        ("id", "ä"),
        ("id", "x" * 129),
    ],
)
def test_is_refused_with_a_pointer(field: str, given: Any) -> None:
    with pytest.raises(BadInputError) as caught:
        read_as(Paid, {field: given}, "the payment")
    assert (caught.value.status, [each.pointer for each in caught.value.problems]) == (422, [f"/{field}"])


def test_pointers_escape_what_has_a_meaning_in_them() -> None:
    with pytest.raises(BadInputError) as caught:
        read_as(Paid, {"parts": {"a/b~c": {"amount": "x"}}}, "the payment")
    assert caught.value.problems[0].pointer == "/parts/a~1b~0c/amount"


def test_a_long_quote_is_cut() -> None:
    with pytest.raises(BadInputError) as caught:
        read_as(Paid, {"amount": "9x" * 50_000}, "the payment")
    assert len(caught.value.problems[0].detail) <= 200
