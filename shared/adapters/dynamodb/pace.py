"""One limiter a connection: a virtual-time bucket in one item, moved by one conditional write."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.adapters.dynamodb.schema import key, millis
from shared.domain.pace import Slots

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STEADY_SHARE = 5 / 6
"""Of the vendor's calls a minute; the rest may go in a burst, so that no minute ever holds more than the limit."""

BUNCHED = 2
"""Calls that one step takes beyond its first: they wait for the last one's slot and go out together, so that a minute
may hold that many of the minute before. The burst is smaller by them. Holds from 12 calls a minute on."""


def interval_ms(slots: Slots) -> int:
    """Between two calls when the burst is used up."""
    return math.ceil(60_000 / (slots.per_minute * STEADY_SHARE))  # rounded down, a minute could hold one too many


def tolerance_ms(slots: Slots) -> int:
    """How far the bucket may run ahead of the clock: the burst."""
    burst = int(slots.per_minute * (1 - STEADY_SHARE) + 1e-9) - BUNCHED
    return max(0, burst) * interval_ms(slots)


def pace_key(connection_id: str) -> dict[str, Any]:
    """Where a connection's bucket stands."""
    return key(f"CONNECTION#{connection_id}", "PACE")


def idle_slots_update(table: str, slots: Slots, now: datetime) -> dict[str, Any]:
    """The write that takes slots from an idle connection; its condition fails when the connection is busy."""
    now_ms = millis(now)
    return {
        "TableName": table,
        "Key": pace_key(slots.connection_id),
        "UpdateExpression": "SET taken_until = :then",
        "ConditionExpression": "attribute_not_exists(taken_until) OR taken_until < :now",
        "ExpressionAttributeValues": {
            ":then": {"N": str(now_ms + slots.calls * interval_ms(slots))},
            ":now": {"N": str(now_ms)},
        },
    }


@dataclass(frozen=True)
class DynamoDBPace:
    """Hands out slots."""

    client: DynamoDBClient
    table: str

    def reserve(self, slots: Slots, now: datetime) -> float:
        """Takes the slots, and returns the seconds until all of them may be used. One write when the connection is
        busy, two when it just fell idle."""
        now_ms, step_ms = millis(now), interval_ms(slots)
        while True:
            for update in (self._busy(slots, now_ms), idle_slots_update(self.table, slots, now)):
                try:
                    answer = self.client.update_item(**update, ReturnValues="ALL_NEW")
                except ClientError as error:
                    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                        raise
                    continue
                taken_until = int(answer["Attributes"]["taken_until"]["N"])
                return max(0, taken_until - step_ms - tolerance_ms(slots) - now_ms) / 1000

    def _busy(self, slots: Slots, now_ms: int) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "Key": pace_key(slots.connection_id),
            "UpdateExpression": "SET taken_until = taken_until + :more",
            "ConditionExpression": "taken_until >= :now",
            "ExpressionAttributeValues": {
                ":more": {"N": str(slots.calls * interval_ms(slots))},
                ":now": {"N": str(now_ms)},
            },
        }
