"""Reading a text for scoring: the columns of `triage.text.features`, in fewer numbers.

A text's margins are linear in its columns, so what a word's pieces bring is summed once a word and kept. What is not
linear is the weight of a column that occurs more than once, 1 + ln tf: such columns get an entry of their own with
what is missing (mostly negative). A text of 60 words has 450 entries instead of 1,000 columns, and remembering words
pays for margins, reasons and FAQ alike.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from triage.text import words as w
from triage.text.columns import NO_COLUMNS, NO_IDS, Columns, Floats, Full, Ids, Sums
from triage.text.features import BLOCKS, Features, Row, Split, Vocabulary, split, token_forms
from triage.text.pairs import PairTable
from triage.text.places import LAST_WORDS, OPENING_WORDS, sentences

_SUMS = 40_000
PIECE = BLOCKS.index("piece")
_MOST_POSITIONS = 14  # bits of a number that tell a position in the text: 16,384 columns are some 700 words
_LARGEST = 1 << _MOST_POSITIONS
LONGEST = 8_000  # characters; more would hardly fit
_COUNTS = np.arange(1, _LARGEST + 1, dtype=np.float64)
_LOGS = 1.0 + np.log(_COUNTS)
MISSING: Floats = np.stack([_LOGS - _COUNTS, _LOGS**2 - _COUNTS], axis=1).astype(np.float32)
_NO_WEIGHTS: Floats = np.empty(0, dtype=np.float32)
_UP_TO = np.arange(_LARGEST, dtype=np.uint32)

Places = NDArray[np.intp]
Ends = tuple[Sequence[int], Sequence[int]]


class Tokens(Protocol):
    """What explains a reading."""

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where tokens stand in the text, half-open, in code points."""

    def slots(self) -> tuple[Places, Places]:
        """Return, for every occurrence, the entry it is part of, and whose it is.

        A number below that of the tokens is a token; from there on it is the pair that begins at token 0, 1 and so on.
        """


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in entries: `columns` with their `weights` (n + m,).

    The first `single` entries are one occurrence each; those up to n gather all occurrences of a column, `counts` of
    them; the m last are the sums of the tokens' pieces, one a token (none when a text was read the plain way).
    """

    columns: Columns
    weights: Floats
    single: int
    counts: Places
    length: int
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class PlainTokens:
    """Tokens of a text read the plain way, where every column is gathered."""

    split: Split
    row: Row

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.split.starts[first], self.split.starts[last] + len(self.split.parts[last])

    def slots(self) -> tuple[Places, Places]:
        count = len(self.split.parts)
        up_to = np.arange(2 * count - 1)
        items = np.concatenate((up_to[:count], np.array(self.split.origins, dtype=np.intp), up_to[count:]))
        entries = np.arange(len(self.row.columns)).repeat(self.row.counts)
        return entries, items.repeat(self.row.sizes).take(self.row.order)


@dataclass(frozen=True, slots=True)
class Spans:
    """Where tokens stand: `plain` numbers, TOKEN_NUMBERS a token, and where each chunk `ends`.

    That is in tokens, and in characters with the space behind it.
    """

    plain: memoryview[int]
    ends: Ends

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self._start(first), self._start(last) + self.plain[last * w.TOKEN_NUMBERS + w.LENGTH]

    def _start(self, token: int) -> int:
        chunk = bisect_right(self.ends[0], token)
        return (self.ends[1][chunk - 1] if chunk else 0) + self.plain[token * w.TOKEN_NUMBERS + w.OFFSET]


@dataclass(frozen=True, slots=True)
class KnownTokens(Spans):
    """Tokens of a text read by what is remembered.

    `numbers` (m, TOKEN_NUMBERS) are the tokens'; `signed` and `paired` tell at which token these columns stand;
    `packed` are the sorted occurrences with their positions in the lowest `bits`, `follows` which of them is of the
    same column as the one before; `times` how often each gathered column occurs.
    """

    numbers: NDArray[np.int64]
    signed: Sequence[int]
    paired: Places
    packed: NDArray[np.uint32]
    follows: NDArray[np.bool_]
    times: Places
    bits: int

    def slots(self) -> tuple[Places, Places]:
        count = len(self.numbers)
        tokens = np.arange(count)
        whole = tokens.repeat(self.numbers[:, w.WHOLE])
        alone = np.concatenate((whole, np.array(self.signed, dtype=np.intp), self.paired + count))
        every = np.concatenate((alone, tokens.repeat(self.numbers[:, w.PIECES])))
        at = (self.follows[:-1] | self.follows[1:]).nonzero()[0]
        gathered = every.take(self.packed.take(at) & ((1 << self.bits) - 1))
        entries = np.arange(len(alone) + len(self.times))
        entries = np.concatenate((entries[: len(alone)], entries[len(alone) :].repeat(self.times)))
        return entries, np.concatenate((alone, gathered))


_NO_PLACES: Places = np.empty(0, dtype=np.intp)
_NO_TOKENS = PlainTokens(Split([], [], [], []), Row(NO_IDS, _NO_WEIGHTS, _NO_PLACES, _NO_PLACES, []))
_NOTHING = Reading(NO_COLUMNS, _NO_WEIGHTS, 0, _NO_PLACES, 0, _NO_TOKENS)


class Tables(NamedTuple):
    """For each column its block and its weight with the square, (columns, 2); `bits` are left for positions."""

    blocks: NDArray[np.int8]
    weights_and_squares: Floats
    bits: int


class Reader:
    """Reads texts: the plain way, until `prepare` makes it remember words. Threads may share it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._features = Features(vocabulary)
        self._weights: Floats = vocabulary.idf.astype(np.float32)
        self.tables = Tables(
            np.arange(len(BLOCKS), dtype=np.int8).repeat([len(vocabulary.blocks[name]) for name in BLOCKS]),
            np.stack([self._weights, self._weights**2], axis=1),
            min(_MOST_POSITIONS, 32 - vocabulary.size.bit_length()),
        )
        self._words: w.Words | None = None
        self._lookup: w.Lookup | None = None

    def prepare(self) -> None:
        """Look every word of the vocabulary up now: for a process that will read many texts."""
        blocks, features = self._vocabulary.blocks, self._features
        features.pieces.prepare()
        pairs = PairTable(blocks["word"], blocks["lemma"], self._vocabulary.groups, blocks["group"])
        squares: Sequence[float] = self.tables.weights_and_squares[:, 1].tolist()
        self._lookup = w.Lookup(
            features.lemma, features.whole, blocks["lemma"], features.pieces, pairs, squares, self.tables.bits
        )
        words = self._fresh(self._lookup)
        for form in islice((form for form in blocks["word"] if " " not in form), _SUMS // 2):
            words.word(form)
        self._words = words

    def _fresh(self, lookup: w.Lookup) -> w.Words:
        return w.Words(lookup, Sums(self._weights, _SUMS), token_forms)

    @property
    def known(self) -> tuple[w.Words, PairTable] | None:
        """What is remembered at the moment."""
        return (self._words, self._lookup.pairs) if self._words is not None and self._lookup else None

    def read(self, text: str) -> Reading:
        """Return the entries of a text; weights are (1 + ln tf) · idf, each block scaled to length 1."""
        known = self.known
        if known is None or len(text) > LONGEST:
            return self._plain(text)
        try:
            return self._remembering(text, *known) or self._plain(text)
        except Full:
            self._words = self._lookup and self._fresh(self._lookup)
            return self._plain(text)

    def _plain(self, text: str) -> Reading:
        found = split(text)
        row = self._features.row(found.forms)
        if not len(row.columns):
            return _NOTHING
        columns = Columns(row.columns, NO_IDS)
        return Reading(columns, row.weights, 0, row.counts, len(found.parts), PlainTokens(found, row))

    def _remembering(self, text: str, words: w.Words, pairs: PairTable) -> Reading | None:
        """Read by what is remembered; a text with too many occurrences is left to the plain way."""
        bits = self.tables.bits
        tokens, whole, pieces, squares, counts, rooms = zip(*map(words.__getitem__, chunks(text)), strict=True)
        joined, own, ends = b"".join(tokens), b"".join(whole), (list(accumulate(counts)), list(accumulate(rooms)))
        numbers = np.frombuffer(joined, dtype=np.int64).reshape(-1, w.TOKEN_NUMBERS)
        plain = memoryview(joined).cast("q")
        signed, origins = signed_lemmas(text, plain, ends)
        paired, firsts = pairs.find(numbers[:, w.PAIRS : w.OFFSET])
        own += array("I", signed).tobytes() + (paired << bits).tobytes()
        occurrences = np.frombuffer(b"".join((own, *pieces)), dtype=np.uint32)
        if len(occurrences) >> bits:
            return None
        if not len(occurrences):
            return _NOTHING
        single = len(own) // occurrences.itemsize
        packed = occurrences | _UP_TO[: len(occurrences)]
        packed.sort()
        columns = packed >> bits
        follows = np.zeros(len(columns) + 1, dtype=bool)
        np.equal(columns[1:], columns[:-1], out=follows[1:-1])
        edges = (follows[1:] != follows[:-1]).nonzero()[0]
        gathered, more = edges[::2], edges[1::2] - edges[::2]
        ids = np.concatenate((occurrences[:single] >> bits, columns.take(gathered))).view(np.int32)
        weights = self._weigh(ids, single, more, sum(squares), len(numbers))
        times = more + 1
        known = KnownTokens(plain, ends, numbers, origins, firsts, packed, follows, times, bits)
        return Reading(Columns(ids, numbers[:, w.SUM], words.sums), weights, single, times, len(numbers), known)

    def _weigh(self, ids: Ids, single: int, more: Places, squares_of_sums: float, count: int) -> Floats:
        """Return the weights of columns, the first `single` alone, the others met `more` than once, and of sums."""
        blocks = self.tables.blocks.take(ids)
        own = self.tables.weights_and_squares.take(ids, axis=0)
        own[single:] *= MISSING.take(more, axis=0)
        totals = np.bincount(blocks, own[:, 1], len(BLOCKS)).tolist()
        totals[PIECE] += squares_of_sums
        scale = np.array([total**-0.5 if total > 0 else 0.0 for total in totals], dtype=np.float32)
        weights = np.empty(len(ids) + count, dtype=np.float32)
        np.multiply(own[:, 0], scale.take(blocks), out=weights[: len(ids)])
        weights[len(ids) :] = scale[PIECE]
        return weights


def chunks(text: str) -> list[str]:
    """Return what stands between spaces or line ends; each is followed by one character, the last by none."""
    return text.replace("\n", " ").split(" ")


def signed_lemmas(text: str, numbers: memoryview[int], ends: Ends) -> tuple[list[int], list[int]]:
    """Return the columns of lemmas under a sign of their place, and which token each repeats."""
    last, questions = sentences(text)
    parts = [(w.OPENING, 0, min(OPENING_WORDS, ends[0][-1]))]
    if last:
        begin, end = (_tokens_before(edge, numbers, ends) for edge in last)
        parts.append((w.LAST, max(begin, end - LAST_WORDS), end))
    for start, stop in questions:
        parts.append((w.ASKING, _tokens_before(start, numbers, ends), _tokens_before(stop, numbers, ends)))
    columns: list[int] = []
    origins: list[int] = []
    for sign, begin, end in parts:
        found = numbers[begin * w.TOKEN_NUMBERS + sign : end * w.TOKEN_NUMBERS : w.TOKEN_NUMBERS].tolist()
        for origin, column in enumerate(found, begin):
            if column >= 0:
                columns.append(column)
                origins.append(origin)
    return columns, origins


def _tokens_before(edge: int, numbers: memoryview[int], ends: Ends) -> int:
    """Return how many tokens begin before a character."""
    chunk = bisect_left(ends[1], edge)
    if chunk == len(ends[1]):
        return ends[0][-1]
    first, inside = (ends[0][chunk - 1], edge - ends[1][chunk - 1]) if chunk else (0, edge)
    end = ends[0][chunk]
    if end - first == 1:
        return first + (numbers[first * w.TOKEN_NUMBERS + w.OFFSET] < inside)
    offsets = numbers[first * w.TOKEN_NUMBERS + w.OFFSET : end * w.TOKEN_NUMBERS : w.TOKEN_NUMBERS]
    return first + bisect_left(offsets, inside)
