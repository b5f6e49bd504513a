"""What a driver-tracking service answered, in the words of the write protocol. Never raises.

answer                                                     outcome
─────────────────────────────────────────────────────────  ─────────────────────────────
2xx that is not a web page                                 DONE, with the service's id as `message`
409; any 4xx whose `code`, `error` or `status` is          DONE: it was told before, under the same `webhook-id`
`duplicate`
429                                                        LIMITED, `wait_s` when it says
408, 425, every 5xx; any transport error but the next      LOST: repeated with the same bytes and id
connection refused, connect time-out                       NOT_CONNECTED
other 4xx; an address that may not be called               REFUSED
everything else: 1xx, 3xx, a web page                      STRANGE
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.domain.orders.writes import Answer, Outcome

FAILED = "driver_tracking_failed"
REFUSED = "driver_tracking_refused"
LONGEST_ID = 100
_DUPLICATE = "duplicate"


def classify(received: Received, now: datetime) -> Answer:
    """The outcome of a call that was answered."""
    status = received.status
    said = _object(received.body)
    if status == 409 or (400 <= status <= 499 and _DUPLICATE in (said.get(key) for key in ("code", "error", "status"))):
        return Answer(Outcome.DONE, status, message=_id(said))
    message = answers.words(received)
    if status == 429:
        wait_s = answers.wait_s(received.headers, now)
        return Answer(Outcome.LIMITED, status, code=FAILED, message=message, wait_s=wait_s)
    if status in (408, 425) or 500 <= status <= 599:
        return Answer(Outcome.LOST, status, code=FAILED, message=message)
    if 400 <= status <= 499:
        return Answer(Outcome.REFUSED, status, code=REFUSED, message=message)
    if 200 <= status <= 299 and not answers.is_html(received):
        return Answer(Outcome.DONE, status, message=_id(said))
    return Answer(Outcome.STRANGE, status, code=FAILED, message=message)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _id(said: dict[str, Any]) -> str | None:
    given = said.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int):
        return None
    text = str(given)
    return text if text.isprintable() and 0 < len(text) <= LONGEST_ID else None
