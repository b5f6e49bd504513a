"""Recovers, reconciles and sweeps every minute."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> None:
    """Does nothing until there is something to take care of."""
