"""Identifies the API key of a /v1 request."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lets any bearer key in until keys exist."""
    authorized = str(event.get("headers", {}).get("authorization", "")).startswith("Bearer ")
    return {"isAuthorized": authorized, "context": {"platform": "placeholder"}}
