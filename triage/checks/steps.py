"""Ordered actions of the user that lead to what is observed (labelling guide, `steps`).

Actions are verbs of the lexicon and typed commands. A list of them counts, and so does a chain in prose:
actions close to each other, of at least two kinds. Wishes, cures and questions are left out first.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

from triage.checks.actions import Action, ActionWords, find_actions, load_actions
from triage.checks.hints import Hinted
from triage.checks.scanner import Signs
from triage.checks.sequence import SENTENCE, find_sequence
from triage.report import Finding
from triage.text.normalise import fold
from triage.text.patterns import Pattern
from triage.text.tokens import WORD

_ITEM = Pattern(
    r"(?:^|\n)[ \t>]*(?:\(?\d{1,2}[.)]|шаг \d{1,2}\W|[-–—•*]|\d{1,2}:\d\d)[ \t]*"
    r"|(?<=[.;:] )шаг \d{1,2}[ :.–—-]{1,3}|(?<![\w.,])\(?\d{1,2}\)[ \t]+"
    r"|(?<=[.;:] )\d{1,2}\.[ \t]+(?=[а-я])|(?<=[.;:,] )\d{1,2}:\d\d[ \t]+(?:[—–-] )?"
    r"|(?<![\w.,])\(?[а-д]\)[ \t]+"
)
#: Signs of an item, each beginning with a letter of its own, so that the search skips to it.
_SIGNS = tuple(
    Pattern(sign)
    for sign in (
        r"\n[ \t>]*(?:\(?\d|шаг|[-–—•*])",
        r"шаг \d",
        r"\)(?<=[\dа-д]\))",
        r"\.(?<=\d\.)[ \t]",
        r":(?<=[ \d]\d:)\d\d ",
    )
)
_FIRST_ITEM = Pattern(r"[ \t>]*(?:\(?\d|шаг|[-–—•*])")


@lru_cache(maxsize=1)
def _announcements() -> Hinted:
    return Hinted(
        (
            r"порядок такой",
            r"порядок действий",
            r"дела(?:ю|ем|ют|ет) так",
            r"воспроизв\w*(?: так| всегда|:)",
            r"воспроизвожу",
            r"воспроизведени",
            r"по шагам",
            r"пошагово",
            r"шаги",
            r"последовательност",
            r"сценарий",
            r"репро",
            r"(?:как|чтобы) повторить",
            r"steps",
            r"действия:",
        )
    )


def find_steps(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the spans of the ordered actions, empty when fewer than two are told."""
    words = load_actions(lexicon)
    folded = fold(text)
    if len(words.known.among(folded.text)) < 2 and not words.commands.search(folded.text):
        return ()
    actions = find_actions(folded.text, words)
    if len(actions) < 2:
        return ()
    announced = _announcements().search(folded.text) is not None
    steps = _listed(folded.text, actions, words, announced=announced)
    if steps is None:
        return ()
    steps = steps or find_sequence(folded.text, actions, words, announced=announced)
    spans = (folded.span(a.start, a.end) for a in steps)
    return tuple(Finding(start, end, "step", "действие пользователя", text[start:end]) for start, end in spans)


def _listed(text: str, actions: list[Action], words: ActionWords, *, announced: bool) -> list[Action] | None:
    """Items of a list that begin with an action; a list of wishes, questions or cures is none.

    None tells a chronicle that begins with what happened: the actions in it came after the event.
    """
    items = [(m.start(), m.end()) for m in _ITEM.finditer(text)] if _may_list(text) else []
    if len(items) < 2:
        return []
    timed = _TIME.search(text, *items[0]) is not None
    starts = [a.start for a in actions]
    firsts: list[Action | None] = []
    for at, (_, begin) in enumerate(items):
        stop = items[at + 1][0] if at + 1 < len(items) else min(len(text), begin + 200)
        first = _first_from(actions, starts, begin, min(stop, begin + (_NEAR_TIME if timed else _NEAR)))
        firsts.append(first if first and _begins(text, begin, first, stop, announced=announced) else None)
    if timed and not any(firsts[:2]):
        return None
    steps = [first for first in firsts if first]
    intro = text[max(0, items[0][0] - 120) : items[0][0]]
    intro_words = set(WORD.findall(SENTENCE.split(intro.rstrip())[-1] if intro.strip() else ""))
    if len(steps) < 2 or not (timed or any(a.core for a in steps)) or intro_words & (words.wishes | words.cures):
        return []
    return steps


_TIME = Pattern(r"\d:\d\d")
_NEAR = 32
_NEAR_TIME = 16


def _begins(text: str, begin: int, first: Action, stop: int, *, announced: bool) -> bool:
    """Whether an item tells an action, and neither a heading, nor a demand, nor a question."""
    if ":" in text[begin : first.start] or text.startswith(": ", first.end):
        return False
    demand = not announced and text[first.start : first.end].endswith(("те", "тесь", "пошли"))
    return not demand and "?" not in text[first.end : stop]


_LIST_SIGN = Signs(r"[\dа-д]\)|\d\.$|^\d\d:\d\d$")


def _may_list(text: str) -> bool:
    """Tell, without looking closely, whether a text may hold two items."""
    if "\n" not in text and "шаг" not in text and not _LIST_SIGN.seen(text):
        return False
    signs = 1 if _FIRST_ITEM.match(text) else 0
    for sign in _SIGNS:
        signs += sum(1 for _ in sign.finditer(text))
        if signs > 1:
            return True
    return False


def _first_from(actions: list[Action], starts: list[int], begin: int, end: int) -> Action | None:
    at = bisect_left(starts, begin)
    return actions[at] if at < len(starts) and starts[at] < end else None
