"""What staff do on the register: accept, reject, hold, print, add items, take payment, group, complete, delete."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Concatenate, ParamSpec

from sandbox.kounta import groups
from sandbox.kounta.back_office import Company
from sandbox.kounta.events import kitchen_print, order_deleted
from sandbox.kounta.lines import add_lines
from sandbox.kounta.models import Order
from sandbox.kounta.order_status import change_status
from sandbox.kounta.orders import create_order, tell_of_link
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
        method = method_id if method_id is not None else card_of(company)
        own = company.method_of(order.client_id)
        if "APP_PAYMENT" in order.lock and (own is None or own.id != method):
            raise RefusalError(409, "The app that made this order takes its own payment only.")
        if amount is None:
            # What is due goes to the total, the service charge to the tip.
            amount, tip = order.due - order.tip_service_due, tip or order.tip_service_due
        add_payment(self._state, company, None, order, {"method_id": method, "amount": amount, "tip": tip})
        return order

    @by_one_hand
    def complete(self, order_id: int) -> Order:
        """Close a paid order; does nothing when it is COMPLETE already."""
        order = self._touched(order_id)
        if order.status == "COMPLETE":
            return order
        self._must_be_open(order)
        if not order.settled:
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

    @by_one_hand
    def hold(self, order_id: int) -> Order:
        """Put an order on hold; the kitchen prints it."""
        order = self._editable(order_id)
        change_status(self._state, order, "ON_HOLD")
        return order

    @by_one_hand
    def print_to_kitchen(self, order_id: int) -> Order:
        """Print an order in the kitchen (again)."""
        order = self._touched(order_id)
        if not order.lines:
            raise RefusalError(409, "There is nothing to print.")
        self._state.put_order(order)
        kitchen_print(self._state, order)
        return order

    @by_one_hand
    def charge_tip_service(self, order_id: int, percent: Decimal | None = None, amount: Decimal | None = None) -> Order:
        """Put a tip or service charge on: a percentage of the total or an amount; neither takes it off again."""
        order = self._editable(order_id)
        if percent is not None and amount is not None:
            raise RefusalError(409, "A tip or service charge is a percentage or an amount.")
        order.tip_service_percent, order.tip_service_amount = percent, amount
        self._state.put_order(order)
        return order

    @by_one_hand
    def call_course(self, order_id: int, ordinal: int, status: str) -> Order:
        """Give the lines of a course another status: uncalled, pending or called."""
        order = self._editable(order_id)
        lines = [line for line in order.lines if line.course_ordinal == ordinal]
        if not lines:
            raise RefusalError(409, f"The order has nothing of course {ordinal}.")
        for line in lines:
            line.course_status = status
        self._state.put_order(order)
        return order

    @by_one_hand
    def link_customer(self, order_id: int, customer_id: int | None) -> Order:
        """Link a customer to an order, or with None take the one it has off."""
        order = self._editable(order_id)
        customer = self._state.customers.get(str(customer_id))
        if customer_id is not None and (customer is None or customer.company_id != order.company_id):
            raise RefusalError(409, f"Customer ({customer_id}) does not exist.")
        before, order.customer_id = order.customer_id, customer_id
        self._state.put_order(order)
        tell_of_link(self._state, order, before)
        return order

    @by_one_hand
    def group(self, order_id: int, others: list[int]) -> Order:
        """Put an order into one group with others."""
        order = self._touched(order_id)
        groups.group(self._state, [order, *(self._touched(other) for other in others)])
        return order

    @by_one_hand
    def finalise(self, order_id: int) -> Order:
        """Close the group of an order once everything in it is paid."""
        order = self._touched(order_id)
        groups.finalise(self._state, order)
        return order

    def _editable(self, order_id: int) -> Order:
        order = self._touched(order_id)
        self._must_be_open(order)
        self._unlocked(order, "ALL")
        return order

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
