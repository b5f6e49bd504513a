"""Asks for a venue's menu to be imported. One import at a time: a second wish is answered with the one there is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.errors import ConflictError
from shared.domain.menu.importing import ASKED, ERROR, ImportRun, MenuHead
from shared.domain.timings import Timings
from shared.usecases.menu_book import MenuHeads
from shared.usecases.record_book import Nudges

TRIES = 4  # others may save the head at the same time: a worker does after every page


@dataclass(frozen=True)
class RequestImport:
    """Stores the wish, then reminds the writer of it; a lost reminder is only late."""

    book: MenuHeads
    nudges: Nudges
    menu_id: Callable[[str], str]
    timings: Timings
    now: Callable[[], datetime]
    new_import_id: Callable[[], str]

    def __call__(self, venue_id: str, why: str = ASKED) -> MenuHead:
        """The head with its run. One that an order's error asks for lets some time go by after the last import: many
        orders may meet the same error. Raises ConflictError when the head cannot be saved for others."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(ConflictError):
                return self._want(venue_id, why)
        return self._want(venue_id, why)

    def _want(self, venue_id: str, why: str) -> MenuHead:
        now = self.now()
        head = self.book.load(venue_id) or MenuHead(venue_id)
        rest_s = self._rest_s(head, now) if why == ERROR else 0
        if head.run is None:
            run = ImportRun(self.new_import_id(), why, requested_at=now)
            if rest_s:
                run = replace(run, resume_at=now + timedelta(seconds=rest_s))
            head = self.book.save(replace(head, run=run))
        with contextlib.suppress(OSError):
            self.nudges.send(self.menu_id(venue_id), rest_s)
        return head

    def _rest_s(self, head: MenuHead, now: datetime) -> float:
        if head.edition is None:
            return 0
        since = (now - head.edition.imported_at).total_seconds()
        return max(0.0, self.timings.menu_rest_s - since)
