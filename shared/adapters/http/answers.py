"""Reading answers of HTTP APIs that are not always what their documents say: JSON, plain text, or a proxy's HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from shared.adapters.http.clients import Received
from shared.domain.orders.writes import Answer, Outcome

MESSAGE_LENGTH = 300
LONGEST_WAIT_S = 3600.0

NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_WORDS_KEYS = ("error_description", "error_message", "message", "error", "detail", "title")
_EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,255}")
_HTML = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"/([0-9]{1,20})(?:\.json)?/?$")


def transport_answer(error: httpx.RequestError, code: str = "pos_unreachable") -> Answer:
    """What a call without an answer came to: only a connection never made is certain not to have arrived."""
    if isinstance(error, NEVER_CONNECTED):
        return Answer(Outcome.NOT_CONNECTED, code=code, message=f"not connected ({type(error).__name__})")
    return Answer(Outcome.LOST, code=code, message=f"no answer ({type(error).__name__})")


def is_html(received: Received) -> bool:
    """Whether a proxy or a web page answered instead of the API."""
    return "html" in received.headers.get("content-type", "").lower() or _HTML.match(received.body) is not None


def words(received: Received) -> str | None:
    """What the vendor said, from JSON or plain text, one line, at most 300 characters, without email addresses."""
    if is_html(received):
        return None
    said = _from_json(received.body)
    text = " ".join("".join(char if char.isprintable() else " " for char in said[:2000]).split())
    return _EMAIL.sub("…@…", text)[:MESSAGE_LENGTH] or None


def wait_s(headers: Mapping[str, str], now: datetime, longest_s: float = LONGEST_WAIT_S) -> float | None:
    """How long the vendor asks us to wait, from `Retry-After` (seconds or date) or `X-Ratelimit-Reset` (epoch seconds).

    None when neither is there or can be read. At most `longest_s`, an hour.
    """
    wait = _retry_after_s(headers.get("retry-after", "").strip(), now)
    if wait is None:
        reset = whole_number(headers.get("x-ratelimit-reset", ""))
        wait = None if reset is None else reset - now.timestamp()
    return None if wait is None else min(max(wait, 0.0), longest_s)


def whole_number(text: str) -> int | None:
    """A header's number, or None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def id_from_location(headers: Mapping[str, str]) -> str | None:
    """The id of the thing that `Location` points to: the last number of its path, `.json` taken off."""
    path = headers.get("location", "").strip().split("?")[0].split("#")[0]
    found = _LAST_NUMBER.search(path)
    return found[1] if found else None


def _retry_after_s(text: str, now: datetime) -> float | None:
    seconds = whole_number(text)
    if seconds is not None:
        return float(seconds)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_json(body: bytes) -> str:
    text = body[:100_000].decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _first_words(said, depth=3)


def _first_words(said: object, depth: int) -> str:
    if isinstance(said, str):
        return said
    if depth == 0:
        return ""
    if isinstance(said, list):
        return "; ".join(filter(None, (_first_words(one, depth - 1) for one in said[:5])))
    if isinstance(said, dict):
        for key in (*_WORDS_KEYS, "errors"):
            if found := _first_words(said.get(key), depth - 1):
                return found
    return ""
