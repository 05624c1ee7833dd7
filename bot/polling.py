"""Polling: fetch, commit, and acknowledge by the next fetch. Telegram keeps the offset, not we."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.backoff import Backoff
from bot.client import Client, plainly, seconds
from bot.receiver import Receiver, is_update
from triage.errors import StoreUnavailable

EARLY = 1.0  # an empty answer before that many seconds comes from a server without long polls
BREATH = 0.1
Note = Callable[[str], None]
_log = structlog.get_logger(__name__)


async def poll(bot: Client, receiver: Receiver, note: Note) -> None:
    """Receive until cancelled; `note` is told `ok` or why nothing comes in.

    Raises InvalidToken when Telegram no longer knows the token.
    """
    network, store = Backoff(), Backoff(first=0.5, most=15.0)
    offset: int | None = None
    while True:
        begun = time.monotonic()
        updates = await _fetched(bot, offset, network, note)
        if not updates and time.monotonic() - begun < EARLY:
            await asyncio.sleep(BREATH)
        for raw in updates:
            if is_update(raw):
                await _committed(receiver, raw, store)
                offset = raw["update_id"] + 1


async def _fetched(bot: Client, offset: int | None, backoff: Backoff, note: Note) -> list[dict[str, Any]]:
    try:
        updates = await bot.raw_updates(offset)
    except InvalidToken:
        raise
    except RetryAfter as error:
        await backoff.pause(at_least=seconds(error))
        return []
    except Conflict:
        note("another program polls with this token")
        _log.warning("telegram.conflict", advice="stop the other program that polls with this token")
        await backoff.pause()
        return []
    except TelegramError as error:
        note(f"Telegram does not answer: {type(error).__name__}")
        _log.warning("telegram.unreachable", reason=plainly(error, bot.token))
        await backoff.pause()
        return []
    backoff.reset()
    note("ok")
    return updates


async def _committed(receiver: Receiver, raw: dict[str, Any], backoff: Backoff) -> None:
    while True:
        try:
            await receiver.take(raw)
        except StoreUnavailable as error:
            _log.error("update.kept_at_telegram", reason=error.message)
            await backoff.pause()
            continue
        backoff.reset()
        return
