"""The deployed relay in one process: the real handlers and the real bootstrap, AWS by moto, the vendors by the sandbox.

Events are the files under `events/`. What the gateway, the queues and the stream do between the functions is done here.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
import simplejson
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from ops.webhooks import address_of, read_topics
from sandbox.core import Sandbox
from sandbox.messages import Delivery, SandboxRequest
from sandbox.settings import SandboxSettings
from sandbox.transport import sandbox_transport
from shared import bootstrap, outside
from shared.domain.access import SCOPES, ApiKey, digest_of
from shared.domain.venues import PosConnection, Venue
from shared.web.pos_deliveries import webhook_secret
from tests.dynamodb_table import TEMPLATE, table_schema
from tests.functions.answers import Answer
from tests.functions.event_files import (
    API_KEY,
    HOOK_TOKEN,
    LINK_KEY,
    RESDIARY_SECRET,
    SIGNATURE_TOKEN,
    STANDARD_SECRET,
    Event,
    changed,
    read_event,
)

REGION = "ap-southeast-2"
TABLE = "posrelay"
START = datetime(2026, 11, 22, 8, 2, 12, tzinfo=UTC)
PUBLIC_URL = "https://relay.example.com"

VENUE = Venue(
    id="demo",
    name="The Example Table",
    pos=PosConnection(kind="kounta", company_id="5678", site_id="823"),
    nowbookit_location_id="LOC-823",
    resdiary_restaurant="TheExampleTable",
    standard_hook_platform="example-bookings",
    tables={"Terrace 14": "T14"},
    notify_emails=("duty@example.com",),
    notify_mobiles=("+61255501234",),
)


@dataclass
class Clock:
    """The relay's and the sandbox's time."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Context:
    """What Lambda hands to a handler."""

    aws_request_id: str = "8f3c1a52-1111-4222-8333-944455556666"
    function_name: str = "pos-relay-test"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:pos-relay-test"
    left_s: float = 25.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left_s * 1000)


@cache
def _template() -> str:
    return TEMPLATE.read_text()


@cache
def template_routes() -> list[str]:
    """Every route of the template: `GET /health`, …"""
    return re.findall(r"RouteKey: (\S+ \S+)", _template())


@cache
def _function_of(route: str) -> str:
    """The function's folder, by the template's route and integration."""
    text = _template()
    place = text.index(f"RouteKey: {route}\n")
    found = re.search(r"integrations/\$\{(\w+)Integration\}", text[place:])
    assert found is not None
    return re.sub(r"(?<!^)(?=[A-Z])", "_", found[1]).lower()


def _text(content: Any) -> bytes | str | None:
    return content if content is None or isinstance(content, bytes | str) else simplejson.dumps(content)


@dataclass
class Relay:
    """Handlers to call, queues to empty, and a look at everything. Made inside `mock_aws`."""

    setenv: Callable[[str, str], None]
    clock: Clock = field(default_factory=Clock)
    aws_calls: list[str] = field(default_factory=list)
    """`dynamodb.PutItem`, …: every call that the handlers made."""

    def __post_init__(self) -> None:
        unlimited = SandboxSettings(basic_per_minute=0, oauth_per_minute=0, nowbookit_per_second=0)
        self.sandbox = Sandbox(self.clock.now, unlimited)
        self._announced: set[str] = set()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            self.setenv(name, "test")
        self.setenv("AWS_DEFAULT_REGION", REGION)
        self.owner = boto3.Session(region_name=REGION)
        self._furnish()
        boto3.setup_default_session(region_name=REGION)
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("before-call.*.*", self._note)
        self.start_over()

    def start_over(self, sleep: Callable[[float], None] | None = None) -> None:
        """Cold functions."""
        outside.start_over(
            outside.Outside(self.clock.now, sleep or self.clock.advance, sandbox_transport(self.sandbox))
        )

    def _furnish(self) -> None:
        client = self.owner.client
        self.dynamodb, self.sqs = client("dynamodb"), client("sqs")
        self.dynamodb.create_table(TableName=TABLE, **table_schema())
        self.writes_queue = self.sqs.create_queue(QueueName="pos-relay-pos-writes")["QueueUrl"]
        self.failures_queue = self.sqs.create_queue(QueueName="pos-relay-failures")["QueueUrl"]
        self.deliveries_queue = self.sqs.create_queue(QueueName="pos-relay-deliveries")["QueueUrl"]
        secret = {
            "link_key": LINK_KEY,
            "connections": {
                "kounta-5678": {
                    "client_id": "demo-basic",
                    "client_secret": "demo-basic-secret",
                    "signature_tokens": [SIGNATURE_TOKEN],
                }
            },
            "hooks": {
                "demo": {
                    "resdiary": [RESDIARY_SECRET],
                    "standard": {"platform": "example-bookings", "secrets": [STANDARD_SECRET]},
                }
            },
            "nowbookit": {
                "demo": {
                    "api_key": "demo-nowbookit-key",
                    "hook_header": "Authorization",
                    "hook_tokens": [HOOK_TOKEN],
                }
            },
        }
        stored = client("secretsmanager").create_secret(Name="pos-relay", SecretString=json.dumps(secret))
        key = client("kms").create_key()["KeyMetadata"]["Arn"]
        topic = client("sns").create_topic(Name="pos-relay-ops")["TopicArn"]
        client("sesv2").create_email_identity(EmailIdentity="pos-relay@example.com")
        for name, value in {
            "TABLE_NAME": TABLE,
            "PUBLIC_URL": PUBLIC_URL,
            "WRITES_QUEUE_URL": self.writes_queue,
            "FAILURES_QUEUE_URL": self.failures_queue,
            "DELIVERIES_QUEUE_URL": self.deliveries_queue,
            "PRIVATE_ENDPOINTS": "allowed",
            "SECRET_ARN": stored["ARN"],
            "TOKEN_KEY_ARN": key,
            "KOUNTA_API_URL": "http://sandbox.test/kounta",
            "NOWBOOKIT_API_URL": "http://sandbox.test/nowbookit",
            "OPS_TOPIC_ARN": topic,
            "MAIL_FROM": "pos-relay@example.com",
        }.items():
            self.setenv(name, value)
        self.start_over()
        book = bootstrap.settings_book()
        book.put_venue(VENUE)
        book.put_key(ApiKey("key_0a1b2c3d", digest_of(API_KEY), "demo-bookings", SCOPES, ("demo",), START))

    def _note(self, model: Any, **_: Any) -> None:
        self.aws_calls.append(f"{model.service_model.service_name}.{model.name}")

    # calls

    def invoke(self, function: str, event: Event, *, left_s: float = 25.0) -> Any:
        """One invocation."""
        handler = importlib.import_module(f"functions.{function}.handler").handler
        return handler(event, Context(left_s=left_s))

    def http(self, function: str, event: Event, *, left_s: float = 9.9) -> Answer:
        """One invocation by the gateway."""
        answered = self.invoke(function, event, left_s=left_s)
        return Answer(answered["statusCode"], answered["headers"], answered["body"])

    def call(
        self,
        method: str,
        address: str,
        content: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        caller: Mapping[str, str] | None = None,
        left_s: float = 9.9,
    ) -> Answer:
        """One call of the API by its address, from a platform that places orders (or another `caller`)."""
        parts = urlsplit(address)
        route, path = self._route(f"{method} {parts.path}")
        event = read_event("online_orders/place")
        event |= {"routeKey": route, "rawPath": parts.path, "pathParameters": path, "body": ""}
        event["queryStringParameters"] = dict(parse_qsl(parts.query))
        return self.http(
            _function_of(route), changed(event, body=_text(content), headers=headers, caller=caller), left_s=left_s
        )

    def get(self, name: str, path: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None) -> Answer:
        """A reading request from `events/queries`."""
        return self.http("queries", changed(read_event(f"queries/{name}"), path=path, query=query))

    # what stands between the functions

    def nudges(self) -> list[str]:
        """Takes what waits in the writer's queue: message bodies."""
        return self._take(self.writes_queue)

    def failures(self) -> list[str]:
        """Takes what waits in the failures' queue: message bodies."""
        return self._take(self.failures_queue)

    def attempts(self) -> list[str]:
        """Takes what waits in the deliveries' queue: message bodies."""
        return self._take(self.deliveries_queue)

    def attempt(self, body: str) -> None:
        """One attempt to tell a platform."""
        event = read_event("deliveries/due")
        event["Records"][0]["body"] = body
        assert self.invoke("deliveries", event) == {"batchItemFailures": []}

    def write(self, nudge: str) -> None:
        """The writer gets one nudge."""
        event = read_event("pos_writer/nudge_booking")
        event["Records"][0]["body"] = nudge
        assert self.invoke("pos_writer", event) == {"batchItemFailures": []}

    def run(self) -> None:
        """Everything that is due now: nudges, deliveries of the vendors, the stream, failures."""
        busy = True
        while busy:
            busy = False
            for nudge in self.nudges():
                self.write(nudge)
                busy = True
            for delivery in self.sandbox.take_deliveries():
                answer = self.deliver(delivery)
                assert answer.status in (200, 202), answer
                busy = True
            for item in self.items():
                if item["pk"]["S"].startswith("OUTBOX#") and item["pk"]["S"] not in self._announced:
                    self.announce(item)
                    busy = True
            for attempt in self.attempts():
                self.attempt(attempt)
                busy = True
            for body in self.failures():
                event = read_event("failures/undo_refused")
                event["Records"][0]["body"] = body
                assert self.invoke("failures", event) == {"batchItemFailures": []}
                busy = True

    def announce(self, item: Mapping[str, Any]) -> None:
        """The stream hands on an outbox item."""
        self._announced.add(item["pk"]["S"])
        event = read_event("platform_events/failure_reported")
        event["Records"][0]["dynamodb"] |= {"Keys": {"pk": item["pk"], "sk": item["sk"]}, "NewImage": item}
        assert self.invoke("platform_events", event) == {"batchItemFailures": []}

    def deliver(self, delivery: Delivery) -> Answer:
        """A vendor's post, as the gateway hands it on."""
        parts = urlsplit(delivery.url)
        assert f"{parts.scheme}://{parts.netloc}" == PUBLIC_URL
        route, path = self._route(f"POST {parts.path}")
        event = read_event("pos_events/order_accepted")
        event |= {
            "routeKey": route,
            "rawPath": parts.path,
            "headers": {name.lower(): value for name, value in delivery.headers.items()},
            "pathParameters": path,
            "queryStringParameters": dict(parse_qsl(parts.query)),
            "body": delivery.body.decode(),
        }
        return self.http("pos_events" if "/pos/" in route else "booking_events", event)

    def _route(self, asked: str) -> tuple[str, dict[str, str]]:
        for route in sorted(template_routes(), key=lambda each: each.count("{")):
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route), asked)
            if found:
                return route, found.groupdict()
        raise AssertionError(f"no route for {asked}")

    def _take(self, queue: str) -> list[str]:
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    # the vendors

    def subscribe(self) -> None:
        """Kounta's and Now Book It's webhooks, as an operator sets them up."""
        for topic in read_topics(()):
            self.kounta(
                "webhooks",
                {
                    "topic": topic.name,
                    "address": address_of(PUBLIC_URL, "demo", topic.path),
                    "format": "json",
                    "filter": {"site_ids": [823]},
                    "headers": {"Authorization": webhook_secret(LINK_KEY, "demo")},
                },
            )
        hook = {"url": f"{PUBLIC_URL}/v1/hooks/bookings/nowbookit/demo", "header": "Authorization"}
        self.control("nowbookit/webhook", {**hook, "token": HOOK_TOKEN})

    def kounta(self, path: str, content: Mapping[str, Any]) -> None:
        """A call to the sandbox's Kounta, not counted."""
        basic = "Basic ZGVtby1iYXNpYzpkZW1vLWJhc2ljLXNlY3JldA=="
        headers = {"content-type": "application/json", "accept": "application/json", "authorization": basic}
        body = simplejson.dumps(content).encode()
        answer = self.sandbox.handle(
            SandboxRequest("POST", f"/kounta/v1/companies/5678/{path}", [], headers, body, PUBLIC_URL)
        )
        assert answer.status == 201, answer.body

    def control(self, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """The sandbox's control API: a post, or a look without content."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        body = b"" if content is None else simplejson.dumps(content).encode()
        method = "GET" if content is None else "POST"
        answer = self.sandbox.handle(SandboxRequest(method, f"/_control/{path}", [], headers, body))
        assert answer.status < 300, (path, answer.body)
        return answer.json()

    def pos_orders(self) -> list[dict[str, Any]]:
        """Everything the sandbox's Kounta holds."""
        held: list[dict[str, Any]] = self.control("kounta/orders")
        return held

    def vendor_calls(self, vendor: str) -> list[str]:
        """The operations of every call that the vendor received."""
        return [call["operation"] for call in self.control("calls") if call["operation"].startswith(vendor)]

    # looks

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table."""
        found: list[dict[str, Any]] = []
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=TABLE):
            found += page["Items"]
        return found

    def stored(self) -> dict[tuple[str, str], Any]:
        """The table as a mapping, to be compared."""
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in self.items()}

    def mails(self) -> list[Any]:
        """Every mail sent."""
        return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)

    def texts(self) -> list[tuple[str, str]]:
        """(number, text) of every SMS sent."""
        return list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values())

    def topic_messages(self) -> int:
        """Messages on the operations' topic."""
        return sum(len(topic.sent_notifications) for topic in sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics.values())
