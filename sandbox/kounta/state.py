"""Everything the sandbox's Kounta holds, and the posts it still owes."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from sandbox.demo import read_demo
from sandbox.kounta.back_office import Company
from sandbox.kounta.models import Client, Customer, Grant, IdempotencyRecord, ListedOrder, Order, Subscription, Switches
from sandbox.kounta.order_view import listed_order
from sandbox.kounta.refusals import not_found
from sandbox.messages import Delivery
from sandbox.settings import SandboxSettings
from sandbox.store import Shelf, Store
from sandbox.timeline import SandboxClock

LONGEST_LAG_S = 900.0


class Counter(BaseModel):
    """The last number given out for a purpose."""

    last: int


class KountaState:
    """Shelves of rows, switches and outgoing deliveries."""

    def __init__(self, clock: SandboxClock, settings: SandboxSettings, store: Store) -> None:
        self.clock = clock
        self.settings = settings
        self.companies = Shelf(store, "kounta.company", Company)
        self.clients = Shelf(store, "kounta.client", Client)
        self.grants = Shelf(store, "kounta.grant", Grant)
        self.orders = Shelf(store, "kounta.order", Order)
        self.customers = Shelf(store, "kounta.customer", Customer)
        self.subscriptions = Shelf(store, "kounta.subscription", Subscription)
        self.keys = Shelf(store, "kounta.idempotency", IdempotencyRecord)
        self._switches = Shelf(store, "kounta.switches", Switches)
        self._counters = Shelf(store, "kounta.counter", Counter)
        self._deliveries: list[Delivery] = []
        self.version = 0
        if len(self.companies) == 0:
            self._furnish()

    def _furnish(self) -> None:
        demo = read_demo()
        for company in demo["companies"]:
            self.put_company(Company.model_validate(company))
        for client in demo["clients"]:
            row = Client.model_validate(client)
            self.clients.put(row.id, row)

    def reset(self) -> None:
        """Back to the demo set-up, with nothing ordered."""
        shelves = (self.companies, self.clients, self.grants, self.orders, self.customers)
        for shelf in (*shelves, self.subscriptions, self.keys, self._switches, self._counters):
            shelf.clear()
        self._deliveries = []
        self.version += 1
        self._furnish()

    def now(self) -> datetime:
        """The sandbox's time."""
        return self.clock.now()

    @property
    def switches(self) -> Switches:
        """The habits in force."""
        row = self._switches.get("all")
        return row or Switches(
            list_lag_s=self.settings.list_lag_s,
            basic_per_minute=self.settings.basic_per_minute,
            oauth_per_minute=self.settings.oauth_per_minute,
            idempotency_ttl_s=self.settings.idempotency_ttl_s,
            access_token_ttl_s=self.settings.access_token_ttl_s,
        )

    def put_switches(self, switches: Switches) -> None:
        """Change habits."""
        self.version += 1
        self._switches.put("all", switches)

    def next_number(self, purpose: str, first: int = 1) -> int:
        """The next number of a sequence."""
        counter = self._counters.get(purpose)
        number = first if counter is None else counter.last + 1
        self._counters.put(purpose, Counter(last=number))
        return number

    def put_company(self, company: Company) -> None:
        """Add or replace a company."""
        self.companies.put(str(company.id), company)

    def company(self, company_id: int) -> Company:
        """A company; raises RefusalError 404."""
        company = self.companies.get(str(company_id))
        if company is None:
            raise not_found()
        return company

    def company_of_site(self, site_id: int) -> Company:
        """The company a site belongs to; raises RefusalError 404."""
        for company in self.companies:
            if company.site(site_id) is not None:
                return company
        raise not_found()

    def order(self, order_id: int, company_id: int | None = None) -> Order:
        """An order that is not deleted; raises RefusalError 404."""
        order = self.orders.get(str(order_id))
        if order is None or order.deleted or company_id not in (None, order.company_id):
            raise not_found()
        return order

    def customer_of(self, order: Order) -> Customer | None:
        """The customer linked to an order."""
        return self.customers.get(str(order.customer_id)) if order.customer_id is not None else None

    def put_order(self, order: Order) -> None:
        """Store a new or changed order, stamp it, and let lists learn of it when their lag is over."""
        order.updated_at = self.now()
        versions = [*order.listed, listed_order(order)]
        order.listed = self._still_needed(versions)
        self.version += 1
        self.orders.put(str(order.id), order)

    def _still_needed(self, versions: list[ListedOrder]) -> list[ListedOrder]:
        # The newest version older than any possible lag is the oldest one a list can still show.
        horizon = self.now() - timedelta(seconds=max(LONGEST_LAG_S, self.switches.list_lag_s))
        old = [version for version in versions if version.at <= horizon]
        return old[-1:] + [version for version in versions if version.at > horizon]

    def owe(self, delivery: Delivery) -> None:
        """Queue a post to somebody else."""
        self._deliveries.append(delivery)

    def take_deliveries(self) -> list[Delivery]:
        """All queued posts; the queue is empty afterwards."""
        taken, self._deliveries = self._deliveries, []
        return taken
