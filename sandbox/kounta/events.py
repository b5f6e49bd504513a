"""Telling others: `callback_uri` posts and signed webhooks (Kounta docs: Orders, Webhooks)."""

from __future__ import annotations

import hashlib
import hmac

from sandbox.kounta.models import Order
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
        _announce(state, order, "orders/completed")


def order_deleted(state: KountaState, order: Order) -> None:
    """Post a deleted order to its `callback_uri` and to the webhooks."""
    _call_back(state, order)
    _announce(state, order, "orders/deleted")


def signature(token: str, body: bytes) -> str:
    """`X-Kounta-Signature`: hex HMAC-SHA256 of the raw body (Kounta support: HMAC Tips for Webhooks)."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def _call_back(state: KountaState, order: Order) -> None:
    if order.callback_uri is not None:
        state.owe(Delivery(order.callback_uri, {"Content-Type": "application/json"}, order_bytes(state, order)))


def _announce(state: KountaState, order: Order, topic: str) -> None:
    body = order_bytes(state, order)
    for subscription in state.subscriptions:
        if subscription.topic != topic or subscription.company_id != order.company_id:
            continue
        sites, guests = subscription.filter.get("site_ids"), subscription.filter.get("customer")
        if (sites and order.site_id not in sites) or (guests and order.customer_id not in guests):
            continue
        client = state.clients.get(subscription.client_id)
        if client is None:
            continue
        headers = {"Content-Type": "application/json", "X-Kounta-Signature": signature(client.signature_token, body)}
        state.owe(Delivery(subscription.address, {**headers, **subscription.headers}, body))
