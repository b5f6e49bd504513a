"""Driver tracking: what its answers mean to the write protocol."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from shared.adapters.driver_tracking.classification import classify
from shared.adapters.http.clients import Received
from shared.domain.orders.writes import Outcome

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FAILED, REFUSED = "driver_tracking_failed", "driver_tracking_refused"


@pytest.mark.parametrize(
    ("status", "body", "outcome", "code", "message"),
    [
        (201, b'{"id": "DRV-1"}', Outcome.DONE, None, "DRV-1"),
        (200, b'{"id": 17}', Outcome.DONE, None, "17"),
        (200, b'{"id": true}', Outcome.DONE, None, None),
        (200, b'{"id": "a\\u0007b"}', Outcome.DONE, None, None),
        (202, b"ok", Outcome.DONE, None, None),
        (204, b"", Outcome.DONE, None, None),
        (409, b'{"error": "exists", "id": "DRV-1"}', Outcome.DONE, None, "DRV-1"),
        (409, b"", Outcome.DONE, None, None),
        (422, b'{"code": "duplicate"}', Outcome.DONE, None, None),
        (400, b'{"status": "duplicate", "id": "DRV-1"}', Outcome.DONE, None, "DRV-1"),
        (400, b'{"error": "no phone"}', Outcome.REFUSED, REFUSED, "no phone"),
        (401, b"", Outcome.REFUSED, REFUSED, None),
        (404, b"<html>not here</html>", Outcome.REFUSED, REFUSED, None),
        (410, b"", Outcome.REFUSED, REFUSED, None),
        (408, b"", Outcome.LOST, FAILED, None),
        (500, b'{"error": "duplicate"}', Outcome.LOST, FAILED, "duplicate"),
        (503, b"down", Outcome.LOST, FAILED, "down"),
        (301, b"", Outcome.STRANGE, FAILED, None),
        (200, b"<!doctype html><html>", Outcome.STRANGE, FAILED, None),
    ],
)
def test_what_an_answer_means(
    status: int, body: bytes, outcome: Outcome, code: str | None, message: str | None
) -> None:
    answer = classify(Received(status, httpx.Headers(), body), NOW)
    assert (answer.outcome, answer.code, answer.message) == (outcome, code, message)
    assert answer.http_status == status
    assert answer.pos_order_id is None


def test_a_wait_that_it_asks_for() -> None:
    answer = classify(Received(429, httpx.Headers({"retry-after": "30"}), b""), NOW)
    assert (answer.outcome, answer.code, answer.wait_s) == (Outcome.LIMITED, FAILED, 30)
