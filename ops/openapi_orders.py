"""Placing orders, and what is asked of them afterwards, in the words of the reference."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ops import openapi_order_examples as examples
from ops.openapi_examples import ORDER
from ops.openapi_operations import (
    BEARER,
    BODY_REFUSALS,
    FAILED,
    KEY,
    NO_KEY,
    NOT_FOUND,
    NOT_GRANTED,
    Answer,
    Operation,
    Parameter,
    Refusal,
)
from ops.openapi_pos import NUMBER
from shared.web.lookups import LONGEST_WAIT_S
from shared.web.online_orders import OnlineOrder
from shared.web.order_changes import (
    AddedPayment,
    Cancellation,
    HandledByHand,
    Nothing,
    OrderChanges,
    OrderLineChanges,
    OrderLines,
    OrderNotification,
    PaymentChanges,
    Progress,
    Refund,
)
from shared.web.order_parts import OrderLine, OrderOption
from shared.web.order_schemas import Order
from shared.web.trial_schemas import OrderTrial

PLACING = "Placing orders"
LIFE = "The life of an order"
CHANGING = "Changing an open order"
ORDER_TAGS = {
    PLACING: (
        "An online order becomes an order in the POS, once. The names are those of Kounta's own document; a member that"
        " there is not is refused, so that a slip never loses a discount."
    ),
    LIFE: (
        "Each call answers with the order as it is then, and what it wants of the POS is done in a moment. A call that"
        " asks for what is so already changes nothing. 409 says why the order's state forbids it."
    ),
    CHANGING: (
        "What Kounta allows on an order that is open. Each call is one more of the order's `writes`, done in turn: 202"
        " says that it is stored, the write's `state` what became of it. The same `Idempotency-Key` is the same change,"
        " however often it comes."
    ),
}

MEANINGS = {
    "accepted_by_venue": "the venue has taken the order on; call them, or refund it",
    "already_further": "the order is further already, and progress goes forwards only",
    "already_in_pos": "the order is in the POS",
    "cancelled": "the order was cancelled",
    "handled": "staff entered it by hand",
    "not_a_delivery": "only a `Delivery` goes out for delivery",
    "not_accepted": "accept the order first",
    "not_in_pos": "the POS has not got the order, so there is nothing to change; resubmit it",
    "order_completed": "it is paid and closed",
    "order_deleted": "staff deleted it",
    "order_is_refund": "it is a refund",
    "order_not_complete": "only a completed order is refunded",
    "order_of_booking": "it is a booking's, and follows the booking",
    "order_rejected": "staff rejected it",
    "partly_refunded": "some of it was given back",
    "reference_reused": "this reference, key or `ref` came before with other content",
    "refund_above_order": "more than is left of the order",
    "refund_announced": "you were told to refund it (`order.failed`), so nothing may send it any more",
    "refunded": "all of it was given back",
    "sale_number_used": "that sale was entered for another order",
    "sending": "the relay is calling the POS about it just now; `Retry-After` says when to ask again",
    "unknown": "it may be in the POS; it is being looked up, and will not be sent blindly",
}
ENDED = (
    "refund_announced",
    "cancelled",
    "handled",
    "order_rejected",
    "order_deleted",
    "order_completed",
    "partly_refunded",
    "refunded",
)
GOES_ON = ("order_completed", "handled")
ANY = ("order_of_booking", "order_is_refund", "sending")
CHANGE = (*ENDED, "not_in_pos", "reference_reused")
OF_BODY = tuple(
    Refusal(
        422,
        "`invalid_input`: a field is wrong, a member is not known, or two do not go together; `errors` points at each.",
    )
    if refusal.status == 422
    else refusal
    for refusal in BODY_REFUSALS
)
_KEY_FORM = "`invalid_idempotency_key`: not 1 to 128 visible ASCII characters."
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "Yours, one for each change: the same one again asks for nothing new.",
    {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
)
ADDRESS = "/v1/venues/demo/orders"
OURS = "ord_0123456789ABCDEF"
TRIAL: dict[str, Any] = {
    "would_be_sent": True,
    "request": {
        "site_id": 823,
        "status": "SUBMITTED",
        "notes": "[PR-0000000000000000-1]",
        "lines": [{"product_id": 730297, "quantity": 2, "unit_price": 1.3636, "notes": "Extra hot"}],
    },
    "checks": [
        {
            "code": "product_out_of_stock",
            "severity": "warning",
            "pointer": "/lines/0/product_id",
            "detail": "Flat white",
        },
        {"code": "pass_thru_not_asked", "severity": "info", "pointer": None, "detail": "not printed"},
    ],
}
PLACED: dict[str, Any] = {
    **ORDER,
    "status": "queued",
    "fulfilment": "new",
    "pos": {"kind": "kounta", "order_id": None, "sale_number": None, "sale_id": None, "status": None},
    "writes": [{**ORDER["writes"][0], "state": "queued"}],
    "attempts": [],
}


def _conflict(codes: tuple[str, ...]) -> Refusal:
    return Refusal(409, "; ".join(f"`{code}`: {MEANINGS[code]}" for code in codes) + ".")


def _with_key_form(refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The refusals when an `Idempotency-Key` may come along, which is refused with 400 too."""
    others = [each for each in refusals if each.status != 400]
    said = [each.description for each in refusals if each.status == 400]
    return (Refusal(400, " ".join([*said, _KEY_FORM])), *others)


def _act(
    verb: str,
    name: str,
    summary: str,
    description: str,
    codes: tuple[str, ...],
    body: type[BaseModel],
    example: Any,
    *,
    may_be_empty: bool = False,
) -> Operation:
    return Operation(
        route=f"POST /v1/venues/{{venue_id}}/orders/{{order_id}}/{verb}",
        name=name,
        tag=LIFE,
        summary=summary,
        description=f"{description} Needs `orders:write`.",
        security=KEY,
        body=body,
        body_is_optional=may_be_empty,
        example=example,
        headers=BEARER,
        address=f"{ADDRESS}/{OURS}/{verb}",
        answers=(Answer(202, "The order as it is now.", Order), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, _conflict((*codes, *ANY)), *OF_BODY, *FAILED),
    )


def _change(
    method: str,
    part: str,
    name: str,
    summary: str,
    description: str = "",
    body: type[BaseModel] | None = None,
    example: Any = None,
    other_bodies: tuple[type[BaseModel], ...] = (),
) -> Operation:
    refusals = OF_BODY if body else ()
    return Operation(
        route=f"{method} /v1/venues/{{venue_id}}/orders/{{order_id}}{part}",
        name=name,
        tag=CHANGING,
        summary=summary,
        description=f"{description} Needs `orders:write`.".strip(),
        security=KEY,
        parameters=(NUMBER, IDEMPOTENCY_KEY) if "{number}" in part else (IDEMPOTENCY_KEY,),
        body=body,
        other_bodies=other_bodies,
        example=example,
        headers={**BEARER, "Idempotency-Key": "chg-1"},
        address=f"{ADDRESS}/{OURS}{part.replace('{number}', '1')}",
        answers=(Answer(202, "The order with one more write, or with the same ones again.", Order), NO_KEY),
        refusals=(NOT_GRANTED, NOT_FOUND, _conflict((*CHANGE, *ANY)), *_with_key_form(refusals), *FAILED),
    )


ORDER_OPERATIONS = (
    Operation(
        route="POST /v1/venues/{venue_id}/orders",
        name="placeOrder",
        tag=PLACING,
        summary="Place an order",
        description=(
            "Needs `orders:write`. 202 says that the order is stored for good. What becomes of it is in `status` and is"
            " told (`order.sent`, `order.pos_failed`, `order.failed`, …). With `wait` it is 200 when the POS's part is"
            " settled in time. The same `reference` with the same content is the order that exists: send it again"
            " whenever an answer was lost. Only `reference` is required: lines and payments may follow. With `dry_run`"
            " nothing is stored or sent, and the answer says what would be."
        ),
        security=KEY,
        parameters=(
            Parameter(
                "wait",
                "query",
                f"Seconds to wait for the outcome, at most {LONGEST_WAIT_S}.",
                {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0},
            ),
            Parameter("dry_run", "query", "Only say what would be sent.", {"type": "boolean", "default": False}),
        ),
        body=OnlineOrder,
        example=examples.ONLINE_ORDER,
        headers=BEARER,
        address=f"{ADDRESS}?wait=5",
        answers=(
            Answer(
                200,
                "It is settled within `wait` whether the POS has the order; or what a dry run says.",
                Order,
                TRIAL,
                other_model=OrderTrial,
            ),
            Answer(202, "Stored, or stored before; it will be sent in a moment.", Order, PLACED),
            NO_KEY,
        ),
        refusals=(
            NOT_GRANTED,
            Refusal(404, "`not_found`: the key covers every venue, and there is none of this name."),
            Refusal(409, "`reference_reused`: this `reference` came before with other content."),
            *OF_BODY,
            *FAILED,
        ),
    ),
    _act(
        "accept",
        "acceptOrder",
        "The venue takes the order on",
        "Also while the POS has failed: the order then stands here. In the POS it becomes ACCEPTED when it is SUBMITTED"
        " there.",
        ENDED,
        Nothing,
        None,
        may_be_empty=True,
    ),
    _act(
        "progress",
        "progressOrder",
        "How far the order is",
        "Forwards only, and only once it is accepted; also while the POS has failed, and after the order is completed."
        " Nothing of it is written to the POS.",
        ("not_accepted", "already_further", "not_a_delivery", *(each for each in ENDED if each not in GOES_ON)),
        Progress,
        examples.PROGRESS,
    ),
    _act(
        "resubmit",
        "resubmitOrder",
        "Send again what failed",
        "Only that: an order that is in the POS is never sent again, not even for a failed driver.",
        ("refund_announced", "handled", "cancelled", "already_in_pos", "unknown"),
        Nothing,
        None,
        may_be_empty=True,
    ),
    _act(
        "cancel",
        "cancelOrder",
        "Call the order off",
        "What is not sent never will be. What is being sent, or may be in the POS, is taken out (REJECTED) once it is"
        " known to be there. What the venue took on stays. No `order.rejected` follows: that is staff's word.",
        (*ENDED[2:], "accepted_by_venue"),
        Cancellation,
        examples.CANCELLATION,
        may_be_empty=True,
    ),
    _act(
        "handled",
        "handleOrder",
        "Staff entered it on the register by hand",
        "Nothing sends the order after that. With `sale_number` (or the id on the receipt), in this call or a later"
        " one, the sale counts once, as this order's; `handled.pos_order_id` shows that it was found.",
        ("handled", "already_in_pos", "cancelled", "refund_announced", "sale_number_used"),
        HandledByHand,
        examples.HANDLED,
    ),
    _act(
        "refund",
        "refundOrder",
        "Give money back",
        "Makes an order of its own, with negative lines and payments, and answers with that. `lines` go by quantity at"
        " the price that was paid, `amount` from the dearest line down, neither gives back all that is left. The same"
        " `reference` with the same content is the refund that exists.",
        ("order_not_complete", "refund_above_order", "reference_reused"),
        Refund,
        examples.REFUND,
    ),
    _change(
        "PATCH",
        "",
        "changeOrder",
        "Change the order's own fields",
        "What is not named stays. `null` is refused: nobody could say what it means.",
        OrderChanges,
        examples.ORDER_CHANGES,
    ),
    _change(
        "POST",
        "/lines",
        "addLines",
        "Add a line, or several",
        "An array is added as one: all of it or nothing.",
        OrderLine,
        examples.LINE,
        (OrderLines,),
    ),
    _change(
        "PUT",
        "/lines/{number}",
        "changeLine",
        "Change a line",
        "What is not named stays; `modifiers` stand for all that were there.",
        OrderLineChanges,
        examples.LINE_CHANGES,
    ),
    _change("DELETE", "/lines/{number}", "removeLine", "Remove a line"),
    _change(
        "POST", "/option-sets", "addOptionSet", "Add a product with its option sets", "", OrderOption, examples.OPTION
    ),
    _change("DELETE", "/option-sets/{number}", "removeOptionSet", "Remove a product with its option sets"),
    _change(
        "POST",
        "/payments",
        "addPayment",
        "Add a payment",
        "Never entered twice: before it is sent, it is looked for in the POS by its `ref`, which is ours if you give"
        " none. `reference` counts like an `Idempotency-Key`, and before it.",
        AddedPayment,
        examples.PAYMENT,
    ),
    _change(
        "PUT",
        "/payments/{number}",
        "changePayment",
        "Add a tip or a `ref` to a payment",
        "The tip becomes a payment of its own in the POS.",
        PaymentChanges,
        examples.PAYMENT_CHANGES,
    ),
    _change(
        "POST",
        "/notifications",
        "notifyStaff",
        "A word to staff, on the registers",
        "About this order, or with `broadcast_level` `now` at once.",
        OrderNotification,
        examples.NOTIFICATION,
    ),
)
