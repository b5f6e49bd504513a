"""Answers what platforms may read."""

import json
from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Says that it lives."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"status": "ok"})}
