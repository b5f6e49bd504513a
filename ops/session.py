"""What one run of the command works with; tests put their own in its place."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import typer

from ops.credentials import Source
from ops.errors import OperatorError
from ops.stack import DEFAULT_STACK, DeployedStack

LOCAL_DESCRIPTION = Path(__file__).resolve().parents[1] / ".local" / "stack.json"


def open_stack(name: str, region: str | None) -> DeployedStack:
    """A stack by the credentials, region and AWS_ENDPOINT_URL that every AWS tool uses."""
    return DeployedStack(name, boto3.Session(region_name=region or os.environ.get("AWS_REGION")))


def open_local_stack(name: str, _region: str | None = None) -> DeployedStack:
    """The stack that `make run` keeps on this machine. Raises OperatorError when it does not run."""
    try:
        described = json.loads(LOCAL_DESCRIPTION.read_text())
    except (OSError, ValueError) as error:
        raise OperatorError("the local stack does not run", "start it with `make run`") from error
    return local_stack(described["aws_endpoint_url"], described["region"], name)


def local_stack(endpoint_url: str, region: str, name: str = DEFAULT_STACK) -> DeployedStack:
    """A stack on an AWS emulator, which takes any credentials."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)
    return DeployedStack(name, session, endpoint_url=endpoint_url)


def ask_hidden(words: str) -> str:
    """A hidden prompt."""
    answer: str = typer.prompt(f"{words} (hidden)", hide_input=True, err=True)
    return answer


@dataclass
class Session:
    """The stack that was named, opened when a command first needs it, and where credentials come from."""

    name: str = DEFAULT_STACK
    region: str | None = None
    opener: Callable[[str, str | None], DeployedStack] = open_stack
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    ask: Callable[[str], str] | None = field(default_factory=lambda: ask_hidden if sys.stdin.isatty() else None)
    _stack: DeployedStack | None = None

    @property
    def stack(self) -> DeployedStack:
        """The stack."""
        if self._stack is None:
            self._stack = self.opener(self.name, self.region)
        return self._stack

    @property
    def source(self) -> Source:
        """Where credentials come from."""
        return Source(self.environment, self.ask)


def session_of(context: typer.Context) -> Session:
    """The session of a command."""
    found = context.find_object(Session)
    if found is None:
        raise RuntimeError("a command ran outside of the app")
    return found
