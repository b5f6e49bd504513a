"""The low-level client, and DynamoDB's errors in the relay's words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.domain.errors import ConflictError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONFLICTS = {"ConditionalCheckFailedException", "TransactionConflictException", "TransactionInProgressException"}


@contextmanager
def translated() -> Iterator[None]:
    """Turns a lost condition or a conflicting transaction into ConflictError; other errors pass as they are."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _CONFLICTS:
            raise ConflictError(code) from error
        if code == "TransactionCanceledException":
            reasons = cancellation_reasons(error)
            if any(reason in ("ConditionalCheckFailed", "TransactionConflict") for reason in reasons):
                raise ConflictError(",".join(reasons)) from error
        raise


def cancellation_reasons(error: ClientError) -> list[str]:
    """Why each part of a cancelled transaction failed, in order; `None` (the word) for the parts that did not."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return [str(reason.get("Code", "None")) for reason in reasons]


def query_all(
    client: DynamoDBClient, *, epoch_s: Callable[[], float] = time.time, **arguments: Any
) -> Iterator[dict[str, Any]]:
    """All items of a query, page after page, without those that have expired: DynamoDB itself removes them up to two
    days late."""
    now_s = epoch_s()
    for page in client.get_paginator("query").paginate(**arguments):
        for item in page["Items"]:
            if "expires_at" not in item or int(item["expires_at"]["N"]) > now_s:
                yield item


def get_kept(
    client: DynamoDBClient, table: str, where: dict[str, Any], *, epoch_s: Callable[[], float] = time.time
) -> dict[str, Any] | None:
    """An item that expires; None when it has, whether or not DynamoDB has removed it."""
    item = client.get_item(TableName=table, Key=where).get("Item")
    return item if item is not None and int(item["expires_at"]["N"]) > epoch_s() else None
