"""Field types for foreign JSON: tolerant of numbers for strings and of what is absent, strict about nonsense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.domain import money

LARGEST_AMOUNT = Decimal(10) ** 12
FINEST = Decimal("0.000001")


class Foreign(BaseModel):
    """Base of all that is read from outside: unknown fields are no error."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


def read_json(body: bytes) -> Any:
    """Foreign JSON with exact decimals. Raises ValueError for anything that is not JSON."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError("not JSON that can be read") from error


def as_text(value: object) -> str | None:
    """A text without blanks around it, or a whole number as text; None for anything else, and for nothing.

    JSON can say half of a surrogate pair, which nothing can store: it becomes a question mark.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _number_id(value: object) -> str:
    text = as_text(value)
    if text is None or not (text.isascii() and text.isdigit()):
        raise ValueError("an id is a whole number")
    return text


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    amount = money.amount(value)
    if abs(amount) >= LARGEST_AMOUNT:
        raise ValueError("too large to be an amount")
    exponent = amount.as_tuple().exponent
    return amount.quantize(FINEST) if isinstance(exponent, int) and exponent < -6 else amount


def _amount(value: object) -> Decimal:
    amount = _decimal(value)
    return Decimal(0) if amount is None else amount


def _whole(value: object) -> int | None:
    text = as_text(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 18 else None


def as_utc(value: object) -> datetime | None:
    """An ISO 8601 moment in UTC; without an offset it is taken for UTC. Raises ValueError for other text."""
    if not isinstance(value, str) or not value.strip():
        return None
    moment = datetime.fromisoformat(value.strip())
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment beyond all time") from error


Text = Annotated[str | None, BeforeValidator(as_text, json_schema_input_type=str | int | None)]
NumberId = Annotated[str, BeforeValidator(_number_id)]
OptionalId = Annotated[str | None, BeforeValidator(as_text)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
OptionalAmount = Annotated[Decimal | None, BeforeValidator(_decimal)]
Whole = Annotated[int | None, BeforeValidator(_whole, json_schema_input_type=int | str | None)]
Moment = Annotated[datetime | None, BeforeValidator(as_utc)]
Flag = Annotated[bool, BeforeValidator(lambda value: value is True or value in (1, "1", "true"))]
