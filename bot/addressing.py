"""Who a message is for. In a group the bot answers only commands, mentions and replies to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Message
from telegram.constants import ChatType
from telegram.ext.filters import MessageFilter

from bot import texts

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Called:
    """A slash command: its name in lower case, whom it names, what follows it."""

    name: str
    whom: str
    argument: str


def called(message: Message) -> Called | None:
    """Return the command that the message is; a text that begins with a path is none.

    Unknown names count only when nothing follows them: «/api/v1 отвечает 500» is a text.
    """
    match = COMMAND.fullmatch((message.text or "").strip())
    if not match or message.forward_origin:
        return None
    found = Called(match.group(1).lower(), match.group(2) or "", (match.group(3) or "").strip())
    known = found.name in texts.COMMANDS or found.name in texts.AGENT_COMMANDS
    return found if known or not found.argument else None


class Addressed(MessageFilter):
    """Lets through what is said to the bot; `username` is known after signing in."""

    def __init__(self, username: Callable[[], str], agents_chat: Callable[[], int | None]) -> None:
        super().__init__(name="Addressed")
        self._username, self._agents_chat = username, agents_chat

    def filter(self, message: Message) -> bool:
        """Tell whether the conversation should take this message."""
        if message.from_user is None or message.from_user.is_bot or message.is_automatic_forward:
            return False
        if message.via_bot and (message.via_bot.username or "").lower() == self._username().lower():
            return False  # an entry that somebody chose in inline mode: the bot's own words
        command = called(message)
        if command and command.whom and command.whom.lower() != self._username().lower():
            return False
        if message.chat.type == ChatType.PRIVATE:
            return True
        if message.chat.id == self._agents_chat():
            return False
        return bool(command) or self._named(message) or self._answered(message)

    def _named(self, message: Message) -> bool:
        words = (message.text or message.caption or "").lower()
        return re.search(rf"(?<!\w)@{re.escape(self._username().lower())}(?!\w)", words) is not None

    def _answered(self, message: Message) -> bool:
        earlier = message.reply_to_message
        author = earlier.from_user if earlier else None
        return bool(author and author.is_bot and (author.username or "").lower() == self._username().lower())


class AgentCommand(MessageFilter):
    """Lets through the agents' commands, in their group and in private chats."""

    def __init__(self, username: Callable[[], str], agents_chat: Callable[[], int | None]) -> None:
        super().__init__(name="AgentCommand")
        self._username, self._agents_chat = username, agents_chat

    def filter(self, message: Message) -> bool:
        """Tell whether this may be an agent's command; who wrote it is asked later."""
        command = called(message)
        if not command or command.name not in texts.AGENT_COMMANDS or message.from_user is None:
            return False
        mine = not command.whom or command.whom.lower() == self._username().lower()
        return mine and (message.chat.type == ChatType.PRIVATE or message.chat.id == self._agents_chat())
