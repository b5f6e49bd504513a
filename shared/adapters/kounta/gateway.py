"""A venue's Kounta behind the port `PosGateway`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from shared.adapters.kounta.client import KountaClient, RateLimit
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.kounta.writes import KountaWrites
from shared.domain.bookings.events import Customer
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.pos_order import Page, PosOption, PosOrder
from shared.domain.orders.request import LineRequest, Notification, OptionRequest, OrderChanges, PaymentRequest
from shared.domain.orders.search import OrderFilters
from shared.domain.orders.writes import Answer
from shared.domain.site_status import SiteStatus
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

    def change_order(self, pos_order_id: str, changes: OrderChanges) -> Answer:
        """Change what is named of an open order, leave the rest. 404 is REFUSED with code `order_gone`."""
        return self._writes.change_order(pos_order_id, changes)

    def set_status(self, pos_order_id: str, status: str) -> Answer:
        """Move an open order to a status; COMPLETE when it is not paid is REFUSED with code `not_fully_paid`."""
        return self._writes.set_status(pos_order_id, status)

    def add_lines(self, pos_order_id: str, lines: Sequence[LineRequest]) -> Answer:
        """Add lines in one call, all or none. Not idempotent, like every `add_…`: repeated it adds them again."""
        return self._writes.add_lines(pos_order_id, lines)

    def change_line(self, pos_order_id: str, number: int, changes: LineChanges) -> Answer:
        """Change what is named of a line, before the order is accepted. 404 is REFUSED with code `line_gone`."""
        return self._writes.change_line(pos_order_id, number, changes)

    def remove_line(self, pos_order_id: str, number: int) -> Answer:
        """Take a line off. 404 is REFUSED with code `line_gone`."""
        return self._writes.remove_line(pos_order_id, number)

    def add_option_set(self, pos_order_id: str, option: OptionRequest) -> Answer:
        """Add a product with its chosen option sets."""
        return self._writes.add_option_set(pos_order_id, option)

    def remove_option_set(self, pos_order_id: str, number: int) -> Answer:
        """Take the n-th option set off (1 = first); those behind it move up. 404 is REFUSED, code `option_set_gone`."""
        return self._writes.remove_option_set(pos_order_id, number)

    def add_payment(self, pos_order_id: str, payment: PaymentRequest) -> Answer:
        """Add a payment. Repeated it pays twice: look for its `ref` on the order first."""
        return self._writes.add_payment(pos_order_id, payment)

    def change_payment(
        self, pos_order_id: str, number: int, *, ref: str | None = None, tip: Decimal | None = None
    ) -> Answer:
        """Give a payment a `ref`, or a tip, which comes on top. 404 is REFUSED with code `payment_gone`."""
        return self._writes.change_payment(pos_order_id, number, ref=ref, tip=tip)

    def send_notification(self, pos_order_id: str, notification: Notification) -> Answer:
        """Show a message on the registers; the sixth of an order is REFUSED with code `too_many_notifications`."""
        return self._writes.send_notification(pos_order_id, notification)

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

    def site_status(self) -> SiteStatus | None:
        """Whether the site is there to see orders; None without one. Raises OutsideError."""
        return self._reads.site_status()

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
