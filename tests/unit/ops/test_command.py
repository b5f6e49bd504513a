"""How the command finds its stack, and how it ends when something is wrong: in one line with the fix."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)
from botocore.stub import Stubber
from typer.testing import CliRunner

from ops import session as sessions
from ops.cli import app
from ops.errors import OperatorError, in_words
from ops.session import Session
from ops.stack import DeployedStack, find_stack, skew_s
from shared.domain.errors import (
    ConflictError,
    NotFoundError,
    PacedError,
    PermissionLostError,
    RefusedError,
    RelayError,
    UnreachableError,
)

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = {"TableName": "t", "SecretArn": "s", "TokenKeyArn": "k", "ApiUrl": "https://api.example.com/"}
ADVICE = [
    (NoCredentialsError(), "AWS_PROFILE"),
    (NoRegionError(), "AWS_REGION"),
    (ProfileNotFound(profile="x"), "~/.aws/config"),
    (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "make run"),
    (ClientError({"Error": {"Code": "ExpiredToken"}}, "GetItem"), "sign in"),
    (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem"), "does not permit GetItem"),
    (ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem"), "InternalServerError"),
    (PermissionLostError("refused"), "--renew-credentials"),
    (PacedError("busy", wait_s=12.3), "12 s"),
    (RefusedError("no such site", http_status=404), "no such site"),
    (UnreachableError("no answer"), "network"),
    (ConflictError("changed"), "try again"),
    (NotFoundError("there is no venue x"), "venue list"),
    (RelayError("odd"), "odd"),
]


def described(outputs: dict[str, str], parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "Stacks": [
            {
                "StackName": "x",
                "CreationTime": datetime(2026, 11, 22, tzinfo=UTC),
                "StackStatus": "CREATE_COMPLETE",
                "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()],
                "Parameters": [{"ParameterKey": n, "ParameterValue": value} for n, value in parameters.items()],
            }
        ]
    }


def cloudformation() -> Any:
    return boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@pytest.mark.parametrize(
    ("parameters", "public_url", "kounta"),
    [
        ({}, "https://api.example.com", "https://api.kounta.com"),
        ({"PublicUrl": ""}, "https://api.example.com", "https://api.kounta.com"),
        (
            {"PublicUrl": "https://relay.example.com", "KountaApiUrl": "http://127.0.0.1:8601/kounta"},
            "https://relay.example.com",
            "http://127.0.0.1:8601/kounta",
        ),
    ],
)
def test_a_stack_by_its_outputs(parameters: dict[str, str], public_url: str, kounta: str) -> None:
    client = cloudformation()
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", described(OUTPUTS, parameters), {"StackName": "x"})
        found = find_stack(client, "x")
    assert (found.table, found.secret_arn, found.token_key_arn) == ("t", "s", "k")
    assert (found.public_url, found.kounta_api_url) == (public_url, kounta)


def test_no_such_stack() -> None:
    client = cloudformation()
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", "Stack with id x does not exist")
        with pytest.raises(OperatorError, match="no stack x in eu-west-1"):
            find_stack(client, "x")


def test_a_stack_of_somebody_else() -> None:
    client = cloudformation()
    with Stubber(client) as stub:
        stub.add_response("describe_stacks", described({"Other": "1"}, {}))
        with pytest.raises(OperatorError, match="no output TableName"):
            find_stack(client, "x")


@pytest.mark.parametrize(("error", "said"), ADVICE, ids=lambda one: type(one).__name__)
def test_every_foreseen_error_is_one_line_with_a_fix(error: Exception, said: str) -> None:
    def opener(_name: str, _region: str | None) -> DeployedStack:
        raise error

    result = CliRunner().invoke(app, ["venue", "list"], obj=Session(opener=opener))
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_an_error_that_is_in_words_already_stays() -> None:
    error = OperatorError("what", "fix")
    assert in_words(error) is error


def test_the_stack_is_named_by_option_or_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[tuple[str, str | None]] = []

    def opener(name: str, region: str | None) -> DeployedStack:
        named.append((name, region))
        raise NotFoundError("enough")

    monkeypatch.setenv("POSRELAY_STACK", "from-environment")
    for arguments in (["venue", "list"], ["--stack", "by-option", "--region", "eu-west-1", "venue", "list"]):
        CliRunner().invoke(app, arguments, obj=Session(opener=opener))
    monkeypatch.delenv("POSRELAY_STACK")
    CliRunner().invoke(app, ["venue", "list"], obj=Session(opener=opener))
    assert named == [("from-environment", None), ("by-option", "eu-west-1"), ("pos-relay", None)]


def test_the_local_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "stack.json"
    monkeypatch.setattr(sessions, "LOCAL_DESCRIPTION", file)
    result = CliRunner().invoke(app, ["--local", "venue", "list"], obj=Session())
    assert "make run" in result.stderr
    file.write_text('{"aws_endpoint_url": "http://127.0.0.1:9", "region": "eu-west-1"}')
    stack = sessions.open_local_stack("pos-relay")
    assert (stack.endpoint_url, stack.session.region_name) == ("http://127.0.0.1:9", "eu-west-1")


def test_a_clock_that_is_not_told() -> None:
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert skew_s(None, now) is None
    assert skew_s("yesterday", now) is None
    assert skew_s("Sun, 22 Nov 2026 08:00:10 GMT", now) == 10.5


def test_the_launcher_works_from_any_folder(tmp_path: Path) -> None:
    shown = subprocess.run([ROOT / "posrelay", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "webhooks" in shown.stdout
