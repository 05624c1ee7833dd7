"""A text in columns of a table, where the sum of many columns may stand as one.

A word has some twenty pieces, and every word of a text brings its own: summed once a word, they cost as much
as one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]


class Full(Exception):
    """No further sum fits; whoever asked starts with empty sums or does without."""


class Sums:
    """Sums of columns weighted by `weights` (columns,), numbered from 1 as they are added; sum 0 is nothing.

    Threads may share it.
    """

    def __init__(self, weights: Floats, limit: int) -> None:
        self._weights = weights
        self._parts = [b""]
        self._lock = Lock()
        self.limit = limit

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, columns: bytes) -> tuple[int, float]:
        """Return the number of the sum of these columns, 32 bits each, and their weights squared; raises Full."""
        if not columns:
            return 0, 0.0
        weights = self._weights.take(np.frombuffer(columns, dtype=np.int32))
        with self._lock:
            number = len(self._parts)
            if number >= self.limit:
                raise Full
            self._parts.append(columns)
        return number, float(weights @ weights)

    def parts(self, first: int, end: int) -> tuple[Ids, Floats, Sequence[int]]:
        """Return the columns of the sums from `first` on, their weights, and where each sum begins among them."""
        parts = self._parts[first:end]
        columns = np.frombuffer(b"".join(parts), dtype=np.int32)
        sizes = np.fromiter(map(len, parts), np.intp, len(parts)) // columns.itemsize
        begins: Sequence[int] = (sizes.cumsum() - sizes).tolist()
        return columns, self._weights.take(columns), begins


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a text's weights stand: first columns `ids` (n,), then numbers of `sums`, `words` (m,)."""

    ids: Ids
    words: Ids
    sums: Sums | None = None

    def __len__(self) -> int:
        return len(self.ids) + len(self.words)


NO_IDS: Ids = np.empty(0, dtype=np.int32)
NO_COLUMNS = Columns(NO_IDS, NO_IDS)
