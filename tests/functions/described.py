"""What the committed reference says of a route, and whether an answer is so."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from ops.openapi import SPECIFICATION
from tests.functions.answers import Answer
from tests.functions.event_files import Event

SPEC: dict[str, Any] = json.loads(SPECIFICATION.read_text())


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """For a schema of the document, which may refer to others."""
    whole = {**schema, "components": SPEC["components"]}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole, format_checker=FormatChecker())


def described(route: str) -> Any:
    """What the document says of a route."""
    method, path = route.split(" ")
    return SPEC["paths"][path][method.lower()]


def is_as_described(event: Event, answer: Answer) -> None:
    """The answer's status, media type and body are the document's, and it says what a conflict's code means."""
    responses = described(event["routeKey"])["responses"]
    assert str(answer.status) in responses, answer
    said = responses[str(answer.status)]
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = said["content"][media_type]["schema"]
    if media_type.endswith("json"):
        validator(schema).validate(answer.json())
    if answer.status == 409:
        assert f"`{answer.json()['code']}`: " in said["description"], answer
