"""Are tables called the same at the booking platform and in the POS? Names of both sides, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from ops.errors import OperatorError
from ops.stack import DeployedStack
from shared.adapters.dynamodb.readings import DynamoDBReadings
from shared.domain.venues import Venue

DAYS = 14
MOST_BOOKINGS = 200
PAGE = 100


class Match(StrEnum):
    """How a platform's name leads to a table of the POS, or not."""

    SAME = "matched"
    MAPPED = "mapped"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class TableName:
    """One name of the booking platform's. `pos`: what staff read. `known`: whether the POS has such a table; None when
    it could not be asked. `proposed`: a table of the POS that may be meant."""

    name: str
    match: Match
    pos: str
    known: bool | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All names. `left_over`: the POS's tables that no name leads to, or may."""

    names: tuple[TableName, ...]
    left_over: tuple[str, ...]

    @property
    def unmatched(self) -> tuple[TableName, ...]:
        """Names that need a line in the venue's file."""
        return tuple(one for one in self.names if one.match is Match.UNMATCHED)

    def toml(self) -> list[str]:
        """Lines for the venue's file; a name that nothing was found for waits behind a `#`."""
        if not self.unmatched:
            return []
        lines = [
            f"{_quoted(one.name)} = {_quoted(one.proposed)}" if one.proposed else f'# {_quoted(one.name)} = "?"'
            for one in self.unmatched
        ]
        return ["[tables]", *lines]


def compare(venue: Venue, seen: Iterable[str], of_pos: Sequence[str] | None) -> Comparison:
    """The platform's names held against the POS's; without these, only what is mapped is known."""
    there = set(of_pos or ())
    names = []
    for name in sorted({one.strip() for one in seen if one.strip()} | set(venue.tables), key=_natural):
        pos = venue.pos_table(name)
        known = None if of_pos is None else pos in there
        if known or (known is None and name in venue.tables):
            names.append(TableName(name, Match.MAPPED if name in venue.tables else Match.SAME, pos, known))
        else:
            names.append(TableName(name, Match.UNMATCHED, pos, known, _alike(name, of_pos or ())))
    reached = {one.proposed or one.pos for one in names}
    return Comparison(tuple(names), tuple(sorted(there - reached, key=_natural)))


def seen_in_bookings(stack: DeployedStack, venue: Venue) -> tuple[set[str], int]:
    """(names, bookings looked at): the tables of the bookings behind the newest of the sales of the last days."""
    readings = DynamoDBReadings(stack.dynamodb, stack.addresses.table)
    now = stack.now()
    names: set[str] = set()
    orders: list[str] = []
    cursor = None
    while True:
        page = readings.sales(venue.id, now - timedelta(days=DAYS), now + timedelta(days=1), PAGE, cursor)
        orders += [sale.order_id for sale in page.sales if sale.order_id and sale.booking_id]
        cursor = page.next
        if cursor is None:
            break
    looked_at = orders[-MOST_BOOKINGS:]
    for order_id in looked_at:
        order = readings.order(order_id)
        if order is None or order.booking_id is None:
            continue
        found = readings.booking(venue.id, order.platform, order.booking_id)
        if found is not None:
            names.update(found.booking.details.tables)
    return names, len(looked_at)


def read_names(file: Path) -> set[str]:
    """Names from a file: a JSON list, or one name a line. Raises OperatorError."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file}: cannot be read", "name a text file with one table a line") from error
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except ValueError as error:
            raise OperatorError(f"{file}: not JSON", "give a list of names, or one name a line") from error
        return {str(one).strip() for one in listed if isinstance(one, str | int) and str(one).strip()}
    return {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")}


def _alike(name: str, of_pos: Sequence[str]) -> str | None:
    """The one table of the POS whose name has the same letters and digits, else the one with the same number."""
    for reduce in (_letters, _number):
        wanted = reduce(name)
        found = [one for one in of_pos if wanted and reduce(one) == wanted]
        if len(found) == 1:
            return found[0]
    return None


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold().removeprefix("table") if sign.isalnum())


def _number(name: str) -> str:
    """The digits, when all stand together: `T12` and `Table 12` are 12, `1-2` is nothing."""
    groups = "".join(sign if sign.isdecimal() else " " for sign in name).split()
    return groups[0].lstrip("0") if len(groups) == 1 else ""


def _natural(name: str) -> tuple[str, int, str]:
    number = _number(name)
    return "".join(sign for sign in name if not sign.isdecimal()), int(number or 0), name


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
