"""Versions past support, by the dates of a pack of the tests' own; the product's pack lists none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from triage.errors import WrongPolicy
from triage.policy.pack import Policy, load_policy
from triage.policy.support import Past, past_support
from triage.text.paths import data_dir

PACK = data_dir({}) / "regulation.toml"
DATES = """
[[release]]
version = "3"
supported_until = 2025-06-30

[[release]]
version = "4.1"
supported_until = 2026-03-31

[[release]]
version = "4.1.9"
supported_until = 2027-03-31
"""


def own_pack(folder: Path, dates: str = DATES) -> Policy:
    path = folder / "pack.toml"
    path.write_text(PACK.read_text(encoding="utf-8") + dates, encoding="utf-8")
    return load_policy(path)


class TestPastSupport:
    @pytest.mark.parametrize(
        ("said", "today", "past"),
        [
            (["4.1.7"], date(2026, 4, 1), ["4.1.7"]),
            (["4.1.7"], date(2026, 3, 31), []),
            (["4.1"], date(2026, 4, 1), ["4.1"]),
            (["4.10.2"], date(2026, 4, 1), []),
            (["4.1.9"], date(2026, 4, 1), []),
            (["4.1.9"], date(2027, 4, 1), ["4.1.9"]),
            (["3.20.1"], date(2026, 4, 1), ["3.20.1"]),
            (["30.1"], date(2026, 4, 1), []),
            (["с 3.19 на 4.1.2, потом снова 3.19"], date(2026, 4, 1), ["3.19", "4.1.2"]),
            (["v4.1.2"], date(2026, 4, 1), ["4.1.2"]),
            (["4.2", "не знаю", ""], date(2030, 1, 1), []),
        ],
    )
    def test_names_versions_whose_last_day_has_passed(
        self, tmp_path: Path, said: list[str], today: date, past: list[str]
    ) -> None:
        assert [p.version for p in past_support(own_pack(tmp_path), said, today)] == past

    def test_tells_the_last_day(self, tmp_path: Path) -> None:
        found = past_support(own_pack(tmp_path), ["4.1.7"], date(2026, 12, 1))
        assert found == (Past("4.1.7", date(2026, 3, 31)),)

    def test_says_nothing_by_the_products_own_pack(self) -> None:
        policy = load_policy(PACK)
        assert policy.release == ()
        assert past_support(policy, ["1.0", "3.5", "4.1"], date(2099, 1, 1)) == ()

    def test_costs_nothing_to_leave_out(self, tmp_path: Path) -> None:
        assert replace(own_pack(tmp_path), release=()).release == load_policy(PACK).release


class TestAWrongList:
    @pytest.mark.parametrize(
        ("right", "wrong", "key"),
        [
            ('version = "4.1"', 'version = "4.x"', r"release\[1\]\.version"),
            ('version = "4.1.9"', 'version = "4.1"', r"release\[1\]\.version: 4\.1 stands twice"),
            ("supported_until = 2026-03-31", 'supported_until = "soon"', r"release\[1\]\.supported_until"),
            ("supported_until = 2026-03-31", "until = 2026-03-31", r"release\[1\]\.until: unknown key"),
        ],
    )
    def test_is_refused_with_its_place(self, tmp_path: Path, right: str, wrong: str, key: str) -> None:
        with pytest.raises(WrongPolicy, match=key):
            own_pack(tmp_path, DATES.replace(right, wrong, 1))
