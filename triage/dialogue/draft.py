"""A draft grows, changes and is replaced; what was changed stays in its history."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import PurePath

from triage.dialogue.incoming import Edited, ReceivedFile, Said
from triage.dialogue.state import Draft, Entry
from triage.text.redact import humanize

LIMIT = 600_000
_FILES = 20
_HISTORY = 50
_NAME = 120
_SUFFIX = 10


def visible(text: str) -> bool:
    """Whether anything of the text can be seen (zero-width and control characters cannot)."""
    return any(unicodedata.category(char)[0] not in "CZ" for char in text)


def sound(text: str) -> str:
    """Return the text without what no database or mail can carry: NULs and broken surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def one_line(text: str, limit: int = 200) -> str:
    """Return the text on one line without control and direction characters, at most `limit` long."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " if c.isspace() else "" for c in text)
    return " ".join(seen.split())[:limit]


def shortened(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis to at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def add(draft: Draft, said: Said, new_id: str) -> Draft:
    """Append a message and its usable files."""
    entry = Entry(sound(said.text), said.message, said.forwarded)
    files = [_named(file) for file in said.files if not file.problem]
    return replace(
        draft,
        request=draft.request or new_id,
        entries=(*draft.entries, entry) if visible(said.text) else draft.entries,
        files=(*draft.files, *files),
        revision=draft.revision + 1,
    )


def within(draft: Draft, said: Said) -> Said:
    """Mark the files for which the draft has no room."""
    room = max(0, _FILES - len(draft.files))
    files = (*said.files[:room], *(replace(f, problem=f.problem or "too_many") for f in said.files[room:]))
    return replace(said, files=files)


def fits(draft: Draft, said: Said) -> bool:
    """Whether the draft stays within what one letter can carry (characters of text in all)."""
    held = sum(len(entry.text) for entry in draft.entries) + sum(len(file.text or "") for file in draft.files)
    return held + len(said.text) + sum(len(file.text or "") for file in said.files) <= LIMIT


def change(draft: Draft, edited: Edited) -> Draft | None:
    """Change the message that was edited; None when the draft does not hold it."""
    if not edited.message or all(entry.message != edited.message for entry in draft.entries):
        return None
    old = [entry for entry in draft.entries if entry.message == edited.message]
    entries = [replace(e, text=sound(edited.text)) if e in old else e for e in draft.entries]
    return replace(
        draft,
        entries=tuple(entry for entry in entries if visible(entry.text)),
        history=(*draft.history, *old)[-_HISTORY:],
        revision=draft.revision + 1,
    )


def retire(draft: Draft) -> Draft:
    """Put the whole text into the history: a new one takes its place, files stay."""
    history = (*draft.history, *draft.entries)[-_HISTORY:]
    return replace(draft, entries=(), history=history, revision=draft.revision + 1)


def _named(file: ReceivedFile) -> ReceivedFile:
    text = sound(file.text) if file.text is not None else None
    return replace(file, name=_short_name(file.name) or "file", text=text)


def _short_name(name: str) -> str:
    """Return the name on one line as a letter may show it; a long one is cut before its suffix."""
    name = humanize(one_line(name, len(name)))
    suffix = PurePath(name).suffix
    kept = suffix if len(suffix) <= _SUFFIX else ""
    return name if len(name) <= _NAME else name[: _NAME - len(kept)] + kept
