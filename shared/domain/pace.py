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


SHARE = 3  # what nobody waits for takes at most this part of a connection's pace


def in_the_background(connection_id: str, per_minute: int) -> tuple[Slots, Slots]:
    """The slots of one call that nobody waits for: of a small bucket that all such calls share, then of the
    connection's own, so that writes always find that one free."""
    return Slots(f"{connection_id}/sweep", max(6, per_minute // SHARE), 1), Slots(connection_id, per_minute, 1)
