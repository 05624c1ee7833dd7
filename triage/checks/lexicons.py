"""Reading lexicons: plain files in sections, each entry with an attested example after a bar."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ahocorasick

from triage.errors import WrongContent
from triage.text.paths import data_file

#: The parser of `re`: it has no public name, and the literals of a pattern cannot be told without it.
sre: Any = importlib.import_module("re._parser")

_SECTION = re.compile(r"\[(\w+)\]")
_BAR = re.compile(r"\s+\|(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lexicon: its section, the pattern, the example, the line's number from 1."""

    section: str
    pattern: str
    example: str
    line: int


def lexicon_path(name: str) -> Path:
    """Return where a lexicon lies by default."""
    return data_file("lexicons", name)


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a lexicon file; raises WrongContent with file and line."""
    section = ""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise WrongContent(f"{path}: the lexicon cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if head := _SECTION.fullmatch(bare):
            section = head.group(1)
            continue
        if not section:
            raise WrongContent(f"{path}:{number}: an entry before the first [section]")
        pattern, *example = _BAR.split(bare, maxsplit=1)
        yield Entry(section, pattern, " ".join(example), number)


@lru_cache(32)
def load_sections(path: Path) -> dict[str, tuple[Entry, ...]]:
    """Return the entries of a lexicon by section, read once per path."""
    sections: dict[str, list[Entry]] = {}
    for entry in read_entries(path):
        sections.setdefault(entry.section, []).append(entry)
    return {name: tuple(entries) for name, entries in sections.items()}


def wildcard(pattern: str) -> str:
    """Translate `*` (any word characters) and `#` (any digits) of a lexicon pattern into a regular expression."""
    return re.escape(pattern).replace(r"\*", r"[\w-]*").replace(r"\#", r"-?\d+")


class Literals:
    """Finds which of many literals a text holds, in one pass of an Aho-Corasick automaton."""

    def __init__(self) -> None:
        self._automaton = ahocorasick.Automaton()
        self._ready = False
        self._last: dict[str, frozenset[str]] = {}

    def add(self, literal: str) -> None:
        """Look for one more literal."""
        self._automaton.add_word(literal, literal)
        self._ready = False
        self._last.clear()

    def present(self, text: str) -> frozenset[str]:
        """Return the literals that the text holds; the answers for the last texts are kept."""
        if (known := self._last.get(text)) is not None:
            return known
        if not self._ready:
            self._automaton.make_automaton()
            self._ready = True
        found = frozenset(literal for _, literal in self._automaton.iter(text)) if len(self._automaton) else frozenset()
        if len(self._last) >= _KEPT:
            self._last.clear()
        self._last[text] = found
        return found


_KEPT = 4

#: One pass over a text serves every check.
_SHARED = Literals()


class Hinted:
    """Several regular expressions, each tried only when the literals that it cannot do without are in the text.

    All groups share one pass over a text.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._literals = _SHARED
        self._rules: list[tuple[tuple[tuple[str, ...], ...], re.Pattern[str]]] = []
        self._by_literal: dict[str, list[int]] = {}
        self._always: list[int] = []
        for number, pattern in enumerate(patterns):
            needed = needed_literals(pattern)
            self._rules.append((needed[1:], re.compile(pattern, re.MULTILINE)))
            for literal in (literal for choices in needed for literal in choices):
                self._literals.add(literal)
            for literal in needed[0] if needed else ():
                self._by_literal.setdefault(literal, []).append(number)
            if not needed:
                self._always.append(number)

    def fitting(self, text: str) -> list[tuple[int, re.Pattern[str]]]:
        """Return the patterns worth trying on a text, with their numbers, in the order given."""
        present = self._literals.present(text)
        numbers = set(self._always)
        for literal in present & self._by_literal.keys():
            numbers.update(self._by_literal[literal])
        fit = []
        for number in sorted(numbers):
            needed, pattern = self._rules[number]
            if all(not present.isdisjoint(choices) for choices in needed):
                fit.append((number, pattern))
        return fit

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches of every pattern, pattern by pattern."""
        for _, pattern in self.fitting(text):
            yield from pattern.finditer(text)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the leftmost match of any pattern."""
        found = None
        for _, pattern in self.fitting(text):
            match = pattern.search(text)
            if match and (found is None or match.start() < found.start()):
                found = match
        return found


def _is_telling(literal: str) -> bool:
    return len(literal) > 1 or (literal != "" and not literal.isalnum() and literal not in " .,:;-")


def needed_literals(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of literals; every match of a regular expression holds at least one of each group.

    A single letter, digit or space tells nothing of a text and is left out.
    """
    groups = (choices for choices in _groups(sre.parse(pattern)) if choices and all(map(_is_telling, choices)))
    return tuple(sorted(groups, key=len))


def _groups(parsed: Any) -> Iterator[tuple[str, ...]]:
    run: list[str] = []
    for operation, argument in parsed:
        if operation is sre.LITERAL:
            run.append(chr(argument))
            continue
        yield ("".join(run),)
        run.clear()
        if operation is sre.SUBPATTERN:
            yield from _groups(argument[3])
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] > 0:
            yield from _groups(argument[2])
        elif operation is sre.BRANCH:
            yield tuple(_longest(branch) for branch in argument[1])
    yield ("".join(run),)


def _longest(branch: Any) -> str:
    return max((choices[0] for choices in _groups(branch) if len(choices) == 1), key=len, default="")
