"""The client of the Bot API: python-telegram-bot's, with its pace and with raw updates."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from triage.settings import Settings

CONNECTIONS = 16
POOL_TIMEOUT = 30.0
LONG_POLL = 30
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
NEW = ("send", "copy", "forward")
CHANGED = ("edit", "delete")
BURST = 4
_CHATS = 4096
_LOOK = 0.05


class Pace(AIORateLimiter):
    """Telegram's limits: 30 calls in any second, 20 new messages in any minute to a group, one a second to a chat.

    The library's buckets would let twice as much through in the first second or minute (what is in the
    bucket, and what flows in), so they are smaller here: 5 + 25 a second, 5 + 15 a minute. Edits and
    deletions count overall only, questions not at all: taking buttons away and asking who is a member
    must not wait behind messages. A chat may get `burst` messages at once, then one a second.
    """

    def __init__(self, burst: int = BURST) -> None:
        super().__init__(overall_max_rate=5, overall_time_period=0.2, group_max_rate=5, group_time_period=20)
        self._chats: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self.burst, self.under_way = burst, 0

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Let the call through when its turn has come."""
        self.under_way += 1
        try:
            return await self._in_turn(callback, args, kwargs, endpoint, data, rate_limit_args)
        finally:
            self.under_way -= 1

    async def _in_turn(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        if not endpoint.startswith((*NEW, *CHANGED)):
            return await callback(*args, **kwargs)
        if endpoint.startswith(CHANGED):
            async with self._base_limiter or contextlib.nullcontext():
                return await callback(*args, **kwargs)
        async with self._chat(str(data.get("chat_id"))):
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)

    def _chat(self, chat_id: str) -> AsyncLimiter:
        limiter = self._chats.setdefault(chat_id, AsyncLimiter(self.burst, self.burst))
        self._chats.move_to_end(chat_id)
        if len(self._chats) > _CHATS:
            self._chats.popitem(last=False)
        return limiter


class Client(ExtBot[int]):
    """A bot that can also give updates as they came, to be committed before they are parsed."""

    async def settle(self, patience: float = 2.0) -> None:
        """Let calls under way end, so that no answered one counts as unanswered; in seconds at most."""
        pace = self.rate_limiter
        for _ in range(int(patience / _LOOK)):
            if not (isinstance(pace, Pace) and pace.under_way):
                return
            await asyncio.sleep(_LOOK)

    async def raw_updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Long-poll; `offset` acknowledges everything before it, None asks for what is open."""
        data: dict[str, Any] = {"timeout": LONG_POLL, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            data["offset"] = offset
        result = await self._post("getUpdates", data, read_timeout=LONG_POLL + 10)
        return list(result) if isinstance(result, list) else []


def build_client(settings: Settings, *, burst: int = BURST) -> Client:
    """Return the client for the settings' token, addresses and proxy; connects to nothing yet."""
    # Opt in to timedelta: otherwise every RetryAfter raises a deprecation warning of the library.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    proxy = settings.telegram_proxy or None
    return Client(
        settings.telegram_token,
        base_url=settings.telegram_api_url,
        base_file_url=settings.telegram_file_url,
        request=HTTPXRequest(CONNECTIONS, pool_timeout=POOL_TIMEOUT, connect_timeout=10, read_timeout=20, proxy=proxy),
        get_updates_request=HTTPXRequest(2, pool_timeout=POOL_TIMEOUT, connect_timeout=10, proxy=proxy),
        rate_limiter=Pace(burst),
    )


def hush_libraries() -> None:
    """Keep addresses with the token (httpx logs each) and handled flood limits out of the log."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("telegram.ext.AIORateLimiter", "telegram.request"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def seconds(error: RetryAfter) -> float:
    """Return what Telegram asks to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()


def plainly(error: Exception, token: str) -> str:
    """Return an error in one line that never holds the token."""
    words = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {words}".replace(token, "<token>") if token else type(error).__name__
