"""What the local stack shows once it is up: demo venues with a key, and the story of a seated party."""

from typing import Any


def prepare(stack: dict[str, Any]) -> dict[str, Any]:
    """Called at every start when all parts are up, before stack.json is written; returns what is to stand there.

    Gets api_url, sandbox_url, aws_endpoint_url, region and the template's outputs; adds venues and a key, once.
    """
    return stack


def tell(stack: dict[str, Any]) -> None:
    """Called after stack.json is written, unless --no-story; plays the story and prints it in plain words."""
