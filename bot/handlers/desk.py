"""Agents act on cards and ask for the queue. Only members of their group count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update, User
from telegram.ext import ContextTypes

from bot import cards, keyboards, texts
from bot.addressing import called
from bot.agents import AgentsGroup, TelegramBoard
from bot.handlers.talk import Talk, answer
from bot.keyboards import CardAction
from triage.desk.desk import NO_CHAT, Desk, Outcome, Result
from triage.desk.ports import Card, Sent
from triage.dialogue.replies import Reply, Run
from triage.dialogue.styled import bold, lines
from triage.errors import TriageError
from triage.faq.entries import FaqEntry
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
_THERE = (Result.DONE, Result.UNCHANGED)  # a command that is read again has been done before


class DeskHandlers:
    """Cards' buttons and the commands /queue, /ticket, /answer, /clarify, /stats."""

    def __init__(
        self, desk: Desk, group: AgentsGroup, board: TelegramBoard, policy: Policy, talk: Talk,
        faq: Mapping[str, FaqEntry],
    ) -> None:  # fmt: skip
        self._desk, self._group, self._board, self._policy, self._talk = desk, group, board, policy, talk
        self._faq = faq
        self._acts: dict[str, Callable[[CardAction, str], Outcome]] = {
            "ok": self._confirm, "prio": self._priority, "rule": self._rule, "to": self._move,
            "done": self._finish, "send": self._send,
        }  # fmt: skip
        self._commands: dict[str, Callable[[Message, str], Awaitable[None]]] = {
            "queue": self._queue, "ticket": self._ticket, "answer": self._answer, "clarify": self._clarify,
            "stats": self._stats,
        }  # fmt: skip

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
        elif action.name == "find":
            await self._hint(query, action)
        else:
            await self._open(query, action)

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take an agent's command; a stranger's goes to his own conversation."""
        message, user = update.effective_message, update.effective_user
        assert message is not None
        assert user is not None
        command = called(message)
        if command and await self._group.has(user.id):
            await self._commands[command.name](message, command.argument)
        elif message.chat.id == user.id:
            await self._talk.say(update, context)

    async def _act(self, query: CallbackQuery, action: CardAction) -> None:
        assert query.message is not None
        outcome = await asyncio.to_thread(self._acts[action.name], action, agent_name(query.from_user))
        unreachable = outcome.reason == NO_CHAT
        await answer(query, texts.NO_CHAT if unreachable else WORDS[outcome.result], alert=unreachable)
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
        keyboard = await asyncio.to_thread(self._choices, card, action)
        _sure(await self._board.choose(chat, keyboard, message))

    async def _hint(self, query: CallbackQuery, action: CardAction) -> None:
        """Say how another entry is searched."""
        card = await asyncio.to_thread(self._desk.card, action.ticket)
        await answer(query, texts.find_hint(card.number) if card else texts.UNKNOWN, alert=card is not None)

    def _choices(self, card: Card, action: CardAction) -> InlineKeyboardMarkup:
        if action.name == "topics":
            return keyboards.of_topics(card, self._policy)
        if action.name == "topic":
            return keyboards.of_rules(card, self._policy, action.choice)
        if action.name == "results":
            return keyboards.of_resolutions(card, self._policy)
        if action.name == "answers":
            return keyboards.of_answers(card, self._desk.suggested_entries(card.ticket))
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

    def _send(self, action: CardAction, agent: str) -> Outcome:
        entry = keyboards.meant(action.choice, self._faq)
        if entry is None:
            return Outcome(Result.REFUSED, self._desk.card(action.ticket))
        return self._desk.send_entry(action.ticket, action.version, agent, entry)

    async def _queue(self, message: Message, argument: str) -> None:
        found = await asyncio.to_thread(self._desk.queue, QUEUE_LIMIT)
        _sure(await self._board.draw(message.chat.id, cards.queue(found, self._policy)))

    async def _ticket(self, message: Message, number: str) -> None:
        card: Card | None = await asyncio.to_thread(self._desk.find, number) if number else None
        if card:
            _sure(await self._board.show_in(message.chat.id, card))
            return
        words = texts.TICKET_UNKNOWN if number else texts.TICKET_USAGE
        _sure(await self._board.draw(message.chat.id, Reply((Run(words),))))

    async def _answer(self, message: Message, argument: str) -> None:
        """Offer entries of the FAQ for a request: those that fit by themselves, or those searched for."""
        card, words = await asyncio.to_thread(self._meant, message, argument)
        if card is None:
            said = texts.TICKET_UNKNOWN if argument else texts.ANSWER_USAGE
            _sure(await self._board.draw(message.chat.id, Reply((Run(said),))))
            return
        search, suggested = self._desk.search_entries, self._desk.suggested_entries
        entries = await asyncio.to_thread(search, words) if words else await asyncio.to_thread(suggested, card.ticket)
        said = texts.ANSWER_WHICH if entries else texts.ANSWER_NONE
        keyboard = keyboards.of_answers(card, entries)
        _sure(await self._board.draw(message.chat.id, Reply(lines(bold(card.number), said)), keyboard))

    async def _clarify(self, message: Message, argument: str) -> None:
        """Ask the author a question in the agent's own words."""
        card, words = await asyncio.to_thread(self._meant, message, argument)
        if card is None or not words or message.from_user is None:
            said = texts.TICKET_UNKNOWN if card is None and argument else texts.CLARIFY_USAGE
        else:
            move, agent = self._desk.set_status, agent_name(message.from_user)
            outcome = await asyncio.to_thread(move, card.ticket, card.version, agent, "clarification", "", words)
            said = texts.CLARIFIED if outcome.result in _THERE else WORDS[outcome.result]
        _sure(await self._board.draw(message.chat.id, Reply((Run(said),))))

    def _meant(self, message: Message, argument: str) -> tuple[Card | None, str]:
        """Return the request that a command names or replies to, and the words behind it."""
        number, _, words = argument.partition(" ")
        if number and (card := self._desk.find(number)):
            return card, words.strip()
        earlier = message.reply_to_message
        ticket = keyboards.ticket_of(earlier.reply_markup) if earlier else ""
        return (self._desk.card(ticket) if ticket else None), argument

    async def _stats(self, message: Message, argument: str) -> None:
        counted = await asyncio.to_thread(self._desk.stats)
        others = max(0, counted.updates_waiting - 1)  # this command is being read itself
        counted = replace(counted, updates_waiting=others)
        _sure(await self._board.draw(message.chat.id, cards.stats(counted, self._policy)))


def agent_name(user: User) -> str:
    """Return how a history names the agent: a name for people, the number for certainty."""
    return f"{user.full_name} ({user.id})"


def _sure(sent: Sent) -> None:
    """Raise when Telegram did not take the answer now, so that the inbox tries again."""
    if sent.outcome == "later":
        raise TriageError("Telegram did not take the answer", advice="tried again by the inbox")
