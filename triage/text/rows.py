"""A table kept in half precision and widened row by row, when a row is first needed.

The files hold half precision, arithmetic wants single. Widening everything at the start costs time and memory
that a single request does not need, and rows that texts really use lie close together here.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM = 4096


class HalfRows:
    """Rows of `table` (R, C) in single precision; row -1 is zeros. Threads may share it."""

    def __init__(self, table: NDArray[np.float16]) -> None:
        self._half = table
        self._places = np.full(len(table) + 1, -1, dtype=np.int32)
        self._places[-1] = 0
        self._wide = np.zeros((_FIRST_ROOM, table.shape[1]), dtype=np.float32)
        self._used = 1
        self._lock = Lock()

    def take(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return these rows, (n, C)."""
        places = self._places.take(rows)
        if len(places) and places.min() < 0:
            self._widen(rows[places < 0])
            places = self._places.take(rows)
        return self._wide.take(places, axis=0)

    def widen(self) -> None:
        """Widen everything now: for a process that will read many texts."""
        self._widen(np.arange(len(self._half), dtype=np.int32))

    def _widen(self, rows: NDArray[np.int32]) -> None:
        """Add rows; their places are told only when they are there."""
        with self._lock:
            fresh = np.unique(rows[self._places.take(rows) < 0])
            end = self._used + len(fresh)
            if end > len(self._wide):
                grown = np.zeros((max(end, 2 * len(self._wide)), self._wide.shape[1]), dtype=np.float32)
                grown[: self._used] = self._wide[: self._used]
                self._wide = grown
            self._wide[self._used : end] = self._half[fresh]
            self._places[fresh] = np.arange(self._used, end, dtype=np.int32)
            self._used = end
