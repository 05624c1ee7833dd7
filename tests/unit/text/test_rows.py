"""Rows widened on demand are those of the whole table widened at once."""

from __future__ import annotations

import numpy as np

from triage.text.rows import HalfRows

TABLE = np.random.default_rng(3).normal(size=(50, 4)).astype(np.float16)


def test_rows_are_widened_exactly() -> None:
    rows, wide = HalfRows(TABLE), TABLE.astype(np.float32)
    for wanted in ([3, 3, 7], [7, 8, 0], list(range(50)), []):
        assert np.array_equal(rows.take(np.array(wanted, dtype=np.int32)), wide[np.array(wanted, dtype=int)])


def test_row_minus_one_is_zeros() -> None:
    assert not HalfRows(TABLE).take(np.array([-1, -1], dtype=np.int32)).any()


def test_more_rows_than_there_was_room_for_at_first() -> None:
    table = np.random.default_rng(4).normal(size=(9000, 2)).astype(np.float16)
    rows, wide = HalfRows(table), table.astype(np.float32)
    for start in range(0, 9000, 700):
        wanted = np.arange(start, min(start + 900, 9000), dtype=np.int32)
        assert np.array_equal(rows.take(wanted), wide[wanted])
    assert np.array_equal(rows.take(np.arange(9000, dtype=np.int32)), wide)


def test_widening_everything_changes_nothing() -> None:
    rows = HalfRows(TABLE)
    rows.take(np.array([4, 9], dtype=np.int32))
    rows.widen()
    assert np.array_equal(rows.take(np.arange(50, dtype=np.int32)), TABLE.astype(np.float32))
