"""Fans the outbox out."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Marks each outbox item as seen."""
    for record in event["Records"]:
        _dynamodb().update_item(
            TableName=os.environ["TABLE_NAME"],
            Key=record["dynamodb"]["Keys"],
            UpdateExpression="SET claimed = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )
    return {"batchItemFailures": []}
