"""Which order of ours stands behind something of the POS's: items that say only that."""

from __future__ import annotations

from typing import Any

from shared.adapters.dynamodb.schema import Item, key, pos_order_pk, sale_link_key
from shared.domain.orders.order import Order
from shared.domain.pos_news import OrderLink


def pos_order_link(venue_id: str, pos_order_id: str, link: OrderLink) -> Item:
    """In the partition of the POS order."""
    return {**key(pos_order_pk(venue_id, pos_order_id), "LINK"), **_said(link)}


def sale_claim(venue_id: str, sale_name: str, link: OrderLink) -> Item:
    """By the number, or receipt id, of a sale that was entered by hand."""
    return {**sale_link_key(venue_id, sale_name), **_said(link)}


def unless_claimed_by_another(order_id: str) -> dict[str, Any]:
    """The condition that one sale stands for one order."""
    return {
        "ConditionExpression": "attribute_not_exists(pk) OR order_id = :order",
        "ExpressionAttributeValues": {":order": {"S": order_id}},
    }


def sale_claimed_by(order: Order | None) -> str | None:
    """The sale that an order was entered as."""
    handled = order.placed.handled if order and order.placed else None
    return handled.sale_name if handled else None


def link_in(item: Item) -> OrderLink:
    """The link in its item."""
    return OrderLink(item["record_id"]["S"], item["order_id"]["S"])


def _said(link: OrderLink) -> Item:
    return {"record_id": {"S": link.record_id}, "order_id": {"S": link.order_id}}
