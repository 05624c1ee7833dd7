"""Inline keyboards and what their buttons carry: at most 64 bytes that name code and screen.

`d:<code>:<screen>` belongs to a conversation, `a:<action>:<ticket>:<version>` to a card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts
from triage.desk.ports import Card
from triage.dialogue import buttons
from triage.dialogue.incoming import Pressed
from triage.dialogue.replies import Reply
from triage.faq.entries import FaqEntry
from triage.policy.pack import Policy
from triage.report import Priority

DIALOGUE = re.compile(r"d:([!-~]{1,40}):(\d{1,9})")
CARD = re.compile(r"a:([a-z_-]+)(?:\.([0-9a-z_-]+))?:([\w-]{1,36}):(\d{1,6})")
DATA_LIMIT = 64

Rows = Sequence[Sequence[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class CardAction:
    """A tap on a card: what to do, with which choice, to which version of which request."""

    name: str
    choice: str
    ticket: str
    version: int


def of_reply(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the keyboard of a reply's buttons."""
    rows = [
        [InlineKeyboardButton(b.label, callback_data=f"d:{b.code}:{reply.screen}") for b in row]
        for row in reply.buttons
    ]
    return InlineKeyboardMarkup(rows) if any(rows) else None


def pressed(data: str) -> Pressed | None:
    """Return the press that a conversation's button means."""
    match = DIALOGUE.fullmatch(data)
    return Pressed(match.group(1), int(match.group(2))) if match else None


def lasts(press: Pressed) -> bool:
    """Tell whether the button belongs to a message that no later screen outdates."""
    return buttons.argument(press.code, "adv:") is not None


def acted(data: str) -> CardAction | None:
    """Return the action that a card's button means."""
    match = CARD.fullmatch(data)
    if not match:
        return None
    return CardAction(match.group(1), match.group(2) or "", match.group(3), int(match.group(4)))


def of_card(card: Card, policy: Policy) -> InlineKeyboardMarkup:
    """Return a card's keyboard: judge the suggestion, then move the request on."""
    judge = [] if card.confirmed else [_button(texts.RIGHT, "ok", card)]
    priorities = [_button(texts.PRIORITY[p], f"prio.{p.value}", card) for p in Priority if p != card.priority]
    moves = [
        _button(texts.MOVES[code], f"to.{code}" if code != "done" else "results", card) for code in _next(card, policy)
    ]
    answer = [_button(texts.ANSWER, "answers", card)]
    return InlineKeyboardMarkup([[*judge, _button(texts.TOPIC, "topics", card)], priorities, moves, answer])


def of_topics(card: Card, policy: Policy) -> InlineKeyboardMarkup:
    """Return the first half of a correction of the topic: the headings of clause 3."""
    return _choices(card, ((c.name, f"topic.{short(c.code)}") for c in policy.category))


def of_rules(card: Card, policy: Policy, topic: str) -> InlineKeyboardMarkup:
    """Return the second half: the rules under the heading of that short name."""
    category = meant(topic, (c.code for c in policy.category))
    rules = (r for r in policy.scope if r.category == category)
    return _choices(card, ((r.name, f"rule.{short(r.rule)}") for r in rules))


def of_resolutions(card: Card, policy: Policy) -> InlineKeyboardMarkup:
    """Return the resolutions of clause 5.1."""
    return _choices(card, ((r.name, f"done.{short(r.code)}") for r in policy.resolution))


def of_answers(card: Card, entries: Iterable[FaqEntry]) -> InlineKeyboardMarkup:
    """Return entries of the FAQ to be sent to the author, and the way to others."""
    rows = [[_button(entry.title, f"send.{short(entry.id)}", card)] for entry in entries]
    return InlineKeyboardMarkup([*rows, [_button(texts.FIND, "find", card)], [_button(texts.BACK, "back", card)]])


def ticket_of(markup: InlineKeyboardMarkup | None) -> str:
    """Return the id of the request whose card carries this keyboard, "" when it is no card."""
    rows = markup.inline_keyboard if markup else ()
    found = (acted(str(button.callback_data)) for row in rows for button in row)
    return next((action.ticket for action in found if action), "")


def short(name: str) -> str:
    """Return a short stable name: the pack's own names may be too long for a button."""
    return blake2s(name.encode(), digest_size=4).hexdigest()


def meant(code: str, names: Iterable[str]) -> str | None:
    """Return the one of the names that has this short name, None when the pack has none any more."""
    return next((name for name in names if short(name) == code), None)


def _next(card: Card, policy: Policy) -> tuple[str, ...]:
    status = next((s for s in policy.status if s.code == card.status), None)
    return tuple(code for code in status.next if code in texts.MOVES) if status else ()


def _choices(card: Card, labels: Iterable[tuple[str, str]]) -> InlineKeyboardMarkup:
    rows = [[_button(label, action, card)] for label, action in labels]
    return InlineKeyboardMarkup([*rows, [_button(texts.BACK, "back", card)]])


def _button(label: str, action: str, card: Card) -> InlineKeyboardButton:
    data = f"a:{action}:{card.ticket}:{card.version}"
    assert len(data.encode()) <= DATA_LIMIT, data
    return InlineKeyboardButton(label, callback_data=data)
