"""Platforms' own webhook endpoints: set up, look at, remove; and, in `deliveries`, test and replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.webhook_endpoints import deliveries
from shared import bootstrap
from shared.observability import listen_to_the_relay, logger
from shared.web import webhook_endpoints as web
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: object) -> Response:
    """Everything is the calling platform's own."""
    return serve(event, lambda request: ROUTES[request.route](request))


def _list(request: Request) -> Response:
    caller = web.manager(request)
    mine = [one for one in bootstrap.manage_endpoints().all_of(caller.platform) if one.is_managed_by(caller)]
    return answer(200, {"data": [web.endpoint_view(one) for one in mine], "next": None})


def _get(request: Request) -> Response:
    return answer(200, web.endpoint_view(web.managed(request, bootstrap.manage_endpoints().get)))


def _put(request: Request) -> Response:
    caller, endpoint_id, wish = web.wished(request, bootstrap.settings().private_endpoints)
    web.allowed_to_change(caller, endpoint_id, bootstrap.manage_endpoints().all_of(caller.platform))
    done = bootstrap.manage_endpoints().set_up(caller.platform, endpoint_id, wish)
    return answer(201 if done.created else 200, web.endpoint_view(done.endpoint, done.secret))


def _delete(request: Request) -> Response:
    endpoint = web.managed(request, bootstrap.manage_endpoints().get)
    bootstrap.manage_endpoints().remove(endpoint.platform, endpoint.id)
    return answer(200, {"status": "removed", "id": endpoint.id})


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /v1/webhook-endpoints": _list,
    "GET /v1/webhook-endpoints/{endpoint_id}": _get,
    "PUT /v1/webhook-endpoints/{endpoint_id}": _put,
    "DELETE /v1/webhook-endpoints/{endpoint_id}": _delete,
    **deliveries.ROUTES,
}
