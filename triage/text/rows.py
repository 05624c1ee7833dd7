"""A table kept in half precision and widened row by row, when a row is first needed.

The files hold half precision, arithmetic wants single. Widening everything at the start costs time and memory
that a single request does not need; a row once widened stays so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class HalfRows:
    """Rows of `table` (R, C) in single precision; row -1 is zeros.

    Threads may share it: two of them widening one row write the same numbers, and a row is marked only afterwards.
    """

    def __init__(self, table: NDArray[np.float16]) -> None:
        self._half = table
        self._wide = np.empty((len(table) + 1, table.shape[1]), dtype=np.float32)
        self._wide[-1] = 0.0
        self._ready = np.zeros(len(table) + 1, dtype=bool)
        self._ready[-1] = True

    def take(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return these rows, (n, C)."""
        ready = self._ready.take(rows)
        if not ready.all():
            fresh = rows[~ready]
            self._wide[fresh] = self._half[fresh]
            self._ready[fresh] = True
        return self._wide.take(rows, axis=0)
