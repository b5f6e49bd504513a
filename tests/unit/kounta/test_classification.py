"""One row of the write protocol's left column after the other."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.http.clients import Received
from shared.adapters.kounta.classification import Call, classify, classify_failure
from shared.domain.failures import UNKNOWN, words_for
from shared.domain.orders.writes import Answer, Outcome

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
LOCATION = {"Location": "https://api.example.com/v1/companies/5678/orders/93824701.json"}
WEB_PAGE = "<html><body>Sign in to the hotel's Wi-Fi</body></html>"


def received(status: int, body: str | bytes = b"", headers: dict[str, str] | None = None) -> Received:
    raw = body.encode() if isinstance(body, str) else body
    sent = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    return Received(status, httpx.Headers(sent), raw)


def said(description: str) -> str:
    return '{"error":"bad_request","error_description":"' + description + '"}'


@pytest.mark.parametrize(
    ("call", "answer", "outcome", "code"),
    [
        (Call.CREATE, received(201, "null", LOCATION), Outcome.DONE, None),
        (Call.CREATE, received(200, "", LOCATION), Outcome.DONE, None),
        (Call.CREATE, received(201, "null"), Outcome.STRANGE, "strange_answer"),
        (Call.CREATE, received(201, '{"id":93824701}'), Outcome.STRANGE, "strange_answer"),
        (Call.CREATE, received(201, "null", {"Location": "/v1/companies/5678/orders/"}), Outcome.STRANGE, None),
        (Call.CREATE, received(200, WEB_PAGE), Outcome.STRANGE, None),
        (Call.CREATE, received(302, "", LOCATION), Outcome.STRANGE, None),
        (Call.CREATE, received(304), Outcome.STRANGE, None),
        (Call.CREATE, received(409, said("in progress")), Outcome.BUSY, "still_processing"),
        (Call.CREATE, received(429, "Limit exceeded"), Outcome.LIMITED, "rate_limited"),
        (Call.CREATE, received(401, said("expired")), Outcome.UNAUTHORIZED, "permission_lost"),
        (Call.CREATE, received(401), Outcome.UNAUTHORIZED, "permission_lost"),
        (Call.CREATE, received(400, said("The access token provided has expired.")), Outcome.UNAUTHORIZED, None),
        (Call.CREATE, received(400, said("Invalid access token")), Outcome.UNAUTHORIZED, None),
        (Call.CREATE, received(400, '{"error":"invalid_token"}'), Outcome.UNAUTHORIZED, None),
        (Call.CREATE, received(500, said("oops")), Outcome.SERVER_ERROR, "pos_error"),
        (Call.CREATE, received(500, WEB_PAGE), Outcome.SERVER_ERROR, "pos_error"),
        (Call.CREATE, received(501), Outcome.SERVER_ERROR, "pos_error"),
        (Call.CREATE, received(502, WEB_PAGE), Outcome.LOST, "pos_unreachable"),
        (Call.CREATE, received(503), Outcome.LOST, "pos_unreachable"),
        (Call.CREATE, received(504), Outcome.LOST, "pos_unreachable"),
        (Call.CREATE, received(408), Outcome.LOST, "pos_unreachable"),
        (Call.CREATE, received(422, said("Used Idempotency-Key")), Outcome.KEY_REUSED, "key_reused"),
        (Call.UPDATE, received(422, said("no")), Outcome.REFUSED, "invalid_request"),
        (
            Call.CREATE,
            received(400, said("Product #81 is not available at that site.")),
            Outcome.REFUSED,
            "product_not_at_site",
        ),
        (
            Call.CREATE,
            received(400, said("Product (199547) is out of stock.")),
            Outcome.REFUSED,
            "product_out_of_stock",
        ),
        (
            Call.CREATE,
            received(400, said("Due to popular demand, we are temporarily not taking online orders.")),
            Outcome.REFUSED,
            "online_ordering_paused",
        ),
        (
            Call.CREATE,
            received(400, said("Pass-thru register POS 1 (1133132) is offline.")),
            Outcome.REFUSED,
            "pass_thru_register_offline",
        ),
        (
            Call.CREATE,
            received(
                400,
                said(
                    "Your request contained some invalid data: "
                    "Error validating /options/3/option_sets/1/option_set_id: "
                    "String value found, but a number is required."
                ),
            ),
            Outcome.REFUSED,
            "invalid_data",
        ),
        (Call.CREATE, received(400, "Invalid Idempotency-Key Header"), Outcome.REFUSED, "invalid_idempotency_key"),
        (
            Call.UPDATE,
            received(400, said("Orders with COMPLETE status cannot be updated.")),
            Outcome.REFUSED,
            "order_complete",
        ),
        (Call.CREATE, received(403, said("No permission")), Outcome.REFUSED, "permission_lost"),
        (Call.CREATE, received(404, said("Not Found")), Outcome.REFUSED, "not_found"),
        (Call.CREATE, received(400, said("Something else")), Outcome.REFUSED, "refused"),
        (Call.CREATE, received(415), Outcome.REFUSED, "invalid_request"),
        (Call.CREATE, received(403, WEB_PAGE), Outcome.STRANGE, "strange_answer"),
        (Call.CREATE, received(404, WEB_PAGE), Outcome.STRANGE, "strange_answer"),
        (Call.CREATE, received(400, "who?", {"Content-Type": "text/html"}), Outcome.STRANGE, "strange_answer"),
        (Call.UPDATE, received(200, "null"), Outcome.DONE, None),
        (Call.UPDATE, received(404, said("Not Found")), Outcome.REFUSED, "order_gone"),
        (Call.NOTIFY, received(404, said("Not Found")), Outcome.REFUSED, "order_gone"),
        (Call.NOTIFY, received(201), Outcome.DONE, None),
        (Call.DELETE, received(204), Outcome.DONE, None),
        (Call.DELETE, received(404, said("Not Found")), Outcome.DONE, None),
        (Call.DELETE, received(404, WEB_PAGE), Outcome.STRANGE, None),
        (Call.DELETE, received(200, WEB_PAGE), Outcome.STRANGE, None),
    ],
)
def test_answer(call: Call, answer: Received, outcome: Outcome, code: str | None) -> None:
    judged = classify(call, answer, NOW)
    assert judged.outcome is outcome
    assert judged.http_status == answer.status
    if code is not None:
        assert judged.code == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Product (730399) is not an option of option set (502).", "option_not_in_set"),
        ("Option set (501) does not belong to product (730297).", "option_set_not_of_product"),
        ("Option set (501) does not belong to that product.", "option_set_not_of_product"),
        ("Option set (501) does not support instructions.", "instructions_not_supported"),
        ("Product (81) does not exist.", "product_unknown"),
        ("A pass-thru-printing order in PENDING status must be paid in full.", "pass_thru_not_paid"),
        ("A pass-thru-printing order must have status ON_HOLD or PENDING.", "pass_thru_wrong_status"),
        ("Lines cannot be updated once the order has been accepted.", "order_accepted"),
        (
            "Lines that belong to an option set cannot be modified directly. Update the original option set instead.",
            "part_of_option_set",
        ),
        ("This order is locked.", "order_locked"),
        ("The original order must be complete.", "original_not_complete"),
        ("Order (9100000000000000001) does not exist.", "original_unknown"),
        ("Order is not fully paid.", "not_fully_paid"),
        ("Order total is above its price limit (20).", "above_price_limit"),
        ("Customer (7) does not exist.", "customer_unknown"),
        ("Payment method (77) does not exist.", "payment_method_unknown"),
        ("A method_id must be included.", "payment_method_missing"),
        ("Register (99) does not exist.", "register_unknown"),
        ("Register (17) does not belong to that site.", "register_unknown"),
        ("Site (99) does not exist.", "site_unknown"),
        ("Maximum number of notifications (5) reached for this order.", "too_many_notifications"),
        ("price_variation and price_fixed_variation cannot both be specified.", "invalid_data"),
        ("Orders cannot be created with status ACCEPTED.", "status_not_allowed"),
        ("The request body is not valid JSON.", "invalid_request"),
    ],
)
def test_every_refusal_has_a_code_of_its_own(words: str, code: str) -> None:
    answer = classify(Call.CREATE, received(400, said(words)), NOW)
    assert (answer.outcome, answer.code, answer.message) == (Outcome.REFUSED, code, words)
    assert words_for(code) is not UNKNOWN


@pytest.mark.parametrize(
    "location",
    [
        "https://api.example.com/v1/companies/5678/orders/9007199254740993",
        "https://api.example.com/v1/companies/5678/orders/9007199254740993.json",
        "/v1/companies/5678/orders/9007199254740993/",
        "/v1/companies/5678/orders/9007199254740993.json?x=1",
    ],
)
def test_the_id_stands_in_location(location: str) -> None:
    assert classify(Call.CREATE, received(201, "null", {"Location": location}), NOW) == Answer(
        Outcome.DONE, 201, pos_order_id="9007199254740993"
    )


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Sun, 22 Nov 2026 08:00:09 GMT"}, 9),
        ({"Retry-After": "Sun, 22 Nov 2026 07:00:09 GMT"}, 0),
        ({"X-Ratelimit-Reset": str(int(NOW.timestamp()) + 30)}, 30),
        ({"X-Ratelimit-Reset": str(int(NOW.timestamp()) - 30)}, 0),
        ({"Retry-After": "3", "X-Ratelimit-Reset": str(int(NOW.timestamp()) + 30)}, 3),
        ({"Retry-After": "soon", "X-Ratelimit-Reset": str(int(NOW.timestamp()) + 30)}, 30),
        ({"Retry-After": "nan"}, None),
        ({"X-Ratelimit-Reset": "-1"}, None),
        ({"Retry-After": "99999999"}, 3600),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], wait_s: float | None) -> None:
    assert classify(Call.CREATE, received(429, "Limit exceeded", headers), NOW).wait_s == wait_s


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (said("Product (199547) is out of stock."), "Product (199547) is out of stock."),
        ('{"error_message":"no"}', "no"),
        ('{"errors":[{"detail":"one"},{"detail":"two"}]}', "one; two"),
        ("Limit exceeded\n", "Limit exceeded"),
        (said("alex@example.com is no guest"), "…@… is no guest"),
        ("x" * 400, "x" * 300),
        (b"\xff\x00bad", "� bad"),
        ("", None),
        (WEB_PAGE, None),
        ("[" * 100_000, "[" * 300),
    ],
)
def test_the_vendors_words(body: str | bytes, message: str | None) -> None:
    assert classify(Call.CREATE, received(400, body), NOW).message == message


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_a_connection_never_made_is_known_not_sent(error: type[httpx.RequestError]) -> None:
    assert classify_failure(error("no")).outcome is Outcome.NOT_CONNECTED


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.CloseError,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.ProxyError,
        httpx.DecodingError,
    ],
)
def test_any_other_transport_error_may_have_arrived(error: type[httpx.RequestError]) -> None:
    answer = classify_failure(error("https://example.com/?email=alex"))
    assert answer.outcome is Outcome.LOST
    assert "alex" not in (answer.message or "")


header_values = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
some_headers = st.dictionaries(
    st.sampled_from(["Location", "Retry-After", "X-Ratelimit-Reset", "Content-Type", "X-Other"]), header_values
)
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["error", "message", "errors"]), inner),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())


@given(st.sampled_from(Call), st.integers(100, 999), st.binary(max_size=200) | json_like, some_headers)
def test_never_raises_and_done_only_when_done(call: Call, status: int, body: bytes, headers: dict[str, str]) -> None:
    answer = classify(call, received(status, body, headers), NOW)
    assert (answer.pos_order_id is not None) == (call is Call.CREATE and answer.outcome is Outcome.DONE)
    if answer.outcome is Outcome.DONE:
        assert 200 <= status <= 299 or (call is Call.DELETE and status == 404)
    assert answer.message is None or 0 < len(answer.message) <= 300
    assert answer.wait_s is None or 0 <= answer.wait_s <= 3600
