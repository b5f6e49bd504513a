"""Takes slots of a connection's pace for one call: waits a little, or says when to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from shared.domain.errors import PacedError
from shared.domain.pace import Slots
from shared.usecases.record_book import Pace


def take_slots(
    pace: Pace,
    buckets: Iterable[Slots],
    *,
    patience_s: float,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> None:
    """One slot of each bucket, in their order, waiting at most `patience_s` for each.

    Raises PacedError when a wait would be longer. Then all that was taken is given back: whoever comes again and again
    would else use up the slots that they wait for.
    """
    taken: list[Slots] = []
    for slots in buckets:
        wait_s = pace.reserve(slots, now())
        taken.append(slots)
        if wait_s > patience_s:
            for unused in taken:
                pace.reserve(replace(unused, calls=-unused.calls), now())
            raise PacedError("the connection's pace is used up", wait_s=wait_s)
        if wait_s > 0:
            sleep(wait_s)
