"""Ids, and the marker that finds our order again inside a point of sale."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U, so people can read it aloud
_ORDER_ID = re.compile(r"ord_([0-9A-HJKMNP-TV-Z]{16})")
_MARKER = re.compile(r"\[PR-([0-9A-HJKMNP-TV-Z]{16})-([0-9]{1,4})\]")

RandomText = Callable[[int], str]
"""Returns that many random characters of `ALPHABET`; injected, so that a test can make ids repeatable."""


def random_text(length: int) -> str:
    """`length` random characters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_order_id(random: RandomText = random_text) -> str:
    """`ord_` and 80 random bits."""
    return "ord_" + random(16)


def is_order_id(text: str) -> bool:
    """Whether this has the form of an order id of ours."""
    return _ORDER_ID.fullmatch(text) is not None


def order_code(order_id: str) -> str:
    """Six characters of the order id that people say to each other."""
    return order_id.removeprefix("ord_")[:6]


def write_id(order_id: str, number: int) -> str:
    """Id of the order's n-th POS write; with `-g<generation>` behind it, the idempotency key (`[A-Za-z0-9-]`)."""
    return f"PR-{order_id.removeprefix('ord_')}-{number}"


def marker(write: str) -> str:
    """The write's id in brackets: stands in the POS order's notes, delimited, unique per write, 80 random bits."""
    return f"[{write}]"


def markers_in(notes: str | None) -> tuple[tuple[str, str], ...]:
    """(order id, write id) of each of our markers in a POS order's notes, in order of appearance."""
    return tuple((f"ord_{found[1]}", f"PR-{found[1]}-{found[2]}") for found in _MARKER.finditer(notes or ""))


def without_markers(notes: str | None) -> str | None:
    """Notes as people wrote them: without our markers, and without the lines that held nothing else."""
    if not notes:
        return None
    lines = [(line, _MARKER.sub("", line).rstrip()) for line in notes.splitlines()]
    return "\n".join(rest for line, rest in lines if rest or not line.strip()).strip() or None
