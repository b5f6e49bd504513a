"""What the deployed API can be asked, route by route: the words of the reference. The shapes stand in shared/web."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from ops import openapi_examples as examples
from shared.adapters.resdiary.parsing import ResDiaryHook
from shared.web.booking_events import BookingEventIn
from shared.web.booking_hooks import PROVIDERS, NowBookItHook
from shared.web.lookups import DEFAULT_DAYS, LONGEST_WAIT_S, MOST_DAYS, MOST_ITEMS
from shared.web.pos_deliveries import TOPICS, KountaGroupTold, KountaOrderTold
from shared.web.schemas import (
    Booking,
    BookingEvent,
    EventAccepted,
    EventDecided,
    GatewayRefusal,
    Health,
    Ignored,
    Order,
    PosDeliveryAccepted,
    SalesPage,
)

TAGS = {
    "Booking events": "A platform tells what happened to a booking; the relay decides what that means for the POS.",
    "Reading back": "What became of bookings, events and orders, and what was sold.",
    "From the point of sale": "Where Kounta posts to. Set up by `posrelay webhooks subscribe`.",
    "The API itself": "Needs no key.",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path or the query."""

    name: str
    where: str
    description: str = ""
    schema: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """An answer that is no error. `other_model`: when there are two kinds."""

    status: int
    description: str
    model: type[BaseModel] | None = None
    example: Any = None
    media_type: str = ""
    other_model: type[BaseModel] | None = None


@dataclass(frozen=True)
class Refusal:
    """An error in the one shape."""

    status: int
    description: str


@dataclass(frozen=True)
class Operation:
    """One route of the template."""

    route: str
    name: str
    tag: str
    summary: str
    description: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...] = ()
    security: tuple[dict[str, list[str]], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    other_bodies: tuple[type[BaseModel], ...] = ()
    """When there are several kinds."""
    body_is_optional: bool = False
    example: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    """Of the example request."""
    address: str = ""
    """Path and query of the example request."""


KEY: tuple[dict[str, list[str]], ...] = ({"apiKey": []},)
BEARER = {"Authorization": "Bearer prk_…"}
NO_KEY = Answer(401, "No `Authorization` header. The gateway's own body.", GatewayRefusal)
NOT_GRANTED = Refusal(
    403,
    "`venue_not_granted`: the key does not cover the venue; `scope_not_granted`: it lacks the scope. An unknown or"
    ' revoked key gets the gateway\'s own 403, `{"message": "Forbidden"}`.',
)
NOT_FOUND = Refusal(404, "`not_found`: no such thing, or none that this key may see.")
BAD_QUERY = Refusal(422, "`invalid_input`: a parameter has a wrong form; `errors` says which.")
BODY_REFUSALS = (
    Refusal(400, "`not_json`: the body is not JSON."),
    Refusal(413, "`too_large`: more than 256 kB."),
    Refusal(422, "`invalid_input`: JSON, but not what is asked for; `errors` points at each field."),
)
FAILED = (
    Refusal(500, "`internal_error`: our fault. Send it again; what was stored is recognised."),
    Refusal(503, "A conflict or an outage within; `Retry-After` says when to come again."),
)
VENUE_READ = "Own objects need no scope; another platform's need `venue:read`"
PLATFORM = Parameter("platform", "query", f"Another platform's booking. {VENUE_READ}.")
MOMENT = {"type": "string", "examples": ["2026-11-22T00:00:00+11:00", "2026-11-22"]}

OPERATIONS = (
    Operation(
        route="POST /v1/venues/{venue_id}/booking-events",
        name="postBookingEvent",
        tag="Booking events",
        summary="Tell what happened to a booking",
        description=(
            "Send the whole booking as it stands, each time that it changes. Needs the scope `booking:write`."
            " The answer comes when the event is stored for good; with `wait` it may bring the decision. The same"
            " `event_id` with the same content is a duplicate and harmless; with other content it is refused."
        ),
        security=KEY,
        parameters=(
            Parameter(
                "wait",
                "query",
                f"Seconds to wait for the decision, at most {LONGEST_WAIT_S}.",
                {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0},
            ),
        ),
        body=BookingEventIn,
        example=examples.SEATED,
        headers=BEARER,
        address="/v1/venues/demo/booking-events?wait=5",
        answers=(
            Answer(200, "Decided within `wait`.", EventDecided, examples.DECIDED),
            Answer(202, "Stored; it will be decided in a moment.", EventAccepted, examples.ACCEPTED),
            NO_KEY,
        ),
        refusals=(
            NOT_GRANTED,
            Refusal(404, "`not_found`: the key covers every venue, and there is none of this name."),
            Refusal(409, "`reference_reused`: this `event_id` came before with other content."),
            *BODY_REFUSALS,
            *FAILED,
        ),
    ),
    Operation(
        route="POST /v1/hooks/bookings/{provider}/{venue_id}",
        name="postBookingHook",
        tag="Booking events",
        summary="A booking platform's own webhook",
        description=(
            "No API key: each provider proves itself in its own way. `nowbookit`: the body only names a booking, which"
            " the relay fetches; it is known by the token that was registered with it, and every notice is an event of"
            " its own, because two different updates have the same body. `resdiary`: ResDiary's webhook with the whole"
            " booking, signed with `X-ResDiary-Signature: sha1=<hex HMAC-SHA1 of the raw body>`. `standard`: the"
            " booking event of this API as a Standard Webhook (`webhook-id`, `webhook-timestamp` within 5 minutes,"
            " `webhook-signature` of scheme `v1`); `webhook-id` names an event that has no `event_id`."
        ),
        security=({"hookToken": []}, {"resdiarySignature": []}, {"standardSignature": []}),
        parameters=(Parameter("provider", "path", "", {"type": "string", "enum": list(PROVIDERS)}),),
        body=NowBookItHook,
        other_bodies=(ResDiaryHook, BookingEventIn),
        example=examples.NOTICE,
        headers={"Authorization": "…"},
        address="/v1/hooks/bookings/nowbookit/demo",
        answers=(
            Answer(
                202,
                "Stored; or ignored, because it is about a gift card or another restaurant.",
                EventAccepted,
                examples.NOTICE_ACCEPTED,
                other_model=Ignored,
            ),
        ),
        refusals=(
            Refusal(401, "`bad_signature`: token, signature or timestamp is wrong, or the venue has no such hook."),
            Refusal(404, "`not_found`: no hook of this provider."),
            Refusal(409, "`reference_reused`: this `webhook-id` or `event_id` came before with other content."),
            *BODY_REFUSALS,
            *FAILED,
        ),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/bookings/{booking_id}",
        name="getBooking",
        tag="Reading back",
        summary="A booking, its seatings and its events",
        description=f"{VENUE_READ} and its name in `platform`.",
        security=KEY,
        parameters=(PLATFORM,),
        headers=BEARER,
        address="/v1/venues/demo/bookings/B-1001",
        answers=(Answer(200, "The booking.", Booking, examples.BOOKING), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, BAD_QUERY, *FAILED),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/booking-events/{event_id}",
        name="getBookingEvent",
        tag="Reading back",
        summary="One event and the decision on it",
        description="`decision` is null until the event is decided, which usually takes less than a second.",
        security=KEY,
        parameters=(PLATFORM,),
        headers=BEARER,
        address="/v1/venues/demo/booking-events/evt-7001",
        answers=(Answer(200, "The event.", BookingEvent, examples.EVENT), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, BAD_QUERY, *FAILED),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/orders/{order_id}",
        name="getOrder",
        tag="Reading back",
        summary="An order: where it stands, what was done about it, every attempt",
        description="The order ids of a booking are in its seatings. Other platforms' orders need `venue:read`.",
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/orders/ord_0123456789ABCDEF",
        answers=(Answer(200, "The order.", Order, examples.ORDER), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *FAILED),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/sales",
        name="listSales",
        tag="Reading back",
        summary="What the venue sold",
        description=(
            "Every completed order of the site, whoever made it, oldest first. Needs the scope `sales:read`. One whose"
            f" order was deleted later stays, with `voided_at`. At most {MOST_DAYS} days at once."
        ),
        security=KEY,
        parameters=(
            Parameter("from", "query", f"Completed at or after; default {DEFAULT_DAYS} days before `to`.", MOMENT),
            Parameter("to", "query", "Completed before; default now.", MOMENT),
            Parameter(
                "limit",
                "query",
                "Sales on a page.",
                {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 50},
            ),
            Parameter("cursor", "query", "The `next` of the page before, percent-encoded.", {"type": "string"}),
        ),
        headers=BEARER,
        address="/v1/venues/demo/sales?from=2026-11-22T00:00:00%2B11:00&limit=50",
        answers=(Answer(200, "A page of sales.", SalesPage, examples.SALES), NO_KEY),
        refusals=(NOT_GRANTED, BAD_QUERY, *FAILED),
    ),
    Operation(
        route="POST /pos/kounta/{venue_id}/{topic}",
        name="postKountaWebhook",
        tag="From the point of sale",
        summary="Kounta's webhooks",
        description=(
            "Signed over the raw bytes with the app's signature token, and bearing the `Authorization` secret that was"
            " registered. A hint only: the order is read again before anything is believed. `group-finalised` brings a"
            " group, the others an order; `customer-linked` is told of links and of their end."
        ),
        security=({"kountaSignature": [], "kountaWebhookSecret": []},),
        parameters=(Parameter("topic", "path", "", {"type": "string", "enum": list(TOPICS)}),),
        body=KountaOrderTold,
        other_bodies=(KountaGroupTold,),
        answers=(
            Answer(
                200,
                "Kept; or ignored, because it is about another site.",
                PosDeliveryAccepted,
                examples.POS_ACCEPTED,
                other_model=Ignored,
            ),
        ),
        refusals=(
            Refusal(401, "`bad_signature`: signature or secret is wrong, or the venue is unknown."),
            Refusal(404, "`not_found`: not a topic we subscribe to."),
            *BODY_REFUSALS,
            *FAILED,
        ),
    ),
    Operation(
        route="POST /pos/kounta/{venue_id}/orders/{order_id}/status",
        name="postKountaCallback",
        tag="From the point of sale",
        summary="Kounta's order callback",
        description="The `callback_uri` of an order: staff accepted or rejected it. `token` is that order's own.",
        security=({"callbackToken": []},),
        body=KountaOrderTold,
        answers=(Answer(200, "Kept.", PosDeliveryAccepted, examples.POS_ACCEPTED),),
        refusals=(
            Refusal(401, "`bad_signature`: not this order's token."),
            Refusal(404, "`not_found`: the venue is gone."),
            *BODY_REFUSALS,
            *FAILED,
        ),
    ),
    Operation(
        route="GET /health",
        name="getHealth",
        tag="The API itself",
        summary="Whether the relay answers",
        description="Looks at nothing behind it.",
        answers=(Answer(200, "It does.", Health, {"status": "ok"}),),
        address="/health",
    ),
    Operation(
        route="GET /openapi.json",
        name="getOpenApi",
        tag="The API itself",
        summary="This reference for programs",
        description="OpenAPI 3.1.",
        answers=(Answer(200, "The document.", media_type="application/json"),),
        address="/openapi.json",
    ),
    Operation(
        route="GET /docs",
        name="getDocs",
        tag="The API itself",
        summary="This page",
        description="One static page without script.",
        answers=(Answer(200, "The page.", media_type="text/html"),),
        address="/docs",
    ),
)
