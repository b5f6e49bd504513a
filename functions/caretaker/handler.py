"""Every minute: nudges what is overdue, announces what nobody announced, lists each site for what webhooks missed."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.venues import VenueMode
from shared.observability import count, listen_to_the_relay, logger, metrics, seconds

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One round; what does not fit into it is done in the next."""
    done = bootstrap.care_for_records()()
    seconds("OldestUnfinishedWriteSeconds", done.oldest_s)
    twins = 0
    for venue in bootstrap.settings_book().venues():
        if venue.mode is not VenueMode.SHADOW:
            twins += len(bootstrap.sweep_site()(venue, lambda: context.get_remaining_time_in_millis() / 1000).twins)
    count("TwinOrders", twins)
    count("CaretakerHeartbeat")
    found = {"nudged": done.nudged, "announced": done.announced, "held": done.held, "twins": twins}
    found |= {"delivering": done.delivering}
    logger.info("caretaker's round", extra=found)
    return found
