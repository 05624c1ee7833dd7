"""One look at a text for all checks: which of their literals, words and signs it holds.

A text is looked at in chunks, the runs between spaces. Chunks come again and again, in one text and from text
to text, so what is known of a chunk is kept, and a text costs little more than its cutting.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from threading import Lock
from typing import Any, NamedTuple

import ahocorasick

from triage.checks.literals import LINE_START
from triage.text.normalise import fold
from triage.text.patterns import Pattern
from triage.text.tokens import WORD, Memo

Test = Callable[[str], object]

_KEPT = 4
#: A word with one of them after it holds no sign.
_STOPS = ".,!?:;"
_SHORT = 2
#: Facts of chunks of so many words are kept once, and so many of them.
_FEW, _MANY = 4, 20_000
_SPACE = re.compile(r"\s+")
_NOTHING: tuple[Any, ...] = ()


class Facts(frozenset[tuple[int, Any]]):
    """What a chunk holds: owners' numbers with what is theirs; and a letter for each word, how short it is."""

    __slots__ = ("lengths",)
    lengths: str


class Seen(NamedTuple):
    """What a text holds: marks by owner, and the facts of its chunks in order."""

    marks: dict[int, list[Any]]
    facts: list[Facts]

    @property
    def lengths(self) -> str:
        """How short the words are, a letter for each, in order (`length`)."""
        return "".join([fact.lengths for fact in self.facts])


class Scanner:
    """Tells what a folded text holds of what each owner looks for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owners = 0
        self._literals: dict[str, list[tuple[int, int]]] = {}
        self._word_tests: tuple[tuple[int, Test], ...] = ()
        self._sign_tests: tuple[tuple[int, Test], ...] = ()
        self._automaton: Any = None
        self._facts: Memo[Facts] = Memo(self._read)
        self._alike: dict[tuple[Facts, str], Facts] = {}
        self._last: dict[str, Seen] = {}

    def join(self, literals: Iterable[tuple[str, int]]) -> int:
        """Look for one more owner's folded literals, each with a number of that owner; return the owner's number."""
        with self._lock:
            self._owners += 1
            for literal, number in literals:
                self._literals.setdefault(_telling(literal), []).append((self._owners, number))
            return self._renewed()

    def join_words(self, test: Test) -> int:
        """Look for words that pass a test, which is asked once for each; return the owner's number."""
        with self._lock:
            self._owners += 1
            self._word_tests = (*self._word_tests, (self._owners, test))
            return self._renewed()

    def join_signs(self, test: Test) -> int:
        """Look for chunks that pass a test, asked once for each that is more than a word; return the owner's number."""
        with self._lock:
            self._owners += 1
            self._sign_tests = (*self._sign_tests, (self._owners, test))
            return self._renewed()

    def _renewed(self) -> int:
        """Forget everything and return the newest owner; who still reads the old way keeps it in the old memory."""
        self._automaton = None
        self._facts = Memo(self._read)
        self._last = {}
        return self._owners

    def look(self, text: str) -> Seen:
        """Return what a folded text holds; what is known of the last texts is kept."""
        last = self._last
        seen = last.get(text)
        if seen is None:
            seen = self._look(text)
            if len(last) >= _KEPT:
                last.clear()
            last[text] = seen
        return seen

    def _look(self, text: str) -> Seen:
        facts = [*map(self._facts.__getitem__, text.split())]
        marks: defaultdict[int, list[Any]] = defaultdict(list)
        for owner, mark in set().union(*facts):
            marks[owner].append(mark)
        return Seen(marks, facts)

    def of(self, text: str, owner: int) -> Collection[Any]:
        """Return what a folded text holds of what an owner looks for."""
        seen = self._last.get(text) or self.look(text)
        return seen.marks.get(owner, _NOTHING)

    def _read(self, chunk: str) -> Facts:
        automaton = self._automaton or self._build()
        found: list[tuple[int, Any]] = []
        for _, places in automaton.iter(f" {chunk} "):
            found += places
        bare = chunk[:-1] if chunk[-1] in _STOPS else chunk
        is_word = bare.isalpha()
        words = (bare,) if is_word else WORD.findall(chunk)
        for word in words:
            for owner, test in self._word_tests:
                if test(word):
                    found.append((owner, word))
        if not is_word:
            found += [(owner, True) for owner, test in self._sign_tests if test(chunk)]
        lengths = "z" if is_word and len(bare) > _SHORT else "".join(map(length, words))
        return self._same(found, lengths) if found or lengths != "z" else _PLAIN

    def _same(self, found: list[tuple[int, Any]], lengths: str) -> Facts:
        facts = Facts(found)
        facts.lengths = lengths
        if len(lengths) > _FEW:
            return facts
        if len(self._alike) >= _MANY:
            self._alike.clear()
        return self._alike.setdefault((facts, lengths), facts)

    def _build(self) -> Any:
        with self._lock:
            if self._automaton is None:
                automaton = ahocorasick.Automaton()
                for literal, places in (self._literals or {LINE_START: []}).items():
                    automaton.add_word(literal, tuple(places))
                automaton.make_automaton()
                self._automaton = automaton
            return self._automaton


def length(word: str) -> str:
    """Return how short a word is: a, b are one and two letters, d a digit, e a letter and a digit, z all others."""
    if len(word) > _SHORT:
        return "z"
    digits = sum(c.isdigit() for c in word)
    return "z" if digits > 1 else ("ab", "de")[digits][len(word) - 1]


def _telling(literal: str) -> str:
    """Return the most telling part of a literal that lies within one chunk; a space marks the edge of the chunk."""
    pieces = _SPACE.split(literal)
    last = len(pieces) - 1
    edged = [" " * (at > 0) + piece + " " * (at < last) for at, piece in enumerate(pieces) if piece]
    return max(edged, key=lambda piece: (piece.strip() not in _COMMON, len(piece)), default=" ")


#: Words of almost every text.
_COMMON = frozenset(["в", "и", "на", "не", "по", "с", "за", "у", "к", "а", "от", "до", "из", "для", "как", "что", "мы"])

#: Most chunks are a word in which nobody looks for anything.
_PLAIN = Facts()
_PLAIN.lengths = "z"

SCANNER = Scanner()


class Words:
    """Words that pass a test."""

    def __init__(self, test: Test) -> None:
        self._owner = SCANNER.join_words(test)

    def among(self, text: str) -> Collection[str]:
        """Return the words of a folded text that pass."""
        return SCANNER.of(text, self._owner)


class Signs:
    """What is seen within a chunk that is more than a word: a regular expression without spaces, or another test."""

    def __init__(self, test: Test | str) -> None:
        if isinstance(test, str):
            pattern = Pattern(test)
            self._owner = SCANNER.join_signs(lambda chunk: pattern.search(chunk))
        else:
            self._owner = SCANNER.join_signs(test)

    def seen(self, text: str) -> bool:
        """Tell whether a chunk of a folded text passes."""
        return bool(SCANNER.of(text, self._owner))


class Gates:
    """Several groups of literals; tells of which of them a text may hold any, whatever its case."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._owner = SCANNER.join(
            (fold(literal).text, number) for number, literals in enumerate(groups) for literal in literals
        )

    def open(self, text: str) -> Collection[int]:
        """Return the numbers of the groups of which a text may hold a literal."""
        return SCANNER.of(fold(text).text, self._owner)
