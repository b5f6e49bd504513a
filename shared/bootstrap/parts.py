"""What most compositions are made of: the environment, AWS clients, books and queues."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.adapters.dynamodb.delivery_book import DynamoDBDeliveryBook
from shared.adapters.dynamodb.settings_book import DynamoDBSettingsBook
from shared.adapters.secretsmanager.stack_secret import StackSecret
from shared.adapters.sqs.nudges import SQSNudges
from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once, transport
from shared.settings import Settings, read_settings
from shared.web.signatures import derive_token

if TYPE_CHECKING:
    from shared.adapters.dynamodb.menu_book import DynamoDBMenuBook
    from shared.adapters.dynamodb.readings import DynamoDBReadings
    from shared.adapters.dynamodb.record_book import DynamoDBRecordBook
    from shared.adapters.sqs.failure_queue import SQSFailureQueue


# Few, quick tries: a caller waits, or a lease runs.
_AWS = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=2, read_timeout=5)


@once
def settings() -> Settings:
    """The function's environment."""
    return read_settings()


@once
def client(service: str) -> Any:
    """An AWS client."""
    return boto3.client(service, config=_AWS)  # type: ignore[call-overload]


@once
def settings_book() -> DynamoDBSettingsBook:
    """Venues, platforms, keys."""
    return DynamoDBSettingsBook(client("dynamodb"), settings().table, now)


@once
def secret() -> StackSecret:
    """The stack's one secret."""
    return StackSecret(client("secretsmanager"), settings().secret_arn, now)


@once
def nudges() -> SQSNudges:
    """The writer's queue."""
    return SQSNudges(client("sqs"), settings().writes_queue_url)


@once
def delivery_book() -> DynamoDBDeliveryBook:
    """Where deliveries are kept."""
    return DynamoDBDeliveryBook(client("dynamodb"), settings().table, settings().timings)


@once
def readings() -> DynamoDBReadings:
    """What callers may read."""
    from shared.adapters.dynamodb.readings import DynamoDBReadings

    return DynamoDBReadings(client("dynamodb"), settings().table)


@once
def record_book() -> DynamoDBRecordBook:
    """The records."""
    from shared.adapters.dynamodb.record_book import DynamoDBRecordBook

    return DynamoDBRecordBook(client("dynamodb"), settings().table, settings().timings)


@once
def http_client() -> Any:
    from shared.adapters.http.clients import make_client

    return make_client(transport())


@once
def guarded_http_client() -> Any:
    """For addresses that others chose; the local stack may call itself."""
    from shared.adapters.http.clients import make_client
    from shared.adapters.http.guarded import guarded

    return http_client() if settings().private_endpoints else make_client(guarded(transport()))


def callback_uri(venue_id: str, order_id: str) -> str:
    """Where the POS tells of an order's status; the token is the order's own and cannot be guessed."""
    token = derive_token(secret().link_key(), "callback", venue_id, order_id)
    return f"{settings().public_url}/pos/kounta/{venue_id}/orders/{order_id}/status?token={token}"


def jitter(wait_s: float) -> float:
    """A wait, spread by a fifth so that many do not come back at once."""
    return wait_s * random.uniform(0.9, 1.1)


@once
def pace_book() -> Any:
    from shared.adapters.dynamodb.pace import DynamoDBPace

    return DynamoDBPace(client("dynamodb"), settings().table)


@once
def menu_book() -> DynamoDBMenuBook:
    """Menus."""
    from shared.adapters.dynamodb.menu_book import DynamoDBMenuBook

    return DynamoDBMenuBook(client("dynamodb"), settings().table, settings().timings, now)


def delivery_queue() -> SQSNudges:
    return SQSNudges(client("sqs"), settings().deliveries_queue_url)


def failure_queue() -> SQSFailureQueue:
    from shared.adapters.sqs.failure_queue import SQSFailureQueue

    return SQSFailureQueue(client("sqs"), settings().failures_queue_url)
