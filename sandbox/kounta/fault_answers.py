"""What the answers of injected faults look like."""

from __future__ import annotations

import math
from datetime import datetime

from sandbox.faults import Fault
from sandbox.kounta.idempotency import key_in_use, key_used_otherwise
from sandbox.kounta.rate_limit import limit_exceeded
from sandbox.kounta.refusals import RefusalError
from sandbox.messages import SandboxAnswer

TEXTS = {
    401: "The access token provided is invalid.",
    403: "You do not have permission to access this resource.",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def bare_answer(fault: Fault, operation: str, now: datetime) -> SandboxAnswer:
    """An answer such as 503 or 429, with nothing processed and nothing stored."""
    status = fault.bare_status or 500
    if status == 429:
        reset = {} if fault.reset_s is None else {"X-Ratelimit-Reset": str(math.ceil(now.timestamp() + fault.reset_s))}
        return limit_exceeded({"X-Ratelimit-Remaining": "0", **reset})
    if operation == "kounta.create_order" and status in {409, 422}:
        return (key_in_use() if status == 409 else key_used_otherwise()).answer()
    return RefusalError(status, TEXTS.get(status, "The request was refused.")).answer()


def stored_answer(fault: Fault) -> SandboxAnswer:
    """The answer of `500_stored` and its kind."""
    status = fault.stored_status or 500
    if status == 429:
        return limit_exceeded({})
    return RefusalError(status, TEXTS[status]).answer()


def server_error() -> SandboxAnswer:
    """A plain 500."""
    return RefusalError(500, TEXTS[500]).answer()
