"""Webhook endpoints of the contract: foreign JSON in, domain values out, and what is shown of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domain.access import MANAGE_WEBHOOKS, Caller
from shared.domain.deliveries.addresses import LONGEST_URL, problem_of
from shared.domain.deliveries.delivery import Attempt, Delivery
from shared.domain.deliveries.endpoint import EVENT_TYPES, Endpoint, Wish
from shared.domain.errors import BadInputError, InputProblem, NotFoundError, NotGrantedError
from shared.web.foreign import Moment, read_as
from shared.web.requests import Request

ENDPOINT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CURSOR = r"^\d{4}-\d\d-\d\dT[\x21-\x7e]{1,180}$"


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookEndpointIn(_Input):
    """How an endpoint shall be. What is left out has its default, whatever it was before."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)] = Field(
        description="https, reachable from the open internet, without user, password and fragment."
    )
    types: Annotated[list[str], Field(max_length=50)] = Field(
        default_factory=list, description=f"Of: {', '.join(EVENT_TYPES)}. Empty: all, later ones too."
    )
    contact_email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+$")] | None = Field(
        default=None, description="Who is told when we pause or disable it."
    )
    paused: bool = Field(default=False, strict=True, description="Events are kept for a replay, not sent.")
    rotate_secret: bool = Field(
        strict=True, default=False, description="Makes a new secret; the one before signs on beside it for a day."
    )


class ReplayIn(_Input):
    """What to send again: all events from `from` to before `to`."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] | None = Field(
        default=None, description="The `next` of the answer before, when there was more than one call takes."
    )


def manager(request: Request) -> Caller:
    """The caller, if the key may manage webhooks. Raises NotGrantedError."""
    if request.caller is None or MANAGE_WEBHOOKS not in request.caller.scopes:
        raise NotGrantedError(f"the key lacks the scope {MANAGE_WEBHOOKS}", code="scope_not_granted")
    return request.caller


def managed(request: Request, get: Callable[[str, str], Endpoint]) -> Endpoint:
    """The endpoint of the address, if the key may manage it. Raises NotFoundError: others' are nobody's business."""
    caller = manager(request)
    endpoint = get(caller.platform, request.path["endpoint_id"])
    if not endpoint.is_managed_by(caller):
        raise NotFoundError("there is no such webhook endpoint")
    return endpoint


def wished(request: Request, may_be_private: bool) -> tuple[Caller, str, Wish]:
    """(caller, endpoint id, how it shall be). Raises BadInputError, NotGrantedError."""
    caller, endpoint_id = manager(request), request.path["endpoint_id"]
    if not ENDPOINT_ID.fullmatch(endpoint_id):
        raise _wrong("", "an endpoint's id is 1 to 64 letters, digits, - and _")
    content = read_as(WebhookEndpointIn, request.json(), "the webhook endpoint")
    if trouble := problem_of(content.url, may_be_private=may_be_private):
        raise _wrong("/url", trouble)
    for place, event_type in enumerate(content.types):
        if event_type not in EVENT_TYPES:
            raise _wrong(f"/types/{place}", "there is no such event")
    return (
        caller,
        endpoint_id,
        Wish(
            url=content.url,
            types=tuple(dict.fromkeys(content.types)),
            venues=tuple(sorted(caller.venues)),
            contact_email=content.contact_email,
            paused=content.paused,
            rotate_secret=content.rotate_secret,
        ),
    )


def allowed_to_change(caller: Caller, endpoint_id: str, endpoints: Sequence[Endpoint]) -> None:
    """Raises NotGrantedError for an endpoint that hears of venues which this key does not cover."""
    for endpoint in endpoints:
        if endpoint.id == endpoint_id and not endpoint.is_managed_by(caller):
            raise NotGrantedError("the endpoint hears of venues that the key does not cover")


def replay_range(request: Request) -> tuple[datetime, datetime, str | None]:
    """(from, to, cursor). Raises BadInputError."""
    content = read_as(ReplayIn, request.json(), "the replay")
    if content.since > content.until:
        raise _wrong("/from", "lies behind `to`")
    if (content.until - content.since).days > MOST_DAYS:
        raise _wrong("/from", f"at most {MOST_DAYS} days at once")
    return content.since, content.until, content.cursor


MOST_DAYS = 31
"""Days that one replay covers: deliveries are kept for 30."""


def endpoint_view(endpoint: Endpoint, secret: str | None = None) -> dict[str, Any]:
    """An endpoint; its newest secret only when it was made just now."""
    content: dict[str, Any] = {
        "id": endpoint.id,
        "url": endpoint.url,
        "types": list(endpoint.types),
        "venues": list(endpoint.venues),
        "contact_email": endpoint.contact_email,
        "state": endpoint.state,
        "reason": endpoint.reason,
        "failing_since": _time(endpoint.failing_since),
        "created_at": _time(endpoint.created_at),
        "secret_created_at": _time(endpoint.secrets[0].created_at) if endpoint.secrets else None,
    }
    return content if secret is None else {**content, "secret": secret}


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    """A delivery with its latest attempts."""
    return {
        "event_id": delivery.event_id,
        "type": delivery.type,
        "venue_id": delivery.venue_id or None,
        "state": delivery.state,
        "created_at": _time(delivery.created_at),
        "next_attempt_at": _time(delivery.due_at),
        "attempts": [_attempt_view(each) for each in delivery.attempts],
    }


def _attempt_view(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "manual": attempt.manual,
        "started_at": _time(attempt.started_at),
        "ended_at": _time(attempt.ended_at),
        "http_status": attempt.status,
        "error": attempt.error,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _wrong(pointer: str, detail: str) -> BadInputError:
    return BadInputError(f"{pointer or 'address'}: {detail}", problems=(InputProblem(pointer, detail),))
