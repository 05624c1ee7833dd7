"""Ordered actions of the user that lead to what is observed (labelling guide, `steps`).

Actions are verbs of the lexicon and typed commands. A list of them counts, and so does a chain in prose:
actions close to each other, of at least two kinds. Wishes, cures and questions are left out first.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.hints import Hinted
from triage.checks.lexicons import lexicon_path, load_sections
from triage.checks.scanner import Signs, Words
from triage.report import Finding
from triage.text.normalise import fold
from triage.text.patterns import Pattern
from triage.text.tokens import WORD, occurrences

_REACH = 110
_WINDOW = 300
_CLOSE = 90
_ITEM = Pattern(
    r"(?:^|\n)[ \t>]*(?:\(?\d{1,2}[.)]|шаг \d{1,2}\W|[-–—•*]|\d{1,2}:\d\d)[ \t]*"
    r"|(?<=[.;:] )шаг \d{1,2}[ :.–—-]{1,3}|(?<![\w.,])\(?\d{1,2}\)[ \t]+"
    r"|(?<=[.:;] )\d{1,2}\.[ \t]+(?=[а-я])"
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
    )
)
_FIRST_ITEM = Pattern(r"[ \t>]*(?:\(?\d|шаг|[-–—•*])")
_SENTENCE = Pattern(r"[.!?…\n](?:(?<=\n)\n*|(?<!\n)[.!?…]*(?=\s|$))")


_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдезийклмнопрстуфхцчшщъыьэюяж",
            "a b v g d e z i y k l m n o p r s t u f h ts ch sh sch . y . e yu ya zh".replace(".", "").split(" "),
            strict=True,
        )
    )
)


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


@dataclass(frozen=True, slots=True)
class Action:
    """One action: the verb's lemma, whether it is an action in the product, its span, how it is told."""

    lemma: str
    core: bool
    start: int
    end: int
    told: bool
    verb: bool = True


@dataclass(frozen=True, slots=True)
class ActionWords:
    """Forms of verbs with their lemma, core or weak, told or only listed; commands; words that change the sense."""

    forms: dict[str, tuple[str, bool, bool]]
    known: Words
    commands: Hinted
    wishes: frozenset[str]
    cures: frozenset[str]
    strangers: frozenset[str]


def find_steps(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return the spans of the ordered actions, empty when fewer than two are told."""
    words = _load(lexicon)
    folded = fold(text)
    if len(words.known.among(folded.text)) < 2 and not words.commands.search(folded.text):
        return ()
    actions = _actions(folded.text, words)
    if len(actions) < 2:
        return ()
    steps = _listed(folded.text, actions, words) or _chained(folded.text, actions, words)
    spans = (folded.span(a.start, a.end) for a in steps)
    return tuple(Finding(start, end, "step", "действие пользователя", text[start:end]) for start, end in spans)


_CLICK_SIGN = Signs(r"→|[-=]>|^>$")
_CLICK = Pattern(r"(?:→|->|=>| > )[ \t]*[«\"]?([a-zа-я][\w .-]{1,24})")


def _actions(text: str, words: ActionWords) -> list[Action]:
    found = []
    for start, end, word in occurrences(text, words.known.among(text)):
        lemma, core, told = words.forms[word]
        found.append(Action(lemma, core, start, end, told))
    if found and _CLICK_SIGN.seen(text):
        found += (Action(m.group(1), True, m.start(1), m.end(1), True, verb=False) for m in _CLICK.finditer(text))
    found += _commands(text, words)
    return sorted(found, key=lambda a: a.start)


def _commands(text: str, words: ActionWords) -> list[Action]:
    """Typed commands; what stands on one line without a separator is one."""
    commands: list[Action] = []
    for match in sorted(words.commands.finditer(text), key=lambda m: m.start()):
        between = text[commands[-1].end : match.start()] if commands else "\n"
        if re.search(r"[,;\n→&]|затем|потом| и ", between):
            commands.append(Action(match.group(), True, match.start(), match.end(), True))
    return commands


def _listed(text: str, actions: list[Action], words: ActionWords) -> list[Action]:
    """Items of a list that begin with an action; a list of wishes, questions or cures is none."""
    if not _may_list(text):
        return []
    items = [(m.start(), m.end()) for m in _ITEM.finditer(text)]
    if len(items) < 2:
        return []
    steps = []
    announced = _announcements().search(text) is not None
    starts = [a.start for a in actions]
    for at, (_, begin) in enumerate(items):
        stop = items[at + 1][0] if at + 1 < len(items) else min(len(text), begin + 200)
        near = min(stop, begin + 32)
        first = _first_from(actions, starts, begin, near)
        if first and ":" in text[begin : first.start]:
            continue
        if (
            first
            and not announced
            and first.end <= len(text)
            and text[first.start : first.end].endswith(("те", "тесь"))
        ):
            continue
        if first and "?" not in text[first.end : stop]:
            steps.append(first)
    intro = text[max(0, items[0][0] - 120) : items[0][0]]
    intro_words = set(WORD.findall(_SENTENCE.split(intro.rstrip())[-1] if intro.strip() else ""))
    if len(steps) < 2 or not any(a.core for a in steps) or intro_words & (words.wishes | words.cures):
        return []
    return steps


_LIST_SIGN = Signs(r"[\dа-д]\)|\d\.$")


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


def _chained(text: str, actions: list[Action], words: ActionWords) -> list[Action]:
    """Told actions that follow each other closely and are of at least two kinds."""
    chain: list[Action] = []
    if _announcements().search(text) is None:
        actions = [action for action in actions if action.told]
    if len({action.lemma for action in actions}) < 2:
        return []
    for action in actions:
        if not _counts(text, action, words):
            continue
        if chain and action.start - chain[-1].end > _REACH:
            if _is_sequence(text, chain):
                return chain
            chain = []
        chain.append(action)
    return chain if _is_sequence(text, chain) else []


_PRESENT = Pattern(r".*(?:[ую]|[уюе]сь|[еи]м|[еи]мся)")
_SINCE = Pattern(
    r"с этого момента|с тех пор|после (?:этого|чего)|теперь|и вс[её]|результат|итог|ответ "
    r"|никто |ни один|сразу же"
)


def _is_sequence(text: str, chain: list[Action]) -> bool:
    """Three kinds of actions, or two side by side in one sentence; weak ones alone need «с тех пор» after them."""
    kinds = {a.lemma for a in chain}
    core = {a.lemma for a in chain if a.core}
    if not any(a.verb for a in chain):
        return False
    if len(kinds) >= 3:
        return bool(core) or _SINCE.search(text, chain[-1].end, chain[-1].end + 160) is not None
    habitual = all(_PRESENT.fullmatch(text[a.start : a.end]) for a in chain)
    return (len(core) >= 2 or (bool(core) and habitual)) and any(
        a.lemma != b.lemma and b.start - a.end <= _CLOSE and not _SENTENCE.search(text, a.end, b.start)
        for a, b in itertools.pairwise(chain)
    )


def _counts(text: str, action: Action, words: ActionWords) -> bool:
    """An action is none under a negation, in a question, a wish or a cure."""
    before = text[max(0, action.start - 90) : action.start]
    cut = max((m.end() for m in _SENTENCE.finditer(before)), default=0)
    around = WORD.findall(before[cut:])
    if text.startswith(" из строя", action.end) or (around and around[-1] in ("не", "ни", "когда", "если", "бы")):
        return False
    asked = text.find("?", action.end, action.end + _WINDOW) >= 0
    end = _SENTENCE.search(text, action.end, action.end + _WINDOW) if asked else None
    if end and "?" in end.group():
        return False
    if not words.wishes.isdisjoint(around) or not words.strangers.isdisjoint(around):
        return False
    return words.cures.isdisjoint(around[-6:])


@lru_cache(8)
def _load(path: Path | None) -> ActionWords:
    sections = load_sections(path or lexicon_path("actions.txt"))
    forms: dict[str, tuple[str, bool, bool]] = {}
    for core, name in ((True, "core"), (False, "weak")):
        for entry in sections[name]:
            lemma, _, rest = entry.pattern.partition(":")
            told, _, listed = rest.partition("/")
            for word in told.split():
                forms.setdefault(word, (lemma, core, True))
            for word in listed.split():
                forms.setdefault(word, (lemma, core, False))
    forms.update({word.translate(_LATIN): form for word, form in list(forms.items()) if len(word) > 5})
    commands = Hinted(rf"(?<!\w){re.escape(e.pattern)}(?!\w)" for e in sections["commands"])
    lists = (
        frozenset(w for e in sections[name] for w in e.pattern.split()) for name in ("wishes", "cures", "strangers")
    )
    return ActionWords(forms, Words(forms.__contains__), commands, *lists)
