"""Files beside a message: fetched, kept or read, each problem named instead of raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from telegram import Document, Message
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from bot import texts
from bot.backoff import Backoff
from bot.client import Client, seconds
from bot.masking import masked_text
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import ReceivedFile
from triage.text import attachments as reading

DOWNLOAD_LIMIT = 20 << 20  # bytes, what Telegram gives out to a bot
Keep = Callable[[ChatKey, str, bytes], str]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """What came beside a message, and the kinds of secrets hidden in its texts."""

    files: tuple[ReceivedFile, ...] = ()
    secret_kinds: tuple[str, ...] = ()


class Attachments:
    """Fetches pictures (kept for the letter) and text files (read and masked)."""

    def __init__(self, bot: Client, keep: Keep) -> None:
        self._bot, self._keep = bot, keep

    async def of(self, message: Message, chat: ChatKey) -> Files:
        """Return the message's files. Raises TelegramError when Telegram stays out of reach."""
        if message.photo:
            name = f"photo_{message.message_id}.jpg"
            return await self._picture(message.photo[-1].file_id, name, message.photo[-1].file_size or 0, chat)
        if message.document:
            return await self._document(message.document, chat)
        for kind, name in texts.KINDS.items():
            if found := getattr(message, kind, None):
                size = getattr(found, "file_size", None) or 0
                return _refused(name, size, "format")
        return Files()

    async def _document(self, document: Document, chat: ChatKey) -> Files:
        name, size = document.file_name or texts.UNNAMED, document.file_size or 0
        kind = reading.kind_of(name)
        if kind is reading.Kind.OTHER:
            return _refused(name, size, "format")
        if kind is reading.Kind.PICTURE:
            return await self._picture(document.file_id, name, size, chat)
        return await self._text(document.file_id, name, size)

    async def _picture(self, file_id: str, name: str, size: int, chat: ChatKey) -> Files:
        content = await self._fetched(file_id, size)
        if content is None:
            return _refused(name, size, "too_big")
        if not reading.is_picture(name, content):
            return _refused(name, len(content), "format")
        ref = await asyncio.to_thread(self._keep, chat, name, content)
        return Files((ReceivedFile(name, len(content), ref=ref),))

    async def _text(self, file_id: str, name: str, size: int) -> Files:
        content = await self._fetched(file_id, size)
        if content is None:
            return _refused(name, size, "too_big")
        text = reading.decoded(content)
        if text is None:
            return _refused(name, len(content), "binary")
        clean, kinds = await asyncio.to_thread(masked_text, text)
        return Files((ReceivedFile(name, len(content), text=clean),), kinds)

    async def _fetched(self, file_id: str, size: int) -> bytes | None:
        """Return the bytes, None when the file is too big; waits while Telegram is out of reach."""
        if size > DOWNLOAD_LIMIT:
            return None
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


def _refused(name: str, size: int, problem: str) -> Files:
    return Files((ReceivedFile(name, size, problem=problem),))
