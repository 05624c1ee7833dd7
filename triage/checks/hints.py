"""Regular expressions tried only on texts that hold a literal they cannot do without, and compiled only then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from triage.checks.literals import LINE_START, first_literals, needed_literals
from triage.checks.scanner import SCANNER
from triage.text.normalise import fold

_Groups = tuple[tuple[str, ...], ...]
_TELLING = 4


class _Hint(NamedTuple):
    """A literal of a rule; `certain` where the scanner has looked for all of it, within one chunk."""

    number: int
    literal: str
    folded: str
    certain: bool


def _hint(number: int, literal: str) -> _Hint:
    told = literal if _can_be_told(literal) else ""
    return _Hint(number, told, fold(literal).text, not any(map(str.isspace, literal)))


def _can_be_told(literal: str) -> bool:
    """Tell whether a literal stands in a text as it is written: a line may begin with it, but not within it."""
    return LINE_START not in literal[1:]


class Rule:
    """A regular expression, compiled when it is first used; it looks only where a match can begin.

    That is quicker where the pattern begins with an assertion, over which the search of `re` cannot skip.
    """

    __slots__ = ("_begins", "_compiled", "_pattern")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._compiled: re.Pattern[str] | None = None
        self._begins: re.Pattern[str] | None = None

    def _compile(self) -> re.Pattern[str]:
        first = first_literals(self._pattern)
        self._begins = re.compile("|".join(map(re.escape, first))) if first else None
        self._compiled = re.compile(self._pattern, re.MULTILINE)
        return self._compiled

    def search(self, text: str, at: int = 0) -> re.Match[str] | None:
        """Return the leftmost match from a place on."""
        compiled = self._compiled or self._compile()
        if self._begins is None:
            return compiled.search(text, at)
        while begin := self._begins.search(text, at):
            if match := compiled.match(text, begin.start()):
                return match
            at = begin.start() + 1
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in text order, none of them overlapping."""
        at = 0
        while match := self.search(text, at):
            yield match
            at = max(match.end(), match.start() + 1)


class Hinted:
    """Several regular expressions, each tried only when the literals that it cannot do without are in the text.

    Texts are expected folded; patterns for an open text take its folded copy beside it. Of those that are asked
    about `seldom`, short literals are looked for only then.
    """

    def __init__(self, patterns: Iterable[str], *, seldom: bool = False) -> None:
        self._rules: list[Rule] = []
        self._hints: list[_Hint] = []
        self._besides: list[_Groups] = []
        self._always: list[int] = []
        for number, pattern in enumerate(patterns):
            self._rules.append(Rule(pattern))
            needed = needed_literals(pattern)
            if not needed or (seldom and min(map(len, needed[0])) < _TELLING):
                self._always.append(number)
            else:
                self._hints += (_hint(number, literal) for literal in needed[0])
                needed = needed[1:]
            self._besides.append(tuple(group for group in needed if all(map(_can_be_told, group))))
        self._owner = SCANNER.join((hint.folded, at) for at, hint in enumerate(self._hints))

    def fitting(self, text: str, folded: str | None = None) -> list[tuple[int, Rule]]:
        """Return the rules worth trying on a text, with their numbers, in the order given."""
        hits = SCANNER.of(text if folded is None else folded, self._owner)
        if not hits and not self._always:
            return []
        lines = LINE_START + text
        numbers = set(self._always)
        for hit in hits:
            hint = self._hints[hit]
            if (hint.certain and folded is None) or hint.literal in lines:
                numbers.add(hint.number)
        return [(number, self._rules[number]) for number in sorted(numbers) if _holds(lines, self._besides[number])]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches of every pattern, pattern by pattern."""
        for _, rule in self.fitting(text):
            yield from rule.finditer(text)

    def leftmost(self, part: str, whole: str) -> Iterator[re.Match[str]]:
        """Yield what one alternation of all patterns would match in a part of a folded text."""
        rules = [rule for _, rule in self.fitting(part, whole)]
        at = 0
        while rules:
            found = [match for rule in rules if (match := rule.search(part, at))]
            if not found:
                return
            first = min(found, key=re.Match.start)
            yield first
            at = max(first.end(), at + 1)

    def occurs(self, part: str, whole: str) -> bool:
        """Tell whether any pattern matches in a part of a folded text."""
        return any(rule.search(part) for _, rule in self.fitting(part, whole))

    def search(self, text: str) -> re.Match[str] | None:
        """Return the leftmost match of any pattern."""
        found = None
        for _, rule in self.fitting(text):
            match = rule.search(text)
            if match and (found is None or match.start() < found.start()):
                found = match
        return found


def _holds(text: str, groups: _Groups) -> bool:
    """Tell whether a text holds a literal of each group."""
    for choices in groups:
        for literal in choices:
            if literal in text:
                break
        else:
            return False
    return True
