"""A text in columns of a table, where the sum of many columns may stand as one.

A word has some twenty pieces, and every word of a text brings its own: summed once a word, they cost as much
as one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]


class Full(Exception):
    """No further sum fits; whoever asked starts with empty sums or does without."""


class Parts(NamedTuple):
    """Columns of sums one after the other with their weights, and where each sum begins among them."""

    columns: Ids
    weights: Floats
    begins: Sequence[int]


class Sums:
    """Sums of columns weighted by `weights` (columns,), numbered from 1 as they are added; sum 0 is nothing.

    Threads may share it.
    """

    def __init__(self, weights: Floats, limit: int) -> None:
        self._weights = weights
        self._parts = [b""]
        self._lock = Lock()
        self._last: tuple[int, int, Parts] | None = None
        self.limit = limit

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, columns: bytes) -> int:
        """Return the number of the sum of these columns, 32 bits each; raises Full."""
        if not columns:
            return 0
        with self._lock:
            number = len(self._parts)
            if number >= self.limit:
                raise Full
            self._parts.append(columns)
        return number

    def parts(self, first: int, end: int) -> Parts:
        """Return the columns of some sums; the last answer is kept, because every table asks for the same."""
        last = self._last
        if last is None or last[:2] != (first, end):
            parts = self._parts[first:end]
            columns = np.frombuffer(b"".join(parts), dtype=np.int32)
            begins = [0, *accumulate(len(part) // columns.itemsize for part in parts[:-1])]
            last = self._last = (first, end, Parts(columns, self._weights.take(columns), begins))
        return last[2]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a text's weights stand: first columns `ids` (n,), then numbers of `sums`, `words` (m,)."""

    ids: Ids
    words: NDArray[np.integer[Any]]
    sums: Sums | None = None

    def __len__(self) -> int:
        return len(self.ids) + len(self.words)


NO_IDS: Ids = np.empty(0, dtype=np.int32)
NO_COLUMNS = Columns(NO_IDS, NO_IDS)
