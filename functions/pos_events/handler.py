"""Takes Kounta's webhooks and order callbacks."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers until there is something to verify against."""
    return {"statusCode": 202, "body": "{}"}
