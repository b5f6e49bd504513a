"""The front door changes nothing on the way through: what is signed over raw bytes must still verify behind it."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from sandbox.local_stack.front_door import front_door

AWS = "http://127.0.0.1:1"
Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]


def through(answer: Answer, *, at_a_time: int = 8) -> Callable[[Callable[[httpx.AsyncClient], Awaitable[None]]], None]:
    """Runs a conversation with a front door whose gateway answers as told."""

    def run(conversation: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
        async def with_door() -> None:
            app = front_door(AWS, "abc123", at_a_time=at_a_time, transport=httpx.MockTransport(answer))
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
                    await conversation(client)

        asyncio.run(with_door())

    return run


def accepted() -> httpx.Response:
    """An unread answer, as one from a socket is."""
    return httpx.Response(202, stream=httpx.ByteStream(b"{}"))


def test_method_path_query_body_and_headers_pass_unchanged() -> None:
    seen: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return accepted()

    async def conversation(client: httpx.AsyncClient) -> None:
        headers = {
            b"x-kounta-signature": b"ab12",
            b"authorization": b"Bearer key",
            b"content-type": b"application/json",
            b"idempotency-key": b"\xc3\xa4\xff",
        }
        await client.put("/pos/kounta/v1/a%2Fb%0Ac?token=x%20y&token=z", content=b"\x00\xff{ }", headers=headers)

    through(answer)(conversation)
    (request,) = seen
    assert request.method == "PUT"
    assert request.url.raw_path == b"/_aws/execute-api/abc123/$default/pos/kounta/v1/a%2Fb%0Ac?token=x%20y&token=z"
    assert request.content == b"\x00\xff{ }"
    assert request.headers["x-kounta-signature"] == "ab12"
    assert request.headers["authorization"] == "Bearer key"
    assert (b"idempotency-key", b"\xc3\xa4\xff") in request.headers.raw
    assert request.headers["x-forwarded-host"] == "127.0.0.1:8600"
    assert request.headers["x-forwarded-proto"] == "http"


def test_status_headers_and_body_come_back_unchanged() -> None:
    async def answer(_request: httpx.Request) -> httpx.Response:
        headers = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("content-type", "application/problem+json")]
        return httpx.Response(409, headers=headers, stream=httpx.ByteStream(b'{"code":"x"}'))

    async def conversation(client: httpx.AsyncClient) -> None:
        got = await client.get("/v1/x")
        assert got.status_code == 409
        assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert got.headers["content-type"] == "application/problem+json"
        assert got.content == b'{"code":"x"}'

    through(answer)(conversation)


def test_an_emulator_that_is_away_is_said_plainly() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async def conversation(client: httpx.AsyncClient) -> None:
        got = await client.get("/health")
        assert got.status_code == 502
        assert "does not answer" in got.text

    through(answer)(conversation)


@pytest.mark.parametrize("at_a_time", [1, 5])
def test_surplus_requests_wait_and_are_all_answered(at_a_time: int) -> None:
    inside = 0
    most = 0

    async def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return accepted()

    async def conversation(client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*[client.post("/v1/x", json={"n": n}) for n in range(200)])
        assert {answer.status_code for answer in answers} == {202}

    through(answer, at_a_time=at_a_time)(conversation)
    assert most == at_a_time
