"""Platforms' webhook endpoints, beside the platform's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import query_all, translated
from shared.adapters.dynamodb.schema import VERSION, key, platform_pk
from shared.domain.deliveries.endpoint import Endpoint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBEndpointBook:
    """EndpointBook on the one table; always read consistently: who was just paused is not called."""

    client: DynamoDBClient
    table: str

    def endpoint(self, platform: str, endpoint_id: str) -> Endpoint | None:
        """One endpoint."""
        where = _key(platform, endpoint_id)
        item = self.client.get_item(TableName=self.table, Key=where, ConsistentRead=True).get("Item")
        return codec.load(Endpoint, item["body"]["S"]) if item else None

    def endpoints(self, platform: str) -> Sequence[Endpoint]:
        """All of a platform, by id."""
        found = query_all(
            self.client,
            TableName=self.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :endpoints)",
            ExpressionAttributeValues={":pk": {"S": platform_pk(platform)}, ":endpoints": {"S": "ENDPOINT#"}},
            ConsistentRead=True,
        )
        return [codec.load(Endpoint, item["body"]["S"]) for item in found]

    def save(self, endpoint: Endpoint) -> Endpoint:
        """Stores it in the place of the version it was read with (0: there is none yet). Raises ConflictError."""
        saved = replace(endpoint, version=endpoint.version + 1)
        item: dict[str, Any] = {
            **_key(saved.platform, saved.id),
            "v": {"N": str(VERSION)},
            "version": {"N": str(saved.version)},
            "body": {"S": codec.dump(saved)},
        }
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if endpoint.version:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(endpoint.version)}},
            }
        with translated():
            self.client.put_item(TableName=self.table, Item=item, **condition)
        return saved

    def remove(self, platform: str, endpoint_id: str) -> None:
        """Takes it away. Safe to repeat."""
        self.client.delete_item(TableName=self.table, Key=_key(platform, endpoint_id))


def _key(platform: str, endpoint_id: str) -> dict[str, Any]:
    return key(platform_pk(platform), f"ENDPOINT#{endpoint_id}")
