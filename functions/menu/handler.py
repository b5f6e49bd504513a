"""A venue's menu: shown as it was imported last, and asked for anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared import bootstrap
from shared.observability import listen_to_the_relay, logger
from shared.web import menus
from shared.web.problems import Response, answer
from shared.web.requests import Request, serve

listen_to_the_relay()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: object) -> Response:
    """Asks the POS nothing: the writer imports, in the pace of all other calls."""
    return serve(event, lambda request: ROUTES[request.route](request))


def _menu(request: Request) -> Response:
    venue_id = menus.readable(request)
    head = menus.imported(bootstrap.menu_book().load(venue_id))
    assert head.edition is not None
    tag = {"etag": f'W/"{head.edition.content_hash}"'}
    if menus.is_known(request, tag["etag"]):
        return {"statusCode": 304, "headers": tag, "body": ""}
    return answer(200, menus.menu_view(menus.kept(bootstrap.menu_book().of_head(head))), tag)


def _import(request: Request) -> Response:
    venue_id = menus.importable(request)
    bootstrap.settings_book().get(venue_id)
    return answer(202, menus.import_view(bootstrap.request_import()(venue_id)))


ROUTES: dict[str, Callable[[Request], Response]] = {
    "GET /v1/venues/{venue_id}/menu": _menu,
    "POST /v1/venues/{venue_id}/menu/import": _import,
}
