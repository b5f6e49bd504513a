"""Calls that only read from Kounta: paced, repeated a little when no answer came, within one deadline."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.adapters.http.reading import Repeats, Understood, good_answer
from shared.adapters.kounta import parsing, rendering
from shared.adapters.kounta.classification import speaks_of_token
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.filters import path_of, query_of
from shared.adapters.kounta.sites import read_site_status
from shared.domain.bookings.events import Customer
from shared.domain.errors import OutsideError, PacedError, RefusedError, UnreachableError
from shared.domain.orders.pos_order import Page, PosOption, PosOrder
from shared.domain.orders.search import OrderFilters
from shared.domain.site_status import SiteStatus
from shared.domain.venues import PosConnection

logger = logging.getLogger(__name__)

_SALE_ID = re.compile(r"[A-Za-z0-9]{8}")  # Kounta docs, Get an order: "the 8 character ID printed on receipt"
_START = re.compile(r"[A-Za-z0-9_=-]{1,64}")  # observed: an order's id


class KountaReads:
    """The port `PosReads` for one venue.

    `pace` is called before every call and may raise PacedError. `deadline_s`: how long one read may take with all its
    repeats (default: twice the read time-out). `sleep` waits between them.
    """

    def __init__(
        self,
        client: KountaClient,
        connection: PosConnection,
        *,
        pace: Callable[[], None],
        deadline_s: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._connection = connection
        self._pace = pace
        timeout_s = client.timings.read_timeout_s
        self._repeats = Repeats(
            timeout_s, 2 * timeout_s if deadline_s is None else deadline_s, clock=client.clock, sleep=sleep
        )

    def read_order(self, pos_order_id: str) -> PosOrder | None:
        """The order as it is now; None for 404."""
        if not (pos_order_id.isascii() and pos_order_id.isdigit()):
            return None
        url = self._client.company_url(f"orders/{pos_order_id}")
        return self._repeatedly("get_order", url, _order, taken=(404,))

    def read_order_by_sale(self, sale_id: str) -> PosOrder | None:
        """The order by the id on its receipt; None for 404 and for what is no such id."""
        if not _SALE_ID.fullmatch(sale_id):
            return None
        url = self._client.company_url(f"orders/saleid/{sale_id}")
        return self._repeatedly("get_order_by_sale", url, _order, taken=(404,))

    def read_option_set(self, pos_order_id: str, number: int) -> PosOption | None:
        """An option set by its place on the order, 1 = first; None for 404."""
        url = self._client.company_url(f"orders/{quote(pos_order_id, safe='')}/optionsets/{number}")
        return self._repeatedly("get_option_set", url, _option_set, taken=(404,))

    def read_invoice(self, pos_order_id: str) -> bytes | None:
        """The PDF; None for 404. Raises RefusedError with status 400 before the order is COMPLETE (Kounta docs: Get
        PDF invoice)."""
        url = self._client.company_url(f"orders/{quote(pos_order_id, safe='')}/pdf")
        return self._repeatedly("get_invoice", url, _pdf, taken=(404,))

    def search_orders(self, filters: OrderFilters, start: str | None = None) -> Page:
        """A page of the site's (without one: the register's) orders. `next` of the page is the `start` of the next."""
        params = query_of(filters) | ({"start": start} if start else {})
        url = self._client.company_url(path_of(self._place(), filters))
        return self._repeatedly("search_orders", url, self._page_with_start, params=params)

    def site_status(self) -> SiteStatus | None:
        """The status of the connection's site; None without one and for 404."""
        if not self._connection.site_id:
            return None
        url = self._client.company_url(f"{self._place()}/status")
        return self._repeatedly("site_status", url, read_site_status, taken=(404,))

    def find_customer(self, customer: Customer) -> str | None:
        """The id that Kounta redirects to (Kounta docs: Customers); None when there is none or it could not be asked.

        Asked once: no guest waits for it.
        """
        if not customer.can_be_matched:
            return None
        if customer.email:
            params = {"email": customer.email}
        else:
            names = {"first_name": customer.first_name, "last_name": customer.last_name, "phone": customer.phone}
            params = {name: value for name, value in names.items() if value}
        try:
            received = self._once(
                "find_customer",
                self._client.company_url("customers"),
                params=params,
                taken=(302, 303, 307, 404),
                total_s=self._client.timings.read_timeout_s,
            )
        except OutsideError as error:
            logger.warning("customer not looked up: %s", type(error).__name__)
            return None
        return None if received.status == 404 else answers.id_from_location(received.headers)

    def list_orders(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of the site's (without one: the register's) orders."""
        return self._list("list_orders", "orders", created_from, created_to, cursor)

    def list_deleted(self, created_from: datetime, created_to: datetime | None, cursor: str | None = None) -> Page:
        """A page of those that were deleted from the POS."""
        return self._list("list_deleted", "orders/deleted", created_from, created_to, cursor)

    def probe(self) -> bool:
        """Whether the site can be read just now: one call, counted by the limiter but not held up by it."""
        try:
            self._pace()
        except PacedError:
            logger.info("probe of %s goes without a slot", self._connection.connection_id)
        try:
            received = self._client.send(
                "probe",
                "GET",
                self._client.company_url(self._place()),
                total_s=self._client.timings.read_timeout_s,
            )
        except (httpx.RequestError, OutsideError):
            return False
        return 200 <= received.status <= 299 and not answers.is_html(received)

    def get(self, operation: str, path: str, params: Mapping[str, str] | None = None) -> Received:
        """A good answer from below the company. Raises OutsideError."""
        return self._repeatedly(operation, self._client.company_url(path), _whole, params=params)

    def next_page(self, operation: str, cursor: str) -> Received:
        """The page that `X-Next-Page` named. Raises OutsideError."""
        return self._repeatedly(operation, self._own(cursor), _whole)

    def _page_with_start(self, received: Received) -> Page:
        page = _page(received)
        if page.next is None:
            return page
        start = self._own(page.next).params.get("start", "")
        if not _START.fullmatch(start):
            raise UnreachableError("the next page has no start that can be kept")
        return Page(page.orders, start)

    def _own(self, cursor: str) -> httpx.URL:
        """The cursor's address. Raises RefusedError when it is not the API's own: our credentials stay with it."""
        api = self._client.api
        try:
            url = api.join(cursor)
        except httpx.InvalidURL:
            raise RefusedError("next page on a foreign host", http_status=200) from None
        if (url.scheme, url.host, _port(url)) != (api.scheme, api.host, _port(api)) or url.userinfo:
            raise RefusedError("next page on a foreign host", http_status=200)
        return url

    def _list(
        self, operation: str, path: str, created_from: datetime, created_to: datetime | None, cursor: str | None
    ) -> Page:
        if cursor is not None:
            return self._repeatedly(operation, self._own(cursor), _page)
        params = {"created_gte": rendering.as_moment(created_from)}
        if created_to is not None:
            params["created_lte"] = rendering.as_moment(created_to, up=True)
        url = self._client.company_url(f"{self._place()}/{path}")
        return self._repeatedly(operation, url, _page, params=params)

    def _place(self) -> str:
        if self._connection.site_id:
            return f"sites/{quote(self._connection.site_id, safe='')}"
        return f"registers/{quote(self._connection.register_id or '', safe='')}"

    def _repeatedly(
        self,
        operation: str,
        url: httpx.URL,
        understand: Callable[[Received], Understood],
        *,
        params: Mapping[str, str] | None = None,
        taken: tuple[int, ...] = (),
    ) -> Understood:
        """`understand` makes the answer into what is wanted; an answer that it cannot understand is asked for again."""
        return self._repeats.of(
            operation,
            lambda total_s: understand(self._once(operation, url, params=params, taken=taken, total_s=total_s)),
        )

    def _once(
        self,
        operation: str,
        url: httpx.URL,
        *,
        params: Mapping[str, str] | None,
        taken: tuple[int, ...],
        total_s: float,
    ) -> Received:
        """One read; one more with a new token when the old one is refused, never a third."""
        received = self._send(operation, url, params, total_s)
        if speaks_of_token(received) and self._client.has_tokens:
            self._client.refresh()
            received = self._send(operation, url, params, total_s)
        return good_answer(
            operation,
            received,
            now=self._client.now(),
            usual_wait_s=self._client.timings.limited_wait_s,
            taken=taken,
            unauthorized=speaks_of_token,
        )

    def _send(self, operation: str, url: httpx.URL, params: Mapping[str, str] | None, total_s: float) -> Received:
        self._pace()
        try:
            return self._client.send(operation, "GET", url, total_s=total_s, params=params)
        except httpx.RequestError as error:
            # Not `from error`: its request holds the credentials and the guest's address.
            raise UnreachableError(f"{operation}: {type(error).__name__}") from None


def _option_set(received: Received) -> PosOption | None:
    return None if received.status == 404 else parsing.read_option_set(received.body)


def _pdf(received: Received) -> bytes | None:
    if received.status == 404:
        return None
    if not received.body.startswith(b"%PDF"):
        raise UnreachableError("the invoice is no PDF")
    return received.body


def _whole(received: Received) -> Received:
    return received


def _order(received: Received) -> PosOrder | None:
    return None if received.status == 404 else parsing.read_order(received.body)


def _page(received: Received) -> Page:
    return Page(parsing.read_list(received.body), received.headers.get("x-next-page") or None)


def _port(url: httpx.URL) -> int | None:
    return url.port or {"https": 443, "http": 80}.get(url.scheme)
