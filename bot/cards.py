"""The agents' card, queue and counters as replies: redacted words, styled, within one message."""

from __future__ import annotations

from collections.abc import Sequence

from bot import texts
from bot.render import shortened
from triage.desk.ports import Card, SentEntry
from triage.desk.records import Misleading, Stats
from triage.dialogue.replies import Reply, Run, Style
from triage.dialogue.styled import Words, bold, flow, lines
from triage.dialogue.texts import moment
from triage.policy.pack import Policy
from triage.text.redact import humanize

TEXT_UNITS, PHRASE_UNITS, PHRASES, QUEUE = 1200, 80, 6, 30
WITHHELD, TITLE_UNITS, QUESTION_UNITS = 8, 80, 90  # with three questions each they fit one message
ANSWERS, ANSWER_UNITS = 5, 100


def card(card: Card, policy: Policy) -> Reply:
    """Return the card of a request."""
    rows: list[Words | None] = [
        _head(card),
        Run(shortened(humanize(card.text).strip(), TEXT_UNITS), Style.QUOTE),
        (bold(texts.CARD_PRIORITY), _priority(card)),
        (bold(texts.CARD_TOPIC), _topic(card, policy)),
        _phrases(card),
        _named(texts.CARD_MISSING, [texts.FIELD.get(name, name) for name in card.missing]),
        _named(texts.CARD_MARKS, [texts.MARK.get(mark, mark) for mark in card.marks]),
        (bold(texts.CARD_DEADLINE), moment(card.deadline.astimezone(policy.zone))),
        (bold(texts.CARD_STATUS), _status(card, policy)),
        _named(texts.CARD_AUTHOR, [card.author] if card.author else []),
        _named(texts.CARD_AGENT, [card.agent] if card.agent else []),
        *(_answer(sent) for sent in card.answers[-ANSWERS:]),
    ]
    return Reply(lines(*rows))


def queue(cards: Sequence[Card], policy: Policy) -> Reply:
    """Return the open requests, one a line."""
    if not cards:
        return Reply((Run(texts.QUEUE_EMPTY),))
    rows = [_queue_row(c, policy) for c in cards[:QUEUE]]
    return Reply(lines(bold(texts.QUEUE_TITLE), *rows))


def stats(stats: Stats, policy: Policy) -> Reply:
    """Return the counters of the desk."""
    statuses = [f"{policy.status_name(code)}: {n}" for code, n in stats.by_status.items()]
    priorities = [f"{_priority_name(p)}: {n}" for p, n in stats.by_priority.items()]
    return Reply(
        lines(
            bold(f"{texts.STATS_TITLE}: {stats.total}"),
            ", ".join(statuses) or None,
            ", ".join(priorities) or None,
            f"{texts.STATS_OVERDUE}: {stats.overdue}",
            f"{texts.STATS_CONFIRMED}: {stats.confirmed}, {texts.STATS_CORRECTED}: {stats.corrected}",
            f"{texts.STATS_LETTERS}: {stats.letters_waiting}, {texts.STATS_FAILED}: {stats.letters_failed}",
            f"{texts.STATS_UPDATES}: {stats.updates_waiting}, {texts.STATS_FAILED}: {stats.updates_dead}",
            bold(texts.STATS_WITHHELD) if stats.withheld else None,
            *(row for entry in stats.withheld[:WITHHELD] for row in _misleading(entry)),
        )
    )


def _misleading(entry: Misleading) -> list[Words]:
    head = texts.misleading(shortened(entry.title, TITLE_UNITS), entry.entry, entry.false, entry.deflected)
    return [head, *(f"• {shortened(' '.join(text.split()), QUESTION_UNITS)}" for text in entry.failed)]


def _priority_name(label: str) -> str:
    return next((name for priority, name in texts.PRIORITY.items() if priority == label), label)


def _head(card: Card) -> tuple[Words, ...]:
    return (texts.PRIORITY_SIGN[card.priority], " ", Run(card.number, Style.CODE))


def _priority(card: Card) -> Words:
    name = texts.PRIORITY[card.priority]
    if card.priority != card.suggested_priority:
        return f"{name} ({texts.CARD_SUGGESTED}{texts.PRIORITY[card.suggested_priority]})"
    return f"{name}, {_share(card.priority_confidence)}{_confirmed(card)}"


def _topic(card: Card, policy: Policy) -> Words:
    name = f"{_rule_name(card.scope, policy)} ({card.scope}, п. {card.clause})"
    verdict = texts.VERDICT.get(card.verdict, card.verdict)
    if card.scope != card.suggested_scope:
        return f"{name}, {verdict} ({texts.CARD_SUGGESTED}{_rule_name(card.suggested_scope, policy)})"
    return f"{name}, {verdict}, {_share(card.scope_confidence)}"


def _phrases(card: Card) -> Words | None:
    if not card.phrases:
        return None
    shown = [Run(shortened(humanize(p), PHRASE_UNITS), Style.MARK) for p in card.phrases[:PHRASES]]
    return flow(bold(texts.CARD_PHRASES), *((run, ", ") for run in shown[:-1]), shown[-1])


def _answer(sent: SentEntry) -> Words:
    state = texts.ANSWER_STATES.get(sent.outcome, sent.outcome)
    title = shortened(sent.title, ANSWER_UNITS)
    return (bold(texts.CARD_ANSWER), f"«{title}» ({sent.entry}), {shortened(sent.agent, 60)}: {state}")


def _named(title: str, values: Sequence[str]) -> Words | None:
    return (bold(title), shortened(", ".join(values), 300)) if values else None


def _status(card: Card, policy: Policy) -> str:
    name = policy.status_name(card.status)
    return f"{name}: {policy.resolution_name(card.resolution)}" if card.resolution else name


def _queue_row(card: Card, policy: Policy) -> Words:
    words = shortened(" ".join(humanize(card.text).split()), 60)
    until = moment(card.deadline.astimezone(policy.zone))
    return (*_head(card), f" · {policy.status_name(card.status)} · {until} · {words}")


def _rule_name(rule: str, policy: Policy) -> str:
    try:
        return policy.scope_rule(rule).name
    except KeyError:
        return rule


def _share(confidence: float) -> str:
    return f"{confidence:.0%}"


def _confirmed(card: Card) -> str:
    return f", {texts.CARD_CONFIRMED}" if card.confirmed else ""
