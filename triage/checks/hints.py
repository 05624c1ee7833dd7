"""Regular expressions tried only on texts that hold a literal they cannot do without, and compiled only then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from triage.checks.literals import LINE_START, first_literals, needed_literals
from triage.checks.scanner import SCANNER
from triage.text.normalise import fold

_Groups = tuple[tuple[str, ...], ...]


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

    Texts are expected folded; patterns for an open text take its folded copy beside it.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules: list[Rule] = []
        self._needed: list[_Groups] = []
        self._always: list[int] = []
        literals: list[tuple[str, int]] = []
        for number, pattern in enumerate(patterns):
            self._rules.append(Rule(pattern))
            needed = needed_literals(pattern)
            self._needed.append(tuple(group for group in needed if not any(LINE_START in each[1:] for each in group)))
            literals += ((fold(literal).text, number) for literal in (needed[0] if needed else ()))
            if not needed:
                self._always.append(number)
        self._owner = SCANNER.join(literals)

    def fitting(self, text: str, folded: str | None = None) -> list[tuple[int, Rule]]:
        """Return the rules worth trying on a text, with their numbers, in the order given."""
        numbers = SCANNER.of(text if folded is None else folded, self._owner)
        if self._always:
            numbers = [*numbers, *self._always]
        elif not numbers:
            return []
        if len(numbers) > 1:
            numbers = sorted(numbers)
        lines = LINE_START + text
        return [(number, self._rules[number]) for number in numbers if _holds(lines, self._needed[number])]

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
