"""Reading lexicons: plain files in sections, each entry with an attested example after a bar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from triage.errors import WrongContent
from triage.text.paths import data_file
from triage.text.tokens import Memo

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


_STEM = re.compile(r"[^*#]+\*")
_ENDING = re.compile(r"[\w-]*")


class Wildcards:
    """Whole words, some with `*` and `#`; what is known of a word is kept, because words come again and again."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        patterns = {pattern for entry in entries for pattern in entry.pattern.split()}
        self._stems = frozenset(pattern[:-1] for pattern in patterns if _STEM.fullmatch(pattern))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._whole = frozenset(pattern for pattern in patterns if "*" not in pattern and "#" not in pattern)
        self._others = [pattern for pattern in sorted(patterns - self._whole) if not _STEM.fullmatch(pattern)]
        self._known = Memo(self._is_one)

    def fullmatch(self, word: str) -> bool:
        """Tell whether a word is one of them."""
        return self._known[word]

    def _is_one(self, word: str) -> bool:
        if word in self._whole:
            return True
        if any(word[:size] in self._stems and _ENDING.fullmatch(word, size) for size in self._lengths):
            return True
        return any(re.fullmatch(wildcard(pattern), word) for pattern in self._others)


def wildcard(pattern: str) -> str:
    """Translate `*` (any word characters) and `#` (any digits) of a lexicon pattern into a regular expression."""
    return re.escape(pattern).replace(r"\*", r"[\w-]*").replace(r"\#", r"-?\d+")
