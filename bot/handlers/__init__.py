"""The bot's table of contents: which update goes where, first match wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.addressing import Addressed, AgentCommand
from bot.handlers.desk import DeskHandlers
from bot.handlers.places import Places
from bot.handlers.talk import Talk


def register(
    library: Application[Any, Any, Any, Any, Any, Any],
    *,
    talk: Talk,
    desk: DeskHandlers,
    places: Places,
    username: Callable[[], str],
    agents_chat: Callable[[], int | None],
) -> None:
    """Add the handlers; what none of them takes is ignored in silence."""
    addressed = Addressed(username, agents_chat)
    new, edited = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
    library.add_handlers(
        [
            CallbackQueryHandler(desk.tap, pattern=r"^a:"),
            CallbackQueryHandler(talk.press),
            ChatMemberHandler(places.member, ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(filters.StatusUpdate.MIGRATE, places.migrate),
            MessageHandler(filters.StatusUpdate.ALL, places.ignore),
            MessageHandler(new & AgentCommand(username, agents_chat), desk.command),
            MessageHandler(edited & addressed, talk.edit),
            MessageHandler(new & addressed, talk.say),
        ]
    )
