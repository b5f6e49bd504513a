"""Failures on their way to people, over SQS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import (
    booking_of,
    is_online,
    placement_of,
    pos_order_of,
    venue_of_group,
    venue_of_menu,
)
from shared.adapters.sqs.nudges import read_nudge
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


def read_crashed_nudge(body: str, message_id: str, now: datetime) -> tuple[str, OutboxItem]:
    """The failure that a nudge in the dead-letter queue stands for. Raises ValueError for what is no nudge."""
    record_id = read_nudge(body)
    said: dict[str, str] = {"code": "writer_crashed"}
    platform = ""
    if record_id.startswith("MENU#"):
        venue_id, said["code"] = venue_of_menu(record_id), "menu_not_imported"
    elif record_id.startswith("POSORDER#"):
        venue_id, said["pos_order_id"] = pos_order_of(record_id)
    elif record_id.startswith("GROUP#"):
        venue_id = venue_of_group(record_id)
    elif is_online(record_id):
        placement = placement_of(record_id)
        venue_id, platform, said["reference"] = placement.venue_id, placement.platform, placement.reference
    else:
        venue_id, platform, said["booking_id"] = booking_of(record_id)
    item = OutboxItem("failure.reported", venue_id, platform, now, record_id, said)
    return f"crash-{message_id}", item
