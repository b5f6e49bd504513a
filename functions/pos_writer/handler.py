"""The one writer. A nudge names a record, a POS order about which there are hints, a finalised
group, or a menu to be imported."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.adapters.dynamodb.schema import pos_order_of, venue_of_menu
from shared.adapters.sqs.nudges import read_nudge
from shared.observability import count, listen_to_the_relay, logger, metrics

listen_to_the_relay()
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """One step for each nudge. A nudge that crashes comes back, five times at most."""

    def advance(record: SQSRecord) -> None:
        record_id = read_nudge(record.body)
        try:
            if record_id.startswith("POSORDER#"):
                bootstrap.take_in_pos_news()(record_id, *pos_order_of(record_id))
            elif record_id.startswith("GROUP#"):
                bootstrap.link_group()(record_id)
            elif record_id.startswith("MENU#"):
                venue_id = venue_of_menu(record_id)
                bootstrap.import_menu()(venue_id, context.aws_request_id, lambda: _time_left_s(context))
            else:
                bootstrap.advance_record()(record_id, context.aws_request_id, lambda: _time_left_s(context))
        except Exception:
            count("WriterErrors")
            logger.exception("the writer failed", record=record_id)
            raise

    return process_partial_response(event, advance, _processor, context)


def _time_left_s(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000
