"""Agents act on cards and ask for the queue. Only members of their group count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardMarkup, Update, User
from telegram.ext import ContextTypes

from bot import cards, keyboards, texts
from bot.addressing import called
from bot.agents import AgentsGroup, TelegramBoard
from bot.handlers.talk import Talk, answer
from bot.keyboards import CardAction
from triage.desk.desk import Desk, Outcome, Result
from triage.desk.ports import Card, Sent
from triage.dialogue.replies import Reply, Run
from triage.errors import TriageError
from triage.policy.pack import Policy
from triage.report import Priority

WORDS = {
    Result.DONE: texts.DONE,
    Result.UNCHANGED: texts.UNCHANGED,
    Result.STALE: texts.STALE,
    Result.UNKNOWN: texts.UNKNOWN,
    Result.REFUSED: texts.REFUSED,
}
QUEUE_LIMIT = 20


class DeskHandlers:
    """Cards' buttons and the commands /queue, /ticket, /stats."""

    def __init__(self, desk: Desk, group: AgentsGroup, board: TelegramBoard, policy: Policy, talk: Talk) -> None:
        self._desk, self._group, self._board, self._policy, self._talk = desk, group, board, policy, talk
        self._acts: dict[str, Callable[[CardAction, str], Outcome]] = {
            "ok": self._confirm, "prio": self._priority, "rule": self._rule, "to": self._move,
            "done": self._finish,
        }  # fmt: skip
        self._commands = {"queue": self._queue, "ticket": self._ticket, "stats": self._stats}

    async def tap(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a tap on a card."""
        query = update.callback_query
        assert query is not None
        action = keyboards.acted(query.data or "")
        if action is None or query.message is None:
            await answer(query, texts.OLD_BUTTON)
        elif not await self._group.has(query.from_user.id):
            await answer(query, texts.NOT_AN_AGENT, alert=True)
        elif action.name in self._acts:
            await self._act(query, action)
        else:
            await self._open(query, action)

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an agent's command; a stranger's goes to his own conversation."""
        message, user = update.effective_message, update.effective_user
        assert message is not None
        assert user is not None
        command = called(message)
        if command and await self._group.has(user.id):
            await self._commands[command.name](message.chat.id, command.argument)
        elif message.chat.id == user.id:
            await self._talk.say(update, context)

    async def _act(self, query: CallbackQuery, action: CardAction) -> None:
        assert query.message is not None
        outcome = await asyncio.to_thread(self._acts[action.name], action, agent_name(query.from_user))
        await answer(query, WORDS[outcome.result])
        if outcome.card:
            message = str(query.message.message_id)
            await self._board.show_in(query.message.chat.id, outcome.card, message)

    async def _open(self, query: CallbackQuery, action: CardAction) -> None:
        """Show the choices of a button that needs one more tap, or the card again."""
        assert query.message is not None
        card = await asyncio.to_thread(self._desk.card, action.ticket)
        await answer(query, "" if card else texts.UNKNOWN)
        if card is None:
            return
        chat, message = query.message.chat.id, str(query.message.message_id)
        keyboard = self._choices(card, action)
        _sure(await self._board.choose(chat, keyboard, message))

    def _choices(self, card: Card, action: CardAction) -> InlineKeyboardMarkup:
        if action.name == "topics":
            return keyboards.of_topics(card, self._policy)
        if action.name == "topic":
            return keyboards.of_rules(card, self._policy, action.choice)
        if action.name == "results":
            return keyboards.of_resolutions(card, self._policy)
        return keyboards.of_card(card, self._policy)

    def _confirm(self, action: CardAction, agent: str) -> Outcome:
        return self._desk.confirm(action.ticket, action.version, agent)

    def _priority(self, action: CardAction, agent: str) -> Outcome:
        priority = next((p for p in Priority if p.value == action.choice), None)
        if priority is None:
            return Outcome(Result.REFUSED)
        return self._desk.correct_priority(action.ticket, action.version, agent, priority)

    def _rule(self, action: CardAction, agent: str) -> Outcome:
        rule = keyboards.meant(action.choice, (r.rule for r in self._policy.scope))
        if rule is None:
            return Outcome(Result.REFUSED, self._desk.card(action.ticket))
        return self._desk.correct_scope(action.ticket, action.version, agent, rule)

    def _move(self, action: CardAction, agent: str) -> Outcome:
        return self._desk.set_status(action.ticket, action.version, agent, action.choice)

    def _finish(self, action: CardAction, agent: str) -> Outcome:
        resolution = keyboards.meant(action.choice, (r.code for r in self._policy.resolution))
        if resolution is None:
            return Outcome(Result.REFUSED, self._desk.card(action.ticket))
        return self._desk.set_status(action.ticket, action.version, agent, "done", resolution=resolution)

    async def _queue(self, chat: int, argument: str) -> None:
        found = await asyncio.to_thread(self._desk.queue, QUEUE_LIMIT)
        _sure(await self._board.draw(chat, cards.queue(found, self._policy)))

    async def _ticket(self, chat: int, number: str) -> None:
        card: Card | None = await asyncio.to_thread(self._desk.find, number) if number else None
        if card:
            _sure(await self._board.show_in(chat, card))
            return
        words = texts.TICKET_UNKNOWN if number else texts.TICKET_USAGE
        _sure(await self._board.draw(chat, Reply((Run(words),))))

    async def _stats(self, chat: int, argument: str) -> None:
        counted = await asyncio.to_thread(self._desk.stats)
        others = max(0, counted.updates_waiting - 1)  # this command is being read itself
        counted = replace(counted, updates_waiting=others)
        _sure(await self._board.draw(chat, cards.stats(counted, self._policy)))


def agent_name(user: User) -> str:
    """Return how a history names the agent: a name for people, the number for certainty."""
    return f"{user.full_name} ({user.id})"


def _sure(sent: Sent) -> None:
    """Raise when Telegram did not take the answer now, so that the inbox tries again."""
    if sent.outcome == "later":
        raise TriageError("Telegram did not take the answer", advice="tried again by the inbox")
