"""Reads over HTTP: which answers are good, what the others mean, and how often to ask again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from shared.adapters.http import answers
from shared.adapters.http.clients import Clock, Received
from shared.domain.errors import PacedError, PermissionLostError, RefusedError, UnreachableError

TRIES = 3
SHORTEST_CALL_S = 0.5

Understood = TypeVar("Understood")


def is_unauthorized(received: Received) -> bool:
    """The plain sign of refused credentials."""
    return received.status == 401


def good_answer(
    operation: str,
    received: Received,
    *,
    now: datetime,
    usual_wait_s: float,
    taken: tuple[int, ...] = (),
    unauthorized: Callable[[Received], bool] = is_unauthorized,
) -> Received:
    """The answer itself when it is 2xx or one of the statuses that the caller takes, and no web page.

    Raises PermissionLostError (401, 403), PacedError (429; `usual_wait_s` when it names no time), RefusedError (other
    4xx), UnreachableError (5xx, 408, web pages, redirects).
    """
    status = received.status
    if unauthorized(received):
        raise PermissionLostError(f"{operation}: our credentials are refused ({status})")
    if status == 429:
        wait_s = answers.wait_s(received.headers, now)
        raise PacedError(f"{operation}: too many requests", wait_s=usual_wait_s if wait_s is None else wait_s)
    if answers.is_html(received) and not 300 <= status <= 399:
        raise UnreachableError(f"{operation}: a web page answered ({status})")
    if 200 <= status <= 299 or status in taken:
        return received
    if status == 403:
        raise PermissionLostError(f"{operation}: not permitted")
    if 400 <= status <= 499 and status != 408:
        raise RefusedError(answers.words(received) or f"refused with {status}", http_status=status)
    raise UnreachableError(f"{operation}: no usable answer ({status})")


@dataclass(frozen=True, slots=True)
class Repeats:
    """At most three tries with short jittered waits, only for UnreachableError, within one deadline.

    `timeout_s`: of one try; `deadline_s`: of all together.
    """

    timeout_s: float
    deadline_s: float
    clock: Clock = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def of(self, operation: str, attempt: Callable[[float], Understood]) -> Understood:
        """What `attempt`, given its time-out, returns. Raises what the last one raised."""
        ends_at = self.clock() + self.deadline_s

        def within_deadline() -> Understood:
            left_s = ends_at - self.clock()
            if left_s < min(SHORTEST_CALL_S, self.deadline_s):
                raise UnreachableError(f"{operation}: no time left")
            return attempt(min(self.timeout_s, left_s))

        def is_over(state: RetryCallState) -> bool:
            return self.clock() + state.upcoming_sleep + SHORTEST_CALL_S > ends_at

        return Retrying(
            retry=retry_if_exception_type(UnreachableError),
            stop=lambda state: stop_after_attempt(TRIES)(state) or is_over(state),
            wait=wait_exponential_jitter(multiplier=0.2, max=1.0, jitter=0.2),
            sleep=self.sleep,
            reraise=True,
        )(within_deadline)
