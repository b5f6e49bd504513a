"""The webhook endpoints in the words of the reference."""

from __future__ import annotations

from typing import Any

from ops.openapi_operations import (
    BAD_QUERY,
    BEARER,
    BODY_REFUSALS,
    FAILED,
    KEY,
    MOMENT,
    NO_KEY,
    NOT_FOUND,
    Answer,
    Operation,
    Parameter,
    Refusal,
)
from shared.domain.deliveries.platform_event import VERSION
from shared.web.lookups import DEFAULT_DAYS, MOST_ITEMS
from shared.web.schemas import (
    WebhookDeliveriesPage,
    WebhookEndpoint,
    WebhookEndpointRemoved,
    WebhookEndpoints,
    WebhookEndpointSet,
    WebhookReplayAccepted,
    WebhookTestAccepted,
)
from shared.web.webhook_endpoints import ReplayIn, WebhookEndpointIn

TAG = "Telling platforms"
WEBHOOK_TAGS = {TAG: "Where the relay posts what became of bookings and orders. Needs the scope `webhooks:manage`."}
NO_SCOPE = Refusal(403, "`scope_not_granted`: the key lacks the scope `webhooks:manage`.")
NOT_COVERED = Refusal(
    403, f"{NO_SCOPE.description} `venue_not_granted`: the endpoint hears of venues beyond the key's."
)
NOT_ACTIVE = Refusal(409, "`not_active`: the endpoint is paused or disabled; set it up again first.")
TOO_MANY = Refusal(409, "`too_many`: a platform has at most 20 endpoints.")
ONE = "/v1/webhook-endpoints/{endpoint_id}"
MAIN = "/v1/webhook-endpoints/main"

ENDPOINT: dict[str, Any] = {
    "id": "main",
    "url": "https://hooks.example.com/relay",
    "types": ["booking.order_opened", "order.pos_failed"],
    "venues": ["demo"],
    "contact_email": "integrations@example.com",
    "state": "active",
    "reason": None,
    "failing_since": None,
    "created_at": "2026-11-22T08:00:00+00:00",
    "secret_created_at": "2026-11-22T08:00:00+00:00",
}
WANTED = {name: ENDPOINT[name] for name in ("url", "types", "contact_email")}
DELIVERY: dict[str, Any] = {
    "event_id": "evt_19a3f1c2d4e5f60718293a4b",
    "type": "booking.order_opened",
    "venue_id": "demo",
    "state": "delivered",
    "created_at": "2026-11-22T08:02:14+00:00",
    "next_attempt_at": None,
    "attempts": [
        {
            "number": 1,
            "manual": False,
            "started_at": "2026-11-22T08:02:14+00:00",
            "ended_at": "2026-11-22T08:02:15+00:00",
            "http_status": 204,
            "error": None,
        }
    ],
}

ORDER = {"order_id": "ord_0123456789ABCDEF", "order_code": "012345", "booking_id": "B-1001"}
IN_POS = {**ORDER, "pos_order_id": "9100000000000000001"}
TOLD_AT = "2026-11-22T08:02:14+00:00"
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "booking.order_opened": ("The order is in the POS.", IN_POS),
    "booking.undo_refused": (
        "No longer seated, but the order was not deleted.",
        {**ORDER, "code": "too_late", "reason": "more than five minutes after the order was made"},
    ),
    "booking.finished": ("Paid.", {**ORDER, "amount_spent": "87.00"}),
    "order.accepted": ("Staff accepted it.", ORDER),
    "order.rejected": ("Staff rejected it.", {**ORDER, "reason": "Sold out: sorry"}),
    "order.completed": ("It was paid and closed.", {**ORDER, "total": "87.00"}),
    "order.deleted": ("Staff deleted it.", ORDER),
    "order.unknown": ("It may be in the POS; it is being looked up.", ORDER),
    "order.pos_failed": ("The POS does not have it.", {**ORDER, "code": "pos_unreachable"}),
    "order.kitchen_print": (
        "The kitchen printed of it, once more each time: the POS has it and people see it.",
        {**IN_POS, "printed_at": TOLD_AT},
    ),
    "order.group_finalised": (
        "Orders that were paid together, such as those of a table: yours among them. Group ids come again after two"
        " days.",
        {"group_id": "17", "order_ids": ["ord_0123456789ABCDEF", "ord_0123456789ABCDEG"]},
    ),
    "customer.linked": (
        "A customer of the POS was linked to the order. Kounta tells this only of customers who bear a reference of"
        " ours.",
        {**IN_POS, "pos_customer_id": "660042"},
    ),
    "customer.unlinked": (
        "The customer was taken off the order; without `pos_customer_id` when it is not known who it was.",
        {**IN_POS, "pos_customer_id": "660042"},
    ),
}


def platform_webhooks() -> dict[str, Any]:
    """The events that the relay posts, each with an example."""
    return {kind: {"post": _platform_webhook(kind, *said)} for kind, said in EVENTS.items()}


def _platform_webhook(kind: str, meaning: str, said: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["type", "timestamp", "version", "data"],
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "version": {"const": VERSION},
            "data": {
                "type": "object",
                "required": ["venue_id"],
                "properties": {"venue_id": {"type": "string"}, **{name: _schema_of(said[name]) for name in said}},
            },
        },
    }
    example = {"type": kind, "timestamp": TOLD_AT, "version": VERSION, "data": {"venue_id": "demo", **said}}
    return {
        "operationId": "on" + "".join(part.title() for part in kind.replace("_", ".").split(".")),
        "tags": [TAG],
        "summary": kind,
        "description": meaning,
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
        "responses": {"2XX": {"description": "Taken. Anything else is repeated."}},
    }


def _schema_of(example: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}} if isinstance(example, list) else {"type": "string"}


WEBHOOK_OPERATIONS = (
    Operation(
        route="GET /v1/webhook-endpoints",
        name="listWebhookEndpoints",
        tag=TAG,
        summary="Your endpoints",
        description="Those of your platform whose venues the key covers.",
        security=KEY,
        headers=BEARER,
        address="/v1/webhook-endpoints",
        answers=(Answer(200, "All of them.", WebhookEndpoints, {"data": [ENDPOINT], "next": None}), NO_KEY),
        refusals=(NO_SCOPE, *FAILED),
    ),
    Operation(
        route=f"GET {ONE}",
        name="getWebhookEndpoint",
        tag=TAG,
        summary="One endpoint",
        description="Its secret is not shown again.",
        security=KEY,
        headers=BEARER,
        address=MAIN,
        answers=(Answer(200, "The endpoint.", WebhookEndpoint, ENDPOINT), NO_KEY),
        refusals=(NO_SCOPE, NOT_FOUND, *FAILED),
    ),
    Operation(
        route=f"PUT {ONE}",
        name="putWebhookEndpoint",
        tag=TAG,
        summary="Set an endpoint up, change it, resume it, give it a new secret",
        description=(
            "You choose the id: 1 to 64 letters, digits, `-` and `_`. The secret is in the answer when it is new, and"
            " never again. An endpoint that was paused or disabled is tried again from now on."
        ),
        security=KEY,
        headers=BEARER,
        address=MAIN,
        body=WebhookEndpointIn,
        example=WANTED,
        answers=(
            Answer(200, "Changed.", WebhookEndpointSet, ENDPOINT),
            Answer(201, "Made.", WebhookEndpointSet, {**ENDPOINT, "secret": "whsec_…"}),
            NO_KEY,
        ),
        refusals=(NOT_COVERED, NOT_FOUND, TOO_MANY, *BODY_REFUSALS, *FAILED),
    ),
    Operation(
        route=f"DELETE {ONE}",
        name="deleteWebhookEndpoint",
        tag=TAG,
        summary="Remove an endpoint",
        description="Deliveries on their way to it are cancelled.",
        security=KEY,
        headers=BEARER,
        address=MAIN,
        answers=(Answer(200, "Gone.", WebhookEndpointRemoved, {"status": "removed", "id": "main"}), NO_KEY),
        refusals=(NO_SCOPE, NOT_FOUND, *FAILED),
    ),
    Operation(
        route=f"POST {ONE}/test",
        name="testWebhookEndpoint",
        tag=TAG,
        summary="Send a test event",
        description="A `webhook.test` event, signed and repeated like any other, even to a paused endpoint.",
        security=KEY,
        headers=BEARER,
        address=f"{MAIN}/test",
        answers=(
            Answer(
                202,
                "On its way.",
                WebhookTestAccepted,
                {"status": "accepted", "event_id": "evt_test_0123456789ABCDEF"},
            ),
            NO_KEY,
        ),
        refusals=(NO_SCOPE, NOT_FOUND, *FAILED),
    ),
    Operation(
        route=f"GET {ONE}/deliveries",
        name="listWebhookDeliveries",
        tag=TAG,
        summary="What was sent to an endpoint, and how that went",
        description="Kept for 30 days.",
        security=KEY,
        headers=BEARER,
        address=f"{MAIN}/deliveries?limit=50",
        parameters=(
            Parameter("from", "query", f"At or after; default {DEFAULT_DAYS} days before `to`.", MOMENT),
            Parameter("to", "query", "Before; default now.", MOMENT),
            Parameter(
                "limit",
                "query",
                "Deliveries on a page.",
                {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 50},
            ),
            Parameter("cursor", "query", "The `next` of the page before, percent-encoded.", {"type": "string"}),
        ),
        answers=(Answer(200, "A page.", WebhookDeliveriesPage, {"data": [DELIVERY], "next": None}), NO_KEY),
        refusals=(NO_SCOPE, NOT_FOUND, BAD_QUERY, *FAILED),
    ),
    Operation(
        route=f"POST {ONE}/replay",
        name="replayWebhooks",
        tag=TAG,
        summary="Send a time range again",
        description=(
            "Every event from `from` to before `to`, delivered or not, with its own `webhook-id`. An attempt that was"
            " still to come is replaced by this one. One call takes 100; `next` says where to go on."
        ),
        security=KEY,
        headers=BEARER,
        address=f"{MAIN}/replay",
        body=ReplayIn,
        example={"from": "2026-11-22T00:00:00+11:00", "to": "2026-11-23T00:00:00+11:00"},
        answers=(
            Answer(202, "On their way.", WebhookReplayAccepted, {"status": "accepted", "replayed": 12, "next": None}),
            NO_KEY,
        ),
        refusals=(NO_SCOPE, NOT_FOUND, NOT_ACTIVE, *BODY_REFUSALS, *FAILED),
    ),
)
