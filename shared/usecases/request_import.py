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
        """The head with its run. Without a run: an order's error came so soon after an import that the menu is new
        already. Raises ConflictError when the head cannot be saved for others."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(ConflictError):
                return self._want(venue_id, why)
        return self._want(venue_id, why)

    def _want(self, venue_id: str, why: str) -> MenuHead:
        now = self.now()
        head = self.book.load(venue_id) or MenuHead(venue_id)
        if why == ERROR and head.run is None and self._is_new(head, now):
            return head
        if head.run is None:
            head = self.book.save(replace(head, run=ImportRun(self.new_import_id(), why, requested_at=now)))
        with contextlib.suppress(OSError):
            self.nudges.send(self.menu_id(venue_id))
        return head

    def _is_new(self, head: MenuHead, now: datetime) -> bool:
        rest = timedelta(seconds=self.timings.menu_rest_s)
        return head.edition is not None and now - head.edition.imported_at < rest
