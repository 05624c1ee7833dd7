"""What the encoder sees of a text: all of it, or its beginning, its end and what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

WINDOW = 160  # pieces; 96 texts of 100 fit (a sample of the corpus with the examples of the contract)
PREFIX = "query: "  # multilingual-e5 was trained with it (Wang et al. 2024)
PADDING = 1
_FIRST, _LAST = 0, 2  # numbers of <s> and </s>
_LONGEST = 20_000  # characters; what lies between beginning and end of a longer text is not even cut into pieces
_BEGINNING, _FINDINGS = 0.55, 0.15  # shares of the window


class Encoded(Protocol):
    """What is used of an encoding of `tokenizers`."""

    @property
    def ids(self) -> list[int]: ...

    @property
    def offsets(self) -> list[tuple[int, int]]: ...


class PieceCutter(Protocol):
    """What is used of `tokenizers.Tokenizer`."""

    def encode(self, sequence: str, /) -> Encoded: ...


def pieces_of(tokenizer: PieceCutter, text: str, findings: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Return the numbers of the pieces, at most WINDOW of them, in the order of the text.

    `findings` are half-open spans in code points of `text` that must be seen even in the middle of a long one.
    """
    text, findings = _shortened(text, findings)
    encoding = tokenizer.encode(PREFIX + text)
    room = WINDOW - 2
    if len(encoding.ids) <= room:
        return [_FIRST, *encoding.ids, _LAST]
    kept = _kept(encoding.offsets, [(a + len(PREFIX), b + len(PREFIX)) for a, b in findings], room)
    return [_FIRST, *(encoding.ids[place] for place in kept), _LAST]


def _shortened(text: str, findings: Iterable[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Drop the middle of a very long text before it is cut into pieces: the cost stays bounded."""
    if len(text) <= _LONGEST:
        return text, list(findings)
    half = _LONGEST // 2
    shift = half + 1 - (len(text) - half)
    spans = list(findings)
    early = [span for span in spans if span[1] <= half]
    late = [(start + shift, end + shift) for start, end in spans if start >= len(text) - half]
    return f"{text[:half]}\n{text[-half:]}", early + late


def _kept(offsets: Sequence[tuple[int, int]], findings: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Choose places: the beginning, pieces of findings in the middle, then the end."""
    beginning = int(room * _BEGINNING)
    middle = range(beginning, len(offsets))
    found = list(islice(_touching(offsets, middle, sorted(findings)), int(room * _FINDINGS)))
    rest = room - beginning - len(found)
    chosen = {*range(beginning), *found}
    for place in reversed(middle):
        if rest == 0:
            break
        if place not in chosen:
            chosen.add(place)
            rest -= 1
    return sorted(chosen)


def _touching(
    offsets: Sequence[tuple[int, int]], places: Iterable[int], findings: Sequence[tuple[int, int]]
) -> Iterator[int]:
    """Yield the places, in order, whose piece touches a finding; both run through the text once."""
    waiting = iter(findings)
    finding = next(waiting, None)
    for place in places:
        start, end = offsets[place]
        while finding is not None and finding[1] <= start:
            finding = next(waiting, None)
        if finding is None:
            return
        if finding[0] < end:
            yield place
