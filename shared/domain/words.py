"""What a code means to people."""

from __future__ import annotations

from dataclasses import dataclass

REFUNDED = (
    "Do not prepare the order, and do not enter it by hand. The platform was told to give the money back, and nothing"
    " sends the order any more."
)
"""What to do with an order that was given up, whatever its code's own words advise."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a code means to people: a title, what happened, and what to do now."""

    title: str
    meaning: str
    action: str
    steps: tuple[str, ...] = ()
    """What to do, step by step, where it is more than a sentence; in the order in which to try."""
