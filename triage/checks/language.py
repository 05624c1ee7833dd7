"""Coarse, obscene and insulting language (clause 4.2), also disguised."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from triage.checks.address import is_quoted, said_of_staff, said_of_thing
from triage.checks.disguise import gaps, masked_letters, torn_words
from triage.checks.foul_words import FoulWords, load_foul_words
from triage.checks.spans import Taken
from triage.report import Finding, Language
from triage.text.normalise import fold
from triage.text.tokens import occurrences

_STRONG = frozenset({"obscene", "slur"})
_NAMES = frozenset({"slur", "insult", "harsh", "weak"})
#: Whom so many words are meant for changes nothing any more, and reading sentences takes time.
_READ_CLOSELY = 300
_REASONS = {
    Language.OBSCENE: "нецензурная лексика",
    Language.RUDE: "грубость",
    Language.INSULT: "оскорбление сотрудников",
}


def find_language(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return coarse phrases in text order; one that is obscene and an insult gives two findings.

    Rude words beside obscene ones add nothing and are left out.
    """
    words = load_foul_words(lexicon)
    folded = fold(text)
    found: list[Finding] = []
    taken: Taken | None = None
    for start, end, sections in _foul_spans(folded.text, words):
        if taken and taken.touches(start, end):
            continue
        kinds = tuple(_kinds(folded.text, start, end, sections, closely=len(found) < _READ_CLOSELY))
        if kinds:
            taken = taken or Taken(len(folded.text))
            taken.claim(start, end)
        span = folded.span(start, end)
        found += (Finding(*span, kind.value, _REASONS[kind], folded.text[start:end]) for kind in kinds)
    if any(f.kind == Language.OBSCENE for f in found):
        found = [f for f in found if f.kind != Language.RUDE]
    return tuple(sorted(found, key=lambda f: (f.start, f.kind)))


def _kinds(text: str, start: int, end: int, sections: frozenset[str], *, closely: bool) -> Iterator[Language]:
    if closely and is_quoted(text, start, end):
        return
    if sections & _STRONG:
        yield Language.OBSCENE
    elif "rude" in sections:
        yield Language.RUDE
    if not closely or not sections & _NAMES:
        return
    if said_of_staff(text, start, end, weak=sections & _NAMES <= {"weak"}):
        yield Language.INSULT
    elif "harsh" in sections and said_of_thing(text, start, end):
        yield Language.RUDE


def _foul_spans(text: str, words: FoulWords) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield spans with the lexicon's sections: what hides first, because a plain word may be its beginning."""
    for match in words.curses.finditer(text):
        yield match.start(), match.end(), frozenset({"obscene"})
    for match in words.traits.finditer(text):
        yield match.start(), match.end(), frozenset({"rude", "weak"})
    for start, end, spellings in chain(masked_letters(text) if words.hidden.seen(text) else (), gaps(text)):
        if sections := words.unmasked(spellings):
            yield start, end, sections
    for start, end, word in occurrences(text, words.foul.among(text)):
        yield start, end, words.judge(word)
    for match in words.phrases.finditer(text):
        yield match.start(), match.end(), frozenset({"rude"})
    for start, end, spellings in torn_words(text):
        if (sections := words.unmasked(spellings)) and sections & _STRONG:
            yield start, end, sections
