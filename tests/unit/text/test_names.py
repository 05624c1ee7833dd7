"""Sorted names as a mapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text.names import SortedNames


class TestSortedNames:
    @given(names=st.sets(st.text(max_size=4), max_size=30), asked=st.text(max_size=4), first=st.integers(0, 9))
    def test_number_as_a_dictionary_of_them_would(self, names: set[str], asked: str, first: int) -> None:
        ordered = sorted(names)
        mapping, dictionary = SortedNames(ordered, first), dict(zip(ordered, range(first, 99), strict=False))
        assert dict(mapping) == dictionary
        assert mapping.get(asked) == dictionary.get(asked)
        assert (asked in mapping) is (asked in dictionary)

    def test_refuse_a_name_they_do_not_hold(self) -> None:
        with pytest.raises(KeyError, match="портал"):
            SortedNames(["консоль", "шлюз"], 0)["портал"]
