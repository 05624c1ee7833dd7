"""Pairs of neighbours: all pairs of a text looked up at once, as numbers.

Pairs are too many to remember one by one: in real texts most are new. So a word that begins or ends a known pair
has a number, a pair is the number of both, and known pairs lie in small buckets. For 60 words, by strings, it is
37 µs, whether new or not; as numbers a third of it (measured).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.text.columns import Ids

_BUCKET = 8  # places of a bucket: eight numbers of 64 bits, one line of the processor's cache
_NO_KEY = np.iinfo(np.uint64).max


class PairTable:
    """Pairs of forms and pairs of lemmas with their columns.

    `forms` and `lemmas` number the words, from 1 on and apart from each other; 0 is a word of no pair. A pair may
    also belong to groups (`groups` by its name, columns by `group_columns`).
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
        self.forms = _numbers(names[0], 1)
        self.lemmas = _numbers(names[1], 1 + len(self.forms))
        self._base = np.uint64(1 + len(self.forms) + len(self.lemmas))
        keys = np.array([*self._keys(names[0], self.forms), *self._keys(names[1], self.lemmas)], dtype=np.uint64)
        tables = zip((pairs_of_forms, pairs_of_lemmas), names, strict=True)
        columns = np.array([table.get(name, -1) for table, part in tables for name in part], dtype=np.int32)
        self._factor, self._shift, places = _spread(keys)
        room = _BUCKET << (64 - int(self._shift))
        held = np.full(room, _NO_KEY)
        held[places] = keys
        self._held = held.reshape(-1, _BUCKET)
        self._columns: Ids = np.full(room, -1, dtype=np.int32)
        self._columns[places] = columns
        every = [*names[0], *names[1]]
        self._names = {place: name for place, name in zip(places.tolist(), every, strict=True) if name in self._groups}
        self._grouped = np.zeros(room, dtype=bool)
        self._grouped[list(self._names)] = True

    def find(self, numbers: NDArray[np.int32]) -> tuple[Ids, NDArray[np.intp]]:
        """Return the columns of a text's pairs and at which word each begins.

        `numbers` (n, 2) are those of each word's form and lemma.
        """
        wide = numbers.astype(np.uint64)
        keys = wide[:-1] * self._base
        keys += wide[1:]
        flat = keys.ravel()
        buckets = (flat * self._factor >> self._shift).astype(np.intp)
        hits, inside = (self._held.take(buckets, axis=0) == flat[:, None]).nonzero()
        at = buckets.take(hits) * _BUCKET + inside
        words = hits >> 1
        columns = self._columns.take(at)
        grouped = self._grouped.take(at)
        if not grouped.any():
            return columns, words
        more, where = self._of_groups(at[grouped].tolist(), words[grouped].tolist())
        real = columns >= 0
        return np.concatenate((columns[real], more)), np.concatenate((words[real], where))

    def _of_groups(self, places: Sequence[int], words: Sequence[int]) -> tuple[Ids, NDArray[np.intp]]:
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
            yield numbers[first] * int(self._base) + numbers[second]


def _is_pair(name: str) -> bool:
    return " " in name


def _numbers(pairs: Iterable[str], first: int) -> dict[str, int]:
    """Number the words of pairs, from `first` on."""
    words = sorted({word for pair in pairs for word in pair.split(" ")})
    return {word: number for number, word in enumerate(words, first)}


def _spread(keys: NDArray[np.uint64]) -> tuple[np.uint64, np.uint64, NDArray[np.intp]]:
    """Return a factor and a shift by which keys fall into buckets, none into a full one, and the place of each key."""
    random = np.random.default_rng(0)
    for bits in range(max(len(keys).bit_length(), 1), 64):
        factor, shift = random.integers(1 << 63, dtype=np.uint64) | np.uint64(1), np.uint64(64 - bits)
        buckets = (keys * factor >> shift).astype(np.intp)
        order = buckets.argsort(kind="stable")
        ordered = buckets[order]
        inside = np.arange(len(keys)) - ordered.searchsorted(ordered)
        if inside.max(initial=0) < _BUCKET:
            places = np.empty(len(keys), dtype=np.intp)
            places[order] = ordered * _BUCKET + inside
            return factor, shift, places
    raise AssertionError("different keys must differ in some bits")
