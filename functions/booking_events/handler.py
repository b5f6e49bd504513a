"""Takes booking events from platforms."""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


@cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb")


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Stores the body, nudges the writer, answers 202."""
    request_id = str(event["requestContext"]["requestId"])
    item = {"pk": {"S": f"EVENT#{request_id}"}, "sk": {"S": "EVENT"}, "body": {"S": event.get("body") or ""}}
    _dynamodb().put_item(TableName=os.environ["TABLE_NAME"], Item=item)
    _sqs().send_message(QueueUrl=os.environ["WRITES_QUEUE_URL"], MessageBody=json.dumps({"v": 1, "id": request_id}))
    return {"statusCode": 202, "body": json.dumps({"event_id": request_id, "status": "accepted"})}
