"""What a reading request asks for: whose objects, which time, which page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from shared.domain.access import READ_VENUE, Caller
from shared.domain.errors import BadInputError, InputProblem, NotFoundError, NotGrantedError
from shared.domain.orders.order import Order
from shared.web.requests import Request

T = TypeVar("T")

DEFAULT_DAYS = 14
MOST_DAYS = 92
MOST_ITEMS = 100


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
    return TimeRange(since, until, _limit(request), request.query.get("cursor"))


def _limit(request: Request) -> int:
    text = request.query.get("limit", "50")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_ITEMS:
        raise _wrong("limit", f"a number from 1 to {MOST_ITEMS}")
    return int(text)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise _wrong(name, "an RFC 3339 time or a date") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _wrong(name: str, detail: str) -> BadInputError:
    return BadInputError(f"`{name}`: {detail}", problems=(InputProblem(f"/query/{name}", detail),))
