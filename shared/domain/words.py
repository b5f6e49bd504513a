"""What a code means to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a code means to people: a title, what happened, and what to do now."""

    title: str
    meaning: str
    action: str
    steps: tuple[str, ...] = ()
    """What to do, step by step, where it is more than a sentence; in the order in which to try."""
