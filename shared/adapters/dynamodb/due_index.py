"""What somebody has to look at again: read by the caretaker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.client import query_all
from shared.adapters.dynamodb.schema import DUE_SHARDS, millis, moment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBDueIndex:
    """The sparse index, shard after shard, oldest first."""

    client: DynamoDBClient
    table: str

    def overdue(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        """(partition key, when it was due) of everything that is due by now. A key may come more than once."""
        for shard in range(DUE_SHARDS):
            for item in query_all(
                self.client,
                TableName=self.table,
                IndexName="due",
                KeyConditionExpression="due_pk = :pk AND due_at <= :now",
                ExpressionAttributeValues={":pk": {"S": f"DUE#{shard}"}, ":now": {"N": str(millis(now))}},
                ProjectionExpression="pk, due_at",
            ):
                yield item["pk"]["S"], moment(item["due_at"]["N"])
