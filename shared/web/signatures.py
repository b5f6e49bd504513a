"""Proof of origin: an unverified delivery becomes a verified one here, or nowhere.

Every failure is the one SignatureError without a reason: who knocks learns nothing. Nothing verifies against an empty
secret, so a setting that is missing shuts the door.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.errors import SignatureError

STANDARD_TOLERANCE_S = 300.0
"""How far a Standard Webhook's timestamp may be from our clock, both ways (Standard Webhooks: reference libraries)."""
STANDARD_PREFIX = "whsec_"
TOKEN_LENGTH = 22  # url-safe characters of 6 bits: 132 bits


@dataclass(frozen=True, slots=True)
class RawWebhook:
    """A delivery as it came, the body byte for byte. Nothing in it is to be believed."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """A header whatever its case, or nothing."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class VerifiedWebhook:
    """A body whose origin is proven. Made by this module's `verify_…` only."""

    body: bytes = field(repr=False)
    id: str = ""
    """The sender's id of this delivery, the same over all its repeats, where the scheme has one."""


def verify_kounta(raw: RawWebhook, signature_tokens: Iterable[str], authorization_secret: str) -> VerifiedWebhook:
    """Kounta's webhook: `X-Kounta-Signature` over the raw bytes, and the `Authorization` header that we registered.

    HMAC-SHA256 with the app's signature token (Kounta docs: HMAC Tips for Webhooks), in hex (observed); upper case and
    base64 are taken too, because the documents do not say. Several tokens: while one is rotated. Raises SignatureError.
    """
    given = _digests(raw.header("x-kounta-signature"))
    expected = [_hmac(token, raw.body) for token in signature_tokens if token]
    # Bitwise, so that the time taken does not tell which part was wrong.
    is_signed = any([hmac.compare_digest(one, other) for one in expected for other in given])
    is_authorized = token_matches(authorization_secret, raw.header("authorization"))
    if not (is_signed & is_authorized):
        raise SignatureError("the delivery cannot be verified")
    return VerifiedWebhook(raw.body)


def verify_header_token(raw: RawWebhook, header_name: str, tokens: Iterable[str]) -> VerifiedWebhook:
    """A provider that signs nothing and sends back a token of ours (Now Book It). Raises SignatureError."""
    given = raw.header(header_name)
    if not any([token_matches(token, given) for token in tokens]):
        raise SignatureError("the delivery cannot be verified")
    return VerifiedWebhook(raw.body)


def verify_resdiary(raw: RawWebhook, secrets: Iterable[str]) -> VerifiedWebhook:
    """ResDiary's webhook: `X-ResDiary-Signature: sha1=<hex>`, HMAC-SHA1 of the raw body (ResDiary docs: webhooks).

    The vendor lets the secret be left out; we do not. Raises SignatureError.
    """
    scheme, _, text = raw.header("x-resdiary-signature").strip().partition("=")
    given = b""
    with suppress(ValueError):
        given = bytes.fromhex(text)
    expected = [hmac.new(secret.encode(), raw.body, hashlib.sha1).digest() for secret in secrets if secret]
    is_signed = any([hmac.compare_digest(one, given) for one in expected])
    if not (is_signed & (scheme.lower() == "sha1")):
        raise SignatureError("the delivery cannot be verified")
    return VerifiedWebhook(raw.body)


def verify_standard(raw: RawWebhook, secrets: Iterable[str], now: datetime) -> VerifiedWebhook:
    """A Standard Webhook, scheme `v1` (Standard Webhooks 1.0.0): HMAC-SHA256 over `id.timestamp.body` with the bytes
    behind `whsec_`; one right signature of the list is enough, and any of the secrets.

    The timestamp is the attempt's, so a late repeat is welcome and an old recording is not. Raises SignatureError.
    """
    webhook_id, timestamp = raw.header("webhook-id"), raw.header("webhook-timestamp").strip()
    content = f"{webhook_id}.{timestamp}.".encode("utf-8", "replace") + raw.body
    given = [_base64(each[3:]) for each in raw.header("webhook-signature").split() if each.startswith("v1,")]
    keys = [key for key in map(standard_key, secrets) if key]
    expected = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    is_signed = any([hmac.compare_digest(one, other) for one in expected for other in given])
    is_dated = re.fullmatch(r"[0-9]{1,12}", timestamp) is not None
    is_timely = is_dated and abs(int(timestamp) - now.timestamp()) <= STANDARD_TOLERANCE_S
    if not (is_signed & is_timely & bool(webhook_id)):
        raise SignatureError("the delivery cannot be verified")
    return VerifiedWebhook(raw.body, webhook_id)


def standard_key(secret: str) -> bytes:
    """The key in a Standard Webhooks secret (`whsec_` and base64); empty when there is none in it."""
    return _base64(secret.strip().removeprefix(STANDARD_PREFIX))


def derive_token(link_key: str, *parts: str) -> str:
    """A secret for just these parts (`"callback", venue, order`): 22 url-safe characters, the same every time.

    Nobody without the link key can make one; nothing has to be stored. Raises ValueError for an empty key.
    """
    if not link_key:
        raise ValueError("there is no link key")
    # Lengths first, so that ("ab", "c") and ("a", "bc") are different things.
    message = "".join(f"{len(part.encode())}:{part}" for part in parts)
    return base64.urlsafe_b64encode(_hmac(link_key, message.encode())).decode()[:TOKEN_LENGTH]


def token_matches(expected: str, given: str | None) -> bool:
    """Whether a token is the one, in constant time; never for an empty one."""
    same = hmac.compare_digest(expected.encode("utf-8", "replace"), (given or "").encode("utf-8", "replace"))
    return same and bool(expected)


def _hmac(key: str, message: bytes) -> bytes:
    return hmac.new(key.encode(), message, hashlib.sha256).digest()


def _base64(text: str) -> bytes:
    with suppress(ValueError):  # binascii.Error is one
        return base64.b64decode(text, validate=True)
    return b""


def _digests(signature: str) -> list[bytes]:
    """The bytes that a signature may mean."""
    text = signature.strip()
    found = []
    with suppress(ValueError):
        found.append(bytes.fromhex(text))
    with suppress(ValueError):  # binascii.Error is one
        found.append(base64.b64decode(text, validate=True))
    return found
