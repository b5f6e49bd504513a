"""Finalised groups, and which POS orders are in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.client import translated
from shared.adapters.dynamodb.outbox import new_outbox_item
from shared.adapters.dynamodb.schema import VERSION, Item, group_pk, key, millis, pos_order_pk, seconds
from shared.domain.pos_news import GroupLink, PosGroup
from shared.domain.record import OutboxItem
from shared.domain.timings import Timings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class DynamoDBGroupBook:
    """GroupBook on the one table."""

    client: DynamoDBClient
    table: str
    timings: Timings

    def open_group(self, group_key: str) -> PosGroup | None:
        """The group; None when it was linked before, or has expired."""
        found = self.client.get_item(TableName=self.table, Key=key(group_key, "GROUP"), ConsistentRead=True)
        item = found.get("Item")
        return codec.load(PosGroup, item["body"]["S"]) if item and "linked_at" not in item else None

    def link_members(self, group: PosGroup, now: datetime) -> None:
        """One item each, in the POS order's partition."""
        link = GroupLink(group.group_id, group.received_at)
        for member in group.members:
            item: Item = {
                **key(pos_order_pk(group.venue_id, member.pos_order_id), "GROUP"),
                "v": {"N": str(VERSION)},
                "body": {"S": codec.dump(link)},
                "expires_at": {"N": seconds(now + timedelta(seconds=self.timings.personal_ttl_s))},
            }
            self.client.put_item(TableName=self.table, Item=item)

    def close_group(self, group: PosGroup, outbox: Sequence[OutboxItem], now: datetime) -> None:
        """Marks it linked and tells of it in one transaction, once. Raises ConflictError when somebody else has."""
        marked: Any = {
            "Update": {
                "TableName": self.table,
                "Key": key(group_pk(group), "GROUP"),
                "UpdateExpression": "SET linked_at = :now REMOVE due_pk, due_at",
                "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(linked_at)",
                "ExpressionAttributeValues": {":now": {"N": str(millis(now))}},
            }
        }
        told: list[Any] = [
            {"Put": {"TableName": self.table, "Item": new_outbox_item(each, now, self.timings)}} for each in outbox
        ]
        with translated():
            self.client.transact_write_items(TransactItems=[marked, *told])
