"""The port to a venue's point of sale. Adapters translate; nobody above them sees HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from shared.domain.bookings.events import Customer
from shared.domain.orders.draft import OrderDraft
from shared.domain.orders.pos_order import Page, PosOption, PosOrder
from shared.domain.orders.search import OrderFilters
from shared.domain.orders.writes import Answer


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
