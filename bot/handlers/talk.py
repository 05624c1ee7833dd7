"""People's messages, edits and taps become steps of their conversation."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from telegram import Message, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot import chats, keyboards, texts
from bot.addressing import called
from bot.attachments import Attachments
from bot.messenger import TelegramMessenger
from bot.updates import kinds_of
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Command, Edited, Incoming, Said
from triage.jobs.conversations import Conversations


class Talk:
    """Each handler turns its update into one incoming value and hands it to the conversation."""

    def __init__(self, conversations: Conversations, attachments: Attachments, messenger: TelegramMessenger) -> None:
        self._conversations, self._attachments, self._messenger = conversations, attachments, messenger

    async def say(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a message: a command, a text, files."""
        message = _message(update)
        if command := called(message):
            await self._step(update, Command(command.name, command.argument))
            return
        came = await self._attachments.of(message, chat_key(update))
        text = _text(message, context)
        if not text and not came and not message.text:
            return
        files, inner = ((came.file,), came.secret_kinds) if came else ((), ())
        kinds = tuple(sorted({*kinds_of(update), *inner}))
        forwarded = message.forward_origin is not None
        await self._step(update, Said(text, str(message.message_id), files, forwarded, kinds))

    async def edit(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take the new words of an earlier message."""
        message = _message(update)
        if (message.text is None and message.caption is None) or called(message):
            return
        edited = Edited(_text(message, context), str(message.message_id), kinds_of(update))
        await self._step(update, edited)

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a tap: answered at once, then its buttons leave."""
        query = update.callback_query
        assert query is not None
        pressed = keyboards.pressed(query.data or "")
        await answer(query, "" if pressed else texts.OLD_BUTTON)
        if pressed is None or query.message is None:
            return
        await self._step(update, pressed)
        message, chat = str(query.message.message_id), chat_key(update).id
        if keyboards.lasts(pressed):
            await self._messenger.take_off(chat, message)
        else:
            await self._messenger.clear_buttons(chat, message, pressed.screen or 0)

    async def _step(self, update: Update, incoming: Incoming) -> None:
        handle = self._conversations.handle
        await asyncio.to_thread(handle, chat_key(update), incoming, update_id=update.update_id)


def chat_key(update: Update) -> ChatKey:
    """Return the conversation that an update belongs to."""
    chat, user = update.effective_chat, update.effective_user
    assert chat is not None
    return ChatKey(chats.TELEGRAM, chats.key_of(chat.id, user.id if user else None))


async def answer(query: Any, words: str, *, alert: bool = False) -> None:
    """Stop the button's spinner; a tap that waited too long is no error."""
    try:
        await query.answer(words or None, show_alert=alert)
    except BadRequest:
        return


def _message(update: Update) -> Message:
    message = update.effective_message
    assert message is not None
    return message


def _text(message: Message, context: ContextTypes.DEFAULT_TYPE) -> str:
    """Return the words without the bot's own name."""
    words = message.text or message.caption or ""
    return re.sub(rf"@{re.escape(context.bot.username)}\b[,:]?\s*", "", words, flags=re.IGNORECASE).strip()
