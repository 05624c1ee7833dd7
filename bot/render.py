"""Draws a reply in Telegram: HTML messages within its limits. Nothing else knows how that looks.

A text longer than a message is cut on line borders, styles go on in the next part, and the
last part carries the buttons. Limits count UTF-16 units after the tags are read (Bot API).
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.dialogue.replies import Reply, Run, Style

TEXT_LIMIT = 4096
TAGS = {
    Style.PLAIN: ("", ""),
    Style.BOLD: ("<b>", "</b>"),
    Style.ITALIC: ("<i>", "</i>"),
    Style.CODE: ("<code>", "</code>"),
    Style.PRE: ("<pre>", "</pre>"),
    Style.QUOTE: ("<blockquote>", "</blockquote>"),
    Style.MARK: ("<u><b>", "</b></u>"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One message: as HTML, and as plain text in case Telegram does not take the HTML."""

    html: str
    plain: str


def parts(reply: Reply) -> tuple[Part, ...]:
    """Return the messages of a reply's text, none when it has no words."""
    runs = [Run(_sendable(run.text), run.style, run.url) for run in reply.runs]
    text = "".join(run.text for run in runs)
    pieces = (_trimmed(text, start, end) for start, end in _cuts(text, TEXT_LIMIT))
    return tuple(Part("".join(_styled(runs, start, end)), text[start:end]) for start, end in pieces if end > start)


def units(text: str) -> int:
    """Count UTF-16 units, Telegram's measure."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def shortened(text: str, limit: int) -> str:
    """Cut a text to so many UTF-16 units, with an ellipsis where something is missing."""
    if units(text) <= limit:
        return text
    return text[: _reach(text, 0, limit - 1)].rstrip() + "…"


def _cuts(text: str, limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        if end < len(text):
            end = _border(text, start, end)
        yield start, end
        start = end


def _reach(text: str, start: int, limit: int) -> int:
    """Return how far `limit` UTF-16 units carry from `start`."""
    end = min(len(text), start + limit)
    while units(text[start:end]) > limit:
        end -= max(1, (units(text[start:end]) - limit) // 2)
    return end


def _border(text: str, start: int, end: int) -> int:
    """Return the best place to cut before `end`: after a line, else after a word, else anywhere."""
    half = start + (end - start) // 2
    for sign in ("\n", " "):
        place = text.rfind(sign, half, end)
        if place >= 0:
            return place + 1
    return end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip("\n")), start + len(piece.rstrip())


def _styled(runs: Sequence[Run], start: int, end: int) -> Iterator[str]:
    at = 0
    for run in runs:
        left, right = max(start, at), min(end, at + len(run.text))
        if left < right:
            yield _tagged(run, run.text[left - at : right - at])
        at += len(run.text)


def _tagged(run: Run, text: str) -> str:
    words = html.escape(text, quote=False)
    if run.style is Style.LINK:
        if not run.url.startswith(("http://", "https://", "tg://")):
            return words
        return f'<a href="{html.escape(run.url)}">{words}</a>'
    opened, closed = TAGS[run.style]
    return f"{opened}{words}{closed}" if text.strip() else words


def _sendable(text: str) -> str:
    """Replace what cannot travel: lone surrogates and NUL."""
    return text.replace("\0", "�").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
