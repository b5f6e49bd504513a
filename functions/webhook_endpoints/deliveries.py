"""What was sent to an endpoint, and sending it again."""

from __future__ import annotations

from collections.abc import Callable

from shared import bootstrap
from shared.web import webhook_endpoints as web
from shared.web.lookups import time_range
from shared.web.problems import Response, answer
from shared.web.requests import Request


def _test(request: Request) -> Response:
    endpoint = web.managed(request, bootstrap.manage_endpoints().get)
    delivery = bootstrap.manage_endpoints().test(endpoint.platform, endpoint.id)
    return answer(202, {"status": "accepted", "event_id": delivery.event_id})


def _list(request: Request) -> Response:
    endpoint = web.managed(request, bootstrap.manage_endpoints().get)
    asked = time_range(request, bootstrap.now())
    page = bootstrap.manage_endpoints().deliveries_of(
        endpoint.platform, endpoint.id, asked.since, asked.until, asked.limit, asked.cursor
    )
    return answer(200, {"data": [web.delivery_view(each) for each in page.deliveries], "next": page.next})


def _replay(request: Request) -> Response:
    endpoint = web.managed(request, bootstrap.manage_endpoints().get)
    done = bootstrap.manage_endpoints().replay(endpoint.platform, endpoint.id, *web.replay_range(request))
    return answer(202, {"status": "accepted", "replayed": done.count, "next": done.next})


ROUTES: dict[str, Callable[[Request], Response]] = {
    "POST /v1/webhook-endpoints/{endpoint_id}/test": _test,
    "GET /v1/webhook-endpoints/{endpoint_id}/deliveries": _list,
    "POST /v1/webhook-endpoints/{endpoint_id}/replay": _replay,
}
