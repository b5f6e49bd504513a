"""The running local stack, as stack.json describes it; `make test` starts one and names the file in POSRELAY_STACK."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stack.relay import Premises

Posrelay = Callable[..., subprocess.CompletedProcess[str]]
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def stack_file() -> Path:
    """The description of the stack under test; the one of `make run` when none is named."""
    return Path(os.environ.get("POSRELAY_STACK", PROJECT / ".local" / "stack.json"))


@pytest.fixture(scope="session")
def stack(stack_file: Path) -> dict[str, Any]:
    """Addresses, key and venues of the stack under test."""
    described: dict[str, Any] = json.loads(stack_file.read_text())
    return described


@pytest.fixture(scope="session")
def premises(stack: dict[str, Any]) -> Iterator[Premises]:
    """The stack with a company of the tests' own, whose lists lag one second, whose calls nobody counts."""
    made = Premises(stack)
    made.furnish()
    yield made
    made.close()


@pytest.fixture(scope="session")
def care(premises: Premises) -> Callable[[], dict[str, Any]]:
    """Has the caretaker make its round now instead of at the next minute."""
    return premises.care


@pytest.fixture(scope="session")
def posrelay(stack: dict[str, Any]) -> Posrelay:
    """Runs the operators' command against the stack under test, as from a shell with AWS credentials."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    aws = {"AWS_ENDPOINT_URL": stack["aws_endpoint_url"], "AWS_REGION": stack["region"], "NO_COLOR": "1"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROJECT / "posrelay", *arguments],
            env={**kept, **aws, **keys, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Roles are compared with the calls made, so that comes after all that makes calls."""
    items.sort(key=lambda item: item.path.name == "test_permissions.py")
