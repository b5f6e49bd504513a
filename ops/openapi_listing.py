"""Orders as they are looked at: a page of them, and one with all that is kept of it."""

from __future__ import annotations

from typing import get_args

from ops import openapi_examples as examples
from ops.openapi_operations import (
    BAD_QUERY,
    BEARER,
    FAILED,
    KEY,
    MOMENT,
    NO_KEY,
    NOT_FOUND,
    NOT_GRANTED,
    VENUE_READ,
    Answer,
    Operation,
    Parameter,
)
from shared.domain.readings import OrderStatus
from shared.web.lookups import DEFAULT_DAYS, LONGEST_TEXT, MOST_DAYS, MOST_ITEMS, SOURCES
from shared.web.order_schemas import Order, OrdersPage

LISTING_OPERATIONS = (
    Operation(
        route="GET /v1/venues/{venue_id}/orders",
        name="listOrders",
        tag="Reading back",
        summary="Orders, newest first",
        description=(
            "Platforms' orders, their refunds, and the orders of bookings, by when they came. Without `venue:read`"
            " those of the key's own platform. One of `failed`, `status` and `source` is looked up, in this order; the"
            " others thin the page, so that it may hold fewer than `limit`, or none, though `next` is given: go on."
            f" At most {MOST_DAYS} days at once."
        ),
        security=KEY,
        parameters=(
            Parameter("from", "query", f"Came at or after; default {DEFAULT_DAYS} days before `to`.", MOMENT),
            Parameter("to", "query", "Came before; default now.", MOMENT),
            Parameter("status", "query", "", {"type": "string", "enum": list(get_args(OrderStatus))}),
            Parameter(
                "failed",
                "query",
                "Whether the POS or the driver tracking failed it, or may have.",
                {"type": "string", "enum": ["true", "false"]},
            ),
            Parameter("source", "query", "", {"type": "string", "enum": list(SOURCES)}),
            Parameter(
                "q",
                "query",
                "An order code, customer code or sale id, whole; or the beginning of a guest's name, first or last, as"
                " long as names are kept. Case does not matter, nor do accents in names. Names of other platforms'"
                " guests need `guests:read`.",
                {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
            ),
            Parameter("platform", "query", f"One platform's orders. {VENUE_READ}."),
            Parameter(
                "limit",
                "query",
                "Orders on a page.",
                {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 50},
            ),
            Parameter("cursor", "query", "`next` of the page before.", {"type": "string", "maxLength": 200}),
        ),
        headers=BEARER,
        address="/v1/venues/demo/orders?failed=true&limit=50",
        answers=(Answer(200, "A page.", OrdersPage, examples.ORDERS), NO_KEY),
        refusals=(NOT_GRANTED, BAD_QUERY, *FAILED),
    ),
    Operation(
        route="GET /v1/venues/{venue_id}/orders/{order_id}",
        name="getOrder",
        tag="Reading back",
        summary="An order: where it stands, what was done about it, every attempt",
        description=(
            "The order ids of a booking are in its seatings. Other platforms' orders need `venue:read`; their guests,"
            " and what was sent, whose notes may name them, need `guests:read`. `notices` are the people who were told"
            " of a failure."
        ),
        security=KEY,
        headers=BEARER,
        address="/v1/venues/demo/orders/ord_0123456789ABCDEF",
        answers=(Answer(200, "The order.", Order, examples.ORDER), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, *FAILED),
    ),
)
