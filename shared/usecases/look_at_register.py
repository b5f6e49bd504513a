"""Looks at the register's side of an order: whether it was taken up, and people hear of it when it was not; or whether
the sale that staff entered for it by hand came before they said so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.domain.errors import OutsideError, PacedError
from shared.domain.online.consequences import not_taken_up
from shared.domain.online.record import placed
from shared.domain.online.taking_up import is_untouched, is_watched, patience_s, taken_up, waits
from shared.domain.orders.order import Order
from shared.domain.orders.placed import Handled, sale_name
from shared.domain.orders.pos_order import PosOrder
from shared.domain.pos_news import HintKind, PosHint
from shared.domain.readings import SalesPage
from shared.domain.record import Record
from shared.domain.site_status import SiteStatus
from shared.domain.timings import Timings
from shared.usecases.pos_gateway import PosGateway
from shared.usecases.record_book import HintBook, Nudges
from shared.usecases.step import Step, of_placed

log = logging.getLogger("posrelay.writer")

ENTERED_WITHIN = timedelta(days=2)
"""A sale completed longer before it was said to be an order's is not looked for."""
SALES_A_PAGE = 1000


class Sales(Protocol):
    """The sales that are known."""

    def sales(self, venue_id: str, since: datetime, until: datetime, limit: int, cursor: str | None) -> SalesPage:
        """Sales completed from `since` to before `until`, oldest first, page by page."""


@dataclass(frozen=True)
class LookAtRegister:
    """One look for each order of the record whose time it is."""

    hints: HintBook
    sales: Sales
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
        if (handled := placed(order).handled) is not None:
            self._look_for_sale(order, handled)
            step.record = step.record.with_order(replace(order, watch_at=None))
            return
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

    def _look_for_sale(self, order: Order, handled: Handled) -> None:
        """A sale that is there already was counted as the register's own: its order is looked into again. One that is
        still to come is recognised when it comes."""
        now = self.now()
        since, until = handled.at - ENTERED_WITHIN, now + timedelta(seconds=self.timings.future_tolerance_s)
        cursor: str | None = None
        while True:
            page = self.sales.sales(order.venue_id, since, until, SALES_A_PAGE, cursor)
            for sale in page.sales:
                if handled.sale_name in (sale_name(sale.sale_number), sale_name(sale.receipt_id)):
                    self._tell(order, sale.pos_order_id, HintKind.ENTERED_BY_HAND, "COMPLETE", sale.updated_at)
            cursor = page.next
            if cursor is None:
                return

    def _hand_on(self, order: Order, seen: PosOrder | None) -> None:
        """What has become of it is news like any other, whose telling got lost."""
        gone = seen is None or seen.deleted
        status, updated_at = (seen.status, seen.updated_at) if seen else ("DELETED", self.now())
        self._tell(order, str(order.pos.order_id), HintKind.ORDER, status, updated_at, deleted=gone)

    def _tell(
        self,
        order: Order,
        pos_order_id: str,
        kind: HintKind,
        status: str,
        updated_at: datetime,
        *,
        deleted: bool = False,
    ) -> None:
        now = self.now()
        hint = PosHint(
            venue_id=order.venue_id,
            pos_order_id=pos_order_id,
            told_by="watch",
            status=status,
            updated_at=updated_at.isoformat(),
            received_at=now,
            deleted=deleted,
            kind=kind,
            digest=order.id,
        )
        self.hints.put_hint(hint, now)
        self.nudges.send(self.news_id(order.venue_id, pos_order_id))
