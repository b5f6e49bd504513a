"""Looks whether the register has taken up an order that is in the POS; people hear of it when it has not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.errors import OutsideError, PacedError
from shared.domain.online.consequences import not_taken_up
from shared.domain.online.taking_up import is_untouched, is_watched, patience_s, taken_up, waits
from shared.domain.orders.order import Order
from shared.domain.orders.pos_order import PosOrder
from shared.domain.pos_news import PosHint
from shared.domain.record import Record
from shared.domain.site_status import SiteStatus
from shared.domain.timings import Timings
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import HintBook, Nudges
from shared.usecases.step import Step, of_placed

log = logging.getLogger("posrelay.writer")


@dataclass(frozen=True)
class LookAtRegister:
    """One look for each order of the record whose time it is."""

    hints: HintBook
    nudges: Nudges
    news_id: Callable[[str, str], str]
    timings: Timings
    now: Callable[[], datetime]

    def is_due(self, record: Record) -> bool:
        """Whether there is something to look at now."""
        return any(is_watched(order, self.now()) for order in record.orders)

    def __call__(self, step: Step[Record], gateway: PosGateway) -> None:
        """Raises PacedError when the POS has no time for it."""
        if not of_placed(step):
            return
        for order in step.record.orders:
            if is_watched(order, self.now()):
                self._look(step, order, gateway)

    def _look(self, step: Step[Any], order: Order, gateway: PosGateway) -> None:
        if not waits(order):
            step.record = step.record.with_order(taken_up(order))
            return
        assert order.pos.order_id is not None
        try:
            seen = gateway.read_order(order.pos.order_id)
        except PacedError:
            raise
        except OutsideError as error:
            log.warning("order not looked at", extra={"record": step.record.id, "code": error.code})
            again = self.now() + timedelta(seconds=patience_s(step.venue, self.timings))
            step.record = step.record.with_order(replace(order, watch_at=again))
            return
        if seen is not None and is_untouched(order, seen):
            step.take(not_taken_up(step.record, order, self._site(gateway), self.now()))
            return
        self._hand_on(order, seen)
        step.record = step.record.with_order(replace(order, watch_at=None))

    def _site(self, gateway: PosGateway) -> SiteStatus | None:
        try:
            return gateway.site_status()
        except OutsideError as error:
            log.warning("site not looked at", extra={"code": error.code})
            return None

    def _hand_on(self, order: Order, seen: PosOrder | None) -> None:
        """What has become of it is news like any other, whose telling got lost."""
        pos_order_id = str(order.pos.order_id)
        now = self.now()
        hint = PosHint(
            venue_id=order.venue_id,
            pos_order_id=pos_order_id,
            told_by="watch",
            status=seen.status if seen else "DELETED",
            updated_at=(seen.updated_at if seen else now).isoformat(),
            received_at=now,
            deleted=seen is None or seen.deleted,
        )
        self.hints.put_hint(hint, now)
        self.nudges.send(self.news_id(order.venue_id, pos_order_id))
