"""What a reading request asks for: whose objects, which time, which page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, get_args

from shared.domain.access import READ_GUESTS, READ_VENUE, Caller
from shared.domain.errors import BadInputError, InputProblem, NotFoundError, NotGrantedError
from shared.domain.orders.order import Order
from shared.domain.readings import OrderQuery, OrderStatus
from shared.web.requests import ID, Request

T = TypeVar("T")

DEFAULT_DAYS = 14
MOST_DAYS = 92
MOST_ITEMS = 100
LONGEST_WAIT_S = 10
LONGEST_TEXT = 100
SOURCES = ("booking", "platform")
FIRST_YEAR, LAST_YEAR = 2000, 2100  # near the calendar's ends times cannot be moved between zones
_CURSOR = re.compile(r"\d{4}-\d\d-\d\dT[\x21-\x7e]{1,180}")


@dataclass(frozen=True, slots=True)
class Whose:
    """Objects of one platform at one venue."""

    venue_id: str
    platform: str


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A page of what lies from `since` to before `until`."""

    since: datetime
    until: datetime
    limit: int
    cursor: str | None


def covered(request: Request) -> tuple[Caller, str]:
    """The caller and the venue, if the key covers it. Raises NotGrantedError."""
    venue_id = request.path["venue_id"]
    if request.caller is None or not request.caller.may_touch(venue_id):
        raise NotGrantedError("the key does not cover this venue")
    return request.caller, venue_id


def own_or_granted(request: Request, scope: str) -> Whose:
    """The caller's own objects; another platform's, named by `?platform=`, with the scope. Raises NotGrantedError."""
    caller, venue_id = covered(request)
    platform = request.query.get("platform", caller.platform)
    if platform != caller.platform and scope not in caller.scopes:
        raise NotGrantedError(f"the key lacks the scope {scope}", code="scope_not_granted")
    if not ID.fullmatch(platform):
        raise _wrong("platform", "not the id of a platform")
    return Whose(venue_id, platform)


def readable(request: Request, order: Order | None) -> Order:
    """An order that the caller may see: their platform's, or the venue's with the scope. Raises NotFoundError: whether
    somebody else's order exists is nobody's business."""
    caller, venue_id = covered(request)
    if order is None or order.venue_id != venue_id:
        raise NotFoundError("there is no such order")
    if order.platform != caller.platform and READ_VENUE not in caller.scopes:
        raise NotFoundError("there is no such order")
    return order


def shows_guest(request: Request, order: Order) -> bool:
    """Whether the caller may see whose order it is: their platform's guests, or everybody's with the scope."""
    caller, _ = covered(request)
    return order.platform == caller.platform or READ_GUESTS in caller.scopes


def order_query(request: Request, now: datetime) -> OrderQuery:
    """Which orders a list asks for: the caller's platform's, with `venue:read` everybody's or those of `?platform=`.
    Raises NotGrantedError, BadInputError."""
    caller, venue_id = covered(request)
    asked = time_range(request, now)
    sees_all = READ_VENUE in caller.scopes and "platform" not in request.query
    text = request.query.get("q")
    if text is not None and not 0 < len(text.strip()) <= LONGEST_TEXT:
        raise _wrong("q", f"1 to {LONGEST_TEXT} characters")
    return OrderQuery(
        venue_id,
        asked.since,
        asked.until,
        asked.limit,
        asked.cursor,
        platform=None if sees_all else own_or_granted(request, READ_VENUE).platform,
        status=_one_of(request, "status", get_args(OrderStatus)),
        failed=flag(request, "failed") if "failed" in request.query else None,
        source=_one_of(request, "source", SOURCES),
        text=text,
        guests_of=None if READ_GUESTS in caller.scopes else caller.platform,
    )


def present(found: T | None, what: str) -> T:
    """What was found. Raises NotFoundError."""
    if found is None:
        raise NotFoundError(f"there is no such {what}")
    return found


def time_range(request: Request, now: datetime) -> TimeRange:
    """`from`, `to`, `limit`, `cursor` of a query; 14 days back by default. Raises BadInputError."""
    until = _moment(request, "to") or now + timedelta(seconds=1)
    since = _moment(request, "from") or until - timedelta(days=DEFAULT_DAYS)
    if since > until:
        raise _wrong("from", "lies behind `to`")
    if until - since > timedelta(days=MOST_DAYS):
        raise _wrong("from", f"at most {MOST_DAYS} days at once")
    cursor = request.query.get("cursor")
    if cursor is not None and not _is_place(cursor.replace(" ", "+")):
        raise _wrong("cursor", "not the `next` of a page")
    limit = _whole_number(request, "limit", "50", range(1, MOST_ITEMS + 1))
    return TimeRange(since, until, limit, cursor.replace(" ", "+") if cursor else None)


def wait(request: Request) -> int:
    """`?wait=`: how many seconds the caller will wait for the outcome. Raises BadInputError."""
    return _whole_number(request, "wait", "0", range(LONGEST_WAIT_S + 1))


def flag(request: Request, name: str) -> bool:
    """A switch of the query: `true` or `false`. Raises BadInputError."""
    text = request.query.get(name, "false")
    if text not in ("true", "false"):
        raise _wrong(name, "true or false")
    return text == "true"


def _one_of(request: Request, name: str, allowed: Sequence[str]) -> str | None:
    text = request.query.get(name)
    if text is not None and text not in allowed:
        raise _wrong(name, f"one of {', '.join(allowed)}")
    return text


def _whole_number(request: Request, name: str, default: str, allowed: range) -> int:
    text = request.query.get(name, default)
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) not in allowed:
        raise _wrong(name, f"a whole number from {allowed[0]} to {allowed[-1]}")
    return int(text)


def _is_place(cursor: str) -> bool:
    try:
        date.fromisoformat(cursor[:10])
    except ValueError:
        return False
    return _CURSOR.fullmatch(cursor) is not None


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise _wrong(name, "an RFC 3339 time or a date") from None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise _wrong(name, f"lies outside the years {FIRST_YEAR} to {LAST_YEAR - 1}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _wrong(name: str, detail: str) -> BadInputError:
    return BadInputError(f"`{name}`: {detail}", problems=(InputProblem(f"/query/{name}", detail),))
