"""Posts signed events to platforms' endpoints: one attempt for each message."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.adapters.sqs.nudges import read_nudge
from shared.observability import listen_to_the_relay, logger

listen_to_the_relay()
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """What an endpoint answers is no error here; what comes back is what could not even be tried."""
    return process_partial_response(event, _deliver, _processor, context)


def _deliver(record: SQSRecord) -> None:
    bootstrap.deliver_event()(read_nudge(record.body))
