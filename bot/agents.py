"""The agents' group: who belongs to it, and the board of cards in it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

import structlog
from telegram import InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot import cards, keyboards, texts
from bot.client import Client
from bot.render import parts
from bot.sending import NO_MESSAGE, attempt, refused
from triage.desk.ports import Card, Sent
from triage.dialogue.replies import Reply, Run
from triage.policy.pack import Policy

MEMBER_SECONDS, STRANGER_SECONDS = 300.0, 20.0
REMEMBERED = 2000
MEMBERS = {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER}
NOT_YET = Sent("later", retry_after=2.0)
_log = structlog.get_logger(__name__)


class AgentsGroup:
    """The group of TRIAGE_AGENTS_CHAT_ID; `chat_id` follows it when it becomes a supergroup."""

    def __init__(self, bot: Client, chat_id: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot, self.chat_id, self._clock = bot, chat_id, clock
        self._known: dict[int, tuple[bool, float]] = {}

    async def has(self, user_id: int) -> bool:
        """Tell whether this person is an agent. Raises TelegramError when Telegram does not say."""
        if self.chat_id is None:
            return False
        member, until = self._known.get(user_id, (False, 0.0))
        if until > self._clock():
            return member
        member = await self._asked(user_id)
        self._known[user_id] = (member, self._clock() + (MEMBER_SECONDS if member else STRANGER_SECONDS))
        return member

    def move(self, chat_id: int) -> None:
        """Follow the group to its new id."""
        if chat_id != self.chat_id:
            _log.warning("agents.group_moved", advice=f"set TRIAGE_AGENTS_CHAT_ID={chat_id}")
        self.chat_id = chat_id

    async def _asked(self, user_id: int) -> bool:
        assert self.chat_id is not None
        try:
            found = await self._bot.get_chat_member(self.chat_id, user_id)
        except ChatMigrated as moved:
            self.move(moved.new_chat_id)
            return await self._asked(user_id)
        except BadRequest:
            return False
        if found.status == ChatMemberStatus.RESTRICTED:
            return bool(getattr(found, "is_member", False))
        return found.status in MEMBERS


Place = tuple[int, str]
Look = tuple[str, str]


class TelegramBoard:
    """Shows cards and notices in the agents' group; a card that is shown already is edited."""

    def __init__(self, bot: Client, group: AgentsGroup, policy: Policy, ready: Callable[[], bool]) -> None:
        self._bot, self._group, self._policy, self._ready = bot, group, policy, ready
        self._drawn: OrderedDict[Place, Look] = OrderedDict()
        self._behind: OrderedDict[Place, Look] = OrderedDict()  # how the card looked when its choices were opened

    async def show(self, card: Card, *, message: str = "") -> Sent:
        """Send a card to the group or edit the message that shows it."""
        chat = self._group.chat_id
        if chat is None:
            return Sent("gone")
        if message and self._behind.get((chat, message)) == self._look(card):
            return Sent("done", message=message)  # an agent is choosing, and nothing has changed
        return await self.show_in(chat, card, message)

    async def erase(self, number: str, message: str) -> Sent:
        """Leave of a card only that its request was erased, without buttons."""
        if self._group.chat_id is None:
            return Sent("gone")
        return await self.draw(self._group.chat_id, Reply((Run(texts.card_erased(number)),)), None, message)

    async def notice(self, text: str) -> Sent:
        """Send a line to the agents."""
        if self._group.chat_id is None:
            return Sent("gone")
        return await self.draw(self._group.chat_id, Reply((Run(text),)))

    async def show_in(self, chat: int, card: Card, message: str = "") -> Sent:
        """Show a card in any chat of an agent."""
        keyboard = keyboards.of_card(card, self._policy)
        return await self.draw(chat, cards.card(card, self._policy), keyboard, message)

    async def draw(
        self, chat: int, reply: Reply, keyboard: InlineKeyboardMarkup | None = None, message: str = ""
    ) -> Sent:
        """Send or edit one message; nothing is sent when it already looks so."""
        if not self._ready():
            return NOT_YET
        html = parts(reply)[0].html
        look = _look_of(html, keyboard)
        if message and self._drawn.get((chat, message)) == look:
            return Sent("done", message=message)
        sent = await self._put(chat, html, keyboard, message)
        if sent.moved_to and chat == self._group.chat_id:
            self._group.move(int(sent.moved_to))
            return await self.draw(int(sent.moved_to), reply, keyboard)
        if sent.outcome == "done" and sent.message:
            self._behind.pop((chat, sent.message), None)
            _remember(self._drawn, (chat, sent.message), look)
        return sent

    async def choose(self, chat: int, keyboard: InlineKeyboardMarkup, message: str) -> Sent:
        """Put another keyboard under a card."""
        look = self._drawn.pop((chat, message), None)
        if look:
            _remember(self._behind, (chat, message), look)
        return await attempt(lambda: self._bot.edit_message_reply_markup(chat, int(message), reply_markup=keyboard))

    async def _put(self, chat: int, html: str, keyboard: InlineKeyboardMarkup | None, message: str) -> Sent:
        if not message:
            return await self._new(chat, html, keyboard)
        sent = await attempt(
            lambda: self._bot.edit_message_text(
                html, chat, int(message), parse_mode=ParseMode.HTML, reply_markup=keyboard,
                link_preview_options=_NONE,
            )
        )  # fmt: skip
        if refused(sent, *NO_MESSAGE):
            return await self._new(chat, html, keyboard)
        return Sent("done", message=message) if sent.outcome == "done" else sent

    async def _new(self, chat: int, html: str, keyboard: InlineKeyboardMarkup | None) -> Sent:
        return await attempt(
            lambda: self._bot.send_message(
                chat, html, parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=_NONE
            )
        )

    def _look(self, card: Card) -> Look:
        return _look_of(parts(cards.card(card, self._policy))[0].html, keyboards.of_card(card, self._policy))


def _look_of(html: str, keyboard: InlineKeyboardMarkup | None) -> Look:
    return html, keyboard.to_json() if keyboard else ""


def _remember(looks: OrderedDict[Place, Look], place: Place, look: Look) -> None:
    looks[place] = look
    if len(looks) > REMEMBERED:
        looks.popitem(last=False)


_NONE = LinkPreviewOptions(is_disabled=True)
