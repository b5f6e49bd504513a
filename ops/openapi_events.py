"""What the relay posts to platforms, in the words of the reference: OpenAPI's `webhooks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.openapi_examples import ORDER
from shared.domain.deliveries.endpoint import TEST_TYPE
from shared.web.event_schemas import PlatformEvent
from shared.web.order_schemas import Order

CALLBACK = "callback_uri"
EVENT_MODELS = (PlatformEvent, Order)
EVENTS_SAID = (
    "Posted to your endpoints as `{type, timestamp, data, version}`, signed after Standard Webhooks. Answer 2xx; all"
    " else is repeated for three days, 410 switches the endpoint off. Take each `webhook-id` once."
)

_BOOKED = {
    "venue_id": "demo",
    "booking_id": "B-1001",
    "order_id": "ord_0123456789ABCDEF",
    "order_code": "012345",
    "pos_order_id": "9100000000000000001",
}
_ONLINE = {
    "venue_id": "demo",
    "order_id": "ord_0123456789ABCDEF",
    "order_code": "012345",
    "reference": "P-77",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One type of event. `data`: of its example."""

    type: str
    summary: str
    description: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def example(self) -> dict[str, Any]:
        """One as it is posted."""
        return {"type": self.type, "timestamp": "2026-11-22T08:02:14+00:00", "data": dict(self.data), "version": "1"}


EVENTS = (
    Event("booking.order_opened", "The order of a seated party is in the POS", "Once for each seating.", _BOOKED),
    Event(
        "booking.undo_refused",
        "No longer seated, but the order was not deleted",
        "`code` and `reason` say why: as a rule there are items or payments on it. The venue is told too.",
        {**_BOOKED, "code": "order_has_items_or_payments", "reason": "the order has items"},
    ),
    Event(
        "booking.finished",
        "The party has paid",
        "`amount_spent` is the order's total, tips apart.",
        {**_BOOKED, "amount_spent": "80.00"},
    ),
    Event(
        "order.sent",
        "The order is in the POS",
        "Staff are yet to take it up.",
        {**_ONLINE, "pos_order_id": _BOOKED["pos_order_id"]},
    ),
    Event("order.accepted", "Staff accepted it", "On the register, or through the relay.", _ONLINE),
    Event("order.ready", "It is ready", "To be picked up, or for the driver.", _ONLINE),
    Event("order.out_for_delivery", "It is on its way", "The driver has it.", _ONLINE),
    Event(
        "order.rejected",
        "Staff rejected it",
        "`reason` is what they gave, if anything. It is not made: a paid order is yours to refund.",
        {**_ONLINE, "reason": "Kitchen closed"},
    ),
    Event(
        "order.completed", "It is paid and closed in the POS", "`total` is the POS's.", {**_ONLINE, "total": "80.00"}
    ),
    Event("order.deleted", "Staff deleted it", "It is not in the POS any more, and nothing puts it back.", _ONLINE),
    Event("order.refunded", "A refund of it is in the POS", "Whole or in part: read the order.", _ONLINE),
    Event(
        "order.handled",
        "Staff entered it by hand",
        "The relay does not send it any more. The customer gets what was ordered: do not refund.",
        _ONLINE,
    ),
    Event(
        "order.unknown",
        "It may or may not be in the POS",
        "The POS did not say what became of it. It is being looked up; until another event follows, neither refund it"
        " nor send it again.",
        {**_ONLINE, "code": "may_already_be_in_pos"},
    ),
    Event(
        "order.pos_failed",
        "The POS does not have it, but the order is kept: do NOT refund",
        "The venue keeps paid orders when the POS fails. Its staff were told and make the order; it may still be sent"
        " to the POS, or be entered by hand, and another event says so. The customer gets what was ordered: do NOT"
        " refund.",
        {**_ONLINE, "code": "pos_unreachable"},
    ),
    Event(
        "order.failed",
        "It failed for good: refund the customer",
        "Final. It is certain that the POS does not have it, and from here on nothing will send it again: no"
        " repetition, no person, no replay. Refund the customer. It is sent only once the outcome is known.",
        {**_ONLINE, "code": "product_not_at_site", "message": "Product is not available at that site"},
    ),
    Event(
        "order.kitchen_print",
        "The kitchen printed of it",
        "Once more each time: the POS has it and people see it.",
        {**_ONLINE, "pos_order_id": _BOOKED["pos_order_id"], "printed_at": "2026-11-22T08:02:14+00:00"},
    ),
    Event(
        "order.group_finalised",
        "Orders that were paid together",
        "Such as those of a table: `order_ids` are yours among them. Group ids come again after two days.",
        {"venue_id": "demo", "group_id": "17", "order_ids": ["ord_0123456789ABCDEF", "ord_0123456789ABCDEG"]},
    ),
    Event(
        "customer.linked",
        "A customer of the POS was linked to the order",
        "Kounta tells this only of customers who bear a reference of ours.",
        {**_ONLINE, "pos_customer_id": "660042"},
    ),
    Event(
        "customer.unlinked",
        "The customer was taken off the order",
        "Without `pos_customer_id` when it is not known who it was.",
        {**_ONLINE, "pos_customer_id": "660042"},
    ),
    Event(
        "menu.updated",
        "The menu has changed",
        "An import found another menu than the one before; read it. The numbers are of products; `unavailable` are out"
        " of stock, `changed` differ in anything.",
        {
            "venue_id": "demo",
            "imported_at": "2026-11-22T08:04:31+00:00",
            "products": 412,
            "unavailable": 3,
            "option_sets": 30,
            "categories": 12,
            "added": 2,
            "removed": 1,
            "changed": 5,
        },
    ),
    Event(TEST_TYPE, "A test that you asked for", "It means nothing.", {"endpoint_id": "main"}),
)


def webhooks(schemas: Mapping[object, Any]) -> dict[str, Any]:
    """The document's `webhooks`: each type of event, and the callback of a single order."""
    said = {
        event.type: _webhook(event.summary, event.description, schemas[PlatformEvent], event.example)
        for event in EVENTS
    }
    said[CALLBACK] = _webhook(
        "One order, to the address that came with it",
        "Whenever an `order.*` event of the order happens, the order is posted to its `callback_uri` as `GET` shows it,"
        " without the customer. It is signed with the secrets of your first active endpoint (by id) that hears of the"
        " venue; without one it bears `webhook-id` and `webhook-timestamp` only. It is repeated like an event, with the"
        " same bytes; 410 ends it for this order. Its `webhook-id` is not that of the event.",
        schemas[Order],
        ORDER,
    )
    return said


def _webhook(summary: str, description: str, schema: Any, example: Any) -> dict[str, Any]:
    return {
        "post": {
            "summary": summary,
            "description": description,
            "tags": ["Telling platforms"],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": schema, "example": example}},
            },
            "responses": {
                "2XX": {"description": "Taken. Within 15 seconds; work on it afterwards."},
                "410": {"description": "No more, please."},
                "default": {"description": "It is repeated."},
            },
        }
    }
