"""Posting what the sandbox owes others: callbacks and webhooks, in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import httpx

from sandbox.messages import Delivery

logger = logging.getLogger("sandbox.deliveries")

RETRY_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0)
AT_ONCE = 20
TIMEOUT_S = 10.0


class DeliveryWorker:
    """Takes deliveries when woken and posts them, again after a while when the receiver is away or errs."""

    def __init__(self, take: Callable[[], list[Delivery]]) -> None:
        self._take = take
        self._wake = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._posts: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something to post."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            try:
                while True:
                    await self._wake.wait()
                    self._wake.clear()
                    for delivery in self._take():
                        task = asyncio.create_task(self._post(client, delivery))
                        self._posts.add(task)
                        task.add_done_callback(self._posts.discard)
            finally:
                for task in self._posts:
                    task.cancel()
                await asyncio.gather(*self._posts, return_exceptions=True)

    async def _post(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        for wait_s in (*RETRY_AFTER_S, None):
            async with self._gate:
                trouble = await self._try(client, delivery)
            if trouble is None:
                return
            if wait_s is None:
                logger.warning("gave up a delivery: %s", trouble)
                return
            await asyncio.sleep(wait_s)

    async def _try(self, client: httpx.AsyncClient, delivery: Delivery) -> str | None:
        try:
            answer = await client.post(delivery.url, headers=delivery.headers, content=delivery.body)
        except (httpx.HTTPError, httpx.InvalidURL) as unreachable:
            return type(unreachable).__name__
        return f"status {answer.status_code}" if answer.status_code >= 500 else None


@contextlib.asynccontextmanager
async def working(worker: DeliveryWorker) -> AsyncIterator[None]:
    """Run the worker for the time of the block."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
