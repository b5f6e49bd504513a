"""Our words in Kounta's JSON. Bodies are checked there against a schema: ids and money are JSON numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import simplejson

from shared.domain.bookings.events import Customer
from shared.domain.errors import BadInputError
from shared.domain.orders.draft import NOTIFICATION_LENGTH, OrderDraft

NOTIFICATION_DURATION_S = 30  # 3 to 60 (Kounta docs: Notifications)


def create_body(draft: OrderDraft) -> bytes:
    """The exact bytes of `POST /orders`. Raises BadInputError for an id that is no whole number."""
    order: dict[str, Any] = {}
    if draft.register_id is not None:
        order["register_id"] = as_number(draft.register_id, "register_id")
    elif draft.site_id is not None:
        order["site_id"] = as_number(draft.site_id, "site_id")
    order["status"] = "SUBMITTED"
    if draft.order_type:
        order["order_type"] = draft.order_type
    if draft.guests is not None:
        order["guests"] = draft.guests
    if draft.customer_id is not None:
        order["customer_id"] = as_number(draft.customer_id, "customer_id")
    order["notes"] = draft.notes
    if draft.payments:
        order["payments"] = [
            {"method_id": as_number(each.method_id, "method_id"), "amount": each.amount, "ref": each.ref}
            for each in draft.payments
        ]
    order["complete_when_paid"] = draft.complete_when_paid
    order["prompt_for_reject_reason"] = True
    order["callback_uri"] = draft.callback_uri
    return as_json(order)


def update_body(notes: str, guests: int | None) -> bytes:
    """The bytes of a `PUT /orders/{id}`: partial, what is not named stays (Kounta docs: Update an order)."""
    return as_json({"notes": notes} if guests is None else {"notes": notes, "guests": guests})


def reject_body() -> bytes:
    """The bytes that cancel an order where it cannot be deleted."""
    return as_json({"status": "REJECTED"})


def notification_body(message: str) -> bytes:
    """A message on the registers at once (Kounta docs: Notifications)."""
    return as_json(
        {
            "broadcast_level": "now",
            "alert_colour": "orange",
            "message": message[:NOTIFICATION_LENGTH],
            "duration": NOTIFICATION_DURATION_S,
        }
    )


def customer_body(customer: Customer, reference_id: str) -> bytes:
    """A new customer; what is not known is left out."""
    known = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "reference_id": reference_id,
    }
    return as_json({name: value for name, value in known.items() if value})


def as_json(value: object) -> bytes:
    """Compact JSON in UTF-8, Decimals as they are written. Raises ValueError for NaN and infinity."""
    text: str = simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, for_json=False
    )
    return text.encode("utf-8", "replace")  # half a surrogate pair in a guest's words must not stop the order


def as_number(text: str, name: str) -> int:
    """An id as a JSON number: 64-bit, kept as a string with us. Raises BadInputError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise BadInputError(f"{name} is not a whole number", code="invalid_pos_id")
    return int(text)


def as_moment(moment: datetime, *, up: bool = False) -> str:
    """A time for a filter: UTC, whole seconds, rounded outwards so that nothing at the edge is lost."""
    whole = moment.astimezone(UTC).replace(microsecond=0)
    if up and moment.microsecond:
        whole += timedelta(seconds=1)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")
