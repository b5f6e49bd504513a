"""What a code means to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a code means to people: a title, what happened, and what to do now."""

    title: str
    meaning: str
    action: str
