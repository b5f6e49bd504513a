"""What needs no key: that we live, and how to talk to us. Generated at build time, served as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shared.web.problems import Response, answer
from shared.web.requests import Request

HERE = Path(__file__).parent


def _health(_: Request) -> Response:
    return answer(200, {"status": "ok"})


def _openapi(_: Request) -> Response:
    return _file("openapi.json", "application/json")


def _docs(_: Request) -> Response:
    return _file("docs.html", "text/html; charset=utf-8")


def _file(name: str, content_type: str) -> Response:
    headers = {"content-type": content_type, "cache-control": "public, max-age=300"}
    return {"statusCode": 200, "headers": headers, "body": (HERE / name).read_text(encoding="utf-8")}


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /health": _health,
    "GET /openapi.json": _openapi,
    "GET /docs": _docs,
}
