"""A delivery as a driver needs it: where to, for whom, what is in the bag, and what is paid."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from shared.domain.money import shown
from shared.domain.orders.request import Address, OrderRequest
from shared.domain.venues import Venue


def delivery_body(request: OrderRequest, order_id: str, order_code: str, venue: Venue) -> bytes:
    """The JSON that is posted. Of the customer only what is needed at the door: first name and phone."""
    customer = request.customer
    content: dict[str, Any] = {
        "order_id": order_id,
        "order_code": order_code,
        "reference": request.reference,
        "customer_code": request.customer_code,
        "venue": {"id": venue.id, "name": venue.name},
        "customer": {
            "first_name": customer.first_name if customer else None,
            "phone": customer.phone if customer else None,
        },
        "delivery_address": asdict(request.delivery_address or Address()),
        "items": _items(request),
        "total_paid": shown(sum((payment.amount for payment in request.payments), Decimal(0))),
        "currency": venue.currency,
        "placed_at": request.placed_at.isoformat() if request.placed_at else None,
        "fulfil_at": request.fulfil_at.isoformat() if request.fulfil_at else None,
        "notes": request.notes,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _items(request: OrderRequest) -> list[dict[str, str]]:
    """Lines, and the products of option sets, each of which is one."""
    lines = [(line.product_id, line.quantity) for line in request.lines]
    options = [(option.product_id, Decimal(1)) for option in request.options]
    return [
        {"product_id": product_id, "quantity": format(quantity.normalize(), "f")}
        for product_id, quantity in (*lines, *options)
    ]
