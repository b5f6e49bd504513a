"""Foreign JSON: read by a model, or refused with a JSON pointer for each thing that is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints, ValidationError

from shared.domain.errors import BadInputError, InputProblem
from shared.domain.money import amount

M = TypeVar("M", bound=BaseModel)

MOST_PROBLEMS = 50
DETAIL_LENGTH = 200  # characters; some details quote what was sent, and so do pointers
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)")
# Nothing real lies beyond; so near the calendar's ends times cannot be moved between zones.
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def read_as(model: type[M], content: object, what: str) -> M:
    """The content as the model reads it. Raises BadInputError; `what` says what it was to be."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = tuple(
            InputProblem("".join(f"/{_pointer_part(part)}" for part in each["loc"]), _detail(each["type"], each["msg"]))
            for each in found[:MOST_PROBLEMS]
        )
        raise BadInputError(f"{what} has invalid fields", problems=problems) from error


def _detail(kind: str, message: str) -> str:
    said = "there is no such member" if kind == "extra_forbidden" else message.removeprefix("Value error, ")
    return said[:DETAIL_LENGTH]


def _pointer_part(part: int | str) -> str:
    return str(part)[:DETAIL_LENGTH].replace("~", "~0").replace("/", "~1")


def _rfc_3339(value: object) -> object:
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise ValueError("a time is an RFC 3339 string with offset")
    return value


def _whole_number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


VisibleId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
"""An id that platforms choose: visible ASCII, so that it can stand in a path and a log."""
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), Field(ge=FIRST_MOMENT, lt=LAST_MOMENT)]
Money = Annotated[
    Decimal,
    BeforeValidator(amount, json_schema_input_type=int | float | str),
    Field(ge=Decimal("-1e9"), le=Decimal("1e9"), decimal_places=6),
]
VendorId = Annotated[
    str,
    BeforeValidator(_whole_number_as_text, json_schema_input_type=int | str),
    StringConstraints(min_length=1, max_length=128),
]
"""An id of a vendor's: integer or string in, string here."""
