"""Nudges over SQS."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_S = 900  # SQS delays a message by 15 minutes at most


@dataclass(frozen=True)
class SQSNudges:
    """Sends record ids to the writer's queue."""

    client: SQSClient
    queue_url: str

    def send(self, record_id: str, delay_s: float = 0) -> None:
        """A nudge after so many seconds, rounded up. Beyond 15 minutes nothing is sent: the record stands in the due
        index, and the caretaker will find it. Raises OSError when the queue does not take it."""
        if delay_s > LONGEST_DELAY_S:
            return
        body = json.dumps({"v": 1, "record": record_id})
        try:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=max(0, math.ceil(delay_s)))
        except (ClientError, BotoCoreError) as error:
            raise OSError("the queue did not take the nudge") from error


def read_nudge(body: str) -> str:
    """The record id in a nudge. Raises ValueError for what is not one."""
    content = json.loads(body)
    record = content.get("record") if isinstance(content, dict) else None
    if not isinstance(record, str) or not record:
        raise ValueError("not a nudge")
    return record
