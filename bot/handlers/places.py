"""Where the bot lives: blocked and unblocked, groups that move."""

from __future__ import annotations

import structlog
from telegram import Update
from telegram.ext import ContextTypes

from bot.agents import AgentsGroup

_log = structlog.get_logger(__name__)


class Places:
    """Membership changes need no answer: a blocked chat is noticed at the next send (403)."""

    def __init__(self, group: AgentsGroup) -> None:
        self._group = group

    async def member(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Note that somebody blocked or unblocked the bot, or put it into a group or out."""
        change = update.my_chat_member
        assert change is not None
        _log.info("bot.membership", chat_type=change.chat.type, status=change.new_chat_member.status)

    async def migrate(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Follow the agents' group when it becomes a supergroup."""
        message = update.effective_message
        if message and message.migrate_to_chat_id and message.chat.id == self._group.chat_id:
            self._group.move(message.migrate_to_chat_id)

    async def ignore(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stay silent: a service message, or a tap nobody serves."""
