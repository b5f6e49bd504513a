"""Failures, and nudges that crashed the writer five times: onto a person's list, and told to people."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.adapters.sqs.failure_queue import read_crashed_nudge, read_failure
from shared.observability import listen_to_the_relay, logger

listen_to_the_relay()
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Reports each; what cannot be reported comes back, and at last stays in the queue that is the alarm."""
    return process_partial_response(event, _report, _processor, context)


def _report(record: SQSRecord) -> None:
    told = read_failure(record.body) or read_crashed_nudge(record.body, record.message_id, bootstrap.now())
    failure = bootstrap.report_failure()(*told)
    logger.info("failure reported", failure=failure.id, code=failure.code, venue=failure.venue_id)
