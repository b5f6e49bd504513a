"""The one writer."""

import json
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
    """Marks what it was nudged for as written, with an outbox item in the same transaction."""
    for record in event["Records"]:
        nudged = json.loads(record["body"])["id"]
        key = {"pk": {"S": f"EVENT#{nudged}"}, "sk": {"S": "EVENT"}}
        written = {"pk": {"S": f"OUTBOX#{nudged}"}, "sk": {"S": "OUTBOX"}}
        table = os.environ["TABLE_NAME"]
        _dynamodb().transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": table,
                        "Key": key,
                        "UpdateExpression": "SET written = :yes",
                        "ExpressionAttributeValues": {":yes": {"BOOL": True}},
                    }
                },
                {"Put": {"TableName": table, "Item": written}},
            ]
        )
    return {"batchItemFailures": []}
