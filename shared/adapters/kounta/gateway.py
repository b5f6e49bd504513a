"""A venue's Kounta behind the port `PosGateway`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from shared.adapters.kounta.client import KountaClient, RateLimit
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.kounta.writes import KountaWrites
from shared.domain.bookings.events import Customer
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.pos_order import Page, PosOption, PosOrder
from shared.domain.orders.search import OrderFilters
from shared.domain.orders.writes import Answer
from shared.domain.venues import PosConnection


class KountaGateway:
    """Everything the relay asks of one venue's Kounta.

    Before every read `pace` is called, which may raise PacedError; who writes holds a slot already.
    """

    def __init__(
        self,
        client: KountaClient,
        connection: PosConnection,
        *,
        pace: Callable[[], None],
        read_deadline_s: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._writes = KountaWrites(client, delete_by_reject=connection.delete_by_reject)
        self._reads = KountaReads(client, connection, pace=pace, deadline_s=read_deadline_s, sleep=sleep)

    @property
    def rate_limit(self) -> RateLimit | None:
        """What Kounta last said of our rate limit."""
        return self._client.rate_limit

    def render_create(self, draft: OrderDraft) -> bytes:
        """The exact bytes of a create call. Raises BadInputError for an id that is no whole number."""
        return self._writes.render_create(draft)

    def create_order(self, body: bytes, idempotency_key: str) -> Answer:
        """POST the bytes under the key. DONE carries `pos_order_id` from `Location`."""
        return self._writes.create_order(body, idempotency_key)

    def update_order(self, pos_order_id: str, *, notes: str, guests: int | None) -> Answer:
        """Replace notes and guests of an open order. 404 is REFUSED with code `order_gone`."""
        return self._writes.update_order(pos_order_id, notes=notes, guests=guests)

    def notify(self, pos_order_id: str, message: str) -> Answer:
        """Show staff a message (at most 300 characters) on the registers."""
        return self._writes.notify(pos_order_id, message)

    def delete_order(self, pos_order_id: str) -> Answer:
        """Remove the order; already gone is DONE."""
        return self._writes.delete_order(pos_order_id)

    def create_customer(self, customer: Customer, reference_id: str) -> str | None:
        """A new customer's POS id, or None."""
        return self._writes.create_customer(customer, reference_id)

    def read_order(self, pos_order_id: str) -> PosOrder | None:
        """The order as it is now; None when Kounta has no such order (any more). Raises OutsideError."""
        return self._reads.read_order(pos_order_id)

    def read_order_by_sale(self, sale_id: str) -> PosOrder | None:
        """The order by the id on its receipt; None when there is none. Raises OutsideError."""
        return self._reads.read_order_by_sale(sale_id)

    def read_option_set(self, pos_order_id: str, number: int) -> PosOption | None:
        """An option set of an order, 1 = first; None when there is none. Raises OutsideError."""
        return self._reads.read_option_set(pos_order_id, number)

    def read_invoice(self, pos_order_id: str) -> bytes | None:
        """The PDF of a completed order; None when there is no such order. Raises OutsideError."""
        return self._reads.read_invoice(pos_order_id)

    def search_orders(self, filters: OrderFilters, start: str | None = None) -> Page:
        """A page of the site's orders through filters. Raises OutsideError."""
        return self._reads.search_orders(filters, start)

    def find_customer(self, customer: Customer) -> str | None:
        """POS id of the customer, or None. Raises nothing."""
        return self._reads.find_customer(customer)

    def list_orders(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of the site's orders. Raises OutsideError."""
        return self._reads.list_orders(created_from, created_to, cursor)

    def list_deleted(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of the site's deleted orders. Raises OutsideError."""
        return self._reads.list_deleted(created_from, created_to, cursor)

    def refresh(self) -> None:
        """New access token where there are tokens. Raises PermissionLostError, PacedError, UnreachableError."""
        self._client.refresh()

    def probe(self) -> bool:
        """Whether a cheap read gets a good answer just now. Never raises."""
        return self._reads.probe()
