"""Deliveries to platforms: by id, by the time of their event, and in the due index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import query_all, translated
from shared.adapters.dynamodb.schema import (
    VERSION,
    deliveries_listing,
    delivery_id,
    due_attributes,
    key,
    seconds,
)
from shared.domain.deliveries.delivery import Delivery

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBPlatformDeliveries:
    """DeliveryBook of what goes out. `keep_s`: how long a delivery can be looked at and replayed."""

    client: DynamoDBClient
    table: str
    keep_s: float

    def put_new(self, delivery: Delivery) -> str:
        """Stores it once; returns its id. One that is there already stays as it is."""
        item = self._item(replace(delivery, version=1))
        try:
            self.client.put_item(TableName=self.table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
        return str(item["pk"]["S"])

    def delivery(self, delivery_id: str) -> Delivery | None:
        """The delivery; None when it was never stored or has expired."""
        where = key(delivery_id, "DELIVERY")
        item = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        return codec.load(Delivery, item["body"]["S"]) if item else None

    def save(self, delivery: Delivery) -> Delivery:
        """Stores it in the place of the version it was read with. Raises ConflictError."""
        saved = replace(delivery, version=delivery.version + 1)
        with translated():
            self.client.put_item(
                TableName=self.table,
                Item=self._item(saved),
                ConditionExpression="version = :before",
                ExpressionAttributeValues={":before": {"N": str(delivery.version)}},
            )
        return saved

    def id_of(self, delivery: Delivery) -> str:
        """Its id."""
        return delivery_id(delivery.platform, delivery.endpoint_id, delivery.event_id)

    def between(
        self, platform: str, endpoint_id: str, since: datetime, until: datetime, after: str | None = None
    ) -> Iterator[tuple[str, Delivery]]:
        """(place, delivery) of those made from `since` to before `until`, oldest first, behind the place `after`."""
        start = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        end = f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        first = max(start, after or "")
        day = datetime.fromisoformat(first[:10]).replace(tzinfo=UTC)
        while day < until:
            found = query_all(
                self.client,
                TableName=self.table,
                IndexName="listing",
                KeyConditionExpression="list_pk = :pk AND list_sk BETWEEN :first AND :end",
                ExpressionAttributeValues={
                    ":pk": {"S": deliveries_listing(platform, endpoint_id, f"{day:%Y-%m-%d}")},
                    ":first": {"S": min(first, end)},
                    ":end": {"S": end},
                },
            )
            for item in found:
                place = item["list_sk"]["S"]
                if after is None or place > after:
                    yield place, codec.load(Delivery, item["body"]["S"])
            day += timedelta(days=1)

    def _item(self, delivery: Delivery) -> dict[str, Any]:
        at = delivery.created_at.astimezone(UTC)
        pk = self.id_of(delivery)
        return {
            **key(pk, "DELIVERY"),
            "v": {"N": str(VERSION)},
            "version": {"N": str(delivery.version)},
            "body": {"S": codec.dump(delivery)},
            "list_pk": {"S": deliveries_listing(delivery.platform, delivery.endpoint_id, f"{at:%Y-%m-%d}")},
            "list_sk": {"S": f"{at:%Y-%m-%dT%H:%M:%S.%f}#{delivery.event_id}"},
            **due_attributes(pk, delivery.due_at),
            "expires_at": {"N": seconds(at + timedelta(seconds=self.keep_s))},
        }
