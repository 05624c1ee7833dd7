"""Features of a text: words, word pairs, lemmas, lemma pairs, pieces of words, signals.

The same code makes the rows that scikit-learn trains on and the rows that are scored at
run time, so both give the same probabilities. A word's own features (its id, its lemma's, the
pieces inside it) are looked up once and remembered; a text is the concatenation of its words'.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from triage.text.lemmas import fold
from triage.text.pieces import PieceColumns, pieces
from triage.text.places import OPENING, SIGNS, placed, word_count

_URL = r"(?:https?|ftp)://\S+|www\.\S+"
_MAIL = r"[\w.+-]{1,64}+@[\w-]+\.[\w.-]+"
_REST = r"\d+(?:[.,:\-/]\d+)*|[^\W\d_]+(?:\d+[^\W_]*)?|[?!]+|█+"
_TOKEN = re.compile(f"{_URL}|{_MAIL}|{_REST}")
_TOKEN_WITHOUT_MAIL = re.compile(f"{_URL}|{_REST}")
_VERSION = re.compile(r"v?\d{1,2}(?:\.\d{1,3}){1,3}")
_MEMO_LIMIT = 100_000
_MEMO_KEY_LIMIT = 64
_PAIR_MEMO_LIMIT = 50_000
BLOCKS = ("word", "lemma", "piece", "group")

Ids = NDArray[np.int32]
_ID_BYTES = 4
_SIGN = len(OPENING)
_NO_IDS, _NO_WEIGHTS, _NO_POSITIONS = np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.intp)
_LOG_COUNTS = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, 256))])
_Key = TypeVar("_Key", str, tuple[str, str])
_Value = TypeVar("_Value")


class _Memo(dict[_Key, _Value]):
    """Remembers what a function said of short keys; forgets everything when full.

    A hit costs one look-up of the dictionary, without a call in Python.
    """

    def __init__(self, work_out: Callable[[_Key], _Value], limit: int) -> None:
        self._work_out: Callable[[_Key], _Value] = work_out
        self._limit = limit

    def __missing__(self, key: _Key) -> _Value:
        value = self._work_out(key)
        if (len(key) if isinstance(key, str) else len(key[0]) + len(key[1])) <= _MEMO_KEY_LIMIT:
            if len(self) >= self._limit:
                self.clear()
            self[key] = value
        return value


@dataclass(frozen=True, slots=True)
class Token:
    """A token as features see it (`form`), and its span in the text."""

    form: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a text; addresses, mails, long numbers and masks become one sign each."""
    found = split(text)
    words = zip(found.parts, found.forms[: len(found.parts)], found.starts, strict=True)
    return [Token(form, start, start + len(part)) for part, form, start in words]


class Split(NamedTuple):
    """A text in tokens: as they stand in it, as features see them (`Token.form`), and where they start.

    After the forms of the tokens come words signed by their place (`triage.text.places`); `origins` tell
    which token each of these repeats.
    """

    parts: list[str]
    forms: list[str]
    origins: list[int]
    starts: list[int]


def split(text: str) -> Split:
    """Return the tokens of a text."""
    parts = _pattern(text).findall(text)
    forms = list(map(_forms.__getitem__, parts))
    starts = _starts(text, parts)
    signed, origins = placed(text, forms, starts)
    return Split(parts, forms + signed, origins, starts)


def token_forms(text: str) -> list[tuple[str, str, int]]:
    """Return the tokens of a text alone: form, part of the text, offset."""
    found = ((match.group(), match.start()) for match in _pattern(text).finditer(text))
    return [(_forms[part], part, start) for part, start in found]


def _pattern(text: str) -> re.Pattern[str]:
    return _TOKEN if "@" in text else _TOKEN_WITHOUT_MAIL


def _starts(text: str, parts: Sequence[str]) -> list[int]:
    """Return where the tokens stand.

    What lies between two tokens holds no beginning of a token, so the next occurrence is the token itself.
    """
    found, end, index = [], 0, text.index
    for part in parts:
        start = index(part, end)
        end = start + len(part)
        found.append(start)
    return found


def _form(part: str) -> str:
    first = part[0]
    if "://" in part or part.startswith("www."):
        return "#url"
    if "@" in part:
        return "#mail"
    if first.isdecimal():
        return _number(part)
    if first in "?!":
        return first
    return "#mask" if first == "█" else fold(part)


_forms = _Memo(_form, _MEMO_LIMIT)


def _number(piece: str) -> str:
    """HTTP codes and small numbers stay, versions and the rest become signs."""
    if piece.isdigit():
        return piece if len(piece) <= 3 else "#long"
    return "#version" if _VERSION.fullmatch(piece) else "#figures"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of the columns: per block a mapping to column numbers, and the inverse document frequencies.

    Columns of `word` hold words and pairs (`a b`), of `lemma` the same over lemmas and the signed
    lemmas, of `piece` character n-grams. `idf` has one weight a column over all blocks.
    """

    blocks: Mapping[str, Mapping[str, int]]
    idf: NDArray[np.float32]
    lemmas: Mapping[str, str]
    groups: Mapping[str, Sequence[str]]

    @property
    def size(self) -> int:
        return len(self.idf)


@dataclass(frozen=True, slots=True)
class Row:
    """A text in columns: sorted `columns` with their `weights` and how often each occurs (`counts`).

    For explaining: `order` sorts the occurrences by column; their words' come first, `sizes` of them a
    word (signed ones after the others), then those of the pairs of neighbours, `sizes` of them a pair.
    """

    columns: Ids
    weights: NDArray[np.float32]
    counts: NDArray[np.intp]
    order: NDArray[np.intp]
    found: Sequence[bytes]

    @property
    def sizes(self) -> list[int]:
        return [len(part) // _ID_BYTES for part in self.found]


class Features:
    """Rows of features for texts, with a memory of words and pairs already seen.

    What is remembered are the bytes of 32-bit column numbers: joining bytes is several times faster than
    concatenating arrays.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._word, self._lemma, piece, self._group = (vocabulary.blocks[name] for name in BLOCKS)
        self.pieces = PieceColumns(piece)
        starts = np.cumsum([len(vocabulary.blocks[name]) for name in BLOCKS])[:-1]
        self._starts = starts.astype(np.int32)
        self._idf = vocabulary.idf.astype(np.float64)
        self._own = _Memo(self._columns_of_word, _MEMO_LIMIT)
        self._paired = _Memo(self._columns_of_pair, _PAIR_MEMO_LIMIT)
        self._stem = _Memo(self.lemma, _MEMO_LIMIT)

    @property
    def vocabulary(self) -> Vocabulary:
        """The columns that rows are made of."""
        return self._vocabulary

    def _columns_of_word(self, form: str) -> bytes:
        """Columns of one word alone: itself, its lemma, its pieces; of a signed word its signed lemma."""
        if form.startswith(SIGNS):
            signed = self._lemma.get(form[:_SIGN] + self._stem[form[_SIGN:]])
            return b"" if signed is None else array("i", [signed]).tobytes()
        return array("i", self.whole(form, self._stem[form]) + self.pieces.of(form)).tobytes()

    def whole(self, form: str, lemma: str) -> list[int]:
        """Columns of one word as a whole: itself, its lemma, their groups."""
        found = (self._word.get(form), self._lemma.get(lemma), *self._grouped(form, lemma))
        return [column for column in found if column is not None]

    def lemma(self, form: str) -> str:
        """Return the lemma of a form, which is itself when it is not known."""
        return self._vocabulary.lemmas.get(form) or form

    def _grouped(self, form: str, lemma: str) -> list[int]:
        """Columns of the groups of a word or pair, by its form and by its lemma."""
        groups = self._vocabulary.groups
        names = {*groups.get(form, ()), *groups.get(lemma, ())}
        return [self._group[name] for name in sorted(names) if name in self._group]

    def _columns_of_pair(self, forms: tuple[str, str]) -> bytes:
        """Columns of a pair of neighbours: its forms, its lemmas, its groups."""
        first, second = forms
        pair, stem = f"{first} {second}", f"{self._stem[first]} {self._stem[second]}"
        word, lemma, groups = self._word.get(pair), self._lemma.get(stem), self._vocabulary.groups
        grouped = self._grouped(pair, stem) if pair in groups or stem in groups else ()
        if word is None and lemma is None and not grouped:
            return b""
        return array("i", [i for i in (word, lemma, *grouped) if i is not None]).tobytes()

    def row(self, forms: Sequence[str]) -> Row:
        """Return the row of a text: weights are (1 + ln tf) · idf, scaled to length 1.

        Words, lemmas, pieces and groups have that length each.
        """
        words = forms[: word_count(forms)]
        found = [*map(self._own.__getitem__, forms), *map(self._paired.__getitem__, pairwise(words))]
        occurrences = np.frombuffer(b"".join(found), dtype=np.int32)
        if not len(occurrences):
            return Row(_NO_IDS, _NO_WEIGHTS, _NO_POSITIONS, _NO_POSITIONS, found)
        order = occurrences.argsort()
        ordered = occurrences.take(order)
        first = np.empty(len(ordered), dtype=bool)
        first[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        begins = first.nonzero()[0]
        columns = ordered.take(begins)
        counts = np.empty_like(begins)
        np.subtract(begins[1:], begins[:-1], out=counts[:-1])
        counts[-1] = len(ordered) - begins[-1]
        weights = self._weigh(columns, counts)
        return Row(columns, weights, counts, order, found)

    def _weigh(self, columns: Ids, counts: NDArray[np.intp]) -> NDArray[np.float32]:
        weights = _log_counts(counts)
        weights *= self._idf.take(columns)
        begin = 0
        for end in (*columns.searchsorted(self._starts).tolist(), len(columns)):
            if begin < end:
                block = weights[begin:end]
                block /= math.sqrt(block @ block)
            begin = end
        return weights.astype(np.float32)


def _log_counts(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return 1 + ln of every count, from a table where it reaches."""
    if counts.max() < len(_LOG_COUNTS):
        return _LOG_COUNTS.take(counts)
    return np.asarray(1.0 + np.log(counts))


def learn_vocabulary(
    texts: Iterable[Sequence[str]],
    lemmas: Mapping[str, str],
    groups: Mapping[str, Sequence[str]],
    *,
    min_texts: int = 2,
    min_piece_texts: int = 3,
) -> Vocabulary:
    """Collect the columns from tokenised texts; a column must occur in that many texts."""
    seen: dict[str, dict[str, int]] = {name: {} for name in BLOCKS}
    total = 0
    for text in texts:
        total += 1
        count = word_count(text)
        forms, signed = text[:count], {_signed_lemma(form, lemmas) for form in text[count:]}
        stems = [lemmas.get(f, f) for f in forms]
        _count(seen["word"], set(forms) | {f"{a} {b}" for a, b in pairwise(forms)})
        _count(seen["lemma"], set(stems) | {f"{a} {b}" for a, b in pairwise(stems)} | signed)
        near = [*forms, *stems, *map(" ".join, pairwise(forms))]
        near += map(" ".join, pairwise(stems))
        _count(seen["group"], {group for key in near for group in groups.get(key, ())})
        _count(seen["piece"], {piece for form in set(forms) for piece in pieces(form)})
    blocks: dict[str, dict[str, int]] = {}
    idf: list[float] = []
    for name in BLOCKS:
        least = min_piece_texts if name == "piece" else min_texts
        kept = sorted(k for k, n in seen[name].items() if n >= least)
        blocks[name] = {k: len(idf) + i for i, k in enumerate(kept)}
        idf += [float(np.log((1 + total) / (1 + seen[name][k])) + 1) for k in kept]
    return Vocabulary(blocks, np.array(idf, dtype=np.float32), lemmas, groups)


def _signed_lemma(form: str, lemmas: Mapping[str, str]) -> str:
    """Return `#q:lemma` of `#q:form`."""
    sign, word = form[:_SIGN], form[_SIGN:]
    return sign + lemmas.get(word, word)


def _count(counts: dict[str, int], keys: Iterable[str]) -> None:
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
