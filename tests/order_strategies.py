"""Random orders that Kounta takes, over the sandbox's demo catalogue; and what they come to.

A valid order keeps the document's rules across fields: one variation of the two, a price limit not below the total,
COMPLETE and pass-thru PENDING only when paid in full, a refund of an order that is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st

from sandbox.demo import read_demo
from shared.domain.bookings.events import Customer
from shared.domain.orders.request import (
    INSTRUCTIONS,
    LOCKS,
    ORDER_TYPES,
    Address,
    LineRequest,
    OptionRequest,
    OptionSetRequest,
    OrderRequest,
    PaymentRequest,
)

COMPANY: dict[str, Any] = read_demo()["companies"][0]
PRODUCTS: dict[str, dict[str, Any]] = {str(one["id"]): one for one in COMPANY["products"]}
OPTION_SETS: dict[str, dict[str, Any]] = {str(one["id"]): one for one in COMPANY["option_sets"]}
METHODS = tuple(str(one["id"]) for one in COMPANY["payment_methods"])
TAX = Decimal(COMPANY["tax"]["rate"])
REGISTER = str(COMPANY["sites"][0]["registers"][0]["id"])
UNIT, CENT = Decimal("0.0001"), Decimal("0.01")


def _decimals(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30).filter(
    str.strip
)
texts = words | st.sampled_from(
    ["No onions\nplease", "[PR-0123456789ABCDEF-1] not ours", "crème brûlée 🍮", '"quoted"']
)
codes = st.text("ABCDEFGHJK0123456789._-", min_size=1, max_size=20)
prices = _decimals("0", "400", 4)
coefficients = _decimals("0.05", "2", 2)
fixed_amounts = _decimals("-2", "5", 2)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
modifiers = st.lists(
    st.sampled_from([f"{sign}{one}" for one in ("730321", "730322", "730323") for sign in ("", "-")]), max_size=4
)
addresses = st.builds(
    Address, words, city=_maybe(words), state=_maybe(words), postal_code=_maybe(codes), country=_maybe(st.just("AU"))
)
customers = st.builds(
    Customer,
    first_name=_maybe(st.sampled_from(["Alex", "Robin", "Zoë"])),
    last_name=_maybe(st.just("Example")),
    email=_maybe(st.just("alex@example.com")),
    phone=_maybe(st.just("+61 2 5550 0100")),
)


@st.composite
def lines(draw: st.DrawFn, sign: int = 1) -> LineRequest:
    """A line of the catalogue; `sign` -1: of a refund."""
    variation = draw(st.sampled_from(["none", "coefficient", "fixed"]))
    return LineRequest(
        product_id=draw(st.sampled_from(sorted(PRODUCTS))),
        quantity=sign * draw(st.integers(1, 20).map(Decimal) | _decimals("0.001", "9", 3)),
        unit_price=draw(_maybe(prices)),
        unit_price_inc_tax=draw(_maybe(prices)),
        price_variation=draw(coefficients) if variation == "coefficient" else None,
        price_fixed_variation=draw(fixed_amounts) if variation == "fixed" else None,
        notes=draw(_maybe(texts)),
        modifiers=tuple(draw(modifiers)),
    )


@st.composite
def options(draw: st.DrawFn, product_id: str | None = None, instructed: bool = False) -> OptionRequest:
    """A product with choices of its option sets, nested; `instructed`: it stands in a set that takes instructions."""
    product_id = product_id or draw(st.sampled_from([one for one in sorted(PRODUCTS) if _sets_of(one)]))
    chosen = draw(st.lists(st.sampled_from(_sets_of(product_id)), unique=True)) if _sets_of(product_id) else []
    return OptionRequest(
        product_id=product_id,
        unit_price=draw(_maybe(prices)),
        unit_price_inc_tax=draw(_maybe(prices)),
        instructions=draw(_maybe(st.sampled_from(INSTRUCTIONS))) if instructed else None,
        option_sets=tuple(draw(_option_sets(one)) for one in chosen),
    )


@st.composite
def _option_sets(draw: st.DrawFn, option_set_id: str) -> OptionSetRequest:
    offered = OPTION_SETS[option_set_id]
    products = st.sampled_from([str(one["product_id"]) for one in offered["options"]])
    picked = draw(st.lists(products, min_size=max(1, offered.get("min", 0)), max_size=offered.get("max", 3)))
    instructed = offered.get("instructions", False)
    return OptionSetRequest(option_set_id, tuple(draw(options(one, instructed)) for one in picked))


@st.composite
def valid_orders(
    draw: st.DrawFn, *, originals: Sequence[str] = (), customer_ids: Sequence[str] = (), registers: Sequence[str] = ()
) -> OrderRequest:
    """An order that Kounta takes. `originals`: COMPLETE orders to refund; the rest as it exists in the POS."""
    sign = -1 if originals and draw(st.integers(0, 5)) == 0 else 1
    variation = draw(st.sampled_from(["none", "none", "coefficient", "fixed"]))
    order = OrderRequest(
        reference=draw(codes),
        customer_code=draw(_maybe(codes)),
        register_id=draw(_maybe(st.sampled_from(registers))) if registers else None,
        order_type=draw(_maybe(st.sampled_from(ORDER_TYPES))),
        table=draw(_maybe(st.sampled_from(["12", "T14", "Terrace 2"]))),
        guests=draw(_maybe(st.integers(0, 500))),
        customer=draw(_maybe(customers)),
        customer_id=draw(_maybe(st.sampled_from(customer_ids))) if customer_ids else None,
        delivery_address=draw(_maybe(addresses)),
        notes=draw(_maybe(texts)),
        lines=tuple(draw(st.lists(lines(sign), max_size=4))),
        options=tuple(draw(st.lists(options(), max_size=2))) if sign == 1 else (),
        price_variation=draw(coefficients) if variation == "coefficient" else None,
        price_fixed_variation=draw(fixed_amounts) if variation == "fixed" else None,
        lock=tuple(draw(st.lists(st.sampled_from(LOCKS), unique=True))),
        complete_when_paid=draw(_maybe(st.booleans())),
        enable_alert_sound=draw(_maybe(st.booleans())),
        prompt_for_reject_reason=draw(_maybe(st.booleans())),
        callback_uri=draw(_maybe(st.just("https://platform.example.com/orders?id=1"))),
        placed_at=draw(_maybe(moments)),
        fulfil_at=draw(_maybe(moments)),
        original_order_id=draw(st.sampled_from(originals)) if sign == -1 else None,
        sale_number=draw(_maybe(codes)),
    )
    total = total_of(order)
    order = replace(order, payments=tuple(draw(_payments(total, sign))))
    at_least = max(total, Decimal(0))
    order = replace(order, price_limit=draw(_maybe(_decimals("0", "100", 2).map(lambda more: at_least + more))))
    order = replace(order, status=draw(st.sampled_from(_statuses(order))))
    return replace(order, **draw(_printing(order)))


def total_of(order: OrderRequest) -> Decimal:
    """What the order comes to with tax, rounded to the cent: variations of lines and order multiply."""
    subtotals = [_line_total(one) for one in order.lines] + [_option_total(one) for one in order.options]
    gross = sum(subtotals, Decimal(0)) * (1 + TAX)
    total = gross * (Decimal(1) if order.price_variation is None else order.price_variation)
    if order.price_fixed_variation and gross:
        total = gross + order.price_fixed_variation
    return total.quantize(CENT, ROUND_HALF_UP)


def is_settled(order: OrderRequest) -> bool:
    """Whether nothing is left to pay; of a refund, to pay back."""
    due = total_of(order) - sum((one.amount for one in order.payments), Decimal(0))
    return due <= 0 if total_of(order) >= 0 else due >= 0


def price_ex_tax(asked: LineRequest | OptionRequest, otherwise: Decimal) -> Decimal:
    """The unit price that counts (Kounta docs: Create an order): ex tax, else inc tax, else the site's."""
    if asked.unit_price is not None:
        return asked.unit_price.quantize(UNIT, ROUND_HALF_UP)
    if asked.unit_price_inc_tax is not None:
        return (asked.unit_price_inc_tax / (1 + TAX)).quantize(UNIT, ROUND_HALF_UP)
    return otherwise


def site_price(product_id: str) -> Decimal:
    """What the site asks for a product, before tax."""
    return Decimal(PRODUCTS[product_id]["unit_price"])


def option_price(option: OptionRequest, option_set_id: str | None) -> Decimal:
    """What an option costs before tax: its own price, the set's, the product's; left out (`No`) nothing."""
    offers = OPTION_SETS[option_set_id]["options"] if option_set_id else []
    offered = next((one for one in offers if str(one["product_id"]) == option.product_id), {})
    usual = Decimal(offered.get("unit_price", PRODUCTS[option.product_id]["unit_price"]))
    return price_ex_tax(option, Decimal(0) if option.instructions == "No" else usual)


def as_json_body(order: OrderRequest) -> dict[str, Any]:
    """The order as a platform posts it, in the contract's names: money as decimal strings, times RFC 3339."""
    body: dict[str, Any] = _as_json(order)
    return body


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        shown = {one.name: _as_json(getattr(value, one.name)) for one in fields(value)}
        if "modifiers" in shown:
            shown["modifiers"] = [int(one) for one in shown["modifiers"]]
        return {name: one for name, one in shown.items() if one is not None and one != []}
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else value


def _sets_of(product_id: str) -> list[str]:
    return [str(one) for one in PRODUCTS[product_id].get("option_sets", ())]


def _line_total(line: LineRequest) -> Decimal:
    price = price_ex_tax(line, site_price(line.product_id)) * line.quantity
    coefficient = Decimal(1) if line.price_variation is None else line.price_variation
    return price * coefficient + (line.price_fixed_variation or Decimal(0))


def _option_total(option: OptionRequest, option_set_id: str | None = None) -> Decimal:
    nested = (_option_total(one, chosen.option_set_id) for chosen in option.option_sets for one in chosen.options)
    return sum(nested, option_price(option, option_set_id))


@st.composite
def _payments(draw: st.DrawFn, total: Decimal, sign: int) -> list[PaymentRequest]:
    how = draw(st.sampled_from(["none", "part", "whole", "two"]))
    part = sign * draw(_decimals("0.01", "300", 2))
    amounts = {"none": [], "part": [part], "whole": [total], "two": [part, total - part]}[how]
    return [
        PaymentRequest(
            amount=one,
            method_id=draw(st.sampled_from(METHODS)),
            ref=draw(_maybe(words)),
            tip=draw(_maybe(_decimals("0", "50", 2))),
        )
        for one in amounts
    ]


def _statuses(order: OrderRequest) -> list[str]:
    return ["SUBMITTED", "ON_HOLD", "PENDING", *(["COMPLETE"] if is_settled(order) else [])]


def _printing(order: OrderRequest) -> st.SearchStrategy[dict[str, Any]]:
    paid = bool(order.payments) and is_settled(order)
    fits = not order.is_empty and (order.status == "ON_HOLD" or (order.status == "PENDING" and paid))
    asked = st.sampled_from([None, False, *([True, True] if fits else [])])
    return st.fixed_dictionaries(
        {"pass_thru_printing": asked, "pass_thru_printing_register": _maybe(st.just(REGISTER))}
    )
