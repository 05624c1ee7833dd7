"""Files beside a message: fetched, then kept or read, each problem named instead of raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from telegram import Message
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from bot import texts
from bot.backoff import Backoff
from bot.client import Client, seconds
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import ReceivedFile
from triage.jobs.arrivals import FILE_LIMIT, Arrived, arrive
from triage.text.attachments import Kind, kind_of

Keep = Callable[[ChatKey, str, bytes], str]
_log = structlog.get_logger(__name__)


class Attachments:
    """Fetches pictures (kept for the letter) and text files (read and masked)."""

    def __init__(self, bot: Client, keep: Keep) -> None:
        self._bot, self._keep = bot, keep

    async def of(self, message: Message, chat: ChatKey) -> Arrived | None:
        """Return the file of a message: Telegram sends each in a message of its own.

        Raises StoreUnavailable, and TelegramError for a file that Telegram does not know.
        """
        if message.photo:
            largest, name = message.photo[-1], f"photo_{message.message_id}.jpg"
            return await self._arrived(largest.file_id, name, largest.file_size or 0, chat)
        if document := message.document:
            name = document.file_name or texts.UNNAMED
            return await self._arrived(document.file_id, name, document.file_size or 0, chat)
        for kind, name in texts.KINDS.items():
            if found := getattr(message, kind, None):
                size = getattr(found, "file_size", None) or 0
                return Arrived(ReceivedFile(name, size, problem="no_text"))
        return None

    async def _arrived(self, file_id: str, name: str, size: int, chat: ChatKey) -> Arrived:
        content = b""
        if size <= FILE_LIMIT and kind_of(name) is not Kind.OTHER:
            fetched = await self._fetched(file_id)
            content, size = (b"", FILE_LIMIT + 1) if fetched is None else (fetched, len(fetched))
        return await asyncio.to_thread(
            arrive, name, size, lambda: content, lambda shown, kept: self._keep(chat, shown, kept)
        )

    async def _fetched(self, file_id: str) -> bytes | None:
        """Return the bytes, None when the file is too big; waits while Telegram is out of reach."""
        backoff = Backoff(first=0.5, most=30.0)
        while True:
            try:
                found = await self._bot.get_file(file_id)
                return bytes(await found.download_as_bytearray())
            except (BadRequest, InvalidToken) as error:
                if "too big" in error.message.lower():
                    return None
                raise
            except RetryAfter as error:
                await backoff.pause(at_least=seconds(error))
            except NetworkError as error:
                _log.warning("file.waits", reason=type(error).__name__)
                await backoff.pause()
