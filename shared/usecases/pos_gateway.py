"""The port to a venue's point of sale. Adapters translate; nobody above them sees HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from shared.domain.bookings.events import Customer
from shared.domain.orders.acts import LineChanges
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.pos_order import Page, PosOption, PosOrder
from shared.domain.orders.request import LineRequest, Notification, OptionRequest, OrderChanges, PaymentRequest
from shared.domain.orders.search import OrderFilters
from shared.domain.orders.writes import Answer
from shared.domain.site_status import SiteStatus


class PosWrites(Protocol):
    """Calls that change something. Each is sent once: no transport or SDK retries. None raises for what the POS
    answered or did not answer: that is an `Answer`."""

    def render_create(self, draft: OrderDraft) -> bytes:
        """The exact bytes of a create call."""

    def create_order(self, body: bytes, idempotency_key: str) -> Answer:
        """POST the bytes under the key. DONE carries `pos_order_id` from `Location`."""

    def update_order(self, pos_order_id: str, *, notes: str, guests: int | None) -> Answer:
        """Replace notes and guests of an open order. 404 is REFUSED with code `order_gone`."""

    def notify(self, pos_order_id: str, message: str) -> Answer:
        """Show staff a message (at most 300 characters) on the registers."""

    def change_order(self, pos_order_id: str, changes: OrderChanges) -> Answer:
        """Change what is named of an open order, leave the rest. 404 is REFUSED with code `order_gone`."""

    def set_status(self, pos_order_id: str, status: str) -> Answer:
        """Move an open order to a status; COMPLETE when it is not paid is REFUSED with code `not_fully_paid`."""

    def add_lines(self, pos_order_id: str, lines: Sequence[LineRequest]) -> Answer:
        """Add lines in one call, all or none. Not idempotent, like every `add_…`: repeated it adds them again."""

    def change_line(self, pos_order_id: str, number: int, changes: LineChanges) -> Answer:
        """Change what is named of a line, before the order is accepted. 404 is REFUSED with code `line_gone`."""

    def remove_line(self, pos_order_id: str, number: int) -> Answer:
        """Take a line off. 404 is REFUSED with code `line_gone`."""

    def add_option_set(self, pos_order_id: str, option: OptionRequest) -> Answer:
        """Add a product with its chosen option sets."""

    def remove_option_set(self, pos_order_id: str, number: int) -> Answer:
        """Take the n-th option set off (1 = first); those behind it move up. 404 is REFUSED, code `option_set_gone`."""

    def add_payment(self, pos_order_id: str, payment: PaymentRequest) -> Answer:
        """Add a payment. Repeated it pays twice: look for its `ref` on the order first."""

    def change_payment(
        self, pos_order_id: str, number: int, *, ref: str | None = None, tip: Decimal | None = None
    ) -> Answer:
        """Give a payment a `ref`, or a tip, which comes on top. 404 is REFUSED with code `payment_gone`."""

    def send_notification(self, pos_order_id: str, notification: Notification) -> Answer:
        """Show a message on the registers; the sixth of an order is REFUSED with code `too_many_notifications`."""

    def delete_order(self, pos_order_id: str) -> Answer:
        """Remove the order. Already gone is DONE; where deleting is not possible (405) its status becomes REJECTED."""

    def create_customer(self, customer: Customer, reference_id: str) -> str | None:
        """A new customer's POS id, or None: a customer never holds an order."""


class PosReads(Protocol):
    """Calls that only read; repeated a little on transport failures. All raise OutsideError."""

    def read_order(self, pos_order_id: str) -> PosOrder | None:
        """The order as it is now; None when the POS has no such order (any more)."""

    def read_order_by_sale(self, sale_id: str) -> PosOrder | None:
        """The order by the eight characters on its receipt, of whatever site; None when there is none."""

    def read_option_set(self, pos_order_id: str, number: int) -> PosOption | None:
        """An option set by its place on the order, 1 = first; None when there is none."""

    def read_invoice(self, pos_order_id: str) -> bytes | None:
        """The PDF of an order; None when there is no such order. RefusedError with 400: it is not completed."""

    def search_orders(self, filters: OrderFilters, start: str | None = None) -> Page:
        """A page of the site's orders through filters, newest first, abridged, lagging behind writes. `start`: the
        `next` of the page before, with the same filters."""

    def site_status(self) -> SiteStatus | None:
        """Whether the venue's site is there to see orders; None when the venue names no site, or the POS knows none."""

    def find_customer(self, customer: Customer) -> str | None:
        """POS id of the customer by email, else by name and phone; None when there is none or it could not be asked."""

    def list_orders(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of the site's orders, newest first, abridged, lagging behind writes."""

    def list_deleted(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of the site's orders that were deleted in the POS."""


class PosAccess(Protocol):
    """Our standing with the POS."""

    def refresh(self) -> None:
        """New access token where there are tokens. Raises PermissionLostError when the grant is refused."""

    def probe(self) -> bool:
        """Whether a cheap read gets a good answer just now. Never raises."""


class PosGateway(PosWrites, PosReads, PosAccess, Protocol):
    """All of it, for one venue."""
