"""Building order lines: plain ones, and those that stand for an option set and what was chosen in it."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from sandbox.kounta.back_office import Company, OptionSet, Product
from sandbox.kounta.models import ChosenOption, ChosenSet, Line, Order
from sandbox.kounta.refusals import RefusalError, not_at_site, out_of_stock
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import to_unit
from sandbox.messages import Json

STOCK_CHECKED = {"ON_HOLD", "PENDING", "COMPLETE"}
"""Statuses in which availability is checked (Kounta docs: Create an order with product availability)."""

FREE, LEFT_OUT = Decimal(0), "No"


def put_on(state: KountaState, company: Company, order: Order, wanted: Json) -> Line:
    """Add the line of a checked body to an order, as an option set when it has `option_sets`."""
    if not wanted.get("option_sets"):
        line = make_line(state, company, order, wanted)
        order.lines.append(line)
        return line
    # Kounta docs, Lines: modifiers or option_sets; no price_variation with option_sets.
    for name in ("modifiers", "price_variation"):
        if name in wanted:
            raise RefusalError(400, f"{name} and option_sets cannot both be specified.")
    if wanted.get("quantity", 1) != 1:
        raise RefusalError(400, "quantity and option_sets cannot both be specified.")
    chosen = choose(state, company, order, wanted)
    order.options.append(chosen)
    return next(line for line in order.lines if line.number == chosen.line_number)


def choose(
    state: KountaState, company: Company, order: Order, wanted: Json, offered_by: OptionSet | None = None
) -> ChosenOption:
    """Add the lines of a choice and of everything nested in it; raises RefusalError for what the menu does not offer.

    Without `offered_by` it is the product that the option sets belong to.
    """
    product_id, instructions = wanted["product_id"], wanted.get("instructions")
    offer = offered_by.option(product_id) if offered_by is not None else None
    if offered_by is not None and offer is None:
        raise RefusalError(400, f"Product ({product_id}) is not an option of option set ({offered_by.id}).")
    if instructions is not None and (offered_by is None or not offered_by.instructions):
        which = f"Option set ({offered_by.id})" if offered_by is not None else f"Product ({product_id})"
        raise RefusalError(400, f"{which} does not support instructions.")
    # Nothing is said about what is left out; it costs nothing here unless a price comes with it.
    price = FREE if instructions == LEFT_OUT else offer.unit_price if offer is not None else None
    line = make_line(state, company, order, wanted, price)
    line.part_of_option_set = True
    order.lines.append(line)
    product = company.product(product_id)
    chosen = ChosenOption(product_id=product_id, line_number=line.number, instructions=instructions)
    for nested in wanted.get("option_sets", ()):
        option_set = _of_product(company, product, nested["option_set_id"])
        options = [choose(state, company, order, option, option_set) for option in nested["options"]]
        chosen.option_sets.append(ChosenSet(option_set_id=option_set.id, name=option_set.name, options=options))
    return chosen


def make_line(
    state: KountaState, company: Company, order: Order, wanted: Json, price: Decimal | None = None, number: int = 0
) -> Line:
    """Build a line from a checked body; raises RefusalError when the site cannot sell it.

    `price`: what an option set asks, instead of the site's price. `number`: the next one when it is left out.
    """
    product_id = wanted["product_id"]
    product = _sold_at(state, company, order.site_id, product_id)
    if order.status in STOCK_CHECKED and product_id in state.switches.site(order.site_id).product_out_of_stock:
        raise out_of_stock(product_id)
    modifiers_are_sold(state, company, order.site_id, wanted)
    course = company.course(product.course)
    line = Line(
        number=number or max((line.number for line in order.lines), default=0) + 1,
        line_id=hashlib.sha256(f"{order.site_id}/{state.next_number('line')}".encode()).hexdigest()[:6],
        product_id=product_id,
        product_name=product.name,
        quantity=Decimal(1),
        unit_price=product.unit_price if price is None else price,
        tax=company.tax,
        sku=product.sku,
        course_name=course.name if course is not None else None,
        course_ordinal=course.ordinal if course is not None else None,
        course_status="uncalled" if course is not None else "no status",
    )
    return change_line(line, wanted)


def modifiers_are_sold(state: KountaState, company: Company, site_id: int, wanted: Json) -> None:
    """Raise the vendor's 400 for modifiers, negated ones too, that are no products of the site."""
    for modifier in wanted.get("modifiers", ()):
        _sold_at(state, company, site_id, abs(modifier))


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


def _sold_at(state: KountaState, company: Company, site_id: int, product_id: int) -> Product:
    product = company.product(product_id)
    if product is None or product_id in state.switches.site(site_id).product_gone:
        raise not_at_site(product_id)
    return product


def _of_product(company: Company, product: Product | None, option_set_id: int) -> OptionSet:
    option_set = company.option_set(option_set_id)
    if option_set is None or product is None or option_set_id not in product.option_sets:
        of = f"product ({product.id})" if product is not None else "that product"
        raise RefusalError(400, f"Option set ({option_set_id}) does not belong to {of}.")
    return option_set
