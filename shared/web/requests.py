"""What API Gateway hands a function, read once and safely (HTTP API, payload format 2.0)."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared.domain.access import Caller
from shared.domain.errors import BadInputError, NotFoundError, NotGrantedError, RelayError
from shared.web.problems import Response, answer, problem

log = logging.getLogger("posrelay.web")

MOST_BYTES = 256 * 1024
ID = re.compile(r"[\x21-\x7e]{1,128}")
"""What an id in an address looks like; a longer one would not fit into a key of the table."""


@dataclass(frozen=True)
class Request:
    """One HTTP request. `body` is the raw bytes as they came over the wire: signatures are computed over these."""

    route: str
    """As in the template: `POST /v1/venues/{venue_id}/booking-events`."""
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    request_id: str
    caller: Caller | None

    def json(self) -> Any:
        """The body as JSON, numbers as int or Decimal. Raises BadInputError: 413 too large, 400 not JSON."""
        if len(self.body) > MOST_BYTES:
            raise BadInputError(
                f"the body has {len(self.body)} bytes; at most {MOST_BYTES} are taken", code="too_large", status=413
            )
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadInputError("the body is not JSON", code="not_json", status=400) from error

    def json_or_nothing(self) -> Any:
        """The body as JSON, an empty object when there is none. Raises BadInputError like `json`."""
        return self.json() if self.body.strip() else {}

    def granted(self, venue_id: str, scope: str) -> Caller:
        """The caller, if the key covers this venue and scope. Raises NotGrantedError."""
        if self.caller is None or not self.caller.may_touch(venue_id):
            raise NotGrantedError("the key does not cover this venue")
        if scope not in self.caller.scopes:
            raise NotGrantedError(f"the key lacks the scope {scope}", code="scope_not_granted")
        return self.caller


def read_request(event: Mapping[str, Any]) -> Request:
    """The request in an API Gateway event. Raises BadInputError for a body that is not what it claims to be,
    NotFoundError for an address that cannot be anybody's."""
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError) as error:
        raise BadInputError("the body is not base64", code="not_json", status=400) from error
    context = event.get("requestContext", {})
    path = dict(event.get("pathParameters") or {})
    if not all(ID.fullmatch(part) for part in path.values()):
        raise NotFoundError("there is nothing at this address")
    return Request(
        route=str(event.get("routeKey", "")),
        path=path,
        query=dict(event.get("queryStringParameters") or {}),
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=raw,
        request_id=str(context.get("requestId", "")),
        caller=_caller(context.get("authorizer", {}).get("lambda")),
    )


def serve(event: Mapping[str, Any], respond: Callable[[Request], Response]) -> Response:
    """The answer to a request; every RelayError becomes the one error shape, anything else a 500 of that shape."""
    request_id = str(event.get("requestContext", {}).get("requestId", ""))
    try:
        return respond(read_request(event))
    except RelayError as error:
        return problem(error, request_id)
    except Exception as error:
        log.exception("request failed", extra={"request_id": request_id, "error": type(error).__name__})
        failed = RelayError("the relay could not do this; nothing was lost, try again")
        failed.code = "internal_error"
        return problem(failed, request_id)


def authorized(caller: Caller) -> dict[str, Any]:
    """What the authorizer hands on to the functions."""
    context = {
        "platform": caller.platform,
        "scopes": " ".join(sorted(caller.scopes)),
        "venues": " ".join(sorted(caller.venues)),
        "key_id": caller.key_id,
    }
    return {"isAuthorized": True, "context": context}


def _caller(context: Mapping[str, Any] | None) -> Caller | None:
    if not context or "platform" not in context:
        return None
    return Caller(
        platform=str(context["platform"]),
        scopes=frozenset(str(context.get("scopes", "")).split()),
        venues=frozenset(str(context.get("venues", "")).split()),
        key_id=str(context.get("key_id", "")),
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


__all__ = ["Request", "answer", "authorized", "read_request", "serve"]
