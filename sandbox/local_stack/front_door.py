"""One fixed address for people, platforms and the point of sale: a reverse proxy before the emulated HTTP API.

What custom domain and TLS do on AWS. Run as `python -m sandbox.local_stack.front_door PORT AWS_PORT API_ID`.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# RFC 9110 section 7.6.1: these speak of one connection, not of the message.
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}
# As many requests are let through at a time; the others wait here. The emulator starts a process for each concurrent
# invocation, and two hundred at once would only wait for processors. On AWS the account's concurrency does this.
AT_A_TIME = 8


class _Anything(PathConvertor):
    """A path, even one with a line break."""

    regex = "(?s:.*)"


register_url_convertor("anything", _Anything())


def front_door(
    aws_url: str, api_id: str, *, at_a_time: int = AT_A_TIME, transport: httpx.AsyncBaseTransport | None = None
) -> Starlette:
    """Passes everything on to the API's default stage: method, path, query, raw body, headers; and back."""
    gate = asyncio.Semaphore(at_a_time)
    # A path, not a host: the emulator would answer /health itself when the API is named by host.
    stage = f"{aws_url}/_aws/execute-api/{api_id}/$default"
    clients: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=at_a_time + 2, max_keepalive_connections=at_a_time)
        async with httpx.AsyncClient(
            timeout=httpx.Timeout(40, connect=5), limits=limits, trust_env=False, transport=transport
        ) as client:
            clients.append(client)
            yield

    async def pass_on(request: Request) -> Response:
        body = await request.body()
        path = request.scope["raw_path"].decode("ascii").partition("?")[0]
        query = request.scope["query_string"].decode("ascii")
        # As bytes: a header may hold what is no ASCII.
        kept = [(n, v) for n, v in request.headers.raw if n.decode() not in HOP_BY_HOP | {"host"}]
        added = {
            "x-forwarded-for": request.client.host if request.client else "127.0.0.1",
            "x-forwarded-proto": request.url.scheme,
            "x-forwarded-port": str(request.url.port or 80),
            "x-forwarded-host": request.headers.get("host", ""),
        }
        headers = [*kept, *((name.encode(), value.encode("latin-1")) for name, value in added.items())]
        address = f"{stage}{path}?{query}" if query else f"{stage}{path}"
        async with gate:
            outgoing = clients[0].build_request(request.method, address, headers=headers, content=body)
            try:
                answer = await clients[0].send(outgoing, stream=True)
            except httpx.TransportError as error:
                return PlainTextResponse(f"The AWS emulator does not answer: {error!r}\n", status_code=502)
            try:
                # Read while inside the gate: API Gateway answers are at most 10 MB and never streamed.
                content = b"".join([piece async for piece in answer.aiter_raw()])
            finally:
                await answer.aclose()
        response = StreamingResponse(iter([content]), status_code=answer.status_code)
        response.raw_headers = [(n.lower(), v) for n, v in answer.headers.raw if n.lower().decode() not in HOP_BY_HOP]
        return response

    return Starlette(routes=[Route("/{path:anything}", pass_on, methods=METHODS)], lifespan=lifespan)


def main(arguments: list[str]) -> None:
    """Serves until told to end."""
    port, aws_port, api_id = arguments
    app = front_door(f"http://127.0.0.1:{aws_port}", api_id)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False, backlog=2048)


if __name__ == "__main__":
    main(sys.argv[1:])
