"""The one error shape: RFC 9457 `application/problem+json`."""

from __future__ import annotations

import base64
import math
from http import HTTPStatus
from typing import Any

import simplejson

from shared.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    NotGrantedError,
    NotNowError,
    OutsideError,
    PacedError,
    PermissionLostError,
    ReferenceReusedError,
    RefusedError,
    RelayError,
    SignatureError,
)

Response = dict[str, Any]


def answer(status: int, content: object, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer for API Gateway's payload format 2.0. Decimals go out as strings."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": simplejson.dumps(content, use_decimal=False, default=str, separators=(",", ":"), ensure_ascii=False),
    }


def file(content: bytes, media_type: str) -> Response:
    """A file that is no text: API Gateway takes it in base64."""
    body = base64.b64encode(content).decode()
    return {"statusCode": 200, "headers": {"content-type": media_type}, "body": body, "isBase64Encoded": True}


def problem(error: RelayError, request_id: str) -> Response:
    """The answer to a request that could not be served."""
    status = _status(error)
    title = HTTPStatus(status).phrase
    content: dict[str, Any] = {
        "type": f"urn:posrelay:problem:{error.code}",
        "title": title,
        "status": status,
        "detail": str(error) or title,
        "code": error.code,
        "request_id": request_id,
    }
    if isinstance(error, BadInputError) and error.problems:
        content["errors"] = [{"pointer": each.pointer, "detail": each.detail} for each in error.problems]
    headers = {"content-type": "application/problem+json"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["retry-after"] = str(math.ceil(error.wait_s)) if isinstance(error, PacedError) else "2"
    elif isinstance(error, NotNowError) and error.wait_s is not None:
        headers["retry-after"] = str(math.ceil(error.wait_s))
    return answer(status, content, headers)


def _status(error: RelayError) -> int:
    match error:
        case BadInputError():
            return error.status
        case SignatureError():
            return HTTPStatus.UNAUTHORIZED
        case NotGrantedError():
            return HTTPStatus.FORBIDDEN
        case NotFoundError():
            return HTTPStatus.NOT_FOUND
        case ReferenceReusedError() | NotNowError():
            return HTTPStatus.CONFLICT
        case PermissionLostError() | RefusedError():  # somebody has to do something first
            return HTTPStatus.BAD_GATEWAY
        case ConflictError() | OutsideError():  # ours, not the caller's: it passes
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR
