"""The lexicon of coarse words: an Aho-Corasick automaton picks the few patterns worth trying on a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import ahocorasick

from triage.checks.disguise import is_doubtful, masked_in, readings, squeezed
from triage.checks.hints import Hinted
from triage.checks.lexicons import lexicon_path, load_sections
from triage.checks.scanner import Signs, Words

_GROUP = re.compile(r"\(([^()]*)\)(\?)?")
_PART = re.compile(r"\((?:[^()]|\([^()]*\))*\)\??|\*|[^()*]+")
_BEGINNING = re.compile(r"[^()*]{4,}")
_FEW = 32
_MANY = 100_000
_ALLOW = "allow"
_STRONG = frozenset({"obscene", "slur"})
_MASKED = frozenset({"obscene", "slur", "rude", "insult"})
_ALPHABET = ("аеиоуыэюяйбвгджзклмнпрстфхцчшщьъ", "aeiouybcdfghjklmnpqrstvwxz")
_HIDDEN = "?*"
_SKIPPED = frozenset({"forms", "phrases", "curses", "traits"})


class FoulWords:
    """Tells the sections of the lexicon to which a folded word belongs.

    A pattern is a whole word: letters, `*` for any letters, `(a|b)` for either, a group with `?` is optional.
    """

    def __init__(self, path: Path) -> None:
        self._automaton = ahocorasick.Automaton()
        self._patterns: list[tuple[str, str]] = []
        self._compiled: dict[int, re.Pattern[str]] = {}
        hints: dict[str, list[int]] = {}
        sections = load_sections(path)
        for section, entries in sections.items():
            if section in _SKIPPED:
                continue
            for entry in entries:
                for key in keys(entry.pattern):
                    hints.setdefault(key or "^", []).append(len(self._patterns))
                self._patterns.append((section, entry.pattern))
        for key, numbers in hints.items():
            self._automaton.add_word(key, tuple(numbers))
        self._automaton.make_automaton()
        self._memo: dict[str, frozenset[str]] = {}
        self.curses = Hinted(rf"(?<!\w){entry.pattern}" for entry in sections.get("curses", ()))
        self.phrases = Hinted(rf"(?<!\w){entry.pattern}" for entry in sections.get("phrases", ()))
        self.traits = Hinted(rf"(?<!\w){entry.pattern}" for entry in sections.get("traits", ()))
        self.forms = tuple(form for entry in sections.get("forms", ()) for form in entry.pattern.split())
        self._by_beginning: dict[str, list[str]] = {}
        for form in self.forms:
            self._by_beginning.setdefault(form[0], []).append(form)
        self.foul = Words(self.judge)
        self.hidden = Signs(self._hides)

    def _hides(self, chunk: str) -> bool:
        return any(self.unmasked(spellings) for _, _, spellings in masked_in(chunk))

    def unmasked(self, spellings: tuple[str, ...]) -> frozenset[str]:
        """Return the sections of the first foul one of several spellings."""
        for spelling in spellings:
            wild = "?" in spelling or "*" in spelling
            if sections := self.unmask(spelling) if wild else self.judge_plain(spelling):
                return sections
        return frozenset()

    def judge(self, word: str) -> frozenset[str]:
        """Return the sections of one folded word or of what it stands for, empty when it is clean or allowed."""
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) > _MANY:
                self._memo.clear()
            known = self._memo[word] = self._judge(word)
        return known

    def _judge_readings(self, word: str) -> frozenset[str]:
        if not is_doubtful(word):
            return frozenset()
        for spelling in readings(word):
            sections = self.unmask(spelling) if "?" in spelling else self.judge_plain(spelling)
            if sections:
                return sections
        return self.judge_plain(squeezed(word)) & _STRONG if squeezed(word) != word else frozenset()

    def unmask(self, spelling: str) -> frozenset[str]:
        """Judge a spelling with unknown letters (`?` one, `*` one to six) by the lexicon's full forms."""
        if len(spelling) - spelling.count("?") - spelling.count("*") < 1 or len(spelling) > 30:
            return frozenset()
        known = self._memo.get(spelling)
        if known is None:
            known = self._memo[spelling] = self._unmask(spelling)
        return known

    def _unmask(self, spelling: str) -> frozenset[str]:
        if spelling.count("?") == 1 and "*" not in spelling and _is_telling(spelling):
            for letter in _ALPHABET[spelling[0].isascii()]:
                if found := self.judge_plain(spelling.replace("?", letter)) & _MASKED:
                    return found
        forms = self._alike(spelling)
        if not forms:
            return frozenset()
        pattern = re.compile(re.escape(spelling).replace(r"\?", r"\w").replace(r"\*", r"\w{0,6}"))
        for form in forms:
            if pattern.fullmatch(form):
                return self.judge_plain(form)
        return frozenset()

    def _alike(self, spelling: str) -> Sequence[str]:
        """The full forms that begin and end as a spelling does."""
        first, last = spelling[0], spelling[-1]
        forms = self.forms if first in _HIDDEN else self._by_beginning.get(first, ())
        return forms if last in _HIDDEN else [form for form in forms if form[-1] == last]

    def judge_plain(self, word: str) -> frozenset[str]:
        """Return the sections of one folded word as it stands."""
        sections = self._sections(word)
        return frozenset() if _ALLOW in sections else sections

    def _judge(self, word: str) -> frozenset[str]:
        sections = self._sections(word)
        if _ALLOW in sections:
            return frozenset()
        return sections or self._judge_readings(word)

    def _sections(self, word: str) -> frozenset[str]:
        if len(word) > 64:
            return frozenset()
        sections: set[str] = set()
        for _, numbers in self._automaton.iter(f"^{word}$"):
            sections.update(self._patterns[number][0] for number in numbers if self._fits(number, word))
        return frozenset(sections)

    def _fits(self, number: int, word: str) -> bool:
        pattern = self._compiled.get(number)
        if pattern is None:
            pattern = self._compiled[number] = compile_pattern(self._patterns[number][1])
        return pattern.fullmatch(word) is not None


def _is_telling(spelling: str) -> bool:
    """Three letters beside the hidden one, or two around it, say enough."""
    return len(spelling) > 3 or (len(spelling) == 3 and spelling[1] == "?")


def keys(pattern: str) -> frozenset[str]:
    """Return a few letter sequences of which every spelling of a pattern holds one; ^ and $ are the word's edges."""
    if beginning := _BEGINNING.match(pattern):
        return frozenset({"^" + beginning.group()})
    best: frozenset[str] = frozenset({""})
    run = frozenset({"^"})
    for part in (*_PART.findall(pattern), "$"):
        choices = frozenset(expansions(part)) if part[0] == "(" else frozenset({part})
        heads = frozenset(choice.partition("*")[0] for choice in choices)
        if len(run) * len(heads) > _FEW:
            best, run = max(best, run, key=_worth), frozenset({""})
        run = frozenset(before + head for before in run for head in heads)
        if any("*" in choice for choice in choices):
            best, run = max(best, run, key=_worth), frozenset({""})
    return max(best, run, key=_worth)


def _worth(run: frozenset[str]) -> tuple[int, int, int]:
    return min(len(key.strip("^$")) for key in run), min(map(len, run)), -len(run)


def expansions(pattern: str) -> Iterator[str]:
    """Yield the spellings of a pattern with its groups written out, the innermost group first."""
    group = _GROUP.search(pattern)
    if group is None:
        yield pattern
        return
    for choice in (*group.group(1).split("|"), *([""] if group.group(2) else [])):
        yield from expansions(pattern[: group.start()] + choice + pattern[group.end() :])


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a lexicon pattern."""
    return re.compile(re.sub(r"\*", r"\\w*", pattern).replace("(", "(?:"))


@lru_cache(4)
def load_foul_words(path: Path | None = None) -> FoulWords:
    """Return the lexicon of a file, by default `language.txt`, built once."""
    return FoulWords(path or lexicon_path("language.txt"))
