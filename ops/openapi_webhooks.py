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
from shared.web.endpoint_schemas import (
    WebhookDeliveriesPage,
    WebhookEndpoint,
    WebhookEndpointRemoved,
    WebhookEndpoints,
    WebhookEndpointSet,
    WebhookReplayAccepted,
    WebhookTestAccepted,
)
from shared.web.lookups import DEFAULT_DAYS, MOST_ITEMS
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
