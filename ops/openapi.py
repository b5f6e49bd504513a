"""Generates the API's reference from the models in shared/web: `python -m ops.openapi`, `--check` when it may be stale.

functions/queries/openapi.json is OpenAPI 3.1; functions/queries/docs.html is the same for people, one static page.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import jinja2
from markupsafe import Markup, escape
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ops.openapi_events import EVENT_MODELS, EVENTS, EVENTS_SAID, webhooks
from ops.openapi_listing import LISTING_OPERATIONS
from ops.openapi_menus import MENU_OPERATIONS, MENU_TAGS
from ops.openapi_operations import OPERATIONS as BASIC_OPERATIONS
from ops.openapi_operations import TAGS as BASIC_TAGS
from ops.openapi_operations import Operation, Parameter
from ops.openapi_orders import ORDER_OPERATIONS, ORDER_TAGS
from ops.openapi_pos import POS_OPERATIONS, POS_TAGS
from ops.openapi_webhooks import WEBHOOK_OPERATIONS, WEBHOOK_TAGS
from shared.web.schemas import GatewayRefusal, Problem

PROJECT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent
SPECIFICATION = PROJECT / "functions" / "queries" / "openapi.json"
PAGE = PROJECT / "functions" / "queries" / "docs.html"
TOO_MUCH = "Too many requests at once: send it again a little later. The gateway's own body."
REFERENCE = "#/components/schemas/{model}"

OPERATIONS = (
    *BASIC_OPERATIONS,
    *LISTING_OPERATIONS,
    *ORDER_OPERATIONS,
    *POS_OPERATIONS,
    *MENU_OPERATIONS,
    *WEBHOOK_OPERATIONS,
)
TAGS = {**BASIC_TAGS, **ORDER_TAGS, **POS_TAGS, **MENU_TAGS, **WEBHOOK_TAGS}

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]


def specification() -> Json:
    """The OpenAPI document."""
    wanted: list[tuple[type[BaseModel], Mode]] = [(Problem, "validation"), (GatewayRefusal, "validation")]
    wanted += [(model, "validation") for model in EVENT_MODELS]
    for operation in OPERATIONS:
        wanted += [(answer.model, "validation") for answer in operation.answers if answer.model]
        wanted += [(answer.other_model, "validation") for answer in operation.answers if answer.other_model]
        wanted += [(body, "validation") for body in _bodies(operation)]
    places, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REFERENCE)
    schemas: dict[object, Json] = {model: place for (model, _), place in places.items()}
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        method, path = operation.route.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "POS Relay",
            "version": "1",
            "summary": "Booking events in, orders in the point of sale, sales out.",
            "description": (
                "Money is a decimal string in the venue's currency, times are RFC 3339 with offset, ids of the POS are"
                " strings. Errors have one shape, `application/problem+json`."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "webhooks": webhooks(schemas),
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of a platform; it has scopes and covers venues.",
                },
                "hookToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The token that was registered with the webhook; the header's name is a setting.",
                },
                "resdiarySignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-ResDiary-Signature",
                    "description": "`sha1=` and the HMAC-SHA1 of the raw body in hex.",
                },
                "standardSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks 1.0.0, scheme `v1`, with `webhook-id` and `webhook-timestamp`.",
                },
                "kountaSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Kounta-Signature",
                    "description": "HMAC-SHA256 of the raw body in hex.",
                },
                "kountaWebhookSecret": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "The secret that is registered with the webhook.",
                },
                "callbackToken": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def _operation(operation: Operation, schemas: dict[object, Json]) -> Json:
    said: Json = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": list(operation.security),
        "responses": {},
    }
    named = {each.name for each in operation.parameters}
    in_path = [Parameter(name, "path") for name in re.findall(r"\{(\w+)\}", operation.route) if name not in named]
    parameters = [*in_path, *operation.parameters]
    if parameters:
        said["parameters"] = [_parameter(each) for each in parameters]
    if operation.body:
        bodies = [schemas[body] for body in _bodies(operation)]
        content: Json = {"schema": bodies[0] if len(bodies) == 1 else {"anyOf": bodies}}
        if operation.example is not None:
            content["example"] = operation.example
        required = not operation.body_is_optional
        said["requestBody"] = {"required": required, "content": {"application/json": content}}
    for answer in operation.answers:
        shown: Json = {"description": answer.description}
        if answer.model is not None:
            models = [answer.model] if answer.other_model is None else [answer.model, answer.other_model]
            places = [schemas[model] for model in models]
            content = {"schema": places[0] if len(places) == 1 else {"oneOf": places}}
            if answer.example is not None:
                content["example"] = answer.example
            shown["content"] = {"application/json": content}
        elif answer.media_type:
            kind = "object" if answer.media_type.endswith("json") else "string"
            shown["content"] = {answer.media_type: {"schema": {"type": kind}}}
        said["responses"][str(answer.status)] = shown
    gateways: Json = {"application/json": {"schema": schemas[GatewayRefusal]}}
    for refusal in operation.refusals:
        content = {"application/problem+json": {"schema": schemas[Problem]}}
        if refusal.status == 403:
            content |= gateways
        said["responses"][str(refusal.status)] = {"description": refusal.description, "content": content}
    said["responses"]["429"] = {"description": TOO_MUCH, "content": gateways}
    return said


def _bodies(operation: Operation) -> list[type[BaseModel]]:
    return [operation.body, *operation.other_bodies] if operation.body else []


def _parameter(parameter: Parameter) -> Json:
    said: Json = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "schema": parameter.schema or {"type": "string", "minLength": 1, "maxLength": 128},
    }
    if parameter.description:
        said["description"] = parameter.description
    return said


def page(spec: Json) -> str:
    """The reference as one static page: no script, nothing loaded from elsewhere."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.filters["prose"] = _prose
    environment.filters["breakable"] = lambda name: Markup(str(escape(name)).replace(".", ".<wbr>"))
    environment.filters["fields"] = lambda schema: _fields(spec, schema)
    return (
        environment.get_template("openapi_page.html.jinja").render(
            spec=spec, operations=OPERATIONS, tags=TAGS, events=EVENTS, events_said=EVENTS_SAID
        )
        + "\n"
    )


def _prose(text: str) -> Markup:
    """`code` in a text becomes code."""
    escaped = str(escape(text))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped))


def _fields(spec: Json, schema: Json, before: str = "", depth: int = 0) -> list[Json]:
    """A request body's members as rows: dotted name, kind, whether required, what about it."""
    schema = _resolved(spec, schema)
    rows: list[Json] = []
    for kind in schema.get("anyOf", []) if depth == 0 else []:
        title = _resolved(spec, kind)["title"]
        rows.append({"name": title, "kind": "one kind of body", "required": False, "limits": ""})
        rows += _fields(spec, kind, "", depth + 1)
    for name, member in schema.get("properties", {}).items():
        inner = _resolved(spec, _without_null(member))
        dotted = f"{before}{name}"
        required = name in schema.get("required", [])
        rows.append({"name": dotted, "kind": _kind(inner), "required": required, "limits": _limits(inner)})
        if inner.get("properties") and depth < 3:
            rows += _fields(spec, inner, f"{dotted}.", depth + 1)
        entry = _resolved(spec, inner.get("items", {}))
        if entry.get("properties") and depth < 3:
            rows += _fields(spec, entry, f"{dotted}[].", depth + 1)
    return rows


def _resolved(spec: Json, schema: Json) -> Json:
    if "$ref" in schema:
        found: Json = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def _without_null(schema: Json) -> Json:
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return options[0] if len(options) == 1 else schema


def _kind(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "anyOf" in schema:
        kinds = [str(each.get("type")) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(kind for kind in kinds if kind != "integer" or "number" not in kinds)
    if schema.get("format") == "date-time":
        return "time"
    return str(schema.get("type", "any"))


def _limits(schema: Json) -> str:
    said = []
    if "maxLength" in schema:
        said.append(f"at most {schema['maxLength']} characters")
    if "maxItems" in schema:
        said.append(f"at most {schema['maxItems']}")
    if "minimum" in schema and "maximum" in schema:
        said.append(f"{schema['minimum']} to {schema['maximum']}")
    return ", ".join(said)


def generated() -> dict[Path, str]:
    """What the files shall hold."""
    spec = specification()
    return {SPECIFICATION: json.dumps(spec, indent=1, ensure_ascii=False) + "\n", PAGE: page(spec)}


def main(arguments: Sequence[str]) -> int:
    """Writes the files; with `--check` only says, by 1, that they are not what they would be."""
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(PROJECT)} is stale: python -m ops.openapi", file=sys.stderr)
        return 1 if stale else 0
    for path, text in generated().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
