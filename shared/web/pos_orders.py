"""What a reading request asks of the POS: which orders, which page, which part of an order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

from shared.domain import money
from shared.domain.errors import NotFoundError
from shared.domain.orders.search import STATUSES, Comparison, OrderFilters, bad_filter
from shared.web.lookups import FIRST_YEAR, LAST_YEAR, MOST_ITEMS
from shared.web.requests import Request

PAGE = 25
"""Orders on a page of Kounta's (observed: fixed), so on one of ours."""
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
FLAGS = ("pending_accounts", "discounted", "deleted", "linked_customer")
IDS = ("register_id", "staff_id", "customer_id")
FILTERS = (
    "status",
    *FLAGS,
    *IDS,
    *(f"{what}_{sign}" for what in ("created", "value") for sign in COMPARISONS),
)
_NAME = re.compile("[a-z_]{1,40}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_POS_ID = re.compile(r"[0-9]{1,20}")
_SALE_ID = re.compile(r"[A-Za-z0-9]{8}")
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}")
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the list."""

    filters: OrderFilters
    limit: int
    cursor: str | None


def asked(query: Mapping[str, str]) -> Asked:
    """The filters, `limit` and `cursor` of a query. Raises BadInputError, also for a name that is none of them: a
    filter that is passed over would show orders that nobody asked for."""
    for name in query:
        if name not in (*FILTERS, "limit", "cursor"):
            raise bad_filter(name if _NAME.fullmatch(name) else "", "there is no such filter")
    cursor = query.get("cursor")
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise bad_filter("cursor", "not the `next` of a page")
    limit = query.get("limit", str(PAGE))
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MOST_ITEMS:
        raise bad_filter("limit", f"a whole number from 1 to {MOST_ITEMS}")
    return Asked(filters_in(query), min(int(limit), PAGE), cursor)


def filters_in(query: Mapping[str, str]) -> OrderFilters:
    """The filters of a query (Kounta docs: Get orders). Raises BadInputError that points at the first wrong one."""
    flags = {name: _flag(name, query.get(name, "false")) for name in FLAGS}
    status = query["status"].upper() if "status" in query else None
    if status is not None and status not in STATUSES:
        raise bad_filter("status", f"one of {', '.join(each.lower() for each in STATUSES)}")
    if flags["pending_accounts"] and status not in (None, "PENDING"):
        raise bad_filter("pending_accounts", "these are pending; leave `status` out")
    ids = {name: query[name] for name in IDS if name in query}
    for name, text in ids.items():
        if not _POS_ID.fullmatch(text):
            raise bad_filter(name, "an id of the POS: digits")
    return OrderFilters(
        status=status,
        pending_accounts=flags["pending_accounts"],
        discounted=flags["discounted"],
        deleted=flags["deleted"],
        linked_customer=flags["linked_customer"],
        register_id=ids.get("register_id"),
        staff_id=ids.get("staff_id"),
        customer_id=ids.get("customer_id"),
        created=tuple((sign, _when(f"created_{sign}", query)) for sign in COMPARISONS if f"created_{sign}" in query),
        value=tuple((sign, _amount(f"value_{sign}", query)) for sign in COMPARISONS if f"value_{sign}" in query),
    )


def pos_order_id(request: Request) -> str:
    """The POS's id in the address. Raises NotFoundError for what is none."""
    return _like(_POS_ID, request.path["pos_order_id"])


def sale_id(request: Request) -> str:
    """The eight characters printed on the receipt. Raises NotFoundError for what cannot be such."""
    return _like(_SALE_ID, request.path["sale_id"])


def number(request: Request) -> int:
    """The place of a line or option set in the address, 1 = first. Raises NotFoundError for what is none."""
    return int(_like(re.compile("[1-9][0-9]{0,8}"), request.path["number"]))


def _like(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise NotFoundError("there is no such thing in the POS")
    return text


def _flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise bad_filter(name, "true or false")
    return text == "true"


def _when(name: str, query: Mapping[str, str]) -> date | datetime:
    # A plus sign that was not percent-encoded arrives as a space.
    text = query[name].replace(" ", "+")
    try:
        bound = date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        raise bad_filter(name, "a date or an RFC 3339 time") from None
    if not FIRST_YEAR <= bound.year < LAST_YEAR:
        raise bad_filter(name, f"lies outside the years {FIRST_YEAR} to {LAST_YEAR - 1}")
    if not isinstance(bound, datetime):
        return bound
    return (bound if bound.tzinfo else bound.replace(tzinfo=UTC)).astimezone(UTC)


def _amount(name: str, query: Mapping[str, str]) -> Decimal:
    try:
        amount = money.amount(query[name])
    except ValueError:
        raise bad_filter(name, "an amount such as 49.90") from None
    exponent = amount.as_tuple().exponent
    if abs(amount) >= _LARGEST or not isinstance(exponent, int) or exponent < -6:
        raise bad_filter(name, "an amount such as 49.90")
    return amount
