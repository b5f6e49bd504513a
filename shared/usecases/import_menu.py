"""Takes a venue's menu import further: as many pages as time and pace allow, then a nudge for the rest.

Each page is stored with the cursor behind it, under a lease, so an import that dies goes on where it was. What orders
are checked against, and what platforms read, changes at once, by the head, when everything is there.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.errors import (
    ConflictError,
    NotFoundError,
    OutsideError,
    PacedError,
    RefusedError,
    RelayError,
    UnreachableError,
)
from shared.domain.menu.importing import (
    CATEGORIES,
    COMPLETE,
    DAILY,
    PRODUCTS,
    Edition,
    ImportFailure,
    ImportRun,
    MenuHead,
)
from shared.domain.menu.menu import Menu, MenuPage, changes
from shared.domain.pace import in_the_background
from shared.domain.record import Lease, OutboxItem
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode
from shared.usecases.menu_book import MenuBook, MenuSource, Platforms, WaitingOrders
from shared.usecases.record_book import Nudges, Pace, Venues

log = logging.getLogger("posrelay.writer")

EMPTY, NOT_IMPORTED = "menu_empty", "menu_not_imported"
FINISH_S = 10  # to put a long menu together and store it
MOST_PAGES = 400  # 10,000 products: more would not fit into an answer, or is a list that goes round


class _SlotLaterError(PacedError):
    """The slot is taken, but it lies too far ahead to be waited for here."""


@dataclass
class _Work:
    """The head as it was saved last, and whose import it is."""

    head: MenuHead
    venue: Venue
    worker: str

    @property
    def run(self) -> ImportRun:
        """The import."""
        assert self.head.run is not None
        return self.head.run


@dataclass(frozen=True)
class ImportMenu:
    """One step of a venue's import. Every dependency is replaceable."""

    book: MenuBook
    venues: Venues
    platforms: Platforms
    waiting: WaitingOrders
    source_for: Callable[[Venue, Callable[[], None]], MenuSource]
    pace: Pace
    nudges: Nudges
    menu_id: Callable[[str], str]
    timings: Timings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    new_import_id: Callable[[], str]

    def __call__(self, venue_id: str, worker: str, time_left_s: Callable[[], float]) -> None:
        """Begins the daily import when it is due, or goes on with the one under way; nothing when a worker is at it or
        its time has not come. `worker`: unique per invocation."""
        head, now = self.book.load(venue_id), self.now()
        if head is None or (head.run is None and (head.next_at is None or head.next_at > now)):
            return
        run = head.run or ImportRun(self.new_import_id(), DAILY, requested_at=now)
        if run.is_leased(now) or run.is_waiting(now):
            return
        venue = self.venues.get(venue_id)
        if venue.mode is VenueMode.PAUSED:
            return
        work = _Work(replace(head, run=run), venue, worker)
        with contextlib.suppress(ConflictError):  # another worker was faster
            self._advance(work, time_left_s)

    def _advance(self, work: _Work, time_left_s: Callable[[], float]) -> None:
        take_slot = self._slots(work.venue, has_slot=work.run.has_slot)
        run = replace(work.run, started_at=work.run.started_at or self.now(), resume_at=None, has_slot=False)
        self._save(work, run)
        try:
            source = self.source_for(work.venue, take_slot)
            while work.run.phase != COMPLETE:
                if time_left_s() < 2 * self.timings.read_timeout_s + self.timings.time_reserve_s:
                    return self._rest(work, 0)
                if work.run.pages >= MOST_PAGES:
                    return self._fail(work, NOT_IMPORTED, f"the POS's list has more than {MOST_PAGES} pages")
                read = source.products if work.run.phase == PRODUCTS else source.categories
                page = read(work.run.cursor)
                self._save(work, _after(work.run, page), page)
            if time_left_s() < FINISH_S:
                return self._rest(work, 0)
            self._finish(work)
        except _SlotLaterError as later:
            self._rest(work, later.wait_s, has_slot=True)
        except PacedError as paced:
            self._rest(work, paced.wait_s)
        except (OutsideError, NotFoundError) as error:
            self._stumble(work, error)

    def _stumble(self, work: _Work, error: RelayError) -> None:
        """The POS did not give a page: wait and ask again, begin anew when it may be the cursor, or give up."""
        run = work.run
        log.warning("menu import stumbled", extra={"venue": work.venue.id, "code": error.code, "pages": run.pages})
        if isinstance(error, RefusedError) and run.cursor is not None and not run.restarted:
            self._restart(work)
        elif isinstance(error, UnreachableError) and run.failures < len(self.timings.menu_ladder_s):
            wait_s = self.timings.menu_ladder_s[run.failures]
            work.head = replace(work.head, run=replace(run, failures=run.failures + 1))
            self._rest(work, wait_s)
        else:
            self._fail(work, NOT_IMPORTED, str(error))

    def _restart(self, work: _Work) -> None:
        """From the first page, under an id of its own: what was read so far expires."""
        old = work.run
        fresh = ImportRun(self.new_import_id(), old.why, old.requested_at, started_at=self.now(), restarted=True)
        work.head = replace(work.head, run=fresh)
        self._rest(work, 0)

    def _finish(self, work: _Work) -> None:
        head, run, venue_id = work.head, work.run, work.venue.id
        pages = self.book.pages(venue_id, run.id)
        if len(pages) != run.pages:
            log.warning("menu pages expired", extra={"venue": venue_id, "pages": run.pages, "kept": len(pages)})
            return self._restart(work)
        before = self.book.menu(venue_id, head.edition) if head.edition else None
        menu = Menu.of_pages(pages, before)
        if not menu.products and head.edition is not None and head.edition.products:
            return self._fail(work, EMPTY, None)
        assert run.started_at is not None
        edition = Edition(
            import_id=run.id,
            started_at=run.started_at,
            imported_at=self.now(),
            content_hash=menu.content_hash(),
            chunks=self.book.put_menu(venue_id, run.id, menu),
            products=len(menu.products),
            option_sets=len(menu.option_sets),
            categories=len(menu.categories),
        )
        is_new = head.edition is None or head.edition.content_hash != edition.content_hash
        told = self._told(venue_id, edition, before, menu) if is_new else []
        next_at = run.started_at + timedelta(seconds=self.timings.menu_every_s)
        work.head = self.book.save(MenuHead(venue_id, head.version, edition, next_at=next_at), outbox=told)
        log.info("menu imported", extra={"venue": venue_id, "products": edition.products, "changed": is_new})
        with contextlib.suppress(OSError):  # the orders' own due times remain
            for record_id in self.waiting.orders_waiting_for_menu(venue_id):
                self.nudges.send(record_id)

    def _told(self, venue_id: str, edition: Edition, before: Menu | None, menu: Menu) -> list[OutboxItem]:
        """One item for each platform; which of its endpoints hear of the venue is seen when it is told."""
        different = changes(before, menu)
        content = {
            "imported_at": edition.imported_at.isoformat(),
            "products": edition.products,
            "unavailable": sum(not each.available for each in menu.products),
            "option_sets": edition.option_sets,
            "categories": edition.categories,
            "added": different.added,
            "removed": different.removed,
            "changed": different.changed,
        }
        now, subject = self.now(), self.menu_id(venue_id)
        return [
            OutboxItem("menu.updated", venue_id, platform.id, now, subject, content)
            for platform in self.platforms.platforms()
        ]

    def _fail(self, work: _Work, code: str, message: str | None) -> None:
        """The earlier menu stays. People hear of it once, until an import succeeds again."""
        now, venue_id = self.now(), work.venue.id
        told = []
        if work.head.failure is None:
            content = {"code": code, "message": message}
            told.append(OutboxItem("failure.reported", venue_id, "", now, self.menu_id(venue_id), content))
        failure = ImportFailure(code, now, message)
        next_at = now + timedelta(seconds=self.timings.menu_retry_s)
        self.book.save(replace(work.head, run=None, failure=failure, next_at=next_at), outbox=told)

    def _save(self, work: _Work, run: ImportRun, page: MenuPage | None = None) -> None:
        """Under the lease, renewed."""
        lease = Lease(work.worker, self.now() + timedelta(seconds=self.timings.lease_s))
        work.head = self.book.save(replace(work.head, run=replace(run, lease=lease)), page=page)

    def _rest(self, work: _Work, wait_s: float, *, has_slot: bool = False) -> None:
        """Gives the lease back, and has itself reminded."""
        resume_at = self.now() + timedelta(seconds=wait_s)
        run = replace(work.run, lease=None, resume_at=resume_at, has_slot=has_slot)
        work.head = self.book.save(replace(work.head, run=run))
        with contextlib.suppress(OSError):  # the due index knows
            self.nudges.send(self.menu_id(work.venue.id), wait_s)

    def _slots(self, venue: Venue, *, has_slot: bool) -> Callable[[], None]:
        """For each call a slot of both buckets, waited for within patience. `has_slot`: the first is at hand."""
        at_hand = has_slot

        def take() -> None:
            nonlocal at_hand
            if at_hand:
                at_hand = False
                return
            buckets = in_the_background(venue.pos.connection_id, venue.pos.pace_per_minute)
            wait_s = max(self.pace.reserve(slots, self.now()) for slots in buckets)
            if wait_s > self.timings.slot_patience_s:
                raise _SlotLaterError("the import's pace is used up", wait_s=wait_s)
            if wait_s > 0:
                self.sleep(wait_s)

        return take


def _after(run: ImportRun, page: MenuPage) -> ImportRun:
    """The run with one page more."""
    phase = run.phase
    if page.next is None:
        phase = CATEGORIES if phase == PRODUCTS else COMPLETE
    return replace(
        run,
        phase=phase,
        cursor=page.next,
        pages=run.pages + 1,
        products=run.products + len(page.products),
        failures=0,
    )
