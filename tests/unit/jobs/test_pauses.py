"""Pauses between tries."""

from __future__ import annotations

import pytest

from triage.jobs.pauses import doubled


class TestAPause:
    @pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 4), (7, 256), (8, 300), (1023, 300), (10**6, 300)])
    def test_doubles_up_to_the_longest(self, attempts: int, seconds: float) -> None:
        assert doubled(2.0, attempts, longest=300) == seconds
