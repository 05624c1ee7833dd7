"""Rows widened on demand are those of the whole table widened at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from triage.text.columns import NO_IDS, Columns, Full, Sums
from triage.text.rows import HalfRows

TABLE = np.random.default_rng(3).normal(size=(50, 4)).astype(np.float16)


def at(ids: Sequence[int] | np.ndarray) -> Columns:
    return Columns(np.array(ids, dtype=np.int32), NO_IDS)


def test_rows_are_widened_exactly() -> None:
    rows, wide = HalfRows(TABLE), TABLE.astype(np.float32)
    for wanted in ([3, 3, 7], [7, 8, 0], list(range(50)), []):
        assert np.array_equal(rows.take(at(wanted)), wide[np.array(wanted, dtype=int)])


def test_columns_may_be_mapped_to_rows_and_minus_one_is_zeros() -> None:
    for widen in (False, True):
        rows = HalfRows(TABLE, np.array([7, -1, 49, -1], dtype=np.int32))
        if widen:
            rows.widen()
        got = rows.take(at([0, 1, 2, 3, 0]))
        assert np.array_equal(got[[0, 2, 4]], TABLE.astype(np.float32)[[7, 49, 7]])
        assert not got[[1, 3]].any()


def test_more_rows_than_there_was_room_for_at_first() -> None:
    table = np.random.default_rng(4).normal(size=(9000, 2)).astype(np.float16)
    rows, wide = HalfRows(table), table.astype(np.float32)
    for start in range(0, 9000, 700):
        wanted = np.arange(start, min(start + 900, 9000), dtype=np.int32)
        assert np.array_equal(rows.take(at(wanted)), wide[wanted])
    assert np.array_equal(rows.take(at(range(9000))), wide)


def test_widening_everything_changes_nothing() -> None:
    rows = HalfRows(TABLE)
    rows.take(at([4, 9]))
    rows.widen()
    assert np.array_equal(rows.take(at(range(50))), TABLE.astype(np.float32))


class TestSums:
    WEIGHTS = np.linspace(0.5, 2, 50).astype(np.float32)
    PARTS = ([3, 3, 9], [1], [49, 0, 7, 7, 7])

    def sums(self, limit: int = 10) -> Sums:
        sums = Sums(self.WEIGHTS, limit)
        for number, part in enumerate(self.PARTS, 1):
            assert sums.add(np.array(part, dtype=np.int32).tobytes()) == number
        return sums

    def expected(self, part: Sequence[int]) -> np.ndarray:
        rows: np.ndarray = TABLE.astype(np.float32)[list(part)] * self.WEIGHTS[list(part), None]
        return np.asarray(rows.sum(axis=0))

    def test_of_rows_stand_behind_the_rows(self) -> None:
        got = HalfRows(TABLE).take(Columns(at([5]).ids, np.array([2, 0, 1, 3], dtype=np.int32), self.sums()))
        assert np.array_equal(got[0], TABLE.astype(np.float32)[5])
        assert not got[2].any()
        for place, part in zip((3, 1, 4), self.PARTS, strict=True):
            assert np.allclose(got[place], self.expected(part), atol=1e-5)

    def test_added_later_are_worked_out_later(self) -> None:
        rows, sums = HalfRows(TABLE), self.sums()
        rows.take(Columns(NO_IDS, np.array([1], dtype=np.int32), sums))
        number = sums.add(np.array([8], dtype=np.int32).tobytes())
        got = rows.take(Columns(NO_IDS, np.array([number, 2], dtype=np.int32), sums))
        assert np.allclose(got, [self.expected([8]), self.expected([1])])

    def test_of_another_memory_are_other_sums(self) -> None:
        rows, others = HalfRows(TABLE), Sums(self.WEIGHTS, 10)
        rows.take(Columns(NO_IDS, np.array([1], dtype=np.int32), self.sums()))
        others.add(np.array([20], dtype=np.int32).tobytes())
        got = rows.take(Columns(NO_IDS, np.array([1], dtype=np.int32), others))
        assert np.allclose(got[0], self.expected([20]))

    def test_give_back_their_parts(self) -> None:
        columns, weights, begins = self.sums().parts(1, 4)
        assert columns.tolist() == [column for part in self.PARTS for column in part]
        assert np.array_equal(weights, self.WEIGHTS[columns])
        assert begins == [0, 3, 4]

    def test_are_so_many_and_no_more(self) -> None:
        assert self.sums(4).add(b"") == 0
        with pytest.raises(Full):
            self.sums(4).add(np.array([1], dtype=np.int32).tobytes())
