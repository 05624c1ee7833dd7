"""Features of a text: words, word pairs, lemmas, lemma pairs, pieces of words, signals.

The same code makes the rows that scikit-learn trains on and the rows that are scored at
run time, so both give the same probabilities. A word's own features (its id, its lemma's, the
pieces inside it) are looked up once and remembered; a text is the concatenation of its words'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from triage.text.lemmas import fold

_TOKEN = re.compile(
    r"(?P<url>(?:https?|ftp)://\S+|www\.\S+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|(?P<number>\d+(?:[.,:\-/]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:\d+[^\W_]*)?)"
    r"|(?P<mark>[?!]+|█+)"
)
_PIECES = (2, 3, 4, 5)
_LONGEST_PIECE_WORD = 24
_MEMO_LIMIT = 100_000
BLOCKS = ("word", "lemma", "piece", "group")

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Token:
    """A token as features see it (`form`), and its span in the text."""

    form: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Split a text; addresses, mails, long numbers and masks become one sign each."""
    tokens = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, match.group()
        if kind == "word":
            form = fold(piece)
        elif kind == "number":
            form = _number(piece)
        elif kind == "mark":
            form = "#mask" if piece[0] == "█" else piece[0]
        else:
            form = f"#{kind}"
        tokens.append(Token(form, match.start(), match.end()))
    return tokens


def _number(piece: str) -> str:
    """HTTP codes and small numbers stay, versions and the rest become signs."""
    if piece.isdigit():
        return piece if len(piece) <= 3 else "#long"
    return "#version" if re.fullmatch(r"v?\d{1,2}(?:\.\d{1,3}){1,3}", piece) else "#figures"


def pieces(form: str) -> list[str]:
    """Return the character n-grams of 2 to 5 of a word with its borders, as ` word `."""
    if form.startswith("#"):
        return []
    padded = f" {form[:_LONGEST_PIECE_WORD]} "
    return [padded[i : i + n] for n in _PIECES for i in range(len(padded) - n + 1)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of the columns: per block a mapping to column numbers, and the inverse document frequencies.

    Columns of `word` hold words and pairs (`a b`), of `lemma` the same over lemmas, of `piece`
    character n-grams. `idf` has one weight a column over all blocks.
    """

    blocks: Mapping[str, Mapping[str, int]]
    idf: NDArray[np.float32]
    lemmas: Mapping[str, str]
    groups: Mapping[str, Sequence[str]]

    @property
    def size(self) -> int:
        return len(self.idf)


class Features:
    """Rows of features for texts, with a memory of words already seen."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._word, self._lemma, self._piece, self._group = (vocabulary.blocks[name] for name in BLOCKS)
        self._starts = np.cumsum([len(vocabulary.blocks[name]) for name in BLOCKS])[:-1]
        self._own: dict[str, Ids] = {}

    def own(self, form: str) -> Ids:
        """Columns of one word alone: itself, its lemma, its pieces."""
        known = self._own.get(form)
        if known is None:
            lemma = self._vocabulary.lemmas.get(form, form)
            found = [self._word.get(form), self._lemma.get(lemma), *map(self._piece.get, pieces(form))]
            found += self._grouped(form, lemma)
            known = np.array([i for i in found if i is not None], dtype=np.int32)
            if len(self._own) >= _MEMO_LIMIT:
                self._own.clear()
            self._own[form] = known
        return known

    def _grouped(self, form: str, lemma: str) -> list[int]:
        """Columns of the groups of a word or pair, by its form and by its lemma."""
        groups = self._vocabulary.groups
        names = {*groups.get(form, ()), *groups.get(lemma, ())}
        return [self._group[name] for name in sorted(names) if name in self._group]

    def pairs(self, forms: Sequence[str]) -> list[tuple[int, int]]:
        """Columns of pairs of neighbours, each with the position of its first word."""
        get_word, get_lemma, lemmas = self._word.get, self._lemma.get, self._vocabulary.lemmas
        groups = self._vocabulary.groups
        stems = [lemmas.get(f, f) for f in forms]
        found = []
        for i in range(len(forms) - 1):
            pair, stem = f"{forms[i]} {forms[i + 1]}", f"{stems[i]} {stems[i + 1]}"
            if (column := get_word(pair)) is not None:
                found.append((column, i))
            if (column := get_lemma(stem)) is not None:
                found.append((column, i))
            if pair in groups or stem in groups:
                found += [(column, i) for column in self._grouped(pair, stem)]
        return found

    def spread(self, forms: Sequence[str]) -> tuple[Ids, Ids, int]:
        """Return every occurrence of a column with the position of its word, and how many are single words'.

        The occurrences after that number are pairs', with the position of the pair's first word.
        """
        parts = [self.own(form) for form in forms]
        places = np.repeat(np.arange(len(forms), dtype=np.int32), [len(part) for part in parts])
        paired = self.pairs(forms)
        single = len(places)
        if paired:
            pairs = np.array(paired, dtype=np.int32)
            parts.append(pairs[:, 0])
            places = np.concatenate([places, pairs[:, 1]])
        return np.concatenate(parts) if parts else np.empty(0, np.int32), places, single

    def row(self, forms: Sequence[str]) -> tuple[Ids, NDArray[np.float32]]:
        """Return sorted column numbers and their weights: (1 + ln tf) · idf, each block of length 1."""
        return self.weigh(self.spread(forms)[0])

    def weigh(self, occurrences: Ids) -> tuple[Ids, NDArray[np.float32]]:
        """Return the row of these occurrences; see `row`."""
        if not len(occurrences):
            return np.empty(0, np.int32), np.empty(0, np.float32)
        columns, counts = np.unique(occurrences, return_counts=True)
        weights = (1.0 + np.log(counts)) * self._vocabulary.idf[columns]
        cuts = np.searchsorted(columns, self._starts[1:])
        for block in np.split(weights, cuts):
            norm = float(np.sqrt(block @ block))
            if norm:
                block /= norm
        return columns, weights.astype(np.float32)


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
    for forms in texts:
        total += 1
        stems = [lemmas.get(f, f) for f in forms]
        _count(seen["word"], set(forms) | {f"{a} {b}" for a, b in pairwise(forms)})
        _count(seen["lemma"], set(stems) | {f"{a} {b}" for a, b in pairwise(stems)})
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


def _count(counts: dict[str, int], keys: Iterable[str]) -> None:
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
