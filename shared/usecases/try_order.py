"""A dry run: what an order would become at this venue just now. Stores nothing, sends nothing, asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.identities import write_id
from shared.domain.menu.checks import ERROR, check
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.online_draft import draft_online_order, status_to_send
from shared.domain.orders.order import Order
from shared.domain.orders.pass_thru import PassThruDecision, decide_pass_thru
from shared.domain.orders.request import OrderRequest
from shared.domain.orders.trial import Check, Trial
from shared.domain.timings import Timings
from shared.domain.venues import Venue, VenueMode
from shared.usecases.menu_book import MenuReading

TRIED_ID = "ord_0000000000000000"  # stands where the order's own id will stand


@dataclass(frozen=True)
class TryOrder:
    """Renders an order as it would be sent, and says what the checks say."""

    menus: MenuReading
    render: Callable[[OrderDraft], bytes]
    callback_uri: Callable[[str, str], str]
    timings: Timings
    now: Callable[[], datetime]

    def __call__(self, venue: Venue, request: OrderRequest, order: Order | None = None) -> Trial:
        """The exact request, but for a customer of the POS; without an `order` that is stored already, but for the
        order's own id and its address for news too."""
        now = self.now()
        status = status_to_send(request, now, venue.preorder_after_s)
        pass_thru = False if order and order.placed and order.placed.pass_thru_off else None
        printing = decide_pass_thru(venue, request, status=status, asked=pass_thru)
        order_id = order.id if order else TRIED_ID
        draft = draft_online_order(
            venue,
            request,
            order_id,
            write_id(order_id, 1),
            self.callback_uri(venue.id, order_id),
            None,
            status=status,
            pass_thru=pass_thru,
        )
        as_sent = replace(request, status=status)
        checks = (*self._of_menu(venue, as_sent, now), *_of_settings(venue, request, draft.status, printing))
        is_sent = venue.mode is VenueMode.LIVE and not any(each.severity == ERROR for each in checks)
        return Trial(is_sent, self.render(draft), checks)

    def _of_menu(self, venue: Venue, request: OrderRequest, now: datetime) -> Iterator[Check]:
        stored = self.menus.stored(venue.id)
        if stored is None or not stored.is_fresh(now, self.timings.menu_fresh_s):
            yield Check("menu_not_checked", "info", "there is no menu that is fresh enough to check against")
        for each in check(request, stored, now, self.timings.menu_fresh_s):
            yield Check(each.code, each.severity, each.name or f"product {each.product_id}", each.pointer)


def _of_settings(venue: Venue, request: OrderRequest, status: str, printing: PassThruDecision) -> Iterator[Check]:
    if venue.mode is not VenueMode.LIVE:
        yield Check(f"venue_{venue.mode.value}", "error", f"the venue is in {venue.mode.value} mode: nothing is sent")
    if status != request.status:
        yield Check("status_changed", "info", f"sent as {status}, not {request.status}")
    yield Check(f"pass_thru_{printing.reason.value}", "info", "printed straight" if printing.prints else "not printed")
