"""Coarse, obscene and insulting language (clause 4.2), also disguised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from triage.checks.address import is_quoted, said_of_staff
from triage.checks.disguise import FINDERS, torn_words, word_bounds
from triage.checks.foul_words import FoulWords, load_foul_words
from triage.report import Finding, Language
from triage.text.normalise import fold

_STRONG = frozenset({"obscene", "slur"})
_REASONS = {
    Language.OBSCENE: "нецензурная лексика",
    Language.RUDE: "грубость",
    Language.INSULT: "оскорбление сотрудников",
}


def find_language(text: str, lexicon: Path | None = None) -> tuple[Finding, ...]:
    """Return coarse phrases in text order; one that is obscene and an insult gives two findings."""
    words = load_foul_words(lexicon)
    folded = fold(text)
    found: dict[tuple[int, Language], Finding] = {}
    taken: list[tuple[int, int]] = []
    for start, end, sections in _foul_spans(folded.text, words):
        if any(s < end and start < e for s, e in taken):
            continue
        kinds = list(_kinds(folded.text, start, end, sections))
        if kinds:
            taken.append((start, end))
        for kind in kinds:
            span = folded.span(start, end)
            found.setdefault(
                (span[0], kind), Finding(*span, kind.value, _REASONS[kind], folded.text[start:end])
            )
    return tuple(sorted(found.values(), key=lambda f: (f.start, f.kind)))


def _kinds(text: str, start: int, end: int, sections: frozenset[str]) -> Iterator[Language]:
    if is_quoted(text, start, end):
        return
    if sections & _STRONG:
        yield Language.OBSCENE
    elif "rude" in sections:
        yield Language.RUDE
    if sections & {"slur", "insult", "weak"}:
        weak = not sections & {"slur", "insult"}
        if said_of_staff(text, start, end, weak=weak):
            yield Language.INSULT


def _foul_spans(text: str, words: FoulWords) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield spans with the lexicon's sections: plain words first, then what hides."""
    done = -1
    for at in words.hits(text):
        if at <= done:
            continue
        start, end = word_bounds(text, at)
        done = end - 1
        if sections := words.judge(text[start:end]):
            yield start, end, sections
    for finder in FINDERS:
        for start, end, spellings in finder(text):
            if sections := _unmasked_sections(words, spellings):
                yield start, end, sections
    for start, end, spellings in torn_words(text):
        if (sections := _unmasked_sections(words, spellings)) and sections & _STRONG:
            yield start, end, sections


def _unmasked_sections(words: FoulWords, spellings: tuple[str, ...]) -> frozenset[str]:
    for spelling in spellings:
        sections = words.unmask(spelling) if "?" in spelling or "*" in spelling else words.judge(spelling)
        if sections:
            return sections
    return frozenset()
