"""A dry run: what an order would become, with nothing stored and nothing sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What one of the checks before sending says."""

    code: str
    severity: str
    """`error`: it would not be sent so; `warning`: it would, and this is worth knowing; `info`: what was decided."""
    detail: str
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The exact request, and what the checks say of it."""

    would_be_sent: bool
    body: bytes | None
    checks: tuple[Check, ...]
