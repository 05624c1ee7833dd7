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
_SIGNATURE = re.compile(r"с уважением|заранее спасибо|спасибо", re.IGNORECASE)
_WORDS = 3


def parts(draft: Draft) -> tuple[str, ...]:
    """Return the texts of the single problems, or nothing when no joint is certain.

    Tried in order: two messages, list items (what stands before them goes with each), sentences that
    begin with «ещё» or «также», two paragraphs.
    """
    texts = tuple(entry.text for entry in draft.entries)
    whole = "\n\n".join(texts)
    for found, most in (
        (texts, 2),
        (_items(whole), MOST),
        (tuple(_ALSO.split(whole)), MOST),
        (tuple(_PARAGRAPH.split(whole)), 2),
    ):
        pieces = _joined(tuple(piece.strip() for piece in found if visible(piece)))
        if 2 <= len(pieces) <= most:
            return pieces
    return ()


def _items(text: str) -> tuple[str, ...]:
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) < 2:
        return ()
    before = text[: starts[0]].strip()
    ends = [*starts[1:], len(text)]
    items = (_ITEM.sub("", text[start:end], count=1) for start, end in zip(starts, ends, strict=True))
    return tuple(f"{before}\n{item}" if before else item for item in items)


def _joined(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Join a greeting to what follows it, and a signature to what it closes."""
    joined: list[str] = []
    for piece in pieces:
        short = bool(joined) and len(joined[-1].split()) < _WORDS
        closes = bool(joined) and (len(piece.split()) < _WORDS or _SIGNATURE.match(piece) is not None)
        if short or closes:
            joined[-1] = f"{joined[-1]}\n\n{piece}"
        else:
            joined.append(piece)
    return tuple(joined)
