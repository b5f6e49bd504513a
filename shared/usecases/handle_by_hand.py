"""Takes in that somebody enters an order by hand, and as which sale: that sale is the order's, and counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.errors import NotNowError
from shared.domain.online import commands
from shared.domain.online.record import OnlineRecord
from shared.domain.orders.placed import Handled
from shared.domain.timings import Timings
from shared.usecases.place_and_change_orders import PlaceAndChangeOrders
from shared.usecases.record_book import RecordBook


@dataclass(frozen=True)
class HandleByHand:
    """A sale that came before is looked for a little later, one that comes after is recognised: both give the same."""

    orders: PlaceAndChangeOrders
    book: RecordBook
    timings: Timings
    now: Callable[[], datetime]

    def __call__(self, record_id: str, handled: Handled) -> OnlineRecord:
        """The record afterwards. Raises NotNowError, as when the sale is another order's, and NotFoundError."""
        look_at = self.now() + timedelta(seconds=self.timings.sale_look_s)

        def command(record: OnlineRecord) -> commands.Changed:
            changed = commands.handle_by_hand(record, handled, self.now(), look_at)
            if changed.record != record:
                self._require_free(record, handled)
            return changed

        return self.orders.change(record_id, command)

    def _require_free(self, record: OnlineRecord, handled: Handled) -> None:
        """Asked again when the book refuses: whoever was faster is seen then."""
        name = handled.sale_name
        link = self.book.link_of_sale(record.venue_id, name) if name else None
        if link is not None and link.order_id != record.main.id:
            raise NotNowError("this sale was entered for another order", code="sale_number_used")
