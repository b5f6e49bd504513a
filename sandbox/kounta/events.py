"""Telling others: `callback_uri` posts and signed webhooks (Kounta docs: Orders, Webhooks)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from sandbox.kounta.models import Customer, Order, Subscription
from sandbox.kounta.order_view import order_json
from sandbox.kounta.state import KountaState
from sandbox.messages import Delivery, to_json


def order_bytes(state: KountaState, order: Order) -> bytes:
    """The complete order as it is posted."""
    return to_json(order_json(order, state.company(order.company_id), state.customer_of(order)))


def status_changed(state: KountaState, order: Order) -> None:
    """Post the order to its `callback_uri`; when it is complete, to the webhooks too."""
    _call_back(state, order)
    if order.status == "COMPLETE":
        _announce(state, order, state.switches.topics.completed)


def order_deleted(state: KountaState, order: Order) -> None:
    """Post a deleted order to its `callback_uri` and to the webhooks."""
    _call_back(state, order)
    _announce(state, order, state.switches.topics.deleted)


def kitchen_print(state: KountaState, order: Order) -> None:
    """Post an order of which the kitchen prints something; a blank one prints nothing."""
    if order.lines:
        _announce(state, order, state.switches.topics.kitchen_print)


def customer_linked(state: KountaState, order: Order, customer: Customer) -> None:
    """Post an order to the apps that have set a reference_id on the customer it is now linked to."""
    _announce(state, order, state.switches.topics.customer_linked, set(customer.references))


def customer_unlinked(state: KountaState, order: Order, customer: Customer) -> None:
    """Post an order to the apps that have set a reference_id on the customer who was taken off it."""
    _announce(state, order, state.switches.topics.customer_unlinked, set(customer.references))


def group_finalised(state: KountaState, group_id: int, orders: list[Order]) -> None:
    """Post a group and its orders."""
    first = orders[0]
    company = state.company(first.company_id)
    group = {
        "group_id": group_id,
        "company_id": first.company_id,
        "site_id": first.site_id,
        "orders": [order_json(order, company, state.customer_of(order)) for order in orders],
    }
    for subscription in _subscribed(state, first, state.switches.topics.group_finalised):
        _post(state, subscription, to_json(group))


def signature(token: str, body: bytes) -> str:
    """`X-Kounta-Signature`: hex HMAC-SHA256 of the raw body (Kounta support: HMAC Tips for Webhooks)."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def _call_back(state: KountaState, order: Order) -> None:
    if order.callback_uri is not None:
        state.owe(Delivery(order.callback_uri, {"Content-Type": "application/json"}, order_bytes(state, order)))


def _announce(state: KountaState, order: Order, topic: str, client_ids: set[str] | None = None) -> None:
    body = order_bytes(state, order)
    for subscription in _subscribed(state, order, topic):
        if client_ids is None or subscription.client_id in client_ids:
            _post(state, subscription, body)


def _subscribed(state: KountaState, order: Order, topic: str) -> Iterator[Subscription]:
    for subscription in state.subscriptions:
        if subscription.topic != topic or subscription.company_id != order.company_id:
            continue
        sites, guests = subscription.filter.get("site_ids"), subscription.filter.get("customer")
        if (not sites or order.site_id in sites) and (not guests or order.customer_id in guests):
            yield subscription


def _post(state: KountaState, subscription: Subscription, body: bytes) -> None:
    client = state.clients.get(subscription.client_id)
    if client is not None:
        headers = {"Content-Type": "application/json", "X-Kounta-Signature": signature(client.signature_token, body)}
        state.owe(Delivery(subscription.address, {**headers, **subscription.headers}, body))
