"""Lists of orders: path filters in any combination, queries, pages of 25, newest first, behind the writes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sandbox.kounta.back_office import Company
from sandbox.kounta.models import ListedOrder, Order
from sandbox.kounta.order_schema import STATUSES
from sandbox.kounta.order_view import row_json
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.state import KountaState
from sandbox.messages import Json

PAGE = 25
ID_FILTERS = {"sites", "registers", "staff", "customers"}
FLAG_FILTERS = {"discounted", "deleted", "linkedcustomer"}
STATUS_WORDS = {status.lower(): status for status in STATUSES}
COMPARISONS = ("lte", "gte", "lt", "gt")
Comparable = TypeVar("Comparable", datetime, Decimal)


@dataclass
class OrderFilter:
    """What a list is narrowed to."""

    ids: dict[str, int] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    status: str | None = None
    on_account: bool = False
    created: list[tuple[str, datetime]] = field(default_factory=list)
    value: list[tuple[str, Decimal]] = field(default_factory=list)
    start: int | None = None

    def lets_through(self, order: Order, version: ListedOrder) -> bool:
        """Whether this version of an order is listed."""
        created = order.created_at.replace(microsecond=0)
        shown = {
            "sites": order.site_id,
            "registers": version.register_id,
            "staff": version.staff_id,
            "customers": version.customer_id,
        }
        return (
            version.deleted == ("deleted" in self.flags)
            and all(shown[name] == wanted for name, wanted in self.ids.items())
            and (self.status is None or version.status == self.status)
            and (not self.on_account or version.on_account)
            and ("discounted" not in self.flags or version.discounted)
            and ("linkedcustomer" not in self.flags or version.customer_id is not None)
            and all(_holds(_compare(created, bound), sign) for sign, bound in self.created)
            and all(_holds(_compare(version.total, bound), sign) for sign, bound in self.value)
        )


def path_filter(segments: list[str]) -> OrderFilter:
    """Read the filters off a path's segments (`orders` itself left out); raises RefusalError 404 for others."""
    wanted = OrderFilter()
    rest = list(segments)
    while rest:
        word = rest.pop(0)
        if word in ID_FILTERS and rest and rest[0].isdigit():
            wanted.ids[word] = int(rest.pop(0))
        elif word in FLAG_FILTERS:
            wanted.flags.add(word)
        elif word in STATUS_WORDS:
            wanted.status = STATUS_WORDS[word]
            if word == "pending" and rest[:1] == ["accounts"]:
                rest.pop(0)
                wanted.on_account = True
        else:
            raise not_found()
    return wanted


def add_query(wanted: OrderFilter, query: list[tuple[str, str]]) -> None:
    """Read `created_*`, `value_*` and the page cursor; raises RefusalError 400 for values that cannot be read."""
    for name, text in query:
        kind, _, sign = name.partition("_")
        if name == "start":
            if not text.isdigit():
                raise RefusalError(400, f"Invalid value for start: {text}")
            wanted.start = int(text)
        elif kind == "created" and sign in COMPARISONS:
            wanted.created.append((sign, _moment(text, sign)))
        elif kind == "value" and sign in COMPARISONS:
            wanted.value.append((sign, _amount(name, text)))


def page_of_orders(state: KountaState, company: Company, wanted: OrderFilter) -> tuple[list[Json], int | None]:
    """One page of rows and where the next one starts (None: this is the last)."""
    visible_until = state.now() - timedelta(seconds=state.switches.list_lag_s)
    rows: list[Json] = []
    for order in state.orders.newest_first():
        if order.company_id != company.id or (wanted.start is not None and order.id > wanted.start):
            continue
        version = next((one for one in reversed(order.listed) if one.at <= visible_until), None)
        if version is None or not wanted.lets_through(order, version):
            continue
        if len(rows) == PAGE:
            return rows, order.id
        rows.append(row_json(order, version, company.utc_offset))
    return rows, None


def _compare(value: Comparable, bound: Comparable) -> int:
    return (value > bound) - (value < bound)


def _holds(comparison: int, sign: str) -> bool:
    return {"lt": comparison < 0, "lte": comparison <= 0, "gt": comparison > 0, "gte": comparison >= 0}[sign]


def _moment(text: str, sign: str) -> datetime:
    # Kounta docs: "Dates specified without times will have times inferred based on the given sign. For example,
    # created_gt=2019-03-01 becomes 2019-03-01T23:59:59Z".
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        text += "T23:59:59Z" if sign in {"gt", "lte"} else "T00:00:00Z"
    # A plus sign that was not escaped arrives as a blank.
    try:
        moment = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    except ValueError as unreadable:
        raise RefusalError(400, f"The datetime specified must be in ISO8601 format: {text}") from unreadable
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _amount(name: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as unreadable:
        raise RefusalError(400, f"Invalid value for {name}: {text}") from unreadable
