"""Pairs of neighbours: all pairs of a text looked up at once, as numbers.

Pairs are too many to remember one by one: in real texts most are new. So a word that begins or ends a known pair
has a number, a pair is the number of both, and known pairs lie in small buckets. For 60 words, by strings, it is
37 µs, whether new or not; as numbers a third of it (measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.text.columns import Ids

Places = NDArray[np.intp]
_BUCKET = 8
_GROUPED = 1 << 30  # added to the column of a pair that belongs to groups


class PairTable:
    """Pairs of forms and pairs of lemmas with their columns.

    A pair may also belong to groups (`groups` by its name, columns by `group_columns`).
    """

    def __init__(
        self,
        pairs_of_forms: Mapping[str, int],
        pairs_of_lemmas: Mapping[str, int],
        groups: Mapping[str, Sequence[str]],
        group_columns: Mapping[str, int],
    ) -> None:
        named = [name for name in groups if " " in name]
        self._groups = {name: groups[name] for name in named}
        self._group_columns = group_columns
        names = [sorted({*filter(_is_pair, table), *named}) for table in (pairs_of_forms, pairs_of_lemmas)]
        self._forms = _numbers(names[0], 1)
        self._lemmas = _numbers(names[1], 1 + len(self._forms))
        self._base = 1 + len(self._forms) + len(self._lemmas)
        self._kind: type[np.unsignedinteger[Any]] = np.uint32 if self._base < 1 << 16 else np.uint64
        keys = np.array([*self._keys(names[0], self._forms), *self._keys(names[1], self._lemmas)], dtype=self._kind)
        tables = zip((pairs_of_forms, pairs_of_lemmas), names, strict=True)
        columns = np.array([table.get(name, -1) for table, part in tables for name in part], dtype=np.int32)
        self._factor, self._shift, places = _spread(keys)
        room = _BUCKET << (8 * keys.itemsize - self._shift)
        held = np.full(room, np.iinfo(self._kind).max, dtype=self._kind)
        held[places] = keys
        self._held = held.reshape(-1, _BUCKET)
        every = [*names[0], *names[1]]
        self._names = {place: name for place, name in zip(places.tolist(), every, strict=True) if name in self._groups}
        spread = np.full(room, -1, dtype=np.int32)
        spread[places] = columns
        spread[list(self._names)] += _GROUPED
        self._columns: Ids = spread

    def numbers(self, form: str, lemma: str) -> tuple[int, int, int, int]:
        """Return what a word adds to the numbers of pairs: of forms and of lemmas as the first, then as the second."""
        own, stem = self._forms.get(form, 0), self._lemmas.get(lemma, 0)
        return own * self._base, stem * self._base, own, stem

    def find(self, numbers: NDArray[np.int64]) -> tuple[Ids, Places]:
        """Return the columns of a text's pairs and at which word each begins.

        `numbers` (n, 4) are those of its words.
        """
        keys = numbers[:-1, :2] + numbers[1:, 2:]
        flat: NDArray[Any] = keys.ravel().astype(self._kind)
        buckets = (flat * self._factor >> self._shift).astype(np.intp)
        rows, inside = (self._held.take(buckets, axis=0) == flat[:, None]).nonzero()
        places = buckets.take(rows) * _BUCKET
        places += inside
        columns, words = self._columns.take(places), rows >> 1
        if not len(columns) or columns.max() < _GROUPED - 1:
            return columns, words
        grouped = columns >= _GROUPED - 1
        columns[grouped] -= _GROUPED
        more, where = self._of_groups(places[grouped].tolist(), words[grouped].tolist())
        real = columns >= 0
        return np.concatenate((columns[real], more)), np.concatenate((words[real], where))

    def _of_groups(self, places: Sequence[int], words: Sequence[int]) -> tuple[Ids, Places]:
        """Return the columns of groups: one counts once a pair, though form and lemma may both name it."""
        found = {
            (word, self._group_columns[group])
            for place, word in zip(places, words, strict=True)
            for group in self._groups[self._names[place]]
            if group in self._group_columns
        }
        where, columns = zip(*found, strict=True) if found else ((), ())
        return np.array(columns, dtype=np.int32), np.array(where, dtype=np.intp)

    def _keys(self, names: Iterable[str], numbers: Mapping[str, int]) -> Iterable[int]:
        for name in names:
            first, _, second = name.partition(" ")
            yield numbers[first] * self._base + numbers[second]


def _is_pair(name: str) -> bool:
    return " " in name


def _numbers(pairs: Iterable[str], first: int) -> dict[str, int]:
    """Number the words of pairs, from `first` on."""
    words = sorted({word for pair in pairs for word in pair.split(" ")})
    return {word: number for number, word in enumerate(words, first)}


def _spread(keys: NDArray[Any]) -> tuple[np.unsignedinteger[Any], int, Places]:
    """Return a factor and a shift by which keys fall into buckets, none into a full one, and the place of each key."""
    random, size = np.random.default_rng(0), 8 * keys.itemsize
    for bits in range(max(len(keys).bit_length(), 1), size):
        factor, shift = random.integers(1 << (size - 1), dtype=keys.dtype) | keys.dtype.type(1), size - bits
        buckets = (keys * factor >> shift).astype(np.intp)
        order = buckets.argsort(kind="stable")
        ordered = buckets[order]
        inside = np.arange(len(keys)) - ordered.searchsorted(ordered)
        if inside.max(initial=0) < _BUCKET:
            places = np.empty(len(keys), dtype=np.intp)
            places[order] = ordered * _BUCKET + inside
            return factor, shift, places
    raise AssertionError("different keys must differ in some bits")
