"""What staff do on the register: accept, reject, add items, take payment, complete, delete, ring up a sale."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Concatenate, ParamSpec

from sandbox.kounta.events import order_deleted
from sandbox.kounta.lines import add_lines
from sandbox.kounta.models import Company, Order
from sandbox.kounta.order_status import change_status
from sandbox.kounta.orders import create_order
from sandbox.kounta.payments import add_payment
from sandbox.kounta.refusals import RefusalError
from sandbox.kounta.state import KountaState
from sandbox.messages import Json

CARD = "card"
Given = ParamSpec("Given")


def by_one_hand(
    act: Callable[Concatenate[Staff, Given], Order],
) -> Callable[Concatenate[Staff, Given], Order]:
    """Make an act wait for whatever else touches the sandbox."""

    @wraps(act)
    def waiting(staff: Staff, /, *args: Given.args, **kwargs: Given.kwargs) -> Order:
        with staff.lock:
            return act(staff, *args, **kwargs)

    return waiting


class Staff:
    """The hands at the register. Every act raises RefusalError when the order's state or its locks forbid it."""

    def __init__(self, state: KountaState, lock: threading.RLock) -> None:
        self._state = state
        self.lock = lock

    @by_one_hand
    def accept(self, order_id: int) -> Order:
        """Take a SUBMITTED order on."""
        order = self._touched(order_id)
        if order.status == "ACCEPTED":
            return order
        self._must_be(order, "SUBMITTED", "accepted")
        change_status(self._state, order, "ACCEPTED")
        return order

    @by_one_hand
    def reject(self, order_id: int, reason: str = "", reason_name: str = "Other") -> Order:
        """Turn a SUBMITTED order down; the reason is told when the order asks to prompt for one."""
        order = self._touched(order_id)
        self._must_be(order, "SUBMITTED", "rejected")
        if order.prompt_for_reject_reason:
            order.reject_reason = [{"id": 1, "name": reason_name, "notes": reason}]
        change_status(self._state, order, "REJECTED")
        return order

    @by_one_hand
    def add_lines(self, order_id: int, lines: Json = None) -> Order:
        """Put items on; without `lines` one of the company's first product."""
        order = self._touched(order_id)
        self._unlocked(order, "NEW_LINES")
        self._must_be_open(order)
        company = self._state.company(order.company_id)
        wanted = lines or [{"product_id": company.products[0].id}]
        before = order.model_copy(deep=True)
        add_lines(self._state, company, order, wanted)
        if order.price_limit is not None and order.total > order.price_limit:
            self._state.orders.put(str(order.id), before)
            raise RefusalError(409, f"The order may not go beyond {order.price_limit}.")
        return order

    @by_one_hand
    def pay(
        self, order_id: int, amount: Decimal | None = None, method_id: int | None = None, tip: Decimal = Decimal(0)
    ) -> Order:
        """Take a payment: what is due, by card, unless told otherwise."""
        order = self._touched(order_id)
        self._unlocked(order, "PAYMENTS")
        self._must_be_open(order)
        company = self._state.company(order.company_id)
        wanted = {
            "method_id": method_id if method_id is not None else card_of(company),
            "amount": amount if amount is not None else order.due,
            "tip": tip,
        }
        add_payment(self._state, company, order, wanted)
        return order

    @by_one_hand
    def complete(self, order_id: int) -> Order:
        """Close a paid order; does nothing when it is COMPLETE already."""
        order = self._touched(order_id)
        if order.status == "COMPLETE":
            return order
        self._must_be_open(order)
        if order.due > 0:
            raise RefusalError(409, f"{order.due} is still due.")
        change_status(self._state, order, "COMPLETE")
        return order

    @by_one_hand
    def delete(self, order_id: int) -> Order:
        """Delete an order, a completed sale too."""
        order = self._touched(order_id)
        self._unlocked(order, "DELETE")
        order.deleted = True
        self._state.put_order(order)
        order_deleted(self._state, order)
        return order

    @by_one_hand
    def ring_up(self, site_id: int, lines: Json = None, *, paid: bool = True, notes: str = "") -> Order:
        """A sale made at the till, without any app."""
        company = self._state.company_of_site(site_id)
        wanted = lines or [{"product_id": company.products[0].id}]
        body = {"site_id": site_id, "status": "ON_HOLD", "lines": wanted, "notes": notes}
        order = create_order(self._state, company, None, body)
        return self.pay(order.id) if paid else self._touched(order.id)

    def _touched(self, order_id: int) -> Order:
        order = self._state.order(order_id)
        company = self._state.company(order.company_id)
        site = company.site(order.site_id)
        if order.register_id is None and site is not None:
            order.register_id = site.registers[0].id
        if order.staff_id is None and company.staff:
            order.staff_id = company.staff[0].id
        return order

    def _must_be(self, order: Order, status: str, deed: str) -> None:
        if order.status != status:
            raise RefusalError(409, f"An order that is {order.status} cannot be {deed}.")

    def _must_be_open(self, order: Order) -> None:
        if order.status in {"COMPLETE", "REJECTED"}:
            raise RefusalError(409, f"The order is {order.status}.")

    def _unlocked(self, order: Order, flag: str) -> None:
        if flag in order.lock or "ALL" in order.lock:
            raise RefusalError(409, f"The app that made this order has locked {flag}.")


def card_of(company: Company) -> int:
    """The method called Card, else the first."""
    named = [method for method in company.payment_methods if method.name.lower() == CARD]
    methods = named or company.payment_methods
    if not methods:
        raise RefusalError(409, "The company has no payment method.")
    return methods[0].id
