"""What the local stack shows once it is ready: demo venues, a key, and the story of a seated party."""

from typing import Any


def tell(stack: dict[str, Any]) -> dict[str, Any]:
    """Called after the stack is ready, with the content of stack.json; what it returns is written there instead."""
    return stack
