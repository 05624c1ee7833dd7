"""What a process remembers of the words it has read: one look-up gives all columns a word brings to a text."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from triage.text.columns import Full, Sums
from triage.text.lemmas import fold
from triage.text.pairs import PairTable
from triage.text.pieces import PieceColumns
from triage.text.places import SIGNS

CHUNKS_REMEMBERED = 40_000
_LONGEST_REMEMBERED = 64
_AROUND = ".,:;()[]{}<>«»„“”\"'’`*—–-_/\\|=+~№%&$"

# The numbers kept of a token, 64 bits each; PAIRS are four (see `PairTable.numbers`):
SUM, WHOLE, PIECES, OPENING, LAST, ASKING, PAIRS, OFFSET, LENGTH = 0, 1, 2, 3, 4, 5, 6, 10, 11
TOKEN_NUMBERS = 12


Record = tuple[bytes, bytes, bytes, float, int, int]
"""What stands between two spaces, mostly one word.

Its tokens, TOKEN_NUMBERS each; 32-bit column numbers of the words and of their pieces, shifted as they are sorted; the
sum of the squared weights of the pieces; how many tokens there are; the characters until the next record begins.
"""


class Word(NamedTuple):
    """What a form brings: the numbers from SUM to PAIRS, its own columns, those of its pieces and their squares."""

    numbers: bytes
    whole: bytes
    pieces: bytes
    squares: float


class Lookup(NamedTuple):
    """Where the columns of a word are found.

    `whole` gives those of the form, its lemma and their groups, `signed` those of lemmas under a sign of place.
    `squares` are the squared weights of all columns; a column is kept shifted by so many `bits`.
    """

    lemma: Callable[[str], str]
    whole: Callable[[str, str], list[int]]
    signed: Mapping[str, int]
    pieces: PieceColumns
    pairs: PairTable
    squares: Sequence[float]
    bits: int


class Words(dict[str, Record]):
    """Records of chunks of text, by the chunk; raises Full when `sums` is full.

    Behind it stands a memory of forms, bounded by the limit of the sums. Long chunks are not kept.
    """

    def __init__(self, lookup: Lookup, sums: Sums, split: Callable[[str], Sequence[tuple[str, str, int]]]) -> None:
        self.sums = sums
        self._lookup = lookup
        self._split = split
        self._forms: dict[str, Word] = {}

    def __missing__(self, chunk: str) -> Record:
        core = chunk.strip(_AROUND)
        if core.isalpha():
            words = [(self.word(fold(core)), chunk.index(core), len(core))]
        else:
            words = [(self.word(form), start, len(part)) for form, part, start in self._split(chunk)]
        record = self._record(words, len(chunk) + 1)
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= CHUNKS_REMEMBERED:
                self.clear()
            self[chunk] = record
        return record

    def _record(self, words: Sequence[tuple[Word, int, int]], room: int) -> Record:
        if len(words) == 1:
            word, start, length = words[0]
            tokens = word.numbers + array("q", (start, length)).tobytes()
            return tokens, word.whole, word.pieces, word.squares, 1, room
        tokens = b"".join([word.numbers + array("q", (start, size)).tobytes() for word, start, size in words])
        whole, pieces = b"".join([word.whole for word, *_ in words]), b"".join([word.pieces for word, *_ in words])
        return tokens, whole, pieces, sum(word.squares for word, *_ in words), len(words), room

    def word(self, form: str) -> Word:
        """Return what a form brings, worked out when it is first met."""
        known = self._forms.get(form)
        if known is None:
            if len(self._forms) >= self.sums.limit:
                raise Full
            known = self._worked_out(form)
            if len(form) <= _LONGEST_REMEMBERED:
                self._forms[form] = known
        return known

    def _worked_out(self, form: str) -> Word:
        lookup = self._lookup
        lemma, bits = lookup.lemma(form), lookup.bits
        whole, pieces = lookup.whole(form, lemma), lookup.pieces.of(form)
        signs = [lookup.signed.get(sign + lemma, -1) for sign in SIGNS] if form[0].isalpha() else (-1, -1, -1)
        signed = [column << bits for column in signs]
        number = self.sums.add(array("i", pieces).tobytes())
        numbers = array("q", (number, len(whole), len(pieces), *signed, *lookup.pairs.numbers(form, lemma)))
        return Word(
            numbers.tobytes(),
            array("I", [column << bits for column in whole]).tobytes(),
            array("I", [column << bits for column in pieces]).tobytes(),
            sum(map(lookup.squares.__getitem__, pieces)),
        )
