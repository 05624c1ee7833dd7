"""A table kept in half precision and widened row by row, when a row is first needed.

The files hold half precision, arithmetic wants single. Widening everything at the start costs time and memory
that a single request does not need, and rows that texts really use lie close together here.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage.text.columns import Columns, Floats, Ids, Sums

_FIRST_ROOM = 4096
_SUMS_AT_ONCE = 1000


class _Known(NamedTuple):
    """Rows of the first `ready` sums of `sums`."""

    sums: Sums | None
    rows: Floats
    ready: int


class HalfRows:
    """Rows of `table` (R, C) in single precision, and of sums of rows. Threads may share it.

    `rows` (columns,) maps a text's columns to rows; without it they are the same. Row -1 is zeros.
    """

    def __init__(self, table: NDArray[np.float16], rows: Ids | None = None) -> None:
        self._half = table
        self._rows = np.arange(len(table), dtype=np.int32) if rows is None else rows
        self._places = np.where(self._rows < 0, 0, -1).astype(np.int32)
        self._wide = np.zeros((_FIRST_ROOM, table.shape[1]), dtype=np.float32)
        self._used = 1
        self._whole = False
        self._known = _Known(None, self._wide[:1], 0)
        self._lock = Lock()

    def take(self, columns: Columns) -> Floats:
        """Return the rows of a text's columns, then those of its sums, (n + m, C)."""
        count = len(columns.ids)
        places = self._placed(columns.ids)
        taken = np.empty((len(columns), self._wide.shape[1]), dtype=np.float32)
        self._wide.take(places, axis=0, out=taken[:count], mode="clip")
        if columns.sums is not None:
            self._of_sums(columns.sums).take(columns.words, axis=0, out=taken[count:], mode="clip")
        return taken

    def widen(self) -> None:
        """Widen everything now: for a process that will read many texts."""
        self._widen(np.arange(len(self._places), dtype=np.int32))
        self._whole = True

    def _placed(self, ids: Ids) -> Ids:
        places = self._places.take(ids)
        if not self._whole and len(places) and places.min() < 0:
            self._widen(ids[places < 0])
            places = self._places.take(ids)
        return places

    def _widen(self, ids: Ids) -> None:
        """Add rows; their places are told only when they are there."""
        with self._lock:
            wanted = np.sort(ids[self._places.take(ids) < 0])
            fresh = wanted[np.diff(wanted, prepend=-1) != 0]  # np.unique would load numpy.ma, 8 ms of a cold start
            end = self._used + len(fresh)
            if end > len(self._wide):
                grown = np.zeros((max(end, 2 * len(self._wide)), self._wide.shape[1]), dtype=np.float32)
                grown[: self._used] = self._wide[: self._used]
                self._wide = grown
            self._wide[self._used : end] = self._half[self._rows[fresh]]
            self._places[fresh] = np.arange(self._used, end, dtype=np.int32)
            self._used = end

    def _of_sums(self, sums: Sums) -> Floats:
        known = self._known
        if known.sums is not sums or known.ready < len(sums):
            known = self._sum_up(sums)
        return known.rows

    def _sum_up(self, sums: Sums) -> _Known:
        """Work out the rows of the sums that are new; other threads go on with what they hold."""
        with self._lock:
            known = self._known
            if known.sums is not sums:
                known = _Known(sums, np.zeros((sums.limit, self._wide.shape[1]), dtype=np.float32), 1)
        for first in range(known.ready, len(sums), _SUMS_AT_ONCE):
            end = min(first + _SUMS_AT_ONCE, len(sums))
            parts = sums.parts(first, end)
            rows = self._wide.take(self._placed(parts.columns), axis=0)
            rows *= parts.weights[:, None]
            np.add.reduceat(rows, parts.begins, axis=0, out=known.rows[first:end])
            known = _Known(sums, known.rows, end)
        self._known = known
        return known
