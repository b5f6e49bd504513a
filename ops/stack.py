"""A deployed stack as operators reach it: found by its CloudFormation outputs, with what the commands need of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.errors import OperatorError
from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook
from shared.adapters.dynamodb.menu_book import DynamoDBMenuBook
from shared.adapters.dynamodb.pace import DynamoDBPace
from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries
from shared.adapters.dynamodb.schema import menu_id
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.adapters.dynamodb.token_store import DynamoDBTokenStore
from shared.adapters.http.clients import make_client
from shared.adapters.http.guarded import guarded
from shared.adapters.kms.secret_box import KMSSecretBox
from shared.adapters.kounta.administration import KountaAdministration
from shared.adapters.kounta.client import KountaClient
from shared.adapters.kounta.reads import KountaReads
from shared.adapters.secretsmanager.stack_secret import StackSecret
from shared.adapters.sqs.nudges import SQSNudges
from shared.domain.errors import PacedError
from shared.domain.identities import random_text
from shared.domain.pace import Slots
from shared.domain.timings import Timings
from shared.domain.venues import PosConnection
from shared.usecases.manage_endpoints import ManageEndpoints
from shared.usecases.request_import import RequestImport

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

DEFAULT_STACK = "pos-relay"
"""The stack name in samconfig.toml of production and of the local stack."""
LONGEST_WAIT_S = 60.0
TIMINGS = Timings(read_timeout_s=10)
_WANTED = ("TableName", "SecretArn", "TokenKeyArn", "ApiUrl")


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StackAddresses:
    """Where a stack's parts are. `public_url`: what links and webhooks begin with; `api_url`: the API's own address."""

    table: str
    secret_arn: str
    token_key_arn: str
    api_url: str
    public_url: str
    kounta_api_url: str
    deliveries_queue_url: str = ""
    writes_queue_url: str = ""
    timings: Timings = TIMINGS
    private_endpoints: bool = False


def find_stack(cloudformation: CloudFormationClient, name: str) -> StackAddresses:
    """Reads the outputs and parameters of a stack. Raises OperatorError when there is none, or none of ours."""
    try:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        region = cloudformation.meta.region_name
        raise OperatorError(
            f"there is no stack {name} in {region}", "name it with --stack or POSRELAY_STACK, its region with --region"
        ) from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", [])}
    if missing := [wanted for wanted in _WANTED if not outputs.get(wanted)]:
        raise OperatorError(
            f"the stack {name} ({stack['StackStatus']}) has no output {missing[0]}",
            "is it a POS Relay stack, and was its last deployment finished?",
        )
    api_url = outputs["ApiUrl"].rstrip("/")
    return StackAddresses(
        table=outputs["TableName"],
        secret_arn=outputs["SecretArn"],
        token_key_arn=outputs["TokenKeyArn"],
        api_url=api_url,
        public_url=parameters.get("PublicUrl", "").rstrip("/") or api_url,
        kounta_api_url=parameters.get("KountaApiUrl", "").rstrip("/") or "https://api.kounta.com",
        deliveries_queue_url=outputs.get("DeliveriesQueueUrl", ""),
        writes_queue_url=outputs.get("WritesQueueUrl", ""),
        timings=Timings.from_json(parameters.get("Timings", "")),
        private_endpoints=parameters.get("PrivateEndpoints") == "allowed",
    )


@dataclass
class Line:
    """One venue's line to Kounta. `skew_s`: how much later Kounta's clock is than ours, once an answer said it."""

    administration: KountaAdministration
    skew_s: float | None = None


@dataclass
class DeployedStack:
    """A stack's settings, secret, tokens and lines to the POS.

    `known`: its addresses, where they need not be looked up; `transport` stands in for the network in tests.
    """

    name: str
    session: boto3.Session
    endpoint_url: str | None = None
    known: StackAddresses | None = None
    transport: httpx.BaseTransport | None = None
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    _config: Config = field(default_factory=lambda: Config(connect_timeout=5, read_timeout=15))
    _opened: list[httpx.Client] = field(default_factory=list)

    def close(self) -> None:
        """Ends all connections."""
        for client in self._opened:
            client.close()

    @cached_property
    def addresses(self) -> StackAddresses:
        """Raises OperatorError when there is no such stack."""
        if self.known is not None:
            return self.known
        client = self.session.client("cloudformation", endpoint_url=self.endpoint_url, config=self._config)
        return find_stack(client, self.name)

    @cached_property
    def settings(self) -> DynamoDBSettingsBook:
        """Venues, platforms and keys, always read anew."""
        return DynamoDBSettingsBook(self.dynamodb, self.addresses.table, self.now, remember_s=-1)

    @cached_property
    def secret(self) -> StackSecret:
        """The stack's static secrets."""
        client = self.session.client("secretsmanager", endpoint_url=self.endpoint_url, config=self._config)
        return StackSecret(client, self.addresses.secret_arn, self.now)

    @cached_property
    def tokens(self) -> DynamoDBTokenStore:
        """OAuth tokens of the connections."""
        kms = self.session.client("kms", endpoint_url=self.endpoint_url, config=self._config)
        where = self.addresses
        return DynamoDBTokenStore(
            self.dynamodb, kms, table=where.table, key_id=where.token_key_arn, now=self.now, sleep=self.sleep
        )

    @cached_property
    def webhooks(self) -> ManageEndpoints:
        """Platforms' webhook endpoints."""
        where = self.addresses
        kms = self.session.client("kms", endpoint_url=self.endpoint_url, config=self._config)
        sqs = self.session.client("sqs", endpoint_url=self.endpoint_url, config=self._config)
        return ManageEndpoints(
            DynamoDBEndpointBook(self.dynamodb, where.table),
            DynamoDBPlatformDeliveries(self.dynamodb, where.table, where.timings.outbox_ttl_s),
            SQSNudges(sqs, where.deliveries_queue_url),
            KMSSecretBox(kms, where.token_key_arn),
            where.timings,
            self.now,
            new_event_id=lambda: f"evt_test_{random_text(16)}",
        )

    @cached_property
    def menus(self) -> DynamoDBMenuBook:
        """Venues' menus."""
        return DynamoDBMenuBook(self.dynamodb, self.addresses.table, self.addresses.timings, self.now)

    @cached_property
    def request_import(self) -> RequestImport:
        """Asks for a menu."""
        where = self.addresses
        sqs = self.session.client("sqs", endpoint_url=self.endpoint_url, config=self._config)
        return RequestImport(
            self.menus,
            SQSNudges(sqs, where.writes_queue_url),
            menu_id,
            where.timings,
            self.now,
            new_import_id=lambda: f"imp_{random_text(12)}",
        )

    @cached_property
    def http(self) -> httpx.Client:
        """For all calls that are not AWS's."""
        return self._open()

    @cached_property
    def guarded_http(self) -> httpx.Client:
        """For addresses that others chose: called as the functions call them."""
        if self.addresses.private_endpoints:
            return self.http
        client = make_client(guarded(self.transport))
        self._opened.append(client)
        return client

    def line_to(self, connection: PosConnection) -> Line:
        """A line to a venue's Kounta, in the pace of all other callers. Raises NotFoundError without credentials."""
        http = self._open()
        client = KountaClient(
            http,
            api_url=self.addresses.kounta_api_url,
            connection_id=connection.connection_id,
            company_id=connection.company_id,
            credentials=self.secret.connection(connection.connection_id).credentials,
            tokens=self.tokens if connection.auth == "oauth" else None,
            timings=TIMINGS,
            now=self.now,
        )
        reads = KountaReads(client, connection, pace=lambda: self._take_turn(connection), sleep=self.sleep)
        line = Line(KountaAdministration(client, reads))

        def note_clock(response: httpx.Response) -> None:
            line.skew_s = skew_s(response.headers.get("date"), self.now())

        http.event_hooks = {"response": [note_clock]}
        return line

    def _open(self) -> httpx.Client:
        client = make_client(self.transport)
        self._opened.append(client)
        return client

    def _take_turn(self, connection: PosConnection) -> None:
        slots = Slots(connection.connection_id, connection.pace_per_minute, 1)
        wait_s = DynamoDBPace(self.dynamodb, self.addresses.table).reserve(slots, self.now())
        if wait_s > LONGEST_WAIT_S:
            raise PacedError("the connection is busy with orders", wait_s=wait_s)
        if wait_s > 0:
            self.sleep(wait_s)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        """The table's client."""
        return self.session.client("dynamodb", endpoint_url=self.endpoint_url, config=self._config)


def skew_s(date_header: str | None, now: datetime) -> float | None:
    """Seconds by which the sender of a `Date` header (whole seconds, so half of one is added) is ahead of us."""
    try:
        theirs = parsedate_to_datetime(date_header or "")
    except ValueError:
        return None
    return (theirs.replace(tzinfo=theirs.tzinfo or UTC) - now).total_seconds() + 0.5
