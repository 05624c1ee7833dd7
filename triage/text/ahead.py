"""Reading many texts at once: what `Reader.read` gives, for a tenth of the calls of numpy a text.

On a text of twenty words numpy's calls take longer than what they do; here the occurrences of all texts are sorted,
counted and weighed together, with the number of the text in front of the column.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage.text import words as w
from triage.text.columns import Columns, Floats, Full, Ids
from triage.text.features import BLOCKS
from triage.text.pairs import PairTable, Places
from triage.text.reading import (
    LONGEST,
    MISSING,
    PIECE,
    Ends,
    Reader,
    Reading,
    Spans,
    Tables,
    chunks,
    signed_lemmas,
)

_APART = bytes(8 * w.TOKEN_NUMBERS)  # a token of no columns and no pairs, between two texts
_TEXT = np.uint64(32)  # bits for column and position, above which stands the text


class _Begun(NamedTuple):
    """A text looked up: its tokens, columns of its words, pieces, and the lemmas under a sign of place."""

    tokens: bytes
    whole: bytes
    pieces: bytes
    squares: float
    ends: Ends
    signed: bytes
    origins: Sequence[int]


def read_many(reader: Reader, texts: Sequence[str]) -> dict[str, Reading]:
    """Return the readings of these texts by text, but for those that the reader must read one by one."""
    known, short = reader.known, [text for text in texts if len(text) <= LONGEST]
    if known is None or not short:
        return {}
    try:
        found = _read(short, *known, reader.tables)
    except Full:
        return {}
    return {text: reading for text, reading in zip(short, found, strict=True) if reading is not None}


def _read(texts: Sequence[str], words: w.Words, pairs: PairTable, tables: Tables) -> list[Reading | None]:
    """Return the readings, None for a text without columns or with too many; raises Full."""
    begun = [_begin(text, words) for text in texts]
    tokens = np.frombuffer(b"".join([text.tokens + _APART for text in begun]), dtype=np.int64)
    tokens = tokens.reshape(-1, w.TOKEN_NUMBERS)
    lengths = [text.ends[0][-1] for text in begun]
    starts = [0, *accumulate(length + 1 for length in lengths)]
    paired, firsts = pairs.find(tokens[:, w.PAIRS : w.OFFSET])
    order = firsts.argsort(kind="stable")
    firsts = firsts.take(order)
    bounds = firsts.searchsorted(starts).tolist()
    columns = (paired.take(order) << tables.bits).tobytes()
    own = [
        text.whole + text.signed + columns[4 * begin : 4 * end]
        for text, begin, end in zip(begun, bounds[:-1], bounds[1:], strict=True)
    ]
    occurrences = _Occurrences(own, [text.pieces for text in begun], tables.bits)
    ids, weights, scale = occurrences.weigh(np.array([text.squares for text in begun]), tables)
    slots = occurrences.slots(tokens, starts, lengths, begun, firsts)
    readings: list[Reading | None] = []
    for number, (text, count) in enumerate(zip(begun, lengths, strict=True)):
        if not occurrences.kept[number]:
            readings.append(None)
            continue
        alone, gathered = occurrences.entries(number)
        numbers = tokens[starts[number] : starts[number] + count]
        sums = np.full(count, scale[number, PIECE], dtype=np.float32)
        both = Columns(np.concatenate((ids[alone], ids[gathered])), numbers[:, w.SUM], words.sums)
        whole = np.concatenate((weights[alone], weights[gathered], sums))
        times, single = occurrences.times[occurrences.gathered(number)], alone.stop - alone.start
        known = _Tokens(memoryview(text.tokens).cast("q"), text.ends, *slots[number])
        readings.append(Reading(both, whole, single, times, count, known))
    return readings


def _begin(text: str, words: w.Words) -> _Begun:
    tokens, whole, pieces, squares, counts, rooms = zip(*map(words.__getitem__, chunks(text)), strict=True)
    joined, ends = b"".join(tokens), (list(accumulate(counts)), list(accumulate(rooms)))
    signed, origins = signed_lemmas(text, memoryview(joined).cast("q"), ends)
    own, inside = b"".join(whole), b"".join(pieces)
    return _Begun(joined, own, inside, sum(squares), ends, array("I", signed).tobytes(), origins)


@dataclass(frozen=True, slots=True)
class _Tokens(Spans):
    """Tokens of a text read together with others."""

    of_entries: Places
    of_slots: Places

    def slots(self) -> tuple[Places, Places]:
        return self.of_entries, self.of_slots


class _Occurrences:
    """Occurrences of columns in all texts: `own` whole ones and `pieces`, 32 bits each with room for a position.

    `kept` tells how many a text has; one with too many is left out. `times` are how often each gathered column occurs.
    """

    def __init__(self, own: Sequence[bytes], pieces: Sequence[bytes], bits: int) -> None:
        sizes = [(len(one) + len(two)) >> 2 for one, two in zip(own, pieces, strict=True)]
        self.kept = [0 if size >> bits else size for size in sizes]
        parts = [one + two if size else b"" for one, two, size in zip(own, pieces, self.kept, strict=True)]
        alone = [len(one) >> 2 if size else 0 for one, size in zip(own, self.kept, strict=True)]
        self._bits, self._texts = bits, np.arange(len(parts))
        self._begins, self._alone = np.cumsum([0, *self.kept]), [0, *accumulate(alone)]
        moved = self._begins[:-1] - np.array(self._alone[:-1])
        self._places_alone: Places = np.arange(self._alone[-1]) + moved.repeat(alone)
        columns = np.frombuffer(b"".join(parts), dtype=np.uint32)
        keys = self._sorted(columns)
        first, more = self._found(keys)
        self.times: Places = more + 1
        packed = np.concatenate((columns.take(self._places_alone), self._packed.take(first)))
        self._ids: Ids = (packed >> bits).view(np.int32)
        of_gathered = (keys.take(first) >> _TEXT).astype(np.intp)
        self._of_text: Places = np.concatenate((self._texts.repeat(alone), of_gathered))
        self._gathered = of_gathered.searchsorted(np.arange(len(parts) + 1)).tolist()

    def _sorted(self, columns: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """Sort by text, column and position."""
        positions = np.arange(len(columns)) - self._begins[:-1].repeat(self.kept)
        keys = (self._texts.astype(np.uint64) << _TEXT).repeat(self.kept)
        keys |= columns | positions.astype(np.uint32)
        keys.sort()
        self._packed = keys.astype(np.uint32)
        return keys

    def _found(self, keys: NDArray[np.uint64]) -> tuple[Places, Places]:
        """Return where columns that are met more than once begin, and how often more."""
        same = keys >> np.uint64(self._bits)
        follows = np.zeros(len(keys) + 1, dtype=bool)
        np.equal(same[1:], same[:-1], out=follows[1:-1])
        edges = (follows[1:] != follows[:-1]).nonzero()[0]
        repeated = (follows[:-1] | follows[1:]).nonzero()[0]
        self._bounds_repeated = repeated.searchsorted(self._begins).tolist()
        inside = (self._packed.take(repeated) & ((1 << self._bits) - 1)).astype(np.intp)
        texts = (keys.take(repeated) >> _TEXT).astype(np.intp)
        self._places_repeated: Places = inside + self._begins.take(texts)
        return edges[::2], edges[1::2] - edges[::2]

    def weigh(self, squares: NDArray[np.float64], tables: Tables) -> tuple[Ids, Floats, Floats]:
        """Return ids and weights of all entries, and the scale of each text's blocks; `squares` are those of sums."""
        blocks = self._of_text * len(BLOCKS) + tables.blocks.take(self._ids)
        own = tables.weights_and_squares.take(self._ids, axis=0)
        own[self._alone[-1] :] *= MISSING.take(self.times - 1, axis=0)
        counted = np.bincount(blocks, own[:, 1], len(BLOCKS) * len(self._texts)).reshape(-1, len(BLOCKS))
        totals = np.asarray(counted, dtype=np.float64)
        totals[:, PIECE] += squares
        scale = np.where(totals > 0, np.maximum(totals, 1e-30) ** -0.5, 0).astype(np.float32)
        return self._ids, own[:, 0] * scale.ravel().take(blocks), scale

    def slots(
        self,
        tokens: NDArray[np.int64],
        starts: Sequence[int],
        lengths: Sequence[int],
        texts: Sequence[_Begun],
        firsts: Places,
    ) -> list[tuple[Places, Places]]:
        """Return for each text what `Tokens.slots` does.

        Items (words, words under a sign, pairs, words for their pieces) are put in the order of the occurrences.
        """
        of_token = self._texts.repeat([length + 1 for length in lengths])
        inside = np.arange(len(tokens)) - np.array(starts[:-1]).repeat([length + 1 for length in lengths])
        of_signed = self._texts.repeat([len(text.origins) for text in texts])
        origins = np.array([origin for text in texts for origin in text.origins], dtype=np.intp)
        of_pair = of_token.take(firsts)
        whose = np.concatenate((of_token, of_signed, of_pair, of_token))
        kind = np.array([0, 1, 2, 3]).repeat([len(tokens), len(origins), len(firsts), len(tokens)])
        slots = np.concatenate((inside, origins, inside.take(firsts) + np.array(lengths).take(of_pair), inside))
        ones = np.ones(len(origins) + len(firsts), dtype=np.int64)
        sizes = np.concatenate((tokens[:, w.WHOLE], ones, tokens[:, w.PIECES]))
        sizes *= np.array(self.kept).take(whose) > 0
        order = (whose * 4 + kind).argsort(kind="stable")
        owners = slots.take(order).repeat(sizes.take(order))
        alone, repeated = owners.take(self._places_alone), owners.take(self._places_repeated)
        return [self._slots(text, alone, repeated) for text in range(len(texts))]

    def _slots(self, text: int, alone: Places, repeated: Places) -> tuple[Places, Places]:
        single = self._alone[text + 1] - self._alone[text]
        times = self.times[self.gathered(text)]
        entries = np.arange(single + len(times))
        first, last = self._bounds_repeated[text : text + 2]
        return (
            np.concatenate((entries[:single], entries[single:].repeat(times))),
            np.concatenate((alone[self._alone[text] : self._alone[text + 1]], repeated[first:last])),
        )

    def gathered(self, text: int) -> slice:
        """Return where a text's gathered columns stand among all."""
        return slice(*self._gathered[text : text + 2])

    def entries(self, text: int) -> tuple[slice, slice]:
        """Return where a text's entries stand: those alone and those gathered."""
        single, gathered = self._alone[-1], self.gathered(text)
        return slice(*self._alone[text : text + 2]), slice(single + gathered.start, single + gathered.stop)
