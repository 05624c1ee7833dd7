"""`triage faq lint`: every fault of the entries, each with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from triage.errors import TriageError
from triage.faq.entries import FaqEntry, load_entry
from triage.faq.search import plain

_LEAST_QUESTIONS = 15  # of an entry: fewer do not cover the ways in which people ask
_VERSION = re.compile(r"\d+\.(?:\d|x)|не зависит от версии", re.IGNORECASE)
_NAMED = ("section", "title", "source", "short")


def faults(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Return the faults of the folder's entries as `path:line: key: what`.

    `wanted` are entries that others rely on: ids with the place that names each.
    """
    entries, found = dict[str, FaqEntry](), list[str]()
    for path in sorted(folder.glob("*.md")):
        try:
            entries[path.stem] = load_entry(path)
        except TriageError as error:
            found.append(str(error))
    ids = {path.stem for path in folder.glob("*.md")}
    asked: dict[str, str] = {}
    for id, entry in entries.items():
        path = folder / f"{id}.md"
        lines = path.read_text(encoding="utf-8").splitlines()
        for key, what in (*_own(entry), *_links(entry, ids), *_repeated(entry, asked)):
            found.append(f"{path}:{_line(lines, key)}: {key.partition(' ')[0]}: {what}")
    return found + [f"{place}: there is no entry {id}" for id, place in wanted.items() if id not in ids]


def _own(entry: FaqEntry) -> Iterator[tuple[str, str]]:
    for key in _NAMED:
        if not getattr(entry, key).strip():
            yield key, "is empty"
    if not _VERSION.search(entry.versions):
        yield "versions", "names no version, as 4.x, and does not say that none matters"
    if len(entry.questions) < _LEAST_QUESTIONS:
        yield "questions", f"{len(entry.questions)} ways to ask, wanted {_LEAST_QUESTIONS}"


def _links(entry: FaqEntry, ids: set[str]) -> Iterator[tuple[str, str]]:
    if not entry.related:
        yield "related", "leads nowhere"
    for other in entry.related:
        if other not in ids:
            yield "related", f"there is no entry {other}"
        if other == entry.id:
            yield "related", "leads to itself"
    if len(set(entry.related)) < len(entry.related):
        yield "related", "names an entry twice"


def _repeated(entry: FaqEntry, asked: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A question that stands twice teaches nothing, and under two entries the wrong thing."""
    for question in entry.questions:
        words = plain(question)
        if words in asked:
            yield f"questions {question}", f"{question!r} stands in {asked[words]} already"
        asked[words] = entry.id


def _line(lines: list[str], key: str) -> int:
    """Return the line of a key, or of the words after it in the key's list."""
    name, _, words = key.partition(" ")
    wanted = words or f"{name}:"
    places = [n for n, line in enumerate(lines, 1) if (wanted in line if words else line.startswith(wanted))]
    return places[-1] if places else 1
