"""Webhook delivery: a queue per chat and per tapping user, again and again until a 2xx answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
from starlette.applications import Starlette

from tests.e2e.botapi.state import Pending, State

TICK = 0.01
FIRST_DELAY, LONGEST_DELAY = 0.1, 1.0


class Delivery:
    """Posts pending updates while a webhook is set."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.attempts: list[tuple[int, int]] = []
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Run the postman while the server runs."""
        async with httpx.AsyncClient(timeout=10) as client:
            postman = asyncio.create_task(self._round(client))
            try:
                yield
            finally:
                for task in (postman, *self._tasks):
                    task.cancel()
                await asyncio.gather(postman, *self._tasks, return_exceptions=True)

    async def _round(self, client: httpx.AsyncClient) -> None:
        while True:
            await asyncio.sleep(TICK)
            if not self.state.webhook.url:
                continue
            self.state.waiting(1)
            with self.state.lock:
                heads: dict[str, Pending] = {}
                for pending in self.state.pending:
                    heads.setdefault(pending.queue, pending)
            for queue, pending in heads.items():
                if queue not in self._busy and len(self._busy) < self.state.webhook.max_connections:
                    self._busy.add(queue)
                    task = asyncio.create_task(self._deliver(client, pending))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _deliver(self, client: httpx.AsyncClient, pending: Pending) -> None:
        delay = FIRST_DELAY
        try:
            while self.state.webhook.url and not await self._post(client, pending):
                await asyncio.sleep(delay)
                delay = min(LONGEST_DELAY, delay * 2)
        finally:
            self._busy.discard(pending.queue)

    async def _post(self, client: httpx.AsyncClient, pending: Pending) -> bool:
        hook = self.state.webhook
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            answer = await client.post(hook.url, json=pending.update, headers=headers)
            status = answer.status_code
        except httpx.HTTPError as error:
            status, hook.last_error = 0, f"Connection failed: {type(error).__name__}"
        self.attempts.append((pending.update["update_id"], status))
        if 200 <= status < 300:
            with self.state.lock, contextlib.suppress(ValueError):
                self.state.pending.remove(pending)
            return True
        if status:
            hook.last_error = f"Wrong response from the webhook: {status}"
        hook.last_error_date = int(time.time())
        return False
