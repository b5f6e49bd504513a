"""What the functions answer over HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """What a function answered over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def content(self) -> Any:
        """What the JSON says."""
        return self.json()

    def json(self) -> Any:
        return json.loads(self.body)


def is_problem(answer: Answer, status: int, code: str) -> Any:
    """The one error shape."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), answer
    content = answer.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(content)
    assert (content["status"], content["code"], content["request_id"]) == (status, code, "JKJaXmPLvHcESHA=")
    assert content["type"] == f"urn:posrelay:problem:{code}"
    assert len(answer.body) < 10_000
    return content
