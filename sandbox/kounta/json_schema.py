"""Checking bodies against schemas, complaining in the vendor's wording with the pointer of the fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sandbox.kounta.refusals import InvalidContentError
from sandbox.messages import Json

Rule = Callable[[Json, str], None]
"""Raises InvalidContentError when the value at the pointer does not fit."""

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")


def found(value: Json) -> str:
    """The vendor's name for the type of a value."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "Boolean"
    names: list[tuple[type, str]] = [(str, "String"), (int, "Integer"), (Decimal, "Double"), (list, "Array")]
    return next((name for kind, name in names if isinstance(value, kind)), "Object")


def wrong_type(value: Json, pointer: str, wanted: str) -> InvalidContentError:
    """The complaint about a value of the wrong type."""
    article = "an" if wanted[0] in "aeio" else "a"
    return InvalidContentError(pointer or "/", f"{found(value)} value found, but {article} {wanted} is required.")


def identifier(value: Json, pointer: str) -> None:
    """An id: a JSON number without a fraction."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, pointer, "number")


def number(value: Json, pointer: str) -> None:
    """Any JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong_type(value, pointer, "number")


def boolean(value: Json, pointer: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong_type(value, pointer, "boolean")


def moment(value: Json, pointer: str) -> None:
    """An ISO 8601 date and time with an offset."""
    text()(value, pointer)
    try:
        fits = bool(DATE_TIME.fullmatch(value)) and datetime.fromisoformat(value) is not None
    except ValueError:
        fits = False
    if not fits:
        raise InvalidContentError(pointer, f"Invalid date-time {value}, expected format YYYY-MM-DDThh:mm:ss+hh:mm.")


def whole(least: int, most: int) -> Rule:
    """An integer within bounds."""

    def check(value: Json, pointer: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(value, pointer, "integer")
        if value < least:
            raise InvalidContentError(pointer, f"Must have a minimum value of {least}.")
        if value > most:
            raise InvalidContentError(pointer, f"Must have a maximum value of {most}.")

    return check


def text(most: int | None = None, pattern: str | None = None, least: int = 0) -> Rule:
    """A string, at most `most` characters long and matching `pattern`."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(value, pointer, "string")
        if len(value) < least:
            raise InvalidContentError(pointer, f"Must be at least {least} characters long.")
        if most is not None and len(value) > most:
            raise InvalidContentError(pointer, f"Must be at most {most} characters long.")
        if pattern is not None and not re.fullmatch(pattern, value):
            raise InvalidContentError(pointer, f"Does not match the regex pattern {pattern}.")

    return check


def one_of(*allowed: str) -> Rule:
    """One of a few words."""

    def check(value: Json, pointer: str) -> None:
        text()(value, pointer)
        if value not in allowed:
            raise InvalidContentError(pointer, f"Does not have a value in the enumeration {list(allowed)}.")

    return check


def array(item: Rule) -> Rule:
    """A list whose every item fits."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, list):
            raise wrong_type(value, pointer, "array")
        for position, one in enumerate(value):
            item(one, f"{pointer}/{position}")

    return check


def record(fields: dict[str, Rule], required: tuple[str, ...] = ()) -> Rule:
    """An object with these fields and no others."""

    def check(value: Json, pointer: str) -> None:
        if not isinstance(value, dict):
            raise wrong_type(value, pointer, "object")
        for name in required:
            if name not in value:
                raise InvalidContentError(f"{pointer}/{name}", f"The property {name} is required.")
        for name, one in value.items():
            if name not in fields:
                complaint = f"The property {name} is not defined and the definition does not allow it."
                raise InvalidContentError(f"{pointer}/{name}", complaint)
            fields[name](one, f"{pointer}/{name}")

    return check
