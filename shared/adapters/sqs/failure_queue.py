"""Failures on their way to people, over SQS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import codec
from shared.domain.record import OutboxItem

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class SQSFailureQueue:
    """Puts failures into the queue that `functions/failures` reads."""

    client: SQSClient
    queue_url: str

    def put(self, item_id: str, item: OutboxItem) -> None:
        """One message; its id is the outbox item's."""
        body = json.dumps({"v": 1, "failure": item_id, "item": codec.dump(item)})
        self.client.send_message(QueueUrl=self.queue_url, MessageBody=body)


def read_failure(body: str) -> tuple[str, OutboxItem] | None:
    """(id, item) of a message that this queue's writer wrote; None for another. Raises ValueError for no JSON."""
    content = json.loads(body)
    if not isinstance(content, dict) or "failure" not in content:
        return None
    return str(content["failure"]), codec.load(OutboxItem, content["item"])
