"""One draft with several problems becomes several (clause 2.4), where the text shows its own joints."""

from __future__ import annotations

import re

from triage.dialogue.draft import visible
from triage.dialogue.state import Draft

MOST = 5
_ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-–—*•])\s+", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n\s*\n")
_ALSO = re.compile(
    r"(?<=[.?!;\n])\s*"
    r"(?=(?:и ещ[её]|ещ[её]|также|кроме того|попутно|заодно|второе|во-вторых|второй вопрос|и второй)\b)",
    re.IGNORECASE,
)
_WORDS = 3


def parts(draft: Draft) -> tuple[str, ...]:
    """Return the texts of the single problems, or nothing when no joint is certain.

    Tried in order: separate messages, list items, paragraphs, sentences that begin with «ещё», «также».
    """
    texts = tuple(entry.text for entry in draft.entries)
    if _good(texts):
        return texts
    whole = "\n\n".join(texts)
    for found in (_items(whole), tuple(_PARAGRAPH.split(whole)), tuple(_ALSO.split(whole))):
        pieces = tuple(piece.strip() for piece in found if visible(piece))
        if _good(pieces):
            return pieces
    return ()


def _items(text: str) -> tuple[str, ...]:
    starts = [match.start() for match in _ITEM.finditer(text)]
    if not starts:
        return ()
    ends = [*starts[1:], len(text)]
    return tuple(_ITEM.sub("", text[start:end], count=1) for start, end in zip(starts, ends, strict=True))


def _good(pieces: tuple[str, ...]) -> bool:
    return 2 <= len(pieces) <= MOST and all(len(piece.split()) >= _WORDS for piece in pieces)
