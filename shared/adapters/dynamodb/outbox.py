"""Outbox items, the list of failures, and how far each site's sweep got."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import VERSION, Item, due_attributes, key, millis, seconds, venue_key
from shared.domain.failures import Failure
from shared.domain.notices import Notice
from shared.domain.record import OutboxItem
from shared.domain.sweeps import Sweep
from shared.domain.timings import Timings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBOutbox:
    """Outbox items by id: the id is the partition key."""

    client: DynamoDBClient
    table: str

    def outbox_item(self, item_id: str) -> OutboxItem | None:
        """The item; None when it has expired."""
        item = self.client.get_item(TableName=self.table, Key=key(item_id, "ITEM")).get("Item")
        return codec.load(OutboxItem, item["body"]["S"]) if item else None

    def mark_announced(self, item_id: str) -> None:
        """Takes the item out of the due index."""
        self.client.update_item(
            TableName=self.table, Key=key(item_id, "ITEM"), UpdateExpression="REMOVE due_pk, due_at"
        )


def new_outbox_item(item: OutboxItem, now: datetime, timings: Timings) -> Item:
    """Goes into the transaction of the change that it tells of."""
    pk = f"OUTBOX#{millis(now):x}{secrets.token_hex(8)}"
    return {
        **key(pk, "ITEM"),
        "v": {"N": str(VERSION)},
        "type": {"S": item.type},
        "body": {"S": codec.dump(item)},
        **due_attributes(pk, now + timedelta(seconds=timings.undecided_after_s)),
        "expires_at": {"N": seconds(now + timedelta(seconds=timings.outbox_ttl_s))},
    }


def outbox_item_of(image: Mapping[str, Any]) -> OutboxItem:
    """The outbox item in a stream record's new image."""
    return codec.load(OutboxItem, image["body"]["S"])


@dataclass(frozen=True)
class DynamoDBFailureBook:
    """Failures, listed by venue and UTC day."""

    client: DynamoDBClient
    table: str

    def put_failure(self, failure: Failure) -> Failure:
        """Stores it once; a repeated one is answered with what is there."""
        try:
            self.client.put_item(
                TableName=self.table,
                Item=self._item(failure),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            known: Any = error.response.get("Item", {})
            return codec.load(Failure, known["body"]["S"])
        return failure

    def mark_notified(self, failure: Failure, notices: Sequence[Notice] = ()) -> None:
        """Stores who was told in the order's record, then the failure with the time at which they were."""
        if notices:
            self.client.put_item(TableName=self.table, Item=notices_item(failure, notices))
        self.client.put_item(TableName=self.table, Item=self._item(failure))

    def _item(self, failure: Failure) -> dict[str, Any]:
        return {
            **key(f"FAILURE#{failure.id}", "FAILURE"),
            "v": {"N": str(VERSION)},
            "body": {"S": codec.dump(failure)},
            "list_pk": {"S": f"FAILURES#{failure.venue_id}#{failure.at:%Y-%m-%d}"},
            "list_sk": {"S": f"{failure.at.isoformat()}#{failure.id}"},
        }


def notices_item(failure: Failure, notices: Sequence[Notice]) -> Item:
    """Who was told of a failure, in the record that it is about."""
    return {
        **key(failure.subject, f"NOTICES#{millis(failure.at):014d}#{failure.id}"),
        "v": {"N": str(VERSION)},
        "body": {"S": codec.dump(tuple(notices))},
    }


def notices_of(item: Item) -> tuple[Notice, ...]:
    """The notices in their item."""
    return codec.load(tuple[Notice, ...], item["body"]["S"])


@dataclass(frozen=True)
class DynamoDBSweepBook:
    """Each venue's latest sweep, beside its settings."""

    client: DynamoDBClient
    table: str

    def sweep(self, venue_id: str) -> Sweep | None:
        """The venue's latest sweep."""
        item = self.client.get_item(TableName=self.table, Key=venue_key(venue_id, "SWEEP")).get("Item")
        return codec.load(Sweep, item["body"]["S"]) if item else None

    def save_sweep(self, sweep: Sweep) -> None:
        """How far it got."""
        item: dict[str, Any] = {
            **venue_key(sweep.venue_id, "SWEEP"),
            "v": {"N": str(VERSION)},
            "body": {"S": codec.dump(sweep)},
        }
        self.client.put_item(TableName=self.table, Item=item)
