"""Folded copies of a text with a way back to the original offsets.

Folding undoes what does not change reading: case, ё, compatibility forms (full-width, mathematical
letters), invisible characters, combining marks. Look-alikes of other scripts are a second step of the
language check, because they are wrong for words that are written in one script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_ODD = re.compile(r"[^\t\n\r -~\u0400-\u045f«»—–…№“”„’‘█\xa0]")
#: What folding does more to than to put it in lower case and to read ё, ѐ, ѝ as е and и.
_SPECIAL = re.compile(r"[^\t\n\r -~\u0400-\u045f«»—–“”„’‘█]+")
_PLAIN = {ord("ё"): "е", 0xA0: " ", ord("ѐ"): "е", ord("ѝ"): "и"}
_UNSEEN = ("", " ")
#: The only letter whose lower case is longer than itself.
_LONG_LOWER = "\u0130"
_INVISIBLE = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets` holds the original offset of each code point, None where they are equal."""

    text: str
    offsets: Sequence[int] | None = None
    size: int = 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original half-open span of a folded one, with what was dropped inside it."""
        if self.offsets is None:
            return start, end
        if start >= end:
            at = self.offsets[start] if start < len(self.offsets) else self.size
            return at, at
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=4)
def fold(text: str) -> Folded:
    """Fold a text; linear in its length, any Unicode. The last few are kept, because every check asks for one."""
    if not _ODD.search(text):
        return Folded(text.lower().replace("ё", "е").replace("\xa0", " "), None, len(text))
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for run in _SPECIAL.finditer(text):
        pieces.append(_plain(text[done : run.start()]))
        offsets += range(done, run.start())
        done = run.end()
        for at in range(run.start(), done):
            if text[at] == "\u0306" and pieces[-1].endswith("и"):
                pieces[-1] = pieces[-1][:-1] + "й"
            folded = _folded_char(text[at])
            if folded:
                pieces.append(folded)
                offsets += [at] * len(folded)
    pieces.append(_plain(text[done:]))
    offsets += range(done, len(text))
    return Folded("".join(pieces), offsets, len(text))


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е").replace("ѐ", "е").replace("ѝ", "и")


@lru_cache(4096)
def _folded_char(char: str) -> str:
    category = unicodedata.category(char)
    if char in _INVISIBLE or category in ("Mn", "Me", "Cf", "Cs", "Cn"):
        return ""
    if char == "\xa0" or category == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", char).lower().translate(_PLAIN)
    if len(plain) > 1:
        plain = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Me"))
    return plain


def lowered(text: str) -> str:
    """Return the text in lower case and just as long, so that offsets agree; the folded copy where it is as long."""
    folded = fold(text)
    if folded.offsets is None:
        return folded.text
    low = text.lower()
    return low if len(low) == len(text) else text.replace(_LONG_LOWER, "i").lower()


def visible(text: str) -> Folded:
    """Return the text as it is seen: without invisible characters and combining marks, all spaces alike; case stays."""
    if all(_folded_char(char) not in _UNSEEN for run in _SPECIAL.findall(text) for char in run):
        return Folded(text, None, len(text))
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for run in _SPECIAL.finditer(text):
        pieces.append(text[done : run.start()])
        offsets += range(done, run.start())
        done = run.end()
        for at in range(run.start(), done):
            folded = _folded_char(text[at])
            if folded:
                pieces.append(" " if folded == " " else text[at])
                offsets.append(at)
    pieces.append(text[done:])
    offsets += range(done, len(text))
    return Folded("".join(pieces), offsets, len(text))
