"""Takes in what Kounta posts: signed webhooks and order callbacks."""

from __future__ import annotations

from typing import Any

from shared import bootstrap
from shared.domain.errors import SignatureError
from shared.domain.pos_news import PosGroup
from shared.observability import count, listen_to_the_relay, logger, metrics
from shared.web.pos_deliveries import callback_hint, webhook_news
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()
CALLBACK = "POST /pos/kounta/{venue_id}/orders/{order_id}/status"


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> Response:
    """Verify, store, nudge, answer."""
    return serve(event, _take_in)


def _take_in(request: Request) -> Response:
    read = callback_hint if request.route == CALLBACK else webhook_news
    try:
        news = read(request, bootstrap.settings_book(), bootstrap.secret(), bootstrap.now())
    except SignatureError:
        count("SignatureFailures")
        raise
    if news is None:
        count("OtherSiteDeliveries")
        return answer(200, {"status": "ignored"})
    accept = bootstrap.accept_deliveries()
    is_new = accept.pos_group(news) if isinstance(news, PosGroup) else accept.pos_hint(news)
    return answer(200, {"status": "accepted", "duplicate": not is_new})
