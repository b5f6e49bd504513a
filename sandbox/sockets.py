"""Dropping a connection without an answer, over a real socket."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "transport"


class DroppableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol that lets the application reach its connection through `scope["state"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        """Keep the connection where the application finds it."""
        self.app_state = {**self.app_state, TRANSPORT: transport}
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            # asyncio does this only for sockets made with an explicit protocol; without it every answer on a kept
            # connection waits 40 ms for the caller's delayed acknowledgement.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)


async def drop(scope: Scope, receive: Receive) -> None:
    """Reset the caller's connection: it sees a reset or an end, and never a status line.

    Raises RuntimeError under a server that runs without `DroppableProtocol`.
    """
    transport = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise RuntimeError("connections can only be dropped under DroppableProtocol")
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        # Linger of zero seconds: the kernel sends a reset in place of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await gone(receive)


async def gone(receive: Receive) -> None:
    """Wait until the caller's connection has ended."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def hold(receive: Receive, seconds: float) -> bool:
    """Keep the caller waiting; True when it gave up before the time was over."""
    try:
        await asyncio.wait_for(gone(receive), seconds)
    except TimeoutError:
        return False
    return True
