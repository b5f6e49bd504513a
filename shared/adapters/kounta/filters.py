"""The address of a list of orders (Kounta docs: Get orders). Path filters combine freely; `created_` and `value_` go
into the query."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from shared.adapters.kounta.rendering import as_moment
from shared.domain.orders.search import OrderFilters


def path_of(site: str, filters: OrderFilters) -> str:
    """The path below the company: `sites/823/registers/16/staff/732846/customers/4289/orders/complete/discounted`.

    `site`: what the list never leaves, such as `sites/823`.
    """
    parts = [site]
    for name, wanted in (
        ("registers", filters.register_id),
        ("staff", filters.staff_id),
        ("customers", filters.customer_id),
    ):
        if wanted is not None and f"{name}/{wanted}" != site:
            parts.append(f"{name}/{quote(wanted, safe='')}")
    parts.append("orders")
    if filters.pending_accounts:
        parts.append("pending/accounts")
    elif filters.status is not None:
        parts.append(quote(filters.status.lower(), safe=""))
    flags = {
        "discounted": filters.discounted,
        "deleted": filters.deleted,
        "linkedcustomer": filters.linked_customer,
    }
    return "/".join([*parts, *(name for name, is_set in flags.items() if is_set)])


def query_of(filters: OrderFilters) -> dict[str, str]:
    """`created_gte=2019-03-01T14:00:00Z`, `value_lt=100`: dates stay dates, times are in UTC and whole seconds."""
    query: dict[str, str] = {}
    for sign, bound in filters.created:
        if isinstance(bound, datetime):
            query[f"created_{sign}"] = as_moment(bound, up=sign in ("lt", "lte"))
        else:
            query[f"created_{sign}"] = bound.isoformat()
    return query | {f"value_{sign}": format(bound, "f") for sign, bound in filters.value}
