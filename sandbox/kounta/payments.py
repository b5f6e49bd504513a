"""Payments on an order (Kounta docs: Payments). There is no idempotency here: a repeated POST pays twice."""

from __future__ import annotations

from decimal import Decimal

from sandbox.kounta.back_office import Company
from sandbox.kounta.models import Order, Payment
from sandbox.kounta.order_schema import PAYMENT, PAYMENT_CHANGES
from sandbox.kounta.order_status import complete_if_paid
from sandbox.kounta.refusals import RefusalError, complete_is_final, not_found
from sandbox.kounta.state import KountaState
from sandbox.kounta.totals import to_cent
from sandbox.messages import Json


def make_payment(state: KountaState, company: Company, client_id: str | None, wanted: Json, number: int) -> Payment:
    """Build a payment from a checked body; raises RefusalError for a method the company does not have.

    Kounta docs, Payments: an app that is itself a payment method may leave `method_id` out.
    """
    own = company.method_of(client_id)
    if "method_id" not in wanted and own is None:
        raise RefusalError(400, "A method_id must be included.")
    method = company.payment_method(wanted["method_id"]) if "method_id" in wanted else own
    if method is None:
        raise RefusalError(400, f"Payment method ({wanted['method_id']}) does not exist.")
    return Payment(
        id=state.next_number("payment", 19_230_990),
        number=number,
        method_id=method.id,
        method_name=method.name,
        amount=to_cent(Decimal(wanted["amount"])),
        tip=to_cent(Decimal(wanted.get("tip", 0))),
        ref=wanted.get("ref"),
        created_at=state.now(),
    )


def add_payment(state: KountaState, company: Company, client_id: str | None, order: Order, body: Json) -> Payment:
    """Add a payment; an order that is paid by it becomes COMPLETE unless `complete_when_paid` is false."""
    if order.status == "COMPLETE":
        raise complete_is_final()
    PAYMENT(body, "")
    payment = make_payment(state, company, client_id, body, len(order.payments) + 1)
    order.payments.append(payment)
    state.put_order(order)
    complete_if_paid(state, order, awaiting_approval_too=True)
    return payment


def update_payment(state: KountaState, company: Company, order: Order, number: int, body: Json) -> None:
    """Add a `ref`, or a tip, which becomes a payment of 0.00 carrying it."""
    if order.status == "COMPLETE":
        raise complete_is_final()
    PAYMENT_CHANGES(body, "")
    payment = next((one for one in order.payments if one.number == number), None)
    if payment is None:
        raise not_found()
    if "ref" in body:
        payment.ref = body["ref"]
    if "tip" in body:
        tip = {"method_id": payment.method_id, "amount": 0, "tip": body["tip"]}
        order.payments.append(make_payment(state, company, None, tip, len(order.payments) + 1))
    state.put_order(order)
