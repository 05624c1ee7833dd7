"""Deadlines and working hours of clause 2.1."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from triage.policy.calendar import after_working_days, deadline, is_open, next_opening
from triage.policy.pack import Policy, load_policy
from triage.text.paths import data_dir


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(data_dir({}) / "regulation.toml")


def working(policy: Policy, *holidays: date) -> Policy:
    return replace(policy, calendar=replace(policy.calendar, deadline="working", holidays=holidays))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestHours:
    @pytest.mark.parametrize(
        ("moment", "open_"),
        [
            ("2026-11-25T09:59:59+03:00", False),
            ("2026-11-25T10:00:00+03:00", True),
            ("2026-11-25T21:59:59+03:00", True),
            ("2026-11-25T22:00:00+03:00", False),
            ("2026-11-28T12:00:00+03:00", True),
            ("2026-11-25T16:00:00+10:00", False),
        ],
    )
    def test_are_ten_to_twenty_two_in_moscow_every_day(self, policy: Policy, moment: str, open_: bool) -> None:
        assert is_open(policy, at(moment)) is open_

    def test_next_opening_skips_holidays(self, policy: Policy) -> None:
        closed = working(policy, date(2027, 1, 1), date(2027, 1, 2))
        assert next_opening(closed, at("2026-12-31T23:00:00+03:00")) == at("2027-01-03T10:00:00+03:00")


class TestDeadline:
    def test_counts_every_hour_by_default(self, policy: Policy) -> None:
        due = deadline(policy, datetime(2026, 11, 25, 20, tzinfo=UTC), 24)
        assert due == datetime(2026, 11, 26, 20, tzinfo=UTC)
        assert due.utcoffset().total_seconds() == 3 * 3600  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        ("taken", "hours", "due"),
        [
            ("2026-11-25T10:00:00+03:00", 12, "2026-11-25T22:00:00+03:00"),
            ("2026-11-25T12:00:00+03:00", 24, "2026-11-27T12:00:00+03:00"),
            ("2026-11-25T23:30:00+03:00", 1, "2026-11-26T11:00:00+03:00"),
            ("2026-11-25T21:30:00+03:00", 48, "2026-11-29T21:30:00+03:00"),
        ],
    )
    def test_counts_working_hours_when_the_pack_says_so(self, policy: Policy, taken: str, hours: int, due: str) -> None:
        assert deadline(working(policy), at(taken), hours) == at(due)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("moment", "days", "ends"),
        [
            ("2026-11-25T12:00:00+03:00", 1, "2026-11-26T22:00:00+03:00"),
            ("2026-11-25T23:30:00+03:00", 1, "2026-11-26T22:00:00+03:00"),
            ("2026-11-25T00:10:00+03:00", 1, "2026-11-26T22:00:00+03:00"),
            ("2026-11-25T12:00:00+03:00", 5, "2026-11-30T22:00:00+03:00"),
            ("2026-11-25T22:00:00+00:00", 2, "2026-11-28T22:00:00+03:00"),
        ],
    )
    def test_end_with_the_close_of_the_last_one(self, policy: Policy, moment: str, days: int, ends: str) -> None:
        assert after_working_days(policy, at(moment), days) == at(ends)

    def test_leave_out_weekends_and_holidays(self, policy: Policy) -> None:
        calendar = replace(policy.calendar, weekdays=(1, 2, 3, 4, 5), holidays=(date(2026, 11, 30),))
        weekdays = replace(policy, calendar=calendar)
        assert after_working_days(weekdays, at("2026-11-26T12:00:00+03:00"), 2) == at("2026-12-01T22:00:00+03:00")
        assert after_working_days(weekdays, at("2026-11-28T12:00:00+03:00"), 1) == at("2026-12-01T22:00:00+03:00")
