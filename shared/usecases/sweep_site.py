"""Finds what webhooks missed: lists a site's orders a day back, by id and `updated_at`, and counts twins on the way.

Registers trade offline and upload later, and Kounta documents no filter by time of change, so each sweep looks back
further than the one before. It goes page by page, can be stopped after any, and goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.errors import NotFoundError, OutsideError, PacedError
from shared.domain.identities import markers_in
from shared.domain.orders.pos_order import ListedPosOrder
from shared.domain.pace import in_the_background
from shared.domain.pos_news import PosHint
from shared.domain.sweeps import Sweep
from shared.domain.timings import Timings
from shared.domain.venues import Venue
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import HintBook, Nudges, Pace
from shared.usecases.take_slots import take_slots

log = logging.getLogger("posrelay.caretaker")


class SweepBook(Protocol):
    """Where sweeps are remembered."""

    def sweep(self, venue_id: str) -> Sweep | None:
        """The venue's latest sweep."""

    def save_sweep(self, sweep: Sweep) -> None:
        """How far it got."""


@dataclass(frozen=True)
class SweepSite:
    """Takes a site's sweep as far as time and pace allow."""

    sweeps: SweepBook
    hints: HintBook
    gateway_for: Callable[[Venue, Callable[[], None]], PosGateway]
    pace: Pace
    nudges: Nudges
    news_id: Callable[[str, str], str]
    timings: Timings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def __call__(self, venue: Venue, time_left_s: Callable[[], float]) -> Sweep:
        """Begins a sweep when one is due, or goes on with the last. Stops early when there is no time, pace or POS."""
        sweep = self.sweeps.sweep(venue.id)
        if sweep is None or (
            sweep.phase == "done" and self.now() - sweep.started_at >= timedelta(seconds=self.timings.sweep_every_s)
        ):
            sweep = Sweep(venue.id, self.now())
        try:
            gateway = self.gateway_for(venue, self._take_slot(venue))
        except NotFoundError:
            log.warning("venue without credentials", extra={"venue": venue.id})
            return sweep
        while sweep.phase != "done" and time_left_s() > 2 * self.timings.read_timeout_s:
            try:
                sweep = self._page(venue, gateway, sweep)
            except PacedError:
                break
            except OutsideError as error:
                log.warning("sweep stopped", extra={"venue": venue.id, "code": error.code})
                break
            self.sweeps.save_sweep(sweep)
        return sweep

    def _page(self, venue: Venue, gateway: PosGateway, sweep: Sweep) -> Sweep:
        since = sweep.started_at - timedelta(seconds=self.timings.sweep_back_s)
        list_page = gateway.list_deleted if sweep.phase == "deleted" else gateway.list_orders
        page = list_page(since, None, sweep.cursor)
        seen, twins = dict(sweep.seen), list(sweep.twins)
        for listed in page.orders:
            deleted = listed.deleted or sweep.phase == "deleted"
            if not deleted and listed.status != "REJECTED" and not listed.is_refund:
                for order_id, _ in markers_in(listed.notes):
                    if seen.setdefault(order_id, listed.id) != listed.id and order_id not in twins:
                        twins.append(order_id)
                        log.error("twin orders", extra={"venue": venue.id, "order": order_id, "pos_order": listed.id})
            if deleted or _tells_something(listed):
                self._hint(venue, listed, deleted)
        phase = sweep.phase
        if page.next is None:
            phase = "deleted" if phase == "orders" else "done"
        return replace(sweep, phase=phase, cursor=page.next, seen=seen, twins=tuple(twins))

    def _hint(self, venue: Venue, listed: ListedPosOrder, deleted: bool) -> None:
        hint = PosHint(
            venue_id=venue.id,
            pos_order_id=listed.id,
            told_by="sweep",
            status=listed.status,
            updated_at=listed.updated_at.isoformat(),
            received_at=self.now(),
            deleted=deleted,
        )
        if self.hints.put_hint(hint, self.now()):
            self.nudges.send(self.news_id(venue.id, listed.id))

    def _take_slot(self, venue: Venue) -> Callable[[], None]:
        """Sweeps draw from a small bucket of their own first, so that writes always find the connection's own free."""

        def take() -> None:
            buckets = in_the_background(venue.pos.connection_id, venue.pos.pace_per_minute)
            patience_s = 2 * self.timings.slot_patience_s
            take_slots(self.pace, buckets, patience_s=patience_s, now=self.now, sleep=self.sleep)

        return take


def _tells_something(listed: ListedPosOrder) -> bool:
    """A completed order is a sale, whoever made it; of open ones only ours matter: staff may have done something, or we
    may have given one up that came in late."""
    return listed.status == "COMPLETE" or bool(markers_in(listed.notes))
