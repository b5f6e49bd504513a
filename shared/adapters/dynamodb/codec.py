"""Domain values as JSON inside items, and back. Decimals become strings, times RFC 3339."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(value: object) -> str:
    """A domain dataclass as JSON text."""
    return _adapter(cast(Hashable, type(value))).dump_json(value, exclude_defaults=True).decode()


def load(kind: type[T], text: str) -> T:
    """The domain dataclass from its JSON text. Entries it has no field for, from newer code, are ignored."""
    value: T = _adapter(cast(Hashable, kind)).validate_json(text)
    return value
