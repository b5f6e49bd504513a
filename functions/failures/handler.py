"""Turns failures into messages for people."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes every message until failures are classified."""
    return {"batchItemFailures": []}
