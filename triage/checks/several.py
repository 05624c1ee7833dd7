"""Two or more unrelated problems, or different problems of several users, in one request (clause 2.4).

People announce them («раз уж пишу», «первое … второе …», «у меня …, а у Ольги …»). Words that call the things
unrelated decide; otherwise the parts are compared by topic, because several questions about one thing are one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.checks.hints import Hinted, Rule
from triage.checks.lexicons import lexicon_path, load_sections
from triage.checks.steps import find_steps
from triage.text.normalise import fold
from triage.text.patterns import Pattern
from triage.text.tokens import WORD

_ANNOUNCED = ("unrelated", "strong", "connectors", "counted", "first", "second")
_FAULTS = "faults"
_BUSINESS = frozenset({"papers", "payment", "support"})
_SENTENCE = Pattern(r"[.!?…;\n]+\s*|, а (?=у |по )|, и еще | и (?=как |где |когда |можно |почему |сколько )")
_SAME = Pattern(r"(?<!\w)(?:тоже|также|так же|то же|аналогично|та же|про то же|о том же|там же|так и)(?!\w)")
_PERSON = Pattern(
    r"у (?<!\wу )(?!(?:нас|вас|кого|всех|остальных|других|этого|той|него|нее|них)(?!\w))[а-яa-z]{2,20}(?!\w)"
)
_NAMED = Pattern(r"(?<!\w)(?:перв|втор)\w{2} (?:вопрос|проблема|пункт|беда|тема|момент)(?!\w)|(?<!\w)втор(?:ое|ой|ая):")
#: «От Нины. …», «Диктует Шамиль. …»: each line is the question of another.
_LETTER = Pattern(r"(?:^|\n)[> ]*(?:от|диктует) ([а-я]{3,20})(?: \([^()\n]{1,40}\))?[.:] ?\w")
_ONE = Pattern(r"(?<!\w)(?:про одно и то же|единственн\w+ (?:вопрос|просьб)\w*|одно пожелание)(?!\w)")
_MANY = 20_000
_PART = 220
_SHORT = 15
#: In a tale of this length «три вещи» seldom announce three requests.
_LONG = 700
#: Announcements looked at; nobody makes more, and a hostile text is not worth the time.
_MOST = 40
_QUESTION = Pattern(r"\?|(?<!\w)(?:как|какие|какой|можно|где|сколько|ли)(?!\w)")


class Topics:
    """Tells the topics of a word by its beginning; what is known of words is kept."""

    def __init__(self, topics: Iterable[tuple[str, tuple[str, ...], frozenset[str]]]) -> None:
        self._stems: dict[str, set[str]] = {}
        self._whole: dict[str, set[str]] = {}
        self._known: dict[str, frozenset[str]] = {}
        for name, stems, whole in topics:
            for stem in stems:
                self._stems.setdefault(stem, set()).add(name)
            for word in whole:
                self._whole.setdefault(word, set()).add(name)
        self._sizes = sorted({len(stem) for stem in self._stems})

    def of(self, token: str) -> frozenset[str]:
        """Return the names of the topics of one folded word."""
        known = self._known.get(token)
        if known is None:
            if len(self._known) >= _MANY:
                self._known.clear()
            beginnings = (self._stems.get(token[:size], ()) for size in self._sizes)
            known = frozenset(self._whole.get(token, ())).union(*beginnings)
            self._known[token] = known
        return known


@dataclass(frozen=True, slots=True)
class SeveralWords:
    """Announcements, each of a section, and words of faults as regular expressions; topics as beginnings of words."""

    announcements: Hinted
    sections: tuple[str, ...]
    faults: Hinted
    topics: Topics

    def announced(self, text: str) -> dict[str, list[Rule]]:
        """Return the announcements worth trying on a text, by section."""
        fitting: dict[str, list[Rule]] = {}
        for number, rule in self.announcements.fitting(text):
            fitting.setdefault(self.sections[number], []).append(rule)
        return fitting


def has_several_problems(text: str, lexicon: Path | None = None) -> bool:
    """Tell whether unrelated problems stand in one request; symptoms of one fault are one."""
    words = _load(lexicon)
    folded = fold(text).text
    rules = words.announced(folded)
    if any(rule.search(folded) for rule in rules.get("unrelated", ())):
        return True
    if _ONE.search(folded):
        return False
    if len({m.group(1) for m in _LETTER.finditer(folded)}) > 1:
        return True
    counted = _leftmost(rules.get("counted", ()), folded)
    if parts := _enumerated(folded, rules):
        lenient = counted is not None or _NAMED.search(folded) is not None
        return _differ(folded, *parts, words, lenient=lenient, enumerated=True) and not find_steps(folded)
    if counted and _sentences_differ(folded, counted.end(), words):
        return True
    return (
        _joined(folded, rules.get("strong", ()), words, lenient=True)
        or _joined(folded, rules.get("connectors", ()), words, lenient=False)
        or _people_differ(folded, words)
    )


def _matches(rules: Iterable[Rule], text: str) -> Iterator[re.Match[str]]:
    return itertools.chain.from_iterable(rule.finditer(text) for rule in rules)


def _leftmost(rules: Iterable[Rule], text: str) -> re.Match[str] | None:
    found = (match for rule in rules if (match := rule.search(text)))
    return min(found, key=re.Match.start, default=None)


def _joined(text: str, connectors: Iterable[Rule], words: SeveralWords, *, lenient: bool) -> bool:
    """What stands before «раз уж пишу», «заодно», «и ещё» differs from what stands after."""
    for match in itertools.islice(_matches(connectors, text), _MOST):
        after = _first_sentence(text, match.end())
        before = text[max(0, match.start() - _PART) : match.start()]
        if len(before) < _SHORT and lenient:
            rest = match.end() + len(after)
            before = text[rest : rest + _PART]
        if _differ(text, before, after, words, lenient=lenient):
            return True
    return False


def _enumerated(text: str, rules: Mapping[str, list[Rule]]) -> tuple[str, str] | None:
    """The parts after «первое» and «второе», 1) and 2), «во-первых» and «во-вторых»."""
    if "second" not in rules:
        return None
    seconds = sorted(_matches(rules["second"], text), key=re.Match.start)
    for first in itertools.islice(_matches(rules.get("first", ()), text), 5):
        if second := next((m for m in seconds if m.start() >= first.end() - 1), None):
            if first.group().startswith("это раз"):
                return text[max(0, first.start() - _PART) : first.start()], text[first.end() : second.start()]
            return text[first.end() : second.start()], text[second.end() : second.end() + _PART]
    if seconds and seconds[0].group().startswith("второе"):
        at = seconds[0]
        if text[max(0, at.start() - 3) : at.start()].rstrip()[-1:] not in (".", "!", "?", ";"):
            return None
        return text[max(0, at.start() - _PART) : at.start()], text[at.end() : at.end() + _PART]
    return None


def _sentences_differ(text: str, start: int, words: SeveralWords) -> bool:
    sentences = [s for s in _SENTENCE.split(text[start : start + 3 * _PART]) if len(s) > 5][:5]
    lenient = len(text) < _LONG
    return any(_differ(text, a, b, words, lenient=lenient) for a, b in itertools.combinations(sentences, 2))


def _first_sentence(text: str, start: int) -> str:
    part = text[start : start + _PART]
    return next((s for s in _SENTENCE.split(part) if len(s) > 12), part)


_BUT_AT = Pattern(r", а у (?!(?:нас|вас|кого|всех|остальных|других|этого|той|него|нее|них)(?!\w))[а-яa-z]{2,20}(?!\w)")


def _people_differ(text: str, words: SeveralWords) -> bool:
    """«У меня не открывается карточка, а у Ольги не приходит письмо»: each has a fault of its own."""
    if "у " not in text:
        return False
    for match in itertools.islice(_BUT_AT.finditer(text), _MOST) if ", а у " in text else ():
        before, after = (
            _SENTENCE.split(text[max(0, match.start() - _PART) : match.start()])[-1],
            _first_sentence(text, match.end()),
        )
        if (
            words.faults.occurs(before, text)
            and words.faults.occurs(after, text)
            and _differ(text, before, after, words, lenient=False)
        ):
            return True
    if text.count(" у ") + text.count("\nу ") + text.startswith("у ") < 2:
        return False
    people = list(itertools.islice(_PERSON.finditer(text), 6))
    for one, other in itertools.pairwise(people):
        gap = text[one.end() : other.start()]
        if len(gap) > 120 or len(gap) < 8 or _SAME.search(gap):
            continue
        rest = _first_sentence(text, other.end())
        if (
            not _SAME.search(rest)
            and words.faults.occurs(gap, text)
            and words.faults.occurs(rest, text)
            and _differ(text, gap, rest, words, lenient=False)
        ):
            return True
    return False


def _differ(text: str, one: str, other: str, words: SeveralWords, *, lenient: bool, enumerated: bool = False) -> bool:
    """Parts differ when only one is about papers and payment alone, or when two faults share no topic."""
    here, there = _topics(one, words), _topics(other, words)
    if _SAME.search(other[:40]) or not (here or there):
        return False
    if not here or not there:
        other_faults = words.faults.occurs(other if here else one, text)
        return enumerated and (lenient or (bool(here | there) and here | there <= _BUSINESS and other_faults))
    if (here <= _BUSINESS) != (there <= _BUSINESS):
        return True
    if here & there:
        return False
    faults = words.faults.occurs(one, text) + words.faults.occurs(other, text)
    return lenient or faults == 2 or (faults == 1 and enumerated and not _QUESTION.search(one + other))


def _topics(part: str, words: SeveralWords) -> set[str]:
    found = set().union(*map(words.topics.of, set(WORD.findall(part))))
    return found - {"plans"} if found & (_BUSINESS | {"mail"}) else found


@lru_cache(8)
def _load(path: Path | None) -> SeveralWords:
    sections = load_sections(path or lexicon_path("topics.txt"))
    topics = Topics(
        (name, *_stems([stem for entry in entries for stem in entry.pattern.split()]))
        for name, entries in sections.items()
        if name not in (*_ANNOUNCED, _FAULTS)
    )
    announced = [entry for name in _ANNOUNCED for entry in sections[name]]
    return SeveralWords(
        Hinted(_bounded(entry.pattern) for entry in announced),
        tuple(entry.section for entry in announced),
        Hinted((_bounded(entry.pattern) for entry in sections[_FAULTS]), seldom=True),
        topics,
    )


def _stems(written: list[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Beginnings of words, and whole words, which the lexicon ends with $."""
    whole = frozenset(stem.removesuffix("$") for stem in written if stem.endswith("$"))
    return tuple(stem for stem in written if not stem.endswith("$")), whole


def _bounded(pattern: str) -> str:
    """A pattern that begins with a letter begins at a word, one that ends with a letter ends with it."""
    if pattern.startswith("(?:^"):
        return pattern
    return rf"(?<!\w)(?:{pattern})" + (r"(?!\w)" if pattern[-1].isalnum() else "")
