"""Reads the outbox from the table's stream and fans out. Calls nobody over HTTP."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.adapters.dynamodb.outbox import outbox_item_of
from shared.observability import listen_to_the_relay, logger

listen_to_the_relay()
_processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Announces each new item. The stream comes back to those that failed; both sides know the items by their ids."""
    return process_partial_response(event, _announce, _processor, context)


def _announce(record: DynamoDBRecord) -> None:
    change = record.raw_event["dynamodb"]
    item_id = change["Keys"]["pk"]["S"]
    if record.raw_event["eventName"] == "INSERT" and item_id.startswith("OUTBOX#"):
        bootstrap.announce()(item_id, outbox_item_of(change["NewImage"]))
