"""Calls a minute per company and client: 60 with Basic, 180 with OAuth."""

from __future__ import annotations

import math
from datetime import datetime

from sandbox.messages import SandboxAnswer

WINDOW_S = 60


class RateLimiter:
    """Fixed windows of a minute that begin with a caller's first call."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, caller: str, limit: int, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a call; returns whether it is let through, and the `X-Ratelimit-*` headers. 0 = unlimited."""
        if limit <= 0:
            return True, {}
        began, used = self._windows.get(caller, (now.timestamp(), 0))
        if not 0 <= now.timestamp() - began < WINDOW_S:
            began, used = now.timestamp(), 0
        let_through = used < limit
        used += let_through
        self._windows[caller] = (began, used)
        headers = {
            "X-Ratelimit-Limit": str(limit),
            "X-Ratelimit-Remaining": str(limit - used),
            "X-Ratelimit-Reset": str(math.ceil(began + WINDOW_S)),
        }
        return let_through, headers

    def clear(self) -> None:
        """Everybody starts anew."""
        self._windows.clear()


def limit_exceeded(headers: dict[str, str]) -> SandboxAnswer:
    """The observed 429: plain text, no `Retry-After`."""
    return SandboxAnswer(429, {"Content-Type": "text/plain", **headers}, b"Limit exceeded")
