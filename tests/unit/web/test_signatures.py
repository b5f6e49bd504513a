"""Who cannot prove where a delivery comes from is not listened to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import SignatureError
from shared.web.signatures import (
    RawWebhook,
    VerifiedWebhook,
    derive_token,
    token_matches,
    verify_header_token,
    verify_kounta,
)

BODY = b'{"id": 93824701,\n "status": "COMPLETE", "notes": "caf\xc3\xa9"}'
TOKEN = "signature-token-1"
SECRET = "authorization-secret"


def signature(key: str = TOKEN, body: bytes = BODY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def delivery(signed: str | None = None, authorization: str | None = SECRET, body: bytes = BODY) -> RawWebhook:
    headers = {"X-Kounta-Signature": signature() if signed is None else signed}
    if authorization is not None:
        headers["Authorization"] = authorization
    return RawWebhook(headers, body)


@pytest.mark.parametrize(
    "signed",
    [
        signature(),
        signature().upper(),
        f" {signature()} ",
        base64.b64encode(bytes.fromhex(signature())).decode(),
    ],
)
def test_a_good_signature_in_every_form(signed: str) -> None:
    assert verify_kounta(delivery(signed), [TOKEN], SECRET) == VerifiedWebhook(BODY)


def test_header_names_in_any_case() -> None:
    raw = RawWebhook({"x-kounta-signature": signature(), "authorization": SECRET}, BODY)
    assert verify_kounta(raw, [TOKEN], SECRET).body == BODY


def test_several_tokens_while_one_is_rotated() -> None:
    assert verify_kounta(delivery(signature("old")), ["new", "old"], SECRET).body == BODY


@pytest.mark.parametrize(
    ("raw", "tokens", "secret"),
    [
        (delivery("0" * 64), [TOKEN], SECRET),
        (delivery(""), [TOKEN], SECRET),
        (delivery("not hex, no base64"), [TOKEN], SECRET),
        (delivery(signature()[:-2]), [TOKEN], SECRET),
        (delivery("é" * 64), [TOKEN], SECRET),
        (delivery(signature("other")), [TOKEN], SECRET),
        (delivery(body=BODY + b" "), [TOKEN], SECRET),
        (delivery(authorization=None), [TOKEN], SECRET),
        (delivery(authorization="other"), [TOKEN], SECRET),
        (delivery(authorization="Bearer " + SECRET), [TOKEN], SECRET),
        (delivery(authorization=""), [TOKEN], ""),
        (delivery(authorization=None), [TOKEN], ""),
        (delivery(), [], SECRET),
        (delivery(signature("")), [""], SECRET),
        (RawWebhook({}, b""), [TOKEN], SECRET),
    ],
)
def test_every_failure_is_the_same(raw: RawWebhook, tokens: list[str], secret: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify_kounta(raw, tokens, secret)
    assert str(caught.value) == "the delivery cannot be verified"


@given(st.binary(max_size=100), st.text(max_size=80), st.text(max_size=30))
def test_nothing_made_up_gets_through(body: bytes, signed: str, authorization: str) -> None:
    with pytest.raises(SignatureError):
        verify_kounta(delivery(signed, authorization, body), [TOKEN], "a-secret-that-is-not-guessed")


def test_a_token_in_a_header() -> None:
    raw = RawWebhook({"X-Hook-Token": "token-2"}, b"{}")
    assert verify_header_token(raw, "x-hook-token", ["token-1", "token-2"]).body == b"{}"


@pytest.mark.parametrize(
    ("headers", "tokens"),
    [
        ({"X-Hook-Token": "other"}, ["token-1"]),
        ({}, ["token-1"]),
        ({"X-Hook-Token": ""}, [""]),
        ({"X-Hook-Token": "token-1"}, []),
        ({"X-Other": "token-1"}, ["token-1"]),
        ({"X-Hook-Token": "tökén"}, ["token-1"]),
    ],
)
def test_a_wrong_token_in_a_header(headers: dict[str, str], tokens: list[str]) -> None:
    with pytest.raises(SignatureError):
        verify_header_token(RawWebhook(headers, b"{}"), "X-Hook-Token", tokens)


def test_derived_tokens() -> None:
    token = derive_token("key", "callback", "venue-1", "ord_1")
    assert token == derive_token("key", "callback", "venue-1", "ord_1")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert token != derive_token("other key", "callback", "venue-1", "ord_1")
    assert token != derive_token("key", "callback", "venue-1ord_1")
    assert derive_token("key", "ab", "c") != derive_token("key", "a", "bc")
    with pytest.raises(ValueError, match="link key"):
        derive_token("", "callback")


def test_token_matches() -> None:
    assert token_matches("abc", "abc")
    assert not token_matches("abc", "abd")
    assert not token_matches("abc", None)
    assert not token_matches("", "")
    assert not token_matches("", None)


def test_nothing_of_a_delivery_is_in_its_repr() -> None:
    assert SECRET not in repr(delivery())
    assert "COMPLETE" not in repr(delivery()) + repr(VerifiedWebhook(BODY))
