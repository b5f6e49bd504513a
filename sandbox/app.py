"""The sandbox as a web server: the vendors and the control API, the register page, and the deliveries."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from sandbox import sockets
from sandbox.core import Sandbox
from sandbox.deliveries import DeliveryWorker, working
from sandbox.messages import SandboxAnswer, SandboxRequest
from sandbox.pages.register import RegisterPages

STATIC_FOLDER = Path(__file__).parent / "pages" / "static"


class Vendors:
    """An ASGI application that hands requests to the core and does to the connection what the core says."""

    def __init__(self, sandbox: Sandbox, worker: DeliveryWorker, public_url: str | None) -> None:
        self._sandbox = sandbox
        self._worker = worker
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        if request.url.path.startswith("/_control") and request.headers.get("sec-fetch-site") == "cross-site":
            # The control API has no key; a page of some other site must not be able to press its buttons.
            await Response("Not from another site.", 403)(scope, receive, send)
            return
        asked = await self._read(request)
        if asked.path == "/_control/outbox":
            answer = await run_in_threadpool(self._sandbox.handle, asked)
        else:
            answer = self._sandbox.handle(asked)
        self._worker.wake()
        await _give(answer, scope, receive, send)

    async def _read(self, request: Request) -> SandboxRequest:
        here = (self._public_url or str(request.base_url)).rstrip("/")
        prefix, version, _ = request.url.path.partition("/v1/")
        return SandboxRequest(
            method=request.method,
            path=request.url.path,
            query=list(request.query_params.multi_items()),
            headers=dict(request.headers),
            body=await request.body(),
            base_url=here + prefix if version else "",
        )


async def _give(answer: SandboxAnswer, scope: Scope, receive: Receive, send: Send) -> None:
    if answer.refused or answer.disconnect:
        await sockets.drop(scope, receive)
        return
    if answer.delay_s and await sockets.hold(receive, answer.delay_s):
        return
    if answer.never:
        await sockets.drop(scope, receive)
        return
    await Response(answer.body, answer.status, answer.headers)(scope, receive, send)


def make_app(sandbox: Sandbox, public_url: str | None = None) -> Starlette:
    """The application for uvicorn; run it with `sockets.DroppableProtocol`."""
    worker = DeliveryWorker(sandbox.take_deliveries)
    pages = RegisterPages(sandbox)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with working(worker):
            worker.wake()
            yield
        sandbox.close()

    return Starlette(
        routes=[
            Route("/", pages.sites),
            Route("/health", health),
            Route("/register/{site_id:int}", pages.register),
            Route("/register/{site_id:int}/orders.json", pages.orders),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
            Mount("/", Vendors(sandbox, worker, public_url)),
        ],
        lifespan=lifespan,
    )


async def health(_request: Request) -> Response:
    """200 when the sandbox answers at all."""
    return Response('{"status":"ok"}', media_type="application/json")
