"""An import of a menu: where it stands, and what it left. Nothing here is the menu's content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.record import Lease

ASKED, DAILY, ERROR = "asked", "daily", "error"
"""Why a menu is imported: somebody asked, its time has come, an order met an error that speaks of the menu."""
PRODUCTS, CATEGORIES, COMPLETE = "products", "categories", "complete"
"""What is read, in this order."""


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import under way. `pages` are stored; `cursor` is where the next one is (None: the phase's first)."""

    id: str
    why: str
    requested_at: datetime
    started_at: datetime | None = None
    phase: str = PRODUCTS
    cursor: str | None = None
    pages: int = 0
    products: int = 0
    """Read so far; one that stands on two pages counts twice."""
    failures: int = 0
    """Calls in a row that brought nothing."""
    resume_at: datetime | None = None
    """Nothing is done before: a slot of the pace, or patience."""
    has_slot: bool = False
    """The slot at `resume_at` is taken already."""
    restarted: bool = False
    lease: Lease | None = None

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker is at it."""
        return self.lease is not None and self.lease.until > now

    def is_waiting(self, now: datetime) -> bool:
        """Whether its time has not come yet."""
        return self.resume_at is not None and self.resume_at > now


@dataclass(frozen=True, slots=True)
class Edition:
    """A menu that was imported completely. `imported_at`: when the last page was read."""

    import_id: str
    started_at: datetime
    imported_at: datetime
    content_hash: str
    chunks: int
    products: int
    option_sets: int
    categories: int


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """Why the latest import left the menu as it was."""

    code: str
    at: datetime
    message: str | None = None


@dataclass(frozen=True, slots=True)
class MenuHead:
    """What is known of a venue's menu. Immutable; a changed copy is saved under the version it was read with."""

    venue_id: str
    version: int = 0
    edition: Edition | None = None
    run: ImportRun | None = None
    failure: ImportFailure | None = None
    """Since the edition; a success ends it."""
    next_at: datetime | None = None
    """When the menu is imported by itself."""

    def due_at(self) -> datetime | None:
        """When somebody has to look at it again if nothing else happens."""
        if self.run is None:
            return self.next_at
        if self.run.lease is not None:
            return self.run.lease.until
        return self.run.resume_at or self.run.requested_at
