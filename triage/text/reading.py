"""Reading a text for scoring: the columns of `triage.text.features`, in fewer numbers.

A text's margins are linear in its columns, so what a word's pieces bring is summed once a word and kept. What is not
linear is the weight of a column that occurs more than once, 1 + ln tf: such columns get an entry of their own with
what is missing (mostly negative). A text of 60 words has 450 entries instead of 1,000 columns, and remembering words
pays for margins, reasons and FAQ alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import numpy as np
from numpy.typing import NDArray

from triage.text import words as w
from triage.text.columns import NO_COLUMNS, NO_IDS, Columns, Floats, Full, Ids, Sums
from triage.text.features import BLOCKS, Features, Vocabulary, split, token_forms
from triage.text.pairs import PairTable
from triage.text.places import LAST_WORDS, OPENING_WORDS, sentences

_SUMS = 50_000
_PIECE = BLOCKS.index("piece")
_MOST_POSITIONS = 14  # bits of a number that tell a position in the text: 16,384 columns are some 700 words
_LARGEST = 1 << _MOST_POSITIONS
_LONGEST = 8_000  # characters; more would hardly fit
_COUNTS = np.arange(_LARGEST + 1, dtype=np.float64)
_LOGS = 1.0 + np.log(np.maximum(_COUNTS, 1))
_MISSING: Floats = np.stack([_LOGS - _COUNTS, _LOGS**2 - _COUNTS], axis=1).astype(np.float32)
_NO_WEIGHTS: Floats = np.empty(0, dtype=np.float32)
_NONE = np.empty(0, dtype=np.intp)
_ONES = np.ones(_LARGEST, dtype=np.int32)
_UP_TO = np.arange(_LARGEST, dtype=np.intp)
_POSITIONS = np.arange(_LARGEST, dtype=np.uint32)

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the tokens of a text stand, half-open, in code points."""

    starts: Sequence[int] | NDArray[np.int32]
    ends: Sequence[int] | NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in entries: `columns` with their `weights` (n + m,).

    The first `single` entries are one occurrence each; those up to n gather all occurrences of a column, `counts` of
    them; the m last are the sums of the tokens' pieces, one a token (none when a text was read the plain way).
    `order` tells the occurrences of the gathered columns, column by column; occurrences are numbered item by
    item, `sizes` of them an item. `slots` say which token an item belongs to, or, from `tokens` on, which pair.
    """

    columns: Columns
    weights: Floats
    single: int
    counts: Places
    order: NDArray[np.integer]
    slots: Places
    sizes: NDArray[np.integer]
    tokens: int
    spans: Spans


_NOTHING = Reading(NO_COLUMNS, _NO_WEIGHTS, 0, _NONE, _NONE, _NONE, _NONE, 0, Spans((), ()))


class Reader:
    """Reads texts: the plain way, until `prepare` makes it remember words. Threads may share it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._features = Features(vocabulary)
        self._weights: Floats = vocabulary.idf.astype(np.float32)
        self._weights_and_squares = np.stack([self._weights, self._weights**2], axis=1)
        self._blocks = np.arange(len(BLOCKS), dtype=np.int8).repeat([len(vocabulary.blocks[name]) for name in BLOCKS])
        self._bits = min(_MOST_POSITIONS, 32 - vocabulary.size.bit_length())
        self._words: w.Words | None = None
        self._lookup: w.Lookup | None = None

    def prepare(self) -> None:
        """Look every word of the vocabulary up now: for a process that will read many texts."""
        blocks, features = self._vocabulary.blocks, self._features
        features.pieces.prepare()
        pairs = PairTable(blocks["word"], blocks["lemma"], self._vocabulary.groups, blocks["group"])
        self._lookup = w.Lookup(features.lemma, features.whole, blocks["lemma"], features.pieces, pairs)
        words = self._fresh(self._lookup)
        for form in islice((form for form in blocks["word"] if " " not in form), _SUMS // 2):
            words.word(form)
        self._words = words

    def _fresh(self, lookup: w.Lookup) -> w.Words:
        return w.Words(lookup, Sums(self._weights, _SUMS), token_forms)

    def read(self, text: str) -> Reading:
        """Return the entries of a text; weights are (1 + ln tf) · idf, each block scaled to length 1."""
        words, lookup = self._words, self._lookup
        if words is None or lookup is None or len(text) > _LONGEST:
            return self._plain(text)
        try:
            return self._remembering(text, words, lookup.pairs) or self._plain(text)
        except Full:
            self._words = self._fresh(lookup)
            return self._plain(text)

    def _plain(self, text: str) -> Reading:
        found = split(text)
        row, count = self._features.row(found.forms), len(found.parts)
        if not len(row.columns):
            return _NOTHING
        up_to = np.arange(2 * count - 1)
        slots = np.concatenate((up_to[:count], np.array(found.origins, dtype=np.intp), up_to[count:]))
        spans = Spans(found.starts, [start + len(part) for start, part in zip(found.starts, found.parts, strict=True)])
        columns = Columns(row.columns, NO_IDS)
        return Reading(columns, row.weights, 0, row.counts, row.order, slots, np.array(row.sizes), count, spans)

    def _remembering(self, text: str, words: w.Words, pairs: PairTable) -> Reading | None:
        """Read by what is remembered; a text with too many occurrences is left to the plain way."""
        numbers, whole, pieces, squares, counts, rooms = zip(*map(words.__getitem__, _chunks(text)), strict=True)
        tokens = np.frombuffer(b"".join(numbers), dtype=np.int32).reshape(-1, w.TOKEN_NUMBERS)
        count = len(tokens)
        chunk_starts = np.fromiter(accumulate(rooms, initial=0), np.int32, len(rooms) + 1)[:-1]
        starts = chunk_starts.repeat(counts) + tokens[:, w.OFFSET]
        signed, origins = _signed(text, tokens, starts)
        paired, firsts = pairs.find(tokens[:, w.FORM : w.LEMMA + 1])
        own = b"".join(whole) + signed.tobytes() + paired.tobytes()
        occurrences = np.frombuffer(own + b"".join(pieces), dtype=np.int32)
        if len(occurrences) >> self._bits:
            return None
        if not len(occurrences):
            return _NOTHING
        single = len(own) // occurrences.itemsize
        gathered, times, order = _repeated(occurrences, self._bits)
        ids = np.concatenate((occurrences[:single], gathered))
        ones = _ONES[: len(origins) + len(firsts)]
        sizes = np.concatenate((tokens[:, w.WHOLE], ones, tokens[:, w.PIECES]))
        slots = np.concatenate((_UP_TO[:count], origins, firsts + count, _UP_TO[:count]))
        weights = self._weigh(ids, single, times, sum(squares), count)
        columns, spans = Columns(ids, tokens[:, w.SUM], words.sums), Spans(starts, starts + tokens[:, w.LENGTH])
        return Reading(columns, weights, single, times, order, slots, sizes, count, spans)

    def _weigh(self, ids: Ids, single: int, times: Places, squares_of_sums: float, count: int) -> Floats:
        """Return the weights of columns, the first `single` of them alone, and of `count` sums."""
        blocks = self._blocks.take(ids)
        own = self._weights_and_squares.take(ids, axis=0)
        own[single:] *= _MISSING.take(times, axis=0)
        totals = np.bincount(blocks, own[:, 1], len(BLOCKS)).tolist()
        totals[_PIECE] += squares_of_sums
        scale = np.array([total**-0.5 if total > 0 else 0.0 for total in totals], dtype=np.float32)
        weights = np.empty(len(ids) + count, dtype=np.float32)
        np.multiply(own[:, 0], scale.take(blocks), out=weights[: len(ids)])
        weights[len(ids) :] = scale[_PIECE]
        return weights


def _chunks(text: str) -> list[str]:
    """Return what stands between spaces or line ends; each is followed by one character, the last by none."""
    return text.replace("\n", " ").split(" ")


def _signed(text: str, tokens: NDArray[np.int32], starts: NDArray[np.int32]) -> tuple[Ids, Places]:
    """Return the columns of lemmas under a sign of their place, and which token each repeats."""
    last, questions = sentences(text)
    parts = [(w.OPENING, 0, min(OPENING_WORDS, len(tokens)))]
    if last:
        begin, end = starts.searchsorted(last).tolist()
        parts.append((w.LAST, max(begin, end - LAST_WORDS), end))
    if questions:
        edges = starts.searchsorted(np.array(questions, dtype=np.int32)).tolist()
        parts += [(w.ASKING, begin, end) for begin, end in edges]
    columns = np.concatenate([tokens[begin:end, sign] for sign, begin, end in parts])
    origins = np.concatenate([_UP_TO[begin:end] for _, begin, end in parts])
    known = (columns >= 0).nonzero()[0]
    return columns.take(known), origins.take(known)


def _repeated(occurrences: Ids, bits: int) -> tuple[Ids, Places, Places]:
    """Return the columns that occur more than once, how often, and where, column by column.

    Column and position (of so many `bits`) are sorted as one number: three times faster than an argsort.
    """
    packed = occurrences.astype(np.uint32)
    packed <<= bits
    packed |= _POSITIONS[: len(packed)]
    packed.sort()
    columns = packed >> bits
    follows = np.zeros(len(columns) + 1, dtype=bool)
    np.equal(columns[1:], columns[:-1], out=follows[1:-1])
    at = (follows[:-1] | follows[1:]).nonzero()[0]
    if not len(at):
        return NO_IDS, _NONE, _NONE
    begins = (~follows.take(at)).nonzero()[0]
    times = np.empty(len(begins), dtype=np.intp)
    np.subtract(begins[1:], begins[:-1], out=times[:-1])
    times[-1] = len(at) - begins[-1]
    order = packed.take(at)
    gathered = (order.take(begins) >> bits).astype(np.int32)
    order &= (1 << bits) - 1
    return gathered, times, order.astype(np.intp)
