"""Deliveries as they come in: one conditional write each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import (
    VERSION,
    Item,
    booking_record_id,
    due_attributes,
    event_listing,
    group_pk,
    key,
    millis,
    pos_order_pk,
    seconds,
)
from shared.domain.bookings.events import BookingEvent, ThinNotice
from shared.domain.errors import ReferenceReusedError
from shared.domain.pos_news import PosGroup, PosHint
from shared.domain.record import Stored
from shared.domain.timings import Timings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBDeliveryBook:
    """EventBook, HintBook and the ingest side of groups on the one table."""

    client: DynamoDBClient
    table: str
    timings: Timings

    def put_event(
        self, venue_id: str, platform: str, booking_id: str, event: BookingEvent | ThinNotice, now: datetime
    ) -> Stored:
        """Stores an event until it is decided and, for its guest data, until it expires."""
        pk = booking_record_id(venue_id, platform, booking_id)
        content = content_hash(event)
        item: Item = {
            **key(pk, f"EVENT#{event.event_id}"),
            "v": {"N": str(VERSION)},
            "kind": {"S": "thin" if isinstance(event, ThinNotice) else "event"},
            "body": {"S": codec.dump(event)},
            "content": {"S": content},
            "received_at": {"N": str(millis(event.received_at))},
            "list_pk": {"S": event_listing(venue_id, platform, event.event_id)},
            "list_sk": {"S": pk},
            **due_attributes(pk, now + timedelta(seconds=self.timings.undecided_after_s)),
            "expires_at": {"N": seconds(now + timedelta(seconds=self.timings.personal_ttl_s))},
        }
        known = self._put_new(item)
        if known is None:
            return Stored(duplicate=False, undecided=True)
        if known["content"]["S"] != content:
            raise ReferenceReusedError(f"event id {event.event_id} came before with other content")
        return Stored(duplicate=True, undecided="decision" not in known)

    def put_hint(self, hint: PosHint, now: datetime) -> bool:
        """Stores a hint until it is looked into."""
        pk = pos_order_pk(hint.venue_id, hint.pos_order_id)
        item: Item = {
            **key(pk, f"HINT#{hint.id}"),
            "v": {"N": str(VERSION)},
            "body": {"S": codec.dump(hint)},
            **due_attributes(pk, now + timedelta(seconds=self.timings.undecided_after_s)),
            "expires_at": {"N": seconds(now + timedelta(seconds=self.timings.outbox_ttl_s))},
        }
        return self._put_new(item) is None

    def put_group(self, group: PosGroup, now: datetime) -> bool:
        """Stores a finalised group until its orders know of it."""
        pk = group_pk(group)
        item: Item = {
            **key(pk, "GROUP"),
            "v": {"N": str(VERSION)},
            "body": {"S": codec.dump(group)},
            **due_attributes(pk, now + timedelta(seconds=self.timings.undecided_after_s)),
            "expires_at": {"N": seconds(now + timedelta(seconds=self.timings.outbox_ttl_s))},
        }
        return self._put_new(item) is None

    def _put_new(self, item: Item) -> Item | None:
        """Puts the item if there is none with its key, else returns the one that is there."""
        try:
            self.client.put_item(
                TableName=self.table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            known: Item = error.response.get("Item", {})  # type: ignore[assignment]
            return known
        return None


def content_hash(event: BookingEvent | ThinNotice) -> str:
    """The same for the same content, whenever it was received."""
    if isinstance(event, BookingEvent):
        event = replace(event, received_at=event.occurred_at)
    return hashlib.sha256(codec.dump(event).encode()).hexdigest()
