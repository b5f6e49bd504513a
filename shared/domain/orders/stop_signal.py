"""Why a write is not sent any more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StopSignal:
    """Why a write is not sent: in a person's words, and as a stable code."""

    code: str
    reason: str
