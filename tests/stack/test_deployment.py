"""What was built and deployed: lean zips that import alone, a gateway that asks for keys, IAM that is enforced."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(handler.parent.name for handler in (PROJECT / "functions").glob("*/handler.py"))
ZIP_LIMIT_BYTES = 16_000_000
# PEP 552: hash-based and unchecked. SAM dates all entries 1980, so anything else is recompiled at every cold start.
UNCHECKED_HASH = (1).to_bytes(4, "little")


def logical_id(folder: str) -> str:
    """BookingEvents for booking_events."""
    return "".join(word.capitalize() for word in folder.split("_"))


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> str:
    """Each function's folder."""
    return str(request.param)


@pytest.fixture
def artifact(stack_file: Path, folder: str) -> Path:
    """What became the function's zip."""
    return stack_file.parent / "aws-sam" / logical_id(folder)


def test_zip_holds_its_own_function_and_nothing_of_the_workshop(artifact: Path, folder: str) -> None:
    assert {entry.name for entry in (artifact / "functions").iterdir()} - {"__init__.py", "__pycache__"} == {folder}
    names = {entry.name for entry in artifact.iterdir()}
    assert {"shared", "functions", "boto3"} <= names
    unwanted = {"tests", "sandbox", "ops", "events", "docs", "pytest", "moto", "mypy", "samcli", "bin", "Makefile"}
    assert not names & unwanted
    assert not list(artifact.rglob("tests"))


def test_every_module_is_compiled_for_good(artifact: Path) -> None:
    tag = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
    for source in artifact.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
        assert compiled.exists(), source
        assert compiled.read_bytes()[4:8] == UNCHECKED_HASH, source


def test_function_imports_from_its_zip_alone(artifact: Path, folder: str) -> None:
    # The emulator runs functions in its own environment, which would lend them a package the zip lacks.
    program = f"import sys; sys.path.insert(0, sys.argv[1]); from functions.{folder}.handler import handler"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(artifact)],
        env={"AWS_DEFAULT_REGION": "ap-southeast-2", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_zip_is_small(stack: dict[str, Any], folder: str) -> None:
    client = boto3.client("lambda", endpoint_url=stack["aws_endpoint_url"], region_name=stack["region"], **OWNER)
    deployed = client.get_function_configuration(FunctionName=f"pos-relay-{logical_id(folder)}")
    assert deployed["CodeSize"] < ZIP_LIMIT_BYTES


OWNER = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def credentials_of(stack: dict[str, Any], name: str) -> dict[str, str]:
    """The role session that the emulator gives to a function."""
    client = boto3.client("lambda", endpoint_url=stack["aws_endpoint_url"], region_name=stack["region"], **OWNER)
    configuration = client.get_function_configuration(FunctionName=f"pos-relay-{name}")
    digest = hashlib.sha256(f"{configuration['FunctionArn']}:{configuration['Role']}".encode()).hexdigest()
    return {
        "aws_access_key_id": "ASIA" + digest[:16].upper(),
        "aws_secret_access_key": hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        "aws_session_token": hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
    }


def test_a_role_is_refused_what_it_was_not_given(stack: dict[str, Any]) -> None:
    # A session exists once the function has run.
    httpx.get(f"{stack['api_url']}/health", timeout=30)
    httpx.get(f"{stack['api_url']}/v1/venues/nowhere/sales", headers={"Authorization": "Bearer unknown"}, timeout=30)
    place = {"endpoint_url": stack["aws_endpoint_url"], "region_name": stack["region"]}
    queries = boto3.client("dynamodb", **place, **credentials_of(stack, "Queries"))
    table = stack["outputs"]["TableName"]
    key = {"pk": {"S": "NOTHING"}, "sk": {"S": "NOTHING"}}
    assert "Item" not in queries.get_item(TableName=table, Key=key)
    for refused in (
        lambda: queries.put_item(TableName=table, Item=key),
        lambda: queries.delete_item(TableName=table, Key=key),
        lambda: queries.scan(TableName=table),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()


def test_gateway_refuses_who_shows_no_key(stack: dict[str, Any]) -> None:
    answer = httpx.post(f"{stack['api_url']}/v1/venues/nowhere/booking-events", json={}, timeout=30)
    assert answer.status_code == 401


def test_gateway_knows_no_other_paths(stack: dict[str, Any]) -> None:
    assert httpx.get(f"{stack['api_url']}/v2/anything", timeout=30).status_code == 404


def test_health_needs_no_key(stack: dict[str, Any]) -> None:
    assert httpx.get(f"{stack['api_url']}/health", timeout=30).status_code == 200


def test_every_function_of_the_template_is_deployed(stack: dict[str, Any]) -> None:
    client = boto3.client("lambda", endpoint_url=stack["aws_endpoint_url"], region_name=stack["region"], **OWNER)
    names = {
        function["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for function in page["Functions"]
    }
    assert {f"pos-relay-{logical_id(folder)}" for folder in FOLDERS} <= names
    assert all(re.fullmatch(r"pos-relay-[A-Za-z]+", name) for name in names)
