"""The sandbox's clock: the given one, shifted by what the control API has jumped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class SandboxClock:
    """An aware clock that can be moved forward."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The time in the sandbox, UTC."""
        return self._clock().astimezone(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Jump ahead by `seconds` (negative: back)."""
        self._ahead += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Follow the given clock again."""
        self._ahead = timedelta(0)


def iso(moment: datetime, utc_offset: str) -> str:
    """ISO 8601 to the second in a company's offset, such as `2013-05-29T11:14:06+10:00` (Kounta docs: Dates)."""
    sign = -1 if utc_offset.startswith("-") else 1
    hours, minutes = utc_offset.lstrip("+-").split(":")
    zone = timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
    return moment.astimezone(zone).isoformat(timespec="seconds")
