"""How many requests are worked on at once, and how many may wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

_T = TypeVar("_T")


class Turns:
    """Gives requests their turn.

    Args:
        jobs: how many at once.
        queue: how many may wait.
    """

    def __init__(self, jobs: int, queue: int):
        self.jobs, self.queue = jobs, queue
        self._running = asyncio.Semaphore(jobs)
        self._waiting = 0

    async def take(
        self, work: Callable[[], Awaitable[_T]], is_gone: Callable[[], Awaitable[bool]]
    ) -> _T:
        """Does the work when its turn comes.

        Args:
            is_gone: whether who asked for it has left.

        Raises:
            HTTPException: 503, too many wait.
            ClientDisconnect: who asked has left before the turn came.
        """
        if self._running.locked() and self._waiting >= self.queue:
            raise HTTPException(
                503,
                f"{self._waiting} requests wait already. Try again later.",
                {"Retry-After": "5"},
            )
        self._waiting += 1
        try:
            await self._running.acquire()
        finally:
            self._waiting -= 1
        try:
            if await is_gone():
                raise ClientDisconnect
            return await work()
        finally:
            self._running.release()
