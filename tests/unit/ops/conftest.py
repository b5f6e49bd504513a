"""A stack on moto whose Kounta is the sandbox, and the command run on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import httpx
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from ops.cli import app
from ops.session import Session
from ops.stack import DeployedStack, StackAddresses
from sandbox.core import Sandbox
from sandbox.transport import sandbox_transport

REGION = "ap-southeast-2"
# Reading the services' descriptions is most of a session's cost: once for all tests.
MODELS = botocore.loaders.create_loader()
PUBLIC = "https://relay.example.com"
OWN = "https://api.example.com"
SANDBOX = "http://sandbox.test"
CREDENTIALS = {
    "KOUNTA_CLIENT_ID": "demo-basic",
    "KOUNTA_CLIENT_SECRET": "demo-basic-secret",
    "KOUNTA_SIGNATURE_TOKEN": "demo-basic-signature-token",
}
VENUE = """
id = "harbour"
name = "The Example Table"
[pos]
kind = "kounta"
company_id = "5678"
site_id = "823"
"""


class Dated(httpx.BaseTransport):
    """The sandbox with a `Date` header, as a server sends it."""

    def __init__(self, inner: httpx.BaseTransport, bench: Bench) -> None:
        self.inner = inner
        self.bench = bench

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        theirs = self.bench.now() + timedelta(seconds=self.bench.kounta_ahead_s)
        answer.headers["Date"] = format_datetime(theirs, usegmt=True)
        return answer


@dataclass
class Bench:
    """One stack, its sandbox, the clock of both, and the command."""

    at: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    kounta_ahead_s: float = 0
    prompts: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: dict(CREDENTIALS))
    sandbox: Sandbox = field(init=False)
    stack: DeployedStack = field(init=False)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(self.now)
        core = botocore.session.get_session()
        core.register_component("data_loader", MODELS)
        session = boto3.Session("testing", "testing", region_name=REGION, botocore_session=core)
        table = session.client("dynamodb").create_table(
            TableName="relay",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "list_pk", "list_sk")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "listing",
                    "KeySchema": [
                        {"AttributeName": "list_pk", "KeyType": "HASH"},
                        {"AttributeName": "list_sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )["TableDescription"]["TableName"]
        made = {"link_key": "a-link-key", "connections": {}, "nowbookit": {}}
        secret = session.client("secretsmanager").create_secret(Name="relay", SecretString=json.dumps(made))["ARN"]
        key = session.client("kms").create_key()["KeyMetadata"]["Arn"]
        queue = session.client("sqs").create_queue(QueueName="deliveries")["QueueUrl"]
        writes = session.client("sqs").create_queue(QueueName="writes")["QueueUrl"]
        self.stack = DeployedStack(
            "pos-relay",
            session,
            known=StackAddresses(table, secret, key, OWN, PUBLIC, f"{SANDBOX}/kounta", queue, writes),
            transport=Dated(sandbox_transport(self.sandbox), self),
            now=self.now,
            sleep=self.sleep,
        )

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def ask(self, words: str) -> str:
        self.prompts.append(words)
        return self.answers[words]

    def run(self, *arguments: str, ok: bool = True) -> Result:
        """Runs the command; fails the test when it ends otherwise than expected, or with a traceback."""
        session = Session(
            opener=lambda _name, _region: self.stack,
            environment=self.environment,
            ask=self.ask if self.answers else None,
        )
        result = CliRunner().invoke(app, list(arguments), obj=session)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert (result.exit_code == 0) is ok, result.output
        return result

    def json(self, *arguments: str, ok: bool = True) -> Any:
        return json.loads(self.run(*arguments, "--json", ok=ok).stdout)

    def control(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The sandbox's control API."""
        address = f"{SANDBOX}/_control/{path}"
        answer = self.stack.http.get(address) if body is None else self.stack.http.post(address, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "POSRELAY_STACK"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Bench()


@pytest.fixture
def venue_file(tmp_path: Any) -> str:
    file = tmp_path / "harbour.toml"
    file.write_text(VENUE)
    return str(file)


@pytest.fixture
def ready(bench: Bench, venue_file: str) -> Bench:
    """With the venue set and its webhooks subscribed."""
    bench.run("venue", "set", venue_file)
    bench.run("webhooks", "subscribe", "harbour")
    return bench
