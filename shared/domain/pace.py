"""Pace: how many calls a connection to a POS may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slots:
    """So many calls on one connection, in its pace."""

    connection_id: str
    per_minute: int
    calls: int
    """Negative: so many are given back, unused."""
