"""Replies to Telegram, in order, at Telegram's pace; cards and notices to the agents' group."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import structlog

from triage.desk.cards import card_of
from triage.desk.ports import AgentsBoard, Sent
from triage.desk.records import Queued
from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.dialogue.replies import Reply
from triage.jobs.background import in_unit
from triage.jobs.metrics import Metrics
from triage.jobs.notices import tell_agents
from triage.jobs.pauses import doubled
from triage.jobs.ports import Messenger
from triage.jobs.world import World

_PAUSE = 2.0  # seconds before another try when Telegram named none; doubled after each failure
_LONGEST = 300.0
_TRIES = 8  # of a message that our own code cannot carry; it must not hold up those behind it
_log = structlog.get_logger(__name__)


class Carrier:
    """Carries waiting replies. A sent one is marked at once and never sent again.

    A pause that Telegram asks for is kept in the row, and the chat's turn is held meanwhile. Between
    a send and its mark lies a moment: a process killed there repeats one message (Telegram has no
    key against that).
    """

    def __init__(self, world: World, metrics: Metrics) -> None:
        self._world, self._metrics = world, metrics
        self.messenger: Messenger | None = None
        self.trouble = ""

    async def say(self, conversation: int) -> None:
        """Send what waits in the conversation, oldest first."""
        while (reply := await self._next(conversation)) is not None:
            pause = (reply.due - self._world.clock()).total_seconds()
            if pause > 0:
                await asyncio.sleep(pause)
            sent = await self._send(reply)
            self._metrics.reply("moved" if sent.moved_to else sent.outcome)
            await self._mark(conversation, reply, sent)

    async def erase_message(self, conversation: int, message: str) -> None:
        """Delete a person's message that held a secret, where Telegram allows it."""
        found = await in_unit(self._world.store, lambda u: u.conversations.get(conversation))
        if found is None or self.messenger is None:
            return
        try:
            await self.messenger.delete(found.chat.id, message)
        except Exception:  # best effort: the person was told to revoke the secret anyway
            _log.warning("erase.failed")

    async def _next(self, conversation: int) -> Queued | None:
        return await in_unit(self._world.store, lambda u: u.replies.next(conversation))

    async def _send(self, reply: Queued) -> Sent:
        assert self.messenger is not None, "the engine works replies only when a messenger is attached"
        try:
            sent = await self.messenger.send(reply.chat.id, msgspec.json.decode(reply.body, type=Reply))
        except Exception as error:  # the reply stays and is tried again
            _log.warning("reply.failed", reason=type(error).__name__)
            self.trouble = f"replies fail: {type(error).__name__}"
            return Sent("later", extra={"error": type(error).__name__})
        self.trouble = "Telegram asks to wait or does not answer" if sent.outcome == "later" else ""
        return sent

    async def _mark(self, conversation: int, reply: Queued, sent: Sent) -> None:
        now = self._world.clock()

        def write(unit: Unit) -> None:
            if sent.moved_to:
                self._follow(unit, conversation, reply, sent.moved_to)
            elif sent.extra.get("error") and reply.attempts + 1 >= _TRIES:
                unit.replies.sent(reply.seq, "", now)
                tell_agents(self._world, unit, notices.reply_dead(reply.seq, _TRIES), now)
            elif sent.outcome == "later":
                self._put_off(unit, reply, sent.retry_after, now)
            elif sent.outcome == "gone":
                self._give_up(unit, conversation, now)
            else:
                unit.replies.sent(reply.seq, sent.message, now)

        await in_unit(self._world.store, write)

    def _put_off(self, unit: Unit, reply: Queued, asked: float, now: datetime) -> None:
        """Wait as long as asked, which is no failed attempt; else longer after each failure."""
        pause = asked or doubled(_PAUSE, reply.attempts, longest=_LONGEST)
        unit.replies.postpone(reply.seq, now + timedelta(seconds=pause), failed=not asked)

    def _follow(self, unit: Unit, conversation: int, reply: Queued, chat: str) -> None:
        """Move to the chat's new key; where it has a conversation already, that one's turn carries what waits."""
        there = unit.conversations.rename(conversation, chat)
        if there != conversation:
            key = f"say:{there}:{reply.seq}"
            self._world.jobs.add(unit.session, "say", there, key=key, turn=str(there))

    def _give_up(self, unit: Unit, conversation: int, now: datetime) -> None:
        """Leave a chat that is closed; agents learn which of their news did not reach the author."""
        for body in unit.replies.gone(conversation):
            said = msgspec.json.decode(body, type=Reply)
            if said.news:
                text = notices.author_gone(said.text.partition("\n")[0])
                tell_agents(self._world, unit, text, now, conversation=conversation)


class Board:
    """Shows cards and notices to the agents: one message per request, edited when it changes.

    The engine runs these jobs one after another, so a pause that Telegram asks for holds all.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.board: AgentsBoard | None = None

    async def show_card(self, ticket: str, version: int) -> None:
        """Show the card as it is now; a card that has moved on is left to its newer job."""
        board = self.board
        found, history = await in_unit(self._world.store, lambda u: (u.tickets.get(ticket), u.tickets.history(ticket)))
        if found is None or found.version > version or board is None:
            return
        card, message = card_of(found, self._world.policy.zone, history), found.card_message
        sent = await _patiently(lambda: board.show(card, message=message))
        if sent.message and sent.message != message:
            await in_unit(self._world.store, lambda u: u.tickets.card(ticket, sent.message))

    async def erase_card(self, number: str, message: str) -> None:
        """Take the words off the card of a request that its author has erased."""
        board = self.board
        if board is not None:
            await _patiently(lambda: board.erase(number, message))

    async def tell_agents(self) -> None:
        """Show every waiting notice, oldest first."""
        board = self.board
        while (notice := await in_unit(self._world.store, lambda u: u.notices.next())) is not None:
            if board is None:
                return
            await _patiently(_notice(board, notice[1]))
            await self._shown(notice[0])

    async def _shown(self, number: int) -> None:
        now = self._world.clock()
        await in_unit(self._world.store, lambda u: u.notices.sent(number, now))


def _notice(board: AgentsBoard, text: str) -> Callable[[], Awaitable[Sent]]:
    return lambda: board.notice(text)


async def _patiently(send: Callable[[], Awaitable[Sent]]) -> Sent:
    """Try until it is done, there is nobody to show it to, or our own code has failed too often."""
    attempt = 0
    while True:
        try:
            sent = await send()
        except Exception as error:  # tried again, but not for ever: others wait behind it
            _log.warning("board.failed", reason=type(error).__name__)
            sent = Sent("later" if attempt < _TRIES else "failed")
        if sent.outcome != "later":
            return sent
        await asyncio.sleep(sent.retry_after or doubled(_PAUSE, attempt, longest=_LONGEST))
        if not sent.retry_after:
            attempt += 1
