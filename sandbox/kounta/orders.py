"""Creating, updating and deleting orders (Kounta docs: Orders)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from sandbox.kounta.back_office import Company, Register, Site
from sandbox.kounta.events import customer_linked, customer_unlinked, kitchen_print, order_deleted, status_changed
from sandbox.kounta.line_building import choose, put_on
from sandbox.kounta.models import Order
from sandbox.kounta.order_schema import NEW_ORDER, ORDER_CHANGES
from sandbox.kounta.order_status import PRINTS, change_status, complete_if_paid
from sandbox.kounta.payments import make_payment
from sandbox.kounta.printing import print_through, printer_for
from sandbox.kounta.refusals import RefusalError, complete_is_final, ordering_paused
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import add_up
from sandbox.messages import Json

SALEID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PLAIN_FIELDS = ("notes", "order_type", "guests", "callback_uri", "placed_at", "fulfil_at")
FLAG_FIELDS = ("complete_when_paid", "enable_alert_sound", "prompt_for_reject_reason", "lock")

BOTH_VARIATIONS = "price_variation and price_fixed_variation cannot both be specified."


def create_order(state: KountaState, company: Company, client_id: str | None, body: Json) -> Order:
    """Make an order; raises RefusalError with the vendor's reason."""
    NEW_ORDER(body, "")
    if body.get("status") == "ACCEPTED":
        raise RefusalError(400, "Orders cannot be created with status ACCEPTED.")
    site, register = _where(company, body)
    if state.switches.site(site.id).online_ordering_paused and client_id is not None:
        raise ordering_paused()
    _variations_exclude_each_other(body)
    _original_is_complete(state, company, body)
    now = state.now()
    order = Order(
        id=state.next_number("order", state.settings.first_order_id),
        saleid="",
        sale_number=_sale_number(state, register or site.registers[0], body.get("sale_number")),
        company_id=company.id,
        client_id=client_id,
        site_id=site.id,
        register_id=register.id if register else None,
        status=body.get("status", "SUBMITTED"),
        pass_thru_printing=body.get("pass_thru_printing", False),
        pass_thru_printing_register=body.get("pass_thru_printing_register"),
        original_order_id=body.get("original_order_id"),
        created_at=now,
        updated_at=now,
    )
    order.saleid = _saleid(order.id)
    _apply(state, company, order, body)
    for line in body.get("lines", ()):
        put_on(state, company, order, line)
    for option in body.get("options", ()):
        order.options.append(choose(state, company, order, option))
    for position, payment in enumerate(body.get("payments", ())):
        order.payments.append(make_payment(state, company, client_id, payment, position + 1))
    add_up(order)
    _within_limit(order)
    printer = printer_for(state, site, order) if order.pass_thru_printing else None
    if order.status == "COMPLETE" and not order.settled:
        raise RefusalError(400, "Order is not fully paid.")
    state.put_order(order)
    tell_of_link(state, order, None)
    if printer is not None:
        print_through(state, order, printer)
        return order
    if order.status == "COMPLETE":
        status_changed(state, order)
    if order.status in PRINTS:
        kitchen_print(state, order)
    complete_if_paid(state, order)
    return order


def update_order(state: KountaState, company: Company, order: Order, body: Json) -> None:
    """Change some fields, `status` included; raises RefusalError when the order is COMPLETE."""
    if order.status == "COMPLETE":
        raise complete_is_final()
    ORDER_CHANGES(body, "")
    _variations_exclude_each_other(body)
    status = body.get("status", order.status)
    changed = order.model_copy(deep=True)
    _apply(state, company, changed, body)
    if changed.price_variation != 1 and changed.price_fixed_variation != 0:
        raise RefusalError(400, BOTH_VARIATIONS)
    add_up(changed)
    _within_limit(changed)
    if status == "COMPLETE" and not changed.settled:
        raise RefusalError(400, "Order is not fully paid.")
    state.put_order(changed)
    tell_of_link(state, changed, order.customer_id)
    change_status(state, changed, status)


def delete_order(state: KountaState, order: Order) -> None:
    """Delete an open order. The documents name no such action; integrations use it and get 204."""
    if state.switches.delete_answers_405:
        raise RefusalError(405, "Method Not Allowed")
    if order.status == "COMPLETE":
        raise complete_is_final()
    order.deleted = True
    state.put_order(order)
    order_deleted(state, order)


def tell_of_link(state: KountaState, order: Order, before: int | None) -> None:
    """Tell of the customer who was taken off the order (`before`) and of the one now on it, if they differ."""
    if before == order.customer_id:
        return
    left = state.customers.get(str(before))
    if left is not None:
        customer_unlinked(state, order, left)
    joined = state.customer_of(order)
    if joined is not None:
        customer_linked(state, order, joined)


def _where(company: Company, body: Json) -> tuple[Site, Register | None]:
    if "register_id" in body:
        known = company.register(body["register_id"])
        if known is None:
            raise RefusalError(400, f"Register ({body['register_id']}) does not exist.")
        if body.get("site_id", known[0].id) != known[0].id:
            raise RefusalError(400, f"Register ({body['register_id']}) does not belong to that site.")
        return known
    if "site_id" not in body:
        raise RefusalError(400, "Either register_id or site_id must be included.")
    site = company.site(body["site_id"])
    if site is None:
        raise RefusalError(400, f"Site ({body['site_id']}) does not exist.")
    return site, None


def _apply(state: KountaState, company: Company, order: Order, body: dict[str, Any]) -> None:
    for name in (*PLAIN_FIELDS, *FLAG_FIELDS):
        if name in body:
            setattr(order, name, body[name])
    if "customer_id" in body:
        customer = state.customers.get(str(body["customer_id"]))
        if customer is None or customer.company_id != company.id:
            raise RefusalError(400, f"Customer ({body['customer_id']}) does not exist.")
        order.customer_id = customer.id
    if "price_variation" in body:
        order.price_variation = Decimal(body["price_variation"])
    if "price_fixed_variation" in body:
        order.price_fixed_variation = Decimal(body["price_fixed_variation"])
    if "price_limit" in body:
        order.price_limit = Decimal(body["price_limit"])


def _variations_exclude_each_other(body: Json) -> None:
    if "price_variation" in body and "price_fixed_variation" in body:
        raise RefusalError(400, BOTH_VARIATIONS)


def _within_limit(order: Order) -> None:
    if order.price_limit is not None and order.total > order.price_limit:
        raise RefusalError(400, f"Order total is above its price limit ({order.price_limit}).")


def _original_is_complete(state: KountaState, company: Company, body: Json) -> None:
    if "original_order_id" not in body:
        return
    original = state.orders.get(str(body["original_order_id"]))
    if original is None or original.deleted or original.company_id != company.id:
        raise RefusalError(400, f"Order ({body['original_order_id']}) does not exist.")
    if original.status != "COMPLETE":
        raise RefusalError(400, "The original order must be complete.")


def _sale_number(state: KountaState, register: Register, wanted: str | None) -> str:
    number = state.next_number(f"sale/{register.id}", 1001)
    return f"{wanted}-{number}" if wanted else f"{register.sale_prefix}-{number}"


def _saleid(order_id: int) -> str:
    # Looks random, as on a receipt, but a test that is repeated gets the same.
    digest = hashlib.sha256(str(order_id).encode()).digest()
    return "".join(SALEID_LETTERS[byte % len(SALEID_LETTERS)] for byte in digest[:8])
