"""What tells platforms and people."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from shared.domain.identities import new_order_id as new_order_id  # handlers ask bootstrap for ids
from shared.domain.identities import random_text
from shared.outside import now as now  # handlers ask bootstrap for the time
from shared.outside import once

if TYPE_CHECKING:
    from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook
    from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries
    from shared.adapters.kms.secret_box import KMSSecretBox
    from shared.usecases.announce import Announce
    from shared.usecases.deliver_event import DeliverEvent
    from shared.usecases.manage_endpoints import ManageEndpoints
    from shared.usecases.report_failure import ReportFailure
    from shared.usecases.tell_platforms import TellPlatforms
from shared.bootstrap.parts import (
    client,
    delivery_queue,
    failure_queue,
    guarded_http_client,
    readings,
    settings,
    settings_book,
)
from shared.bootstrap.taking_in import request_import


@once
def announce() -> Announce:
    """Fans out the outbox."""
    from shared.adapters.dynamodb.outbox import DynamoDBOutbox
    from shared.usecases.announce import Announce

    outbox = DynamoDBOutbox(client("dynamodb"), settings().table)
    return Announce(outbox, failure_queue(), tell_platforms(), request_import())


@once
def endpoint_book() -> DynamoDBEndpointBook:
    from shared.adapters.dynamodb.endpoint_book import DynamoDBEndpointBook

    return DynamoDBEndpointBook(client("dynamodb"), settings().table)


@once
def platform_deliveries() -> DynamoDBPlatformDeliveries:
    from shared.adapters.dynamodb.platform_deliveries import DynamoDBPlatformDeliveries

    return DynamoDBPlatformDeliveries(client("dynamodb"), settings().table, settings().timings.outbox_ttl_s)


@once
def secret_box() -> KMSSecretBox:
    from shared.adapters.kms.secret_box import KMSSecretBox

    return KMSSecretBox(client("kms"), settings().token_key_arn)


@once
def tell_platforms() -> TellPlatforms:
    """Makes deliveries of an event."""
    from shared.usecases.tell_platforms import TellPlatforms

    return TellPlatforms(endpoint_book(), platform_deliveries(), delivery_queue(), now, order_body)


def order_body(order_id: str) -> bytes | None:
    from shared.web.views import callback_body

    order = readings().order(order_id, fresh=True)
    return callback_body(order) if order else None


@once
def deliver_event() -> DeliverEvent:
    """Makes one attempt of a delivery."""
    from shared.adapters.http.webhooks import HttpPoster
    from shared.usecases.deliver_event import DeliverEvent

    return DeliverEvent(
        endpoints=endpoint_book(),
        deliveries=platform_deliveries(),
        queue=delivery_queue(),
        failures=failure_queue(),
        box=secret_box(),
        poster=HttpPoster(guarded_http_client(), settings().timings.delivery_timeout_s, now),
        timings=settings().timings,
        now=now,
        later=lambda wait_s: wait_s * random.uniform(1.0, 1.1),
    )


@once
def manage_endpoints() -> ManageEndpoints:
    """Webhook endpoints of platforms."""
    from shared.usecases.manage_endpoints import ManageEndpoints

    return ManageEndpoints(
        endpoint_book(),
        platform_deliveries(),
        delivery_queue(),
        secret_box(),
        settings().timings,
        now,
        new_event_id=lambda: f"evt_test_{random_text(16)}",
    )


@once
def report_failure() -> ReportFailure:
    """Puts failures on a person's list and tells people."""
    from shared.adapters.aws_post import AwsPost
    from shared.adapters.dynamodb.outbox import DynamoDBFailureBook
    from shared.usecases.report_failure import ReportFailure

    post = AwsPost(client("sesv2"), client("sns"), settings().mail_from, settings().ops_topic_arn)
    book = DynamoDBFailureBook(client("dynamodb"), settings().table)
    return ReportFailure(book, settings_book(), post, now, settings().support_line)
