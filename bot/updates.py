"""Turns a committed update into steps: parsed here, dispatched by python-telegram-bot's handlers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application, ContextTypes

from bot.receiver import kind_of

KINDS = "triage_secret_kinds"  # an extra key of the update; the library keeps it in `api_kwargs`
_log = structlog.get_logger(__name__)


class TelegramUpdates:
    """The handler that the inbox calls. An exception means "try again", as the inbox expects.

    The library's dispatcher swallows what a handler raises and tells an error handler;
    `failed` is that error handler and hands the exception back to `handle`.
    """

    def __init__(self, library: Application[Any, Any, Any, Any, Any, Any], ready: asyncio.Event) -> None:
        self._library, self._ready = library, ready
        self._failures: dict[int, Exception] = {}
        library.add_error_handler(self.failed)

    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None:
        """Handle one update; one that cannot be parsed is dropped with a log line, never raised."""
        await self._ready.wait()
        update = self._parsed(update_id, raw, secret_kinds)
        if update is None:
            return
        await self._library.process_update(update)
        if failure := self._failures.pop(update_id, None):
            raise failure

    async def failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Keep what a handler raised for `handle`."""
        if isinstance(update, Update) and isinstance(context.error, Exception):
            self._failures[update.update_id] = context.error

    def _parsed(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> Update | None:
        data = json.loads(raw)
        try:
            return Update.de_json({**data, KINDS: list(secret_kinds)}, self._library.bot)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            _log.warning("update.unreadable", update_id=update_id, kind=kind_of(data), reason=repr(error)[:200])
            return None


def kinds_of(update: Update) -> tuple[str, ...]:
    """Return the kinds of secrets that were hidden in this update before it was stored."""
    return tuple(update.api_kwargs.get(KINDS, ()))
