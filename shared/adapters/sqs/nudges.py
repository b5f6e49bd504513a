"""Nudges over SQS."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10  # messages in one call
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
        try:
            self.client.send_message(
                QueueUrl=self.queue_url, MessageBody=_body(record_id), DelaySeconds=max(0, math.ceil(delay_s))
            )
        except (ClientError, BotoCoreError) as error:
            raise OSError("the queue did not take the nudge") from error

    def send_all(self, record_ids: Sequence[str]) -> None:
        """A nudge for each, ten in a call. Raises OSError when the queue does not take all of them."""
        for start in range(0, len(record_ids), BATCH):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": _body(record_id)}
                for number, record_id in enumerate(record_ids[start : start + BATCH])
            ]
            try:
                answer = self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise OSError("the queue did not take the nudges") from error
            if answer.get("Failed"):
                raise OSError("the queue did not take all nudges")


def _body(record_id: str) -> str:
    return json.dumps({"v": 1, "record": record_id})


def read_nudge(body: str) -> str:
    """The record id in a nudge. Raises ValueError for what is not one."""
    content = json.loads(body)
    record = content.get("record") if isinstance(content, dict) else None
    if not isinstance(record, str) or not record:
        raise ValueError("not a nudge")
    return record
