"""The content of what was asked, in one spelling: by it a repetition is told from a second order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def content_of(asked: object) -> dict[str, Any]:
    """An order, or anything asked about one, as JSON in the names of the request. What was left out is left out; a
    decimal is a string with its zeros at the end cut, a time is in UTC: reading it again gives what was asked."""
    if not is_dataclass(asked):
        raise TypeError(f"{type(asked).__name__} is nothing that is asked")
    each = ((field, getattr(asked, field.name)) for field in fields(asked))
    # What may be empty and is not named stays unnamed; "none any more" is said by an empty list where None means as is.
    named = ((field.name, value) for field, value in each if value is not None and not value == field.default == ())
    return {name: _plain(value) for name, value in named}


def fingerprint(asked: object) -> str:
    """64 hex digits: the same for the same content, however its numbers, times and members were spelled."""
    canonical = json.dumps(content_of(asked), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case Decimal():
            # The shortest spelling; zero has no sign.
            return format(value.normalize() if value else Decimal(0), "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case None | bool() | int() | str():
            return value
        case _:
            return content_of(value)
