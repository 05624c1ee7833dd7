"""Actions of the user in a text: verbs of the lexicon, buttons after an arrow, typed commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.hints import Hinted
from triage.checks.lexicons import lexicon_path, load_sections
from triage.checks.scanner import Signs, Words
from triage.text.patterns import Pattern
from triage.text.tokens import occurrences

_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдезийклмнопрстуфхцчшщъыьэюяж",
            "a b v g d e z i y k l m n o p r s t u f h ts ch sh sch . y . e yu ya zh".replace(".", "").split(" "),
            strict=True,
        )
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
    attempts: frozenset[str]
    waits: frozenset[str]


_CLICK_SIGN = Signs(r"→|[-=]>|^>$")
_CLICK = Pattern(r"(?:→|->|=>| > )[ \t]*[«\"]?([a-zа-я][\w .-]{1,24})")


def find_actions(text: str, words: ActionWords) -> list[Action]:
    found = []
    for start, end, word in occurrences(text, words.known.among(text)):
        lemma, core, told = words.forms[word]
        found.append(Action(lemma, core, start, end, told))
    if found and _CLICK_SIGN.seen(text):
        found += (Action(m.group(1), True, m.start(1), m.end(1), True, verb=False) for m in _CLICK.finditer(text))
    if found and _PLAIN_WORDS.among(text):
        found += (Action(m.group(1), True, m.start(1), m.end(1), True, verb=False) for m in _PLAIN.finditer(text))
    found += _commands(text, words)
    return sorted(found, key=lambda a: a.start)


_PLAIN_WORDS = Words(frozenset(("save", "deploy", "publish", "import", "install", "импорт", "деплой")).__contains__)
_PLAIN = Pattern(
    r"(?:[,.;:—–-]|потом|затем|дальше|жму|ещ[её] раз) (save|deploy|publish|import|install|импорт|деплой)"
    r"(?= ?[,.;—–-]| с | и )"
)


def _commands(text: str, words: ActionWords) -> list[Action]:
    """Typed commands; what stands on one line without a separator is one."""
    commands: list[Action] = []
    seen = 0  # up to here no separator follows the last command
    for match in sorted(words.commands.finditer(text), key=lambda m: m.start()):
        if not commands or re.search(r"[,;\n→&]|затем|потом| и ", text[seen : match.start()]):
            commands.append(Action(match.group(), True, match.start(), match.end(), True))
        seen = match.end()
    return commands


@lru_cache(8)
def load_actions(path: Path | None) -> ActionWords:
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
        frozenset(w for e in sections[name] for w in e.pattern.split())
        for name in ("wishes", "cures", "strangers", "attempts", "waits")
    )
    return ActionWords(forms, Words(forms.__contains__), commands, *lists)
