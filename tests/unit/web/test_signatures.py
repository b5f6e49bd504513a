"""Who cannot prove where a delivery comes from is not listened to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from shared.domain.errors import SignatureError
from shared.web.signatures import (
    RawWebhook,
    VerifiedWebhook,
    derive_token,
    token_matches,
    verify_header_token,
    verify_kounta,
    verify_resdiary,
    verify_standard,
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


def by_resdiary(secret: str = TOKEN, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


@pytest.mark.parametrize("text", [f"sha1={by_resdiary()}", f"SHA1={by_resdiary().upper()}", f" sha1={by_resdiary()} "])
def test_resdiary_signs_with_sha1(text: str) -> None:
    raw = RawWebhook({"x-resdiary-signature": text}, BODY)
    assert verify_resdiary(raw, ["new", TOKEN]) == VerifiedWebhook(BODY)


@pytest.mark.parametrize(
    ("headers", "body", "secrets"),
    [
        ({}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": ""}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": "sha1="}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": by_resdiary()}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": f"sha256={by_resdiary()}"}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": f"sha1={signature()}"}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": f"sha1={by_resdiary()[:-2]}"}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": "sha1=äöü"}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": f"sha1={by_resdiary()}"}, BODY + b" ", [TOKEN]),
        ({"X-ResDiary-Signature": f"sha1={by_resdiary('other')}"}, BODY, [TOKEN]),
        ({"X-ResDiary-Signature": f"sha1={by_resdiary('')}"}, BODY, [""]),
        ({"X-ResDiary-Signature": f"sha1={by_resdiary()}"}, BODY, []),
    ],
)
def test_what_resdiary_did_not_sign(headers: dict[str, str], body: bytes, secrets: list[str]) -> None:
    with pytest.raises(SignatureError, match=r"^the delivery cannot be verified$"):
        verify_resdiary(RawWebhook(headers, body), secrets)


NOW = datetime(2026, 11, 22, 8, 2, 12, tzinfo=UTC)
KEY = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, surely").decode()
OLD_KEY = "whsec_" + base64.b64encode(b"the key before that, no longer used").decode()


def standard(key: str = KEY, at: datetime = NOW, body: bytes = BODY, **changes: str) -> RawWebhook:
    """Signed by the library of the scheme's authors. `changes`: headers, by their last part."""
    headers = {
        "Webhook-Id": changes.get("id", "msg_1"),
        "Webhook-Timestamp": changes.get("timestamp", str(int(at.timestamp()))),
        "Webhook-Signature": changes.get("signature", Webhook(key).sign("msg_1", at, BODY.decode())),
    }
    return RawWebhook(headers, body)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_standard_webhook(seconds: int) -> None:
    raw = standard(at=NOW + timedelta(seconds=seconds))
    assert verify_standard(raw, [KEY], NOW) == VerifiedWebhook(BODY, "msg_1")


def test_standard_webhooks_while_a_key_is_rotated() -> None:
    by_both = f"v1a,{'A' * 86} {standard(OLD_KEY).header('webhook-signature')} {standard().header('webhook-signature')}"
    for keys in ([KEY], [OLD_KEY], [KEY, OLD_KEY], ["no base64!", "", KEY.removeprefix("whsec_")]):
        assert verify_standard(standard(signature=by_both), keys, NOW).id == "msg_1"
    assert verify_standard(standard(OLD_KEY), [KEY, OLD_KEY], NOW).body == BODY


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (standard(at=NOW - timedelta(seconds=301)), [KEY]),
        (standard(at=NOW + timedelta(seconds=302)), [KEY]),
        (standard(timestamp=str(int(NOW.timestamp()) + 1)), [KEY]),
        (standard(timestamp=""), [KEY]),
        (standard(timestamp="soon"), [KEY]),
        (standard(timestamp="٣" * 10), [KEY]),
        (standard(timestamp="9" * 400), [KEY]),
        (standard(id="msg_2"), [KEY]),
        (standard(id=""), [KEY]),
        (standard(body=BODY + b"\n"), [KEY]),
        (standard(signature=""), [KEY]),
        (standard(signature="v1,"), [KEY]),
        (standard(signature="v1,not base64"), [KEY]),
        (standard(signature=standard().header("webhook-signature").replace("v1,", "v2,")), [KEY]),
        (standard(signature=standard().header("webhook-signature").removeprefix("v1,")), [KEY]),
        (standard(OLD_KEY), [KEY]),
        (standard(), []),
        (standard(), ["", "whsec_", "no base64!"]),
        (RawWebhook({}, BODY), [KEY]),
    ],
)
def test_what_is_no_standard_webhook(raw: RawWebhook, keys: list[str]) -> None:
    with pytest.raises(SignatureError, match=r"^the delivery cannot be verified$"):
        verify_standard(raw, keys, NOW)


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
