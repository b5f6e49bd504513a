"""Which path is which operation of the API."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.kounta.listing import FLAG_FILTERS, ID_FILTERS, STATUS_WORDS
from sandbox.kounta.refusals import RefusalError, not_found


@dataclass(frozen=True)
class Route:
    """A path read: the resource, its company (`me`, digits, or empty when it has none), ids, the fault operation."""

    resource: str
    operation: str
    method: str
    company: str = ""
    ids: tuple[int, ...] = ()
    word: str = ""
    filters: tuple[str, ...] = field(default=())


ORDER_PARTS = {"lines": "kounta.lines", "payments": "kounta.add_payment", "notifications": "kounta.notify"}
ORDER_PARTS |= {"optionsets": "kounta.option_sets", "pdf": "kounta.invoice"}
METHODS = {
    "token": "POST",
    "company": "GET",
    "orders": "GET POST",
    "order": "GET PUT DELETE",
    "order/saleid": "GET",
    "order/lines": "GET POST PUT DELETE",
    "order/payments": "POST PUT",
    "order/notifications": "POST",
    "order/optionsets": "GET POST DELETE",
    "order/pdf": "GET",
    "customers": "GET POST",
    "customer": "GET PUT",
    "webhooks": "GET POST",
    "webhook": "GET PUT DELETE",
}
ORDER_OPERATIONS = {"GET": "kounta.get_order", "PUT": "kounta.update_order", "DELETE": "kounta.delete_order"}
CATALOGUE = {"sites", "registers", "staff", "payment_methods", "products", "categories", "status"}


def after_version(path: str) -> list[str]:
    """The segments behind `/v1/`, without a `.json` at the end; raises RefusalError 404 when there is no `/v1/`."""
    _, version, rest = path.partition("/v1/")
    if not version:
        raise not_found()
    segments = [segment for segment in rest.split("/") if segment]
    if segments:
        segments[-1] = segments[-1].removesuffix(".json")
    return segments


def read_route(method: str, path: str) -> Route:
    """Read a path; raises RefusalError 404 for unknown ones."""
    segments = after_version(path)
    if segments == ["token"]:
        return Route("token", "kounta.token", method)
    if segments == ["sites_status"]:
        return Route("sites_status", "kounta.catalogue", method)
    if len(segments) < 2 or segments[0] != "companies" or not (segments[1].isdigit() or segments[1] == "me"):
        raise not_found()
    company, rest = segments[1], segments[2:]
    if not rest:
        return Route("company", "kounta.catalogue", method, company)
    if "orders" in rest:
        return _orders(method, company, rest)
    if rest[0] == "customers" and len(rest) <= 2:
        return _customers(method, company, rest[1:])
    if rest[0] == "webhooks" and len(rest) <= 2:
        resource = "webhook" if rest[1:] else "webhooks"
        return Route(resource, "kounta.webhooks", method, company, _numbers(rest[1:]))
    return _catalogue(method, company, rest)


def check_method(route: Route) -> None:
    """Raise RefusalError 405 for a method the resource does not take."""
    if route.method not in METHODS.get(route.resource, "GET").split():
        raise RefusalError(405, "Method Not Allowed")


def _orders(method: str, company: str, rest: list[str]) -> Route:
    position = rest.index("orders")
    before, after = rest[:position], rest[position + 1 :]
    if not before and after and after[0].isdigit():
        return _order(method, company, int(after[0]), after[1:])
    if not before and len(after) == 2 and after[0] == "saleid":
        return Route("order/saleid", "kounta.get_order", method, company, word=after[1])
    filters = (*before, *after)
    if not filters and method == "POST":
        return Route("orders", "kounta.create_order", method, company)
    known = ID_FILTERS | FLAG_FILTERS | STATUS_WORDS.keys() | {"accounts"}
    if method != "GET" or any(not word.isdigit() and word not in known for word in filters):
        raise not_found()
    operation = "kounta.list_deleted" if "deleted" in filters else "kounta.list_orders"
    return Route("orders", operation, method, company, filters=filters)


def _order(method: str, company: str, order_id: int, rest: list[str]) -> Route:
    if not rest:
        return Route("order", ORDER_OPERATIONS.get(method, "kounta.get_order"), method, company, (order_id,))
    if rest[0] not in ORDER_PARTS or len(rest) > 2:
        raise not_found()
    return Route(f"order/{rest[0]}", ORDER_PARTS[rest[0]], method, company, (order_id, *_numbers(rest[1:])))


def _customers(method: str, company: str, rest: list[str]) -> Route:
    operation = "kounta.create_customer" if method == "POST" else "kounta.find_customer"
    if rest:
        return Route("customer", "kounta.customer", method, company, _numbers(rest))
    return Route("customers", operation, method, company)


def _catalogue(method: str, company: str, rest: list[str]) -> Route:
    words = [word for word in rest if not word.isdigit()]
    ids = tuple(int(word) for word in rest if word.isdigit())
    # sites · sites/# · sites/#/status · sites/#/registers · sites/#/products · sites/#/products/# · products/# …
    shape = "/".join("#" if word.isdigit() else word for word in rest)
    shapes = {f"{word}" for word in CATALOGUE} | {f"{word}/#" for word in ("sites", "registers", "products")}
    shapes |= {f"sites/#/{word}" for word in ("status", "registers", "products", "categories", "inventory", "tables")}
    shapes |= {"sites/#/products/#", "products/#/modifiers"}
    if shape not in shapes or not words:
        raise not_found()
    return Route(f"catalogue:{shape}", "kounta.catalogue", method, company, ids)


def _numbers(words: list[str]) -> tuple[int, ...]:
    if not all(word.isdigit() for word in words):
        raise not_found()
    return tuple(int(word) for word in words)
