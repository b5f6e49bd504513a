"""What Kounta answered to a write, in the words of the write protocol. Never raises.

answer                                                            outcome
────────────────────────────────────────────────────────────────  ─────────────────────────────
2xx (create: with the new order's id in `Location`)               DONE
connection refused, connect time-out, no connection free          NOT_CONNECTED
any other transport error; 408, 502, 503, 504                     LOST
409                                                               BUSY
429                                                               LIMITED, `wait_s` when it says
401; 400 that speaks of an expired or invalid access token        UNAUTHORIZED
other 5xx, whatever the body                                      SERVER_ERROR
422 on create (key used with other bytes)                         KEY_REUSED
404 on delete                                                     DONE: gone already
other 4xx that is not a web page                                  REFUSED with a code of ours
everything else: 1xx, 3xx, HTML, 2xx create without `Location`    STRANGE
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

import httpx

from shared.adapters.http import answers
from shared.adapters.http.clients import Received
from shared.domain.orders.writes import Answer, Outcome


class Call(StrEnum):
    """The writes that are told apart here."""

    CREATE = "create_order"
    UPDATE = "update_order"
    NOTIFY = "notify"
    DELETE = "delete_order"
    ADD_LINES = "add_lines"
    CHANGE_LINE = "change_line"
    REMOVE_LINE = "remove_line"
    ADD_OPTION_SET = "add_option_set"
    REMOVE_OPTION_SET = "remove_option_set"
    ADD_PAYMENT = "add_payment"
    CHANGE_PAYMENT = "change_payment"


_MESSAGES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("product_not_at_site", r"product.*not available at (that|this) site"),
        ("product_out_of_stock", r"out of stock"),
        ("option_not_in_set", r"is not an option of option set"),
        ("option_set_not_of_product", r"option set\b.*\bdoes not belong to"),
        ("instructions_not_supported", r"does not support instructions"),
        ("product_unknown", r"^product\b.*\bdoes not exist"),
        ("online_ordering_paused", r"not taking online orders|online ordering (is|has been)\b.*(paused|off|disabled)"),
        ("pass_thru_register_offline", r"pass[- ]?thr(u|ough)\b.*offline"),
        ("pass_thru_not_paid", r"pass[- ]?thr(u|ough)\b.*paid in full"),
        ("pass_thru_wrong_status", r"pass[- ]?thr(u|ough)\b.*must have status"),
        ("order_complete", r"complete status cannot be"),
        ("order_accepted", r"cannot be updated once the order has been accepted"),
        ("part_of_option_set", r"belong to an option set cannot be modified"),
        ("order_locked", r"\border\b.*\blocked\b"),
        ("original_not_complete", r"original order must (be|have status) complete"),
        ("original_unknown", r"^order \([0-9]+\) does not exist"),
        ("not_fully_paid", r"order is not fully paid"),
        ("above_price_limit", r"above its price limit"),
        ("customer_unknown", r"^customer\b.*\bdoes not exist"),
        ("payment_method_unknown", r"^payment method\b.*\bdoes not exist"),
        ("payment_method_missing", r"\bmethod_id must be included"),
        ("register_unknown", r"^register\b.*\bdoes not (exist|belong to that site)"),
        ("site_unknown", r"^site\b.*\bdoes not exist"),
        ("too_many_notifications", r"maximum number of notifications"),
        ("invalid_idempotency_key", r"invalid idempotency-key"),
        (
            "invalid_data",
            r"invalid data|error validating|value found, but|is required|cannot both be spec|no lines were given",
        ),
        ("status_not_allowed", r"cannot be created with status"),
        ("invalid_request", r"not valid json|content-type must be"),
    )
)
"""Kounta's wordings (Kounta docs: Orders, Lines, Payments; observed: OrderUp!'s list of POS messages). The text is all
that there is; where the documents state a rule without its words, the words are a guess."""

_STATUS_CODES = {403: "permission_lost", 404: "not_found"}
_OUR_FAULT = frozenset({405, 406, 411, 413, 414, 415, 422, 431})
_GONE = {
    Call.UPDATE: "order_gone",
    Call.NOTIFY: "order_gone",
    Call.ADD_LINES: "order_gone",
    Call.ADD_OPTION_SET: "order_gone",
    Call.ADD_PAYMENT: "order_gone",
    Call.CHANGE_LINE: "line_gone",
    Call.REMOVE_LINE: "line_gone",
    Call.REMOVE_OPTION_SET: "option_set_gone",
    Call.CHANGE_PAYMENT: "payment_gone",
}
"""What a 404 says. Of a part it may also mean that its whole order is gone: Kounta does not tell them apart."""
_TOKEN = re.compile(
    r"\baccess token\b.*\b(expired|invalid|revoked)\b|\b(expired|invalid|revoked)\b.*\baccess token\b", re.IGNORECASE
)
_TOKEN_ERRORS = re.compile(r"invalid_token|expired_token", re.IGNORECASE)


def classify(call: Call, received: Received, now: datetime) -> Answer:
    """The outcome of a write that was answered."""
    status = received.status
    message = answers.words(received)
    match status:
        case _ if 200 <= status <= 299:
            return _success(call, received)
        case 409:
            return Answer(Outcome.BUSY, status, code="still_processing", message=message)
        case 429:
            wait = answers.wait_s(received.headers, now)
            return Answer(Outcome.LIMITED, status, code="rate_limited", message=message, wait_s=wait)
        case 408 | 502 | 503 | 504:
            return Answer(Outcome.LOST, status, code="pos_unreachable", message=message)
        case _ if 500 <= status <= 599:
            return Answer(Outcome.SERVER_ERROR, status, code="pos_error", message=message)
        case 422 if call is Call.CREATE:
            return Answer(Outcome.KEY_REUSED, status, code="key_reused", message=message)
        case 404 if call is Call.DELETE and not answers.is_html(received):
            return Answer(Outcome.DONE, status)
    if speaks_of_token(received):
        return Answer(Outcome.UNAUTHORIZED, status, code="permission_lost", message=message)
    if 400 <= status <= 499 and status != 407 and not answers.is_html(received):
        return Answer(Outcome.REFUSED, status, code=refusal_code(status, message, call), message=message)
    return Answer(Outcome.STRANGE, status, code="strange_answer", message=message)


def classify_failure(error: httpx.RequestError) -> Answer:
    """The outcome of a write without an answer."""
    return answers.transport_answer(error)


def speaks_of_token(received: Received) -> bool:
    """401, or the 400 by which Kounta has been seen to say that the access token is no good any more."""
    if received.status == 401:
        return True
    text = received.body[:2000].decode("utf-8", "replace")
    return (
        received.status == 400
        and not answers.is_html(received)
        and (_TOKEN.search(answers.words(received) or "") is not None or _TOKEN_ERRORS.search(text) is not None)
    )


def refusal_code(status: int, message: str | None, call: Call | None = None) -> str:
    """A stable code for a refusal, guessed from the vendor's words, else from the status."""
    for code, pattern in _MESSAGES:
        if pattern.search(message or ""):
            return code
    if status == 404 and call in _GONE:
        return _GONE[call]
    if status in _OUR_FAULT:
        return "invalid_request"
    return _STATUS_CODES.get(status, "refused")


def _success(call: Call, received: Received) -> Answer:
    if call is Call.CREATE:
        made = answers.id_from_location(received.headers)
        if made is not None:
            return Answer(Outcome.DONE, received.status, pos_order_id=made)
    elif not answers.is_html(received):
        return Answer(Outcome.DONE, received.status)
    return Answer(Outcome.STRANGE, received.status, code="strange_answer", message=answers.words(received))
