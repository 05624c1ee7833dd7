"""Regular expressions tried only on texts that hold a literal they cannot do without.

The literals of all checks stand in one Aho-Corasick automaton, and one pass over a folded text serves them all.
"""

from __future__ import annotations

import importlib
import itertools
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

import ahocorasick

from triage.text.normalise import fold

#: The parser of `re`: it has no public name, and the literals of a pattern cannot be told without it.
sre: Any = importlib.import_module("re._parser")

_KEPT = 4
_SECOND = itemgetter(1)
_NOTHING: frozenset[int] = frozenset()


class Scanner:
    """Tells which numbers of which owners have a literal in a text, in one pass for all owners."""

    def __init__(self) -> None:
        self._wanted: dict[str, set[tuple[int, int]]] = {}
        self._places: list[tuple[tuple[int, int], ...]] = []
        self._automaton: Any = None
        self._owners = 0
        self._last: dict[str, dict[int, set[int]]] = {}

    def join(self, literals: Iterable[tuple[str, int]]) -> int:
        """Look for one more owner's literals, each with a number of that owner; return the owner's own number."""
        self._owners += 1
        for literal, number in literals:
            self._wanted.setdefault(literal, set()).add((self._owners, number))
        self._automaton = None
        return self._owners

    def hits(self, text: str, owner: int) -> set[int] | frozenset[int]:
        """Return an owner's numbers whose literals a text holds; what is known of the last texts is kept."""
        automaton = self._automaton or self._build()
        known = self._last.get(text)
        if known is None:
            known = self._scan(text, automaton)
            if len(self._last) >= _KEPT:
                self._last = {}
            self._last[text] = known
        return known.get(owner, _NOTHING)

    def _scan(self, text: str, automaton: Any) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for literal in set(map(_SECOND, automaton.iter(_START + text))):
            for owner, number in self._places[literal]:
                if owner in found:
                    found[owner].add(number)
                else:
                    found[owner] = {number}
        return found

    def _build(self) -> Any:
        automaton = ahocorasick.Automaton()
        self._places = [tuple(sorted(places)) for places in self._wanted.values()] or [()]
        for at, literal in enumerate(self._wanted or ("\0",)):
            automaton.add_word(literal, at)
        automaton.make_automaton()
        self._last = {}
        self._automaton = automaton
        return automaton


_SHARED = Scanner()


class Gates:
    """Several groups of literals; tells of which of them a text holds any, whatever its case."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        self._owner = _SHARED.join(
            (fold(literal).text, number) for number, literals in enumerate(groups) for literal in literals
        )

    def open(self, text: str) -> set[int] | frozenset[int]:
        """Return the numbers of the groups of which a text holds a literal."""
        return _SHARED.hits(fold(text).text, self._owner)


class Hinted:
    """Several regular expressions, each tried only when the literals that it cannot do without are in the text.

    Texts are expected folded; patterns for an open text take its folded copy beside it.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules: list[tuple[tuple[tuple[str, ...], ...], re.Pattern[str]]] = []
        self._always: set[int] = set()
        literals: list[tuple[str, int]] = []
        for number, pattern in enumerate(patterns):
            needed = needed_literals(pattern)
            others = tuple(choices for choices in needed[1:] if not any(_START in choice for choice in choices))
            self._rules.append((others, re.compile(pattern, re.MULTILINE)))
            literals += ((fold(literal).text, number) for literal in (needed[0] if needed else ()))
            if not needed:
                self._always.add(number)
        self._owner = _SHARED.join(literals)

    def fitting(self, text: str, folded: str | None = None) -> list[tuple[int, re.Pattern[str]]]:
        """Return the patterns worth trying on a text, with their numbers, in the order given."""
        numbers = _SHARED.hits(text if folded is None else folded, self._owner)
        if self._always:
            numbers = self._always | numbers
        elif not numbers:
            return []
        fit = []
        for number in sorted(numbers):
            needed, pattern = self._rules[number]
            if not needed or all(any(literal in text for literal in choices) for choices in needed):
                fit.append((number, pattern))
        return fit

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches of every pattern, pattern by pattern."""
        for _, pattern in self.fitting(text):
            yield from pattern.finditer(text)

    def leftmost(self, part: str, whole: str) -> Iterator[re.Match[str]]:
        """Yield what one alternation of all patterns would match in a part of a folded text."""
        patterns = [pattern for _, pattern in self.fitting(part, whole)]
        at = 0
        while patterns:
            found = [match for pattern in patterns if (match := pattern.search(part, at))]
            if not found:
                return
            first = min(found, key=re.Match.start)
            yield first
            at = max(first.end(), at + 1)

    def occurs(self, part: str, whole: str) -> bool:
        """Tell whether any pattern matches in a part of a folded text."""
        return any(pattern.search(part) for _, pattern in self.fitting(part, whole))

    def search(self, text: str) -> re.Match[str] | None:
        """Return the leftmost match of any pattern."""
        found = None
        for _, pattern in self.fitting(text):
            match = pattern.search(text)
            if match and (found is None or match.start() < found.start()):
                found = match
        return found


# --- what a pattern cannot do without -----------------------------------------------------------

_MOST = 48
_Spellings = frozenset[str]
_START = "\n"  # what stands before a line, and is put before the text too
_LINE_STARTS = (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
_ZERO_WIDTH = frozenset({sre.AT, sre.ASSERT, sre.ASSERT_NOT})


def needed_literals(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of literals, the most telling first; every match of a pattern holds one of each group.

    A single letter, digit or space tells nothing of a text and is left out.
    """
    groups = {_fewest(choices) for choices in _groups(sre.parse(pattern)) if choices and all(map(_is_telling, choices))}
    return tuple(sorted(groups, key=lambda g: (-min(map(len, g)), len(g), g)))


def _is_telling(literal: str) -> bool:
    return len(literal) > 1 or (literal != "" and not literal.isalnum() and literal not in " .,:;-\n")


def _fewest(choices: _Spellings) -> tuple[str, ...]:
    """A spelling that holds another of the group adds nothing."""
    return tuple(sorted(c for c in choices if not any(o in c for o in choices if o != c)))


def _groups(parsed: Any) -> Iterator[_Spellings]:
    """Walk a sequence; what stands side by side and has few spellings grows into one group."""
    run: _Spellings = frozenset({""})
    for item in parsed:
        if item[0] is sre.ASSERT:
            yield from _groups(item[1][1])
        spelled = _spellings([item])
        if spelled is not None and len(run) * len(spelled) <= _MOST:
            run = _joined(run, spelled)
            continue
        yield run
        run = frozenset({""}) if spelled is None else spelled
        if spelled is None:
            yield from _inner(*item)
    yield run


def _inner(operation: Any, argument: Any) -> Iterator[_Spellings]:
    if operation is sre.SUBPATTERN and not argument[1]:
        yield from _groups(argument[3])
    elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] > 0:
        yield from _groups(argument[2])
    elif operation is sre.BRANCH:
        best = [max(_groups(branch), key=lambda g: min(map(len, g))) for branch in argument[1]]
        yield frozenset(itertools.chain.from_iterable(best))


def _spellings(parsed: Any) -> _Spellings | None:
    """Return all spellings of a sequence, None when they are many or without end."""
    run: _Spellings = frozenset({""})
    for operation, argument in parsed:
        spelled = _item(operation, argument)
        if spelled is None or len(run) * len(spelled) > _MOST:
            return None
        run = _joined(run, spelled)
    return run


def _item(operation: Any, argument: Any) -> _Spellings | None:
    if operation is sre.AT and argument in _LINE_STARTS:
        return frozenset({_START})
    if operation in _ZERO_WIDTH:
        return frozenset({""})
    if operation is sre.LITERAL:
        return frozenset({chr(argument)})
    if operation is sre.IN:
        return _members(argument)
    if operation is sre.SUBPATTERN:
        return None if argument[1] or argument[2] else _spellings(argument[3])
    if operation is sre.BRANCH:
        branches = [_spellings(branch) for branch in argument[1]]
        return None if None in branches else frozenset(itertools.chain.from_iterable(b for b in branches if b))
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[1] == 1:
        once = _spellings(argument[2])
        return None if once is None else once if argument[0] else once | {""}
    return None


def _members(items: Any) -> _Spellings | None:
    """The letters of a small set."""
    letters: set[str] = set()
    for operation, argument in items:
        if operation is sre.LITERAL:
            letters.add(chr(argument))
        elif operation is sre.RANGE and argument[1] - argument[0] < _SMALL:
            letters.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return None
    return frozenset(letters) if len(letters) <= _SMALL else None


_SMALL = 8


def _joined(left: _Spellings, right: _Spellings) -> _Spellings:
    return frozenset(a + b for a in left for b in right)
