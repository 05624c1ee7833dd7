"""What a regular expression cannot do without: literals of which every match holds one of each group."""

from __future__ import annotations

import importlib
import itertools
import re
from collections.abc import Iterator
from typing import Any

#: The parser of `re`: it has no public name, and the literals of a pattern cannot be told without it.
sre: Any = importlib.import_module("re._parser")

#: What stands before a line, and is put before the text too.
LINE_START = "\n"
_MOST = 48
_SMALL = 8
#: So many beginnings, and so long, are worth looking for.
_FEW = 12
_SHORTEST = 2
_Spellings = frozenset[str]
_LINE_STARTS = (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
_ZERO_WIDTH = frozenset({sre.AT, sre.ASSERT, sre.ASSERT_NOT})
#: Most patterns of the lexicons are a word or two with any ending; they need not be parsed.
_PLAIN = re.compile(r"(?:\(\?<!\\w\))?(\(\?:)?([\w «»]+?)(?:\\w(?:[*+]|\{\d,?\d?\}))?(?(1)\))(?:\(\?!\\w\))?")


def needed_literals(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Return groups of literals, the most telling first; every match of a pattern holds one of each group.

    A single letter, digit or space tells nothing of a text and is left out.
    """
    if plain := _PLAIN.fullmatch(pattern):
        return ((plain.group(2),),) if _is_telling(plain.group(2)) else ()
    groups = {_fewest(choices) for choices in _groups(sre.parse(pattern)) if choices and all(map(_is_telling, choices))}
    return tuple(sorted(groups, key=lambda g: (-min(map(len, g)), len(g), g)))


def first_literals(pattern: str) -> tuple[str, ...]:
    """Return a few literals with one of which every match begins, nothing where that cannot be told."""
    run: _Spellings = frozenset({""})
    for item in sre.parse(pattern):
        spelled = _spellings([item])
        if spelled is None or len(run) * len(spelled) > _FEW:
            break
        run = _joined(run, spelled)
    shortest = min(map(len, run))
    return () if shortest < _SHORTEST or any(LINE_START in each for each in run) else tuple(sorted(run))


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
            yield from _asserted(run, *item[1])
        spelled = _spellings([item])
        if spelled is not None and len(run) * len(spelled) <= _MOST:
            run = _joined(run, spelled)
            continue
        yield run
        run = frozenset({""}) if spelled is None else spelled
        if spelled is None:
            yield from _inner(*item)
    yield run


def _asserted(run: _Spellings, direction: int, parsed: Any) -> Iterator[_Spellings]:
    """What is looked ahead to follows at once on what stands before."""
    yield from _groups(parsed)
    spelled = _spellings(parsed) if direction > 0 else None
    if spelled is not None and len(run) * len(spelled) <= _MOST:
        yield _joined(run, spelled)


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
        return frozenset({LINE_START})
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


def _joined(left: _Spellings, right: _Spellings) -> _Spellings:
    return frozenset(a + b for a in left for b in right)
