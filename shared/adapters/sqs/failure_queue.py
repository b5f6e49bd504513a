"""Failures on their way to people, over SQS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import codec
from shared.adapters.dynamodb.schema import booking_of, pos_order_of, venue_of_menu
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
    if record_id.startswith("MENU#"):
        venue_id, platform, booking_id, pos_order_id = venue_of_menu(record_id), "", None, None
    elif record_id.startswith("POSORDER#"):
        (venue_id, pos_order_id), platform, booking_id = pos_order_of(record_id), "", None
    else:
        (venue_id, platform, booking_id), pos_order_id = booking_of(record_id), None
    code = "menu_not_imported" if record_id.startswith("MENU#") else "writer_crashed"
    said = {"code": code, "booking_id": booking_id, "pos_order_id": pos_order_id}
    item = OutboxItem("failure.reported", venue_id, platform, now, record_id, said)
    return f"crash-{message_id}", item
