"""The FAQ entries: one Markdown file each, validated while loading.

An entry answers a standard question before it reaches the mailbox (clauses 1.2, 4.7).
Its address is the policy pack's base plus its id, so an operator can point it at real pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.errors import WrongContent

_WORD = re.compile(r"\w+")
_SHORT_LIMIT = 240
_ANSWER_WORDS = (60, 250)
_KEYS = {"id", "section", "title", "versions", "source", "short", "related", "questions"}


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One standard question with its answer.

    `short` is at most 240 characters, `answer` 60 to 250 words of Markdown; `questions` are other ways
    people ask it; `versions` of the product for which it holds; `source` the page it was checked against.
    """

    id: str
    section: str
    title: str
    versions: str
    source: str
    short: str
    related: tuple[str, ...]
    questions: tuple[str, ...]
    answer: str


def load_entries(folder: Path) -> dict[str, FaqEntry]:
    """Read every entry of the folder, in the order of ids.

    Raises WrongContent with file and line when an entry is not valid or links to none.
    """
    entries = {path.stem: load_entry(path) for path in sorted(folder.glob("*.md"))}
    for entry in entries.values():
        for other in entry.related:
            if other not in entries:
                raise WrongContent(f"{folder / entry.id}.md:1: related: there is no entry {other}")
    return entries


class EntryShelf(Mapping[str, FaqEntry]):
    """The entries of a folder, each read when it is first asked for: one report shows three of a hundred.

    What is not valid raises WrongContent then, not at the start; `load_entries` checks all of them.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.md"))}
        self._read: dict[str, FaqEntry] = {}

    def __getitem__(self, entry_id: str) -> FaqEntry:
        if entry_id not in self._read:
            self._read[entry_id] = load_entry(self._paths[entry_id])
        return self._read[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def load_entry(path: Path) -> FaqEntry:
    """Read one entry; raises WrongContent with file and line."""
    import yaml  # a report that shows no entry does without it

    source = path.read_text(encoding="utf-8")
    parts = re.split(r"^---\s*$", source, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise WrongContent(f"{path}:1: must begin with front matter between lines of ---")
    try:
        head = yaml.load(parts[1], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WrongContent(f"{path}:{line}: {error.problem}") from error
    if not isinstance(head, dict):
        raise WrongContent(f"{path}:1: front matter must be keys and values")
    _check_head(path, head)
    entry = FaqEntry(
        **{key: str(head[key]) for key in ("id", "section", "title", "versions", "source", "short")},
        related=tuple(head["related"]),
        questions=tuple(str(q) for q in head["questions"]),
        answer=parts[2].strip(),
    )
    _check_sizes(path, entry, source)
    return entry


def _check_head(path: Path, head: dict[str, object]) -> None:
    if missing := sorted(_KEYS - head.keys()):
        raise WrongContent(f"{path}:1: missing {', '.join(missing)}")
    if unknown := sorted(head.keys() - _KEYS):
        raise WrongContent(f"{path}:1: unknown {', '.join(unknown)}")
    if head["id"] != path.stem:
        raise WrongContent(f"{path}:2: id must be {path.stem}")
    for key in ("related", "questions"):
        if not isinstance(head[key], list):
            raise WrongContent(f"{path}:1: {key} must be a list")


def _check_sizes(path: Path, entry: FaqEntry, source: str) -> None:
    if len(entry.short) > _SHORT_LIMIT:
        line = source[: source.index("short:")].count("\n") + 1
        raise WrongContent(f"{path}:{line}: short has {len(entry.short)} characters, at most {_SHORT_LIMIT}")
    words = len(_WORD.findall(entry.answer))
    low, high = _ANSWER_WORDS
    if not low <= words <= high:
        line = source[: source.rindex("---")].count("\n") + 2
        raise WrongContent(f"{path}:{line}: the answer has {words} words, wanted {low} to {high}")
