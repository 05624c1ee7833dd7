"""A reply as the page draws it: parts of text, links that may be followed, files to fetch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from triage.dialogue.replies import Run, Style

_BLOCKS = frozenset({Style.PRE, Style.QUOTE})
_SCHEMES = frozenset({"http", "https", "mailto"})
_LONG = 1200  # characters after which a block scrolls by itself


@dataclass(frozen=True, slots=True)
class Part:
    """A run as an element: `style` chooses it, `long` makes a block scroll.

    `url` is empty when the link must not be followed.
    """

    text: str
    style: Style
    url: str = ""
    long: bool = False


def parts_of(runs: Iterable[Run]) -> tuple[Part, ...]:
    """Return the runs as parts; a line break beside a block goes, the block breaks the line itself."""
    drawn: list[Part] = []
    for run in runs:
        block = run.style in _BLOCKS
        text = run.text
        if block and drawn and drawn[-1].style not in _BLOCKS:
            drawn[-1] = replace(drawn[-1], text=drawn[-1].text.removesuffix("\n"))
        if not block and drawn and drawn[-1].style in _BLOCKS:
            text = text.removeprefix("\n")
        if text:
            drawn.append(Part(text, run.style, _followed(run.url), long=block and len(text) > _LONG))
    return tuple(part for part in drawn if part.text)


def _followed(url: str) -> str:
    return url if urlsplit(url).scheme in _SCHEMES else ""


def size_words(size: int) -> str:
    """Return a size in bytes as people read it: 512 Б, 14 КБ, 2,3 МБ."""
    if size < 1024:
        return f"{size} Б"
    if size < 1 << 20:
        return f"{round(size / 1024)} КБ"
    return f"{size / (1 << 20):.1f} МБ".replace(".", ",")
