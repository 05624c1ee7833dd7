"""Carries replies to Telegram: the messenger that the jobs ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from telegram import InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode

from bot import chats, keyboards
from bot.client import Client
from bot.render import Part, parts
from bot.sending import attempt, refused
from triage.desk.ports import Sent
from triage.dialogue.replies import OutFile, Reply

REMEMBERED = 10_000
NOT_YET = Sent("later", retry_after=2.0)
_log = structlog.get_logger(__name__)

Call = Callable[[], Awaitable[object]]


_NONE = LinkPreviewOptions(is_disabled=True)
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of a reply, with a plain twin of a styled text."""

    call: Call
    plain: Call | None = None
    buttons: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """The message that carries a chat's live buttons."""

    message: str
    screen: int


class TelegramMessenger:
    """Sends replies and deletes messages; remembers which message carries the live buttons.

    What it remembers is a courtesy, not a record: after a restart old buttons stay visible,
    and the conversation tells whoever presses one that it is outdated.
    """

    def __init__(self, bot: Client, ready: Callable[[], bool]) -> None:
        self._bot, self._ready = bot, ready
        self._shown: OrderedDict[str, _Shown] = OrderedDict()
        self._progress: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._with_buttons: OrderedDict[tuple[str, str], bool] = OrderedDict()  # by conversation and message

    async def send(self, chat_id: str, reply: Reply) -> Sent:
        """Send texts, then files. A reply cut by a flood limit goes on where it stopped."""
        if not self._ready():
            return NOT_YET
        calls = self._calls(chats.chat_of(chat_id), reply)
        step, done = (chat_id, hash(reply)), ""
        for number in range(self._progress.pop(step, 0), len(calls)):
            sent = await self._sent(calls[number])
            if sent.moved_to:
                return Sent(sent.outcome, moved_to=chats.moved(chat_id, int(sent.moved_to)))
            if sent.outcome != "done":
                self._remember(self._progress, step, number)
                return sent
            if calls[number].buttons:
                self._remember(self._with_buttons, (chat_id, sent.message), True)
                await self._replace_buttons(chat_id, _Shown(sent.message, reply.screen), lasts=reply.news)
            done = sent.message or done
        return Sent("done", message=done)

    async def delete(self, chat_id: str, message: str) -> Sent:
        """Delete a message; one that is gone already or may not be deleted is no error."""
        chat = chats.chat_of(chat_id)
        if not self._ready():
            return NOT_YET
        return await attempt(lambda: self._bot.delete_message(chat, int(message)))

    async def clear_buttons(self, chat_id: str, message: str, screen: int) -> None:
        """Take the buttons off a message whose screen was answered; those of somebody else in a group stay."""
        if not self._own(chat_id, message):
            return
        shown = self._shown.get(chat_id)
        if shown and shown.message != message and shown.screen > screen:
            return  # the newer screen took them off already
        self._shown.pop(chat_id, None)
        await self._take_off(chat_id, message)

    async def take_off(self, chat_id: str, message: str) -> None:
        """Take the buttons off a message, whatever screen is live; those of somebody else in a group stay."""
        if self._own(chat_id, message):
            await self._take_off(chat_id, message)

    def _own(self, chat_id: str, message: str) -> bool:
        return not chats.shared(chat_id) or (chat_id, message) in self._with_buttons

    async def _take_off(self, chat_id: str, message: str) -> None:
        chat = chats.chat_of(chat_id)
        await attempt(lambda: self._bot.edit_message_reply_markup(chat, int(message), reply_markup=None))

    def _calls(self, chat: int, reply: Reply) -> list[_Step]:
        texts, keyboard = parts(reply), keyboards.of_reply(reply)
        last = len(texts) - 1
        steps = [self._text(chat, part, keyboard if n == last else None) for n, part in enumerate(texts)]
        return [*steps, *(self._file(chat, file) for file in reply.files)]

    def _text(self, chat: int, part: Part, keyboard: InlineKeyboardMarkup | None) -> _Step:
        async def styled() -> object:
            return await self._bot.send_message(
                chat, part.html, parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=_NONE
            )

        async def plain() -> object:
            return await self._bot.send_message(chat, part.plain, reply_markup=keyboard, link_preview_options=_NONE)

        return _Step(styled, plain, buttons=keyboard is not None)

    def _file(self, chat: int, file: OutFile) -> _Step:
        async def document() -> object:
            upload = InputFile(file.content.encode("utf-8", "surrogateescape"), filename=file.name)
            upload.mimetype = file.media_type
            return await self._bot.send_document(chat, upload)

        return _Step(document)

    async def _sent(self, step: _Step) -> Sent:
        sent = await attempt(step.call)
        if refused(sent) and step.plain:
            _log.warning("reply.sent_plain", reason=sent.extra["refused"])
            sent = await attempt(step.plain)
        if refused(sent):
            _log.error("reply.refused", reason=sent.extra["refused"])
        return sent

    async def _replace_buttons(self, chat_id: str, fresh: _Shown, *, lasts: bool) -> None:
        """Take the buttons off the screen before; those of news last, and news beside a screen outdate none."""
        if lasts and not fresh.screen:
            return
        old = self._shown.pop(chat_id, None)
        if not lasts:
            self._remember(self._shown, chat_id, fresh)
        if old and old.message and old.screen != fresh.screen:
            await self._take_off(chat_id, old.message)

    @staticmethod
    def _remember(memory: OrderedDict[_K, _V], key: _K, value: _V) -> None:
        memory[key] = value
        memory.move_to_end(key)
        if len(memory) > REMEMBERED:
            memory.popitem(last=False)
