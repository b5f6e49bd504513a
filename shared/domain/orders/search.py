"""What the POS's own list of orders can be narrowed to (Kounta docs: Get orders), and a place in that list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from shared.domain.errors import BadInputError, InputProblem

STATUSES = ("SUBMITTED", "ON_HOLD", "ACCEPTED", "REJECTED", "PENDING", "COMPLETE")
"""Kounta docs: Update an order."""
Comparison = Literal["lt", "lte", "gt", "gte"]
COMPARISONS: tuple[Comparison, ...] = ("lt", "lte", "gt", "gte")
_PLACE = re.compile(r"([A-Za-z0-9_=-]{0,64})\.([0-9]{0,20})\.([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """All filters hold at once; the site is not among them: it is always the venue's own."""

    status: str | None = None
    """One of `STATUSES`; None: all."""
    pending_accounts: bool = False
    """Pending account sales; says the status too."""
    discounted: bool = False
    deleted: bool = False
    linked_customer: bool = False
    """A customer is attached."""
    register_id: str | None = None
    staff_id: str | None = None
    customer_id: str | None = None
    created: tuple[tuple[Comparison, date | datetime], ...] = ()
    """A date without time is handed on as it is: the POS takes it for the day's end with `gt` (Kounta docs)."""
    value: tuple[tuple[Comparison, Decimal], ...] = ()
    """The order's total."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the POS's own mark of a page, and the order in it after which to go on."""

    start: str | None = None
    after: str | None = None

    def sealed(self, venue_id: str, filters: OrderFilters) -> str:
        """The cursor that callers are given. It holds a position and nothing else: the list that it is a position in is
        always built anew from the venue's own site."""
        text = f"{self.start or ''}.{self.after or ''}.{_digest(venue_id, filters)}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(cursor: str, venue_id: str, filters: OrderFilters) -> Place:
    """The place in a cursor. Raises BadInputError for one that is not of this venue's list with these filters."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found = _PLACE.fullmatch(text)
    if found is None or found[3] != _digest(venue_id, filters):
        raise bad_filter("cursor", "not the `next` of a page of this list with these filters")
    return Place(found[1] or None, found[2] or None)


def bad_filter(name: str, detail: str) -> BadInputError:
    """A parameter of the query that cannot be taken; without a name: all of them together."""
    pointer = f"/query/{name}" if name else "/query"
    return BadInputError(f"`{name}`: {detail}" if name else detail, problems=(InputProblem(pointer, detail),))


def _digest(venue_id: str, filters: OrderFilters) -> str:
    return hashlib.sha256(f"{venue_id} {filters!r}".encode()).hexdigest()[:16]
