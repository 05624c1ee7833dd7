"""Where in a text a word stands: its beginning, its last sentence, its questions.

What a person wants is mostly said in a question or at the end, and how he begins tells a greeting from
a report; so these words count once more under a sign of their place. Measured on 7,800 texts, grouped
by batch: macro-F1 of scope +0.007, category accuracy +0.009.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

OPENING, LAST, ASKING = "#f:", "#l:", "#q:"
SIGNS = (OPENING, LAST, ASKING)
_ENDS = ".!?\n"
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
OPENING_WORDS = 4
LAST_WORDS = 15
_READ = 20_000


def placed(text: str, forms: Sequence[str], starts: Sequence[int]) -> tuple[list[str], list[int]]:
    """Return the signed words and, for each, the position of the token it repeats.

    `starts` are the offsets of the tokens; only the first 20,000 characters are looked at.
    """
    signed: list[str] = []
    origins: list[int] = []

    def add(sign: str, first: int, last: int) -> None:
        for position in range(first, last):
            if forms[position][0].isalpha():
                signed.append(sign + forms[position])
                origins.append(position)

    add(OPENING, 0, min(OPENING_WORDS, len(forms)))
    last, questions = sentences(text)
    if last:
        begin, end = (bisect_left(starts, edge) for edge in last)
        add(LAST, max(begin, end - LAST_WORDS), end)
    for question in questions:
        add(ASKING, *(bisect_left(starts, edge) for edge in question))
    return signed, origins


def sentences(text: str) -> tuple[tuple[int, int] | None, Sequence[tuple[int, int]]]:
    """Return where the last sentence stands, unless it is the only one, and all that ask."""
    head = text[:_READ]
    if "?" not in head:
        return _last_sentence(head), ()
    spans = [m.span() for m in _SENTENCE.finditer(head) if not m.group().isspace()]
    asking = [(start, end) for start, end in spans if "?" in head[start:end]]
    return spans[-1] if len(spans) > 1 else None, asking


def _last_sentence(text: str) -> tuple[int, int] | None:
    """Find it from behind: most texts ask nothing, and the other sentences need not be told apart."""
    text = text.rstrip()
    body = len(text.rstrip(_ENDS))
    start = max(text.rfind(sign, 0, body) for sign in _ENDS) + 1
    before = text[:start].lstrip(_ENDS)
    return None if not before or before.isspace() else (start, len(text))


def word_count(forms: Sequence[str]) -> int:
    """Return how many forms are words of the text; the signed ones follow them."""
    count = len(forms)
    while count and forms[count - 1].startswith(SIGNS):
        count -= 1
    return count
