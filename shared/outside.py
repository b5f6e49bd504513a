"""What a process gets from outside beside AWS, and keeps once made; a test replaces the one, forgets the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    import httpx

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outside:
    """Time, and the network to points of sale and platforms."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    transport: httpx.BaseTransport | None = None
    """None: the real network."""


_outside = Outside()
_made: list[Callable[[], None]] = []


def start_over(outside: Outside) -> None:
    """Forgets everything that was made: what is used from now on is made anew, with this outside. For tests."""
    global _outside
    _outside = outside
    for forget in _made:
        forget()


def once(make: Callable[P, T]) -> Callable[P, T]:
    """Made on first use, and kept until the process ends or starts over."""
    kept = cache(make)
    _made.append(kept.cache_clear)
    return kept  # type: ignore[return-value]  # functools.cache forgets the parameters' types


def now() -> datetime:
    """The time, aware and in UTC."""
    return _outside.now()


def sleep(seconds: float) -> None:
    """Waits."""
    _outside.sleep(seconds)


def transport() -> httpx.BaseTransport | None:
    """What carries HTTP calls; None: the real network."""
    return _outside.transport
