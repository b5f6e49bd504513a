"""Carrying out a request that has passed all gates: one function a resource."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.kounta import catalogue, customers, lines, listing, notifications, orders, payments, webhooks
from sandbox.kounta.listing import PAGE
from sandbox.kounta.models import Company, Order
from sandbox.kounta.oauth import Caller
from sandbox.kounta.order_view import line_json, order_json
from sandbox.kounta.refusals import RefusalError, not_found
from sandbox.kounta.routes import Route
from sandbox.kounta.state import KountaState
from sandbox.messages import Json, SandboxAnswer, SandboxRequest, from_json, json_answer


@dataclass(frozen=True)
class Visit:
    """One authenticated request with all that is needed to carry it out."""

    state: KountaState
    route: Route
    request: SandboxRequest
    caller: Caller
    its_company: Company | None
    base_url: str

    @property
    def company(self) -> Company:
        """The company in the path; raises RefusalError 404 when there is none."""
        if self.its_company is None:
            raise not_found()
        return self.its_company

    @property
    def company_id(self) -> int:
        """Its id."""
        return self.company.id

    @property
    def client_id(self) -> str:
        """Who calls."""
        return self.caller.client.id

    def body(self) -> Json:
        """The JSON body; raises RefusalError 400."""
        try:
            return from_json(self.request.body)
        except ValueError as unreadable:
            raise RefusalError(400, "The request body is not valid JSON.") from unreadable

    def order(self) -> Order:
        """The order in the path; raises RefusalError 404."""
        return self.state.order(self.route.ids[0], self.company_id)

    def url(self, *parts: object) -> str:
        """The URL of a resource of this company."""
        return f"{self.base_url}/v1/companies/{self.company_id}/{'/'.join(str(part) for part in parts)}.json"

    def created(self, *parts: object) -> SandboxAnswer:
        """201 with `Location` and, as observed, the body `null`."""
        return json_answer(201, None, {"Location": self.url(*parts)})

    def page(self, rows: Sequence[Json]) -> SandboxAnswer:
        """One page of a list that is not orders; the cursor is a position."""
        first = self.request.parameter("start") or "0"
        begin = int(first) if first.isdigit() else 0
        more = {"X-Next-Page": self.next_page(begin + PAGE)} if len(rows) > begin + PAGE else {}
        return json_answer(200, list(rows[begin : begin + PAGE]), more)

    def next_page(self, start: int) -> str:
        """The full URL of the page that begins at a cursor."""
        kept = [(name, value) for name, value in self.request.pairs() if name != "start"]
        path = self.request.path.partition("/v1/")[2]
        return f"{self.base_url}/v1/{path}?{urlencode([*kept, ('start', str(start))])}"


def carry_out(visit: Visit) -> SandboxAnswer:
    """Do what is asked; raises RefusalError."""
    if visit.route.resource.startswith("catalogue:"):
        return _catalogue(visit, visit.route.resource.removeprefix("catalogue:"))
    return RESOURCES[visit.route.resource](visit)


def _company(visit: Visit) -> SandboxAnswer:
    if visit.route.company == "me" and visit.state.switches.me_redirects:
        location = f"{visit.base_url}/v1/companies/{visit.company_id}.json"
        return SandboxAnswer(302, {"Location": location})
    return json_answer(200, catalogue.company_json(visit.company))


def _sites_status(visit: Visit) -> SandboxAnswer:
    companies = [visit.state.company(company_id) for company_id in visit.caller.company_ids]
    shown = [catalogue.site_status_json(visit.state, site) for company in companies for site in company.sites]
    return json_answer(200, shown)


def _orders(visit: Visit) -> SandboxAnswer:
    if visit.request.method == "POST":
        order = orders.create_order(visit.state, visit.company, visit.client_id, visit.body())
        return visit.created("orders", order.id)
    wanted = listing.path_filter(list(visit.route.filters))
    listing.add_query(wanted, visit.request.pairs())
    rows, start = listing.page_of_orders(visit.state, visit.company, wanted)
    more = {"X-Next-Page": visit.next_page(start)} if start is not None else {}
    return json_answer(200, rows, more)


def _shown(visit: Visit, order: Order) -> SandboxAnswer:
    return json_answer(200, order_json(order, visit.company, visit.state.customer_of(order)))


def _order(visit: Visit) -> SandboxAnswer:
    order = visit.order()
    if visit.request.method == "DELETE":
        orders.delete_order(visit.state, order)
        return SandboxAnswer(204)
    if visit.request.method == "PUT":
        orders.update_order(visit.state, visit.company, order, visit.body())
    return _shown(visit, visit.state.order(order.id))


def _order_by_saleid(visit: Visit) -> SandboxAnswer:
    for order in visit.state.orders:
        if order.saleid == visit.route.word and order.company_id == visit.company_id and not order.deleted:
            return _shown(visit, order)
    raise not_found()


def _lines(visit: Visit) -> SandboxAnswer:
    order, method, numbers = visit.order(), visit.request.method, visit.route.ids[1:]
    if method == "GET":
        shown = [lines.find_line(order, number) for number in numbers] if numbers else order.lines
        rows = [line_json(line) for line in shown]
        return json_answer(200, rows[0] if numbers else rows)
    if method == "POST" and not numbers:
        made = lines.add_lines(visit.state, visit.company, order, visit.body())
        return visit.created("orders", order.id, "lines", made[0].number)
    if method == "PUT" and numbers:
        lines.update_line(visit.state, visit.company, order, numbers[0], visit.body())
        return json_answer(200, line_json(lines.find_line(order, numbers[0])))
    if method == "DELETE" and numbers:
        lines.remove_line(visit.state, order, numbers[0])
        return SandboxAnswer(204)
    raise RefusalError(405, "Method Not Allowed")


def _payments(visit: Visit) -> SandboxAnswer:
    order, numbers = visit.order(), visit.route.ids[1:]
    if visit.request.method == "POST" and not numbers:
        payment = payments.add_payment(visit.state, visit.company, order, visit.body())
        return visit.created("orders", order.id, "payments", payment.number)
    if visit.request.method == "PUT" and numbers:
        payments.update_payment(visit.state, visit.company, order, numbers[0], visit.body())
        return json_answer(200, None)
    raise RefusalError(405, "Method Not Allowed")


def _notifications(visit: Visit) -> SandboxAnswer:
    order = visit.order()
    notice = notifications.notify(visit.state, order, visit.body())
    return visit.created("orders", order.id, "notifications", notice.id)


def _not_yet(_visit: Visit) -> SandboxAnswer:
    raise RefusalError(501, "Option sets and invoices are not part of this sandbox yet.")


def _customers(visit: Visit) -> SandboxAnswer:
    if visit.request.method == "POST":
        made = customers.create_customer(visit.state, visit.company, visit.client_id, visit.body())
        return visit.created("customers", made.id)
    query = dict(visit.request.pairs())
    if "reference_id" in query:
        fits = customers.by_reference(visit.state, visit.company, visit.client_id, query["reference_id"])
        return json_answer(200, [customers.customer_json(one, visit.client_id) for one in fits])
    if query.keys() - {"start"}:
        found = customers.by_contact(visit.state, visit.company, query)
        return SandboxAnswer(302, {"Location": visit.url("customers", found.id)})
    everybody = customers.customers_of(visit.state, visit.company)
    return visit.page([customers.customer_json(one, visit.client_id) for one in everybody])


def _customer(visit: Visit) -> SandboxAnswer:
    customer = visit.state.customers.get(str(visit.route.ids[0]))
    if customer is None or customer.company_id != visit.company_id:
        raise not_found()
    if visit.request.method == "PUT":
        customers.update_customer(visit.state, customer, visit.client_id, visit.body())
    return json_answer(200, customers.customer_json(customer, visit.client_id))


def _webhooks(visit: Visit) -> SandboxAnswer:
    offset = visit.company.utc_offset
    if visit.request.method == "POST":
        made = webhooks.subscribe(visit.state, visit.company, visit.client_id, visit.body())
        return visit.created("webhooks", made.id)
    mine = webhooks.subscriptions_of(visit.state, visit.company, visit.client_id)
    return visit.page([webhooks.subscription_json(one, offset) for one in mine])


def _webhook(visit: Visit) -> SandboxAnswer:
    subscription = webhooks.find(visit.state, visit.company, visit.client_id, visit.route.ids[0])
    if visit.request.method == "DELETE":
        visit.state.subscriptions.remove(str(subscription.id))
        return SandboxAnswer(204)
    if visit.request.method == "PUT":
        webhooks.change(visit.state, subscription, visit.body())
    return json_answer(200, webhooks.subscription_json(subscription, visit.company.utc_offset))


def _catalogue(visit: Visit, shape: str) -> SandboxAnswer:
    company, ids = visit.company, visit.route.ids
    if shape.startswith("sites/#"):
        return _site(visit, shape, company, ids)
    if shape == "registers/#":
        return json_answer(200, catalogue.find_register(company, ids[0]))
    if shape == "products/#":
        product = company.product(ids[0])
        if product is None:
            raise not_found()
        return json_answer(200, catalogue.product_json(product))
    lists: dict[str, Callable[[], Json]] = {
        "sites": lambda: [catalogue.site_json(site) for site in company.sites],
        "status": lambda: [catalogue.site_status_json(visit.state, site) for site in company.sites],
        "registers": lambda: catalogue.registers_json(company),
        "staff": lambda: catalogue.staff_json(company),
        "payment_methods": lambda: catalogue.payment_methods_json(company),
        "products": lambda: [catalogue.product_json(product) for product in company.products],
    }
    return visit.page(lists[shape]())


def _site(visit: Visit, shape: str, company: Company, ids: tuple[int, ...]) -> SandboxAnswer:
    site = catalogue.find_site(company, ids[0])
    if shape == "sites/#/status":
        return json_answer(200, catalogue.site_status_json(visit.state, site))
    if shape == "sites/#/registers":
        return visit.page(catalogue.registers_json(company, site.id))
    if shape == "sites/#/tables":
        return visit.page(catalogue.tables_json(site))
    if shape == "sites/#":
        return json_answer(200, catalogue.site_json(site))
    sold = catalogue.site_products(visit.state, company, site)
    shown = [catalogue.site_product_json(visit.state, company, site, product) for product in sold]
    if shape == "sites/#/products/#":
        one = next((product for product in shown if product["id"] == ids[1]), None)
        if one is None:
            raise not_found()
        return json_answer(200, one)
    if visit.request.parameter("is_available") == "true":
        shown = [product for product in shown if product["is_available"]]
    return visit.page(shown)


RESOURCES: dict[str, Callable[[Visit], SandboxAnswer]] = {
    "company": _company,
    "sites_status": _sites_status,
    "orders": _orders,
    "order": _order,
    "order/saleid": _order_by_saleid,
    "order/lines": _lines,
    "order/payments": _payments,
    "order/notifications": _notifications,
    "order/optionsets": _not_yet,
    "order/pdf": _not_yet,
    "customers": _customers,
    "customer": _customer,
    "webhooks": _webhooks,
    "webhook": _webhook,
}
