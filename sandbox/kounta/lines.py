"""Lines of an order (Kounta docs: Lines)."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from sandbox.kounta.models import Company, Line, Order
from sandbox.kounta.order_schema import LINE, LINE_CHANGES
from sandbox.kounta.order_status import complete_if_paid
from sandbox.kounta.refusals import RefusalError, complete_is_final, not_at_site, not_found, out_of_stock
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import add_up, to_unit
from sandbox.messages import Json

STOCK_CHECKED = {"ON_HOLD", "PENDING", "COMPLETE"}
"""Statuses in which availability is checked (Kounta docs: Create an order with product availability)."""


def make_line(state: KountaState, company: Company, site_id: int, status: str, wanted: Json, number: int) -> Line:
    """Build a line from a checked body; raises RefusalError when the site cannot sell it."""
    product_id = wanted["product_id"]
    product = company.product(product_id)
    condition = state.switches.site(site_id)
    if product is None or product_id in condition.product_gone:
        raise not_at_site(product_id)
    if status in STOCK_CHECKED and product_id in condition.product_out_of_stock:
        raise out_of_stock(product_id)
    seed = f"{site_id}/{state.next_number('line')}".encode()
    line = Line(
        number=number,
        line_id=hashlib.sha256(seed).hexdigest()[:6],
        product_id=product_id,
        product_name=product.name,
        quantity=Decimal(1),
        unit_price=product.unit_price,
        tax=company.tax,
    )
    return change_line(line, wanted)


def change_line(line: Line, wanted: Json) -> Line:
    """Apply the fields of a checked body to a line; raises RefusalError when they exclude each other."""
    if "price_variation" in wanted and "price_fixed_variation" in wanted:
        raise RefusalError(400, "price_variation and price_fixed_variation cannot both be specified.")
    if "unit_price" in wanted:
        line.unit_price = to_unit(Decimal(wanted["unit_price"]))
    elif "unit_price_inc_tax" in wanted:
        line.unit_price = to_unit(Decimal(wanted["unit_price_inc_tax"]) / (1 + line.tax.rate))
    line.quantity = Decimal(wanted.get("quantity", line.quantity))
    line.notes = wanted.get("notes", line.notes)
    line.modifiers = wanted.get("modifiers", line.modifiers)
    line.price_variation = Decimal(wanted.get("price_variation", line.price_variation))
    line.price_fixed_variation = Decimal(wanted.get("price_fixed_variation", line.price_fixed_variation))
    return line


def add_lines(state: KountaState, company: Company, order: Order, body: Json) -> list[Line]:
    """Add one line or several; all or none."""
    _open(order)
    wanted = body if isinstance(body, list) else [body]
    for position, line in enumerate(wanted):
        LINE(line, f"/{position}" if isinstance(body, list) else "")
    if not wanted:
        raise RefusalError(400, "No lines were given.")
    first = max((line.number for line in order.lines), default=0) + 1
    made = [
        make_line(state, company, order.site_id, order.status, line, first + position)
        for position, line in enumerate(wanted)
    ]
    order.lines.extend(made)
    _changed(state, order)
    return made


def update_line(state: KountaState, company: Company, order: Order, number: int, body: Json) -> None:
    """Change a line, before the order is accepted."""
    _open(order)
    LINE_CHANGES(body, "")
    if order.status not in {"SUBMITTED", "ON_HOLD"}:
        raise RefusalError(400, "Lines cannot be updated once the order has been accepted.")
    line = find_line(order, number)
    if "product_id" in body and body["product_id"] != line.product_id:
        fresh = make_line(state, company, order.site_id, order.status, body, number)
        order.lines[order.lines.index(line)] = fresh
    else:
        change_line(line, body)
    _changed(state, order)


def remove_line(state: KountaState, order: Order, number: int) -> None:
    """Take a line off."""
    _open(order)
    order.lines.remove(find_line(order, number))
    _changed(state, order)


def find_line(order: Order, number: int) -> Line:
    """A line by its number; raises RefusalError 404."""
    for line in order.lines:
        if line.number == number:
            return line
    raise not_found()


def _open(order: Order) -> None:
    if order.status == "COMPLETE":
        raise complete_is_final()


def _changed(state: KountaState, order: Order) -> None:
    add_up(order)
    state.put_order(order)
    complete_if_paid(state, order)
