"""Driving a sandbox in process: an httpx transport without sockets and without waiting."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from sandbox.messages import Answering, SandboxRequest


def sandbox_transport(sandbox: Answering) -> httpx.MockTransport:
    """A transport for `httpx.Client` that calls the sandbox.

    Lost connections become `httpx.ConnectError` (refused) or `httpx.ReadError`; an answer that would come later than
    the client's read timeout becomes `httpx.ReadTimeout` at once, any other delay is left out.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        return _respond(sandbox, request)

    return httpx.MockTransport(answer)


def _respond(sandbox: Answering, request: httpx.Request) -> httpx.Response:
    parts = urlsplit(str(request.url))
    path, version, _ = request.url.path.partition("/v1/")
    asked = SandboxRequest(
        method=request.method,
        path=request.url.path,
        query=list(request.url.params.multi_items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
        base_url=f"{parts.scheme}://{parts.netloc}{path}" if version else "",
    )
    answer = sandbox.handle(asked)
    if answer.refused:
        raise httpx.ConnectError("connection refused", request=request)
    if answer.disconnect:
        raise httpx.ReadError("connection reset", request=request)
    timeout = request.extensions.get("timeout", {}).get("read")
    if answer.never or (timeout is not None and answer.delay_s >= timeout):
        raise httpx.ReadTimeout("no answer in time", request=request)
    return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)
