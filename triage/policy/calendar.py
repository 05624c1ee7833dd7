"""Deadlines in the working calendar of clause 2.1 (10–22 Moscow time, every day, holidays from the pack)."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.policy.pack import Policy

_YEAR = 366


def is_open(policy: Policy, now: datetime) -> bool:
    """Whether support works at this aware moment (2.1)."""
    local = now.astimezone(policy.zone)
    return _works_on(policy, local) and policy.calendar.opens <= local.time() < policy.calendar.closes


def next_opening(policy: Policy, now: datetime) -> datetime:
    """Return `now` in the pack's zone when support works then, else the next opening."""
    local = now.astimezone(policy.zone)
    if is_open(policy, local):
        return local
    opens = policy.calendar.opens
    day = local.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    if local >= day:
        day += timedelta(days=1)
    for _ in range(_YEAR):
        if _works_on(policy, day):
            return day
        day += timedelta(days=1)
    return day


def deadline(policy: Policy, now: datetime, hours: int) -> datetime:
    """Return the moment by which a request taken at `now` is due, in the pack's zone.

    The pack chooses the reading of clause 5.2: `calendar` counts every hour, `working` only hours
    in which support works.
    """
    if policy.calendar.deadline == "calendar":
        return now.astimezone(policy.zone) + timedelta(hours=hours)
    moment, left = next_opening(policy, now), timedelta(hours=hours)
    while True:
        closes = policy.calendar.closes
        end = moment.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)
        if moment + left <= end:
            return moment + left
        left -= end - moment
        moment = next_opening(policy, end)


def after_working_days(policy: Policy, now: datetime, days: int) -> datetime:
    """Return the close of the `days`-th working day (from 1) after the day of `now`, in the pack's zone."""
    closes = policy.calendar.closes
    moment = now.astimezone(policy.zone)
    for _ in range(days):
        moment = next_opening(policy, moment.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0))
    return moment.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0)


def _works_on(policy: Policy, local: datetime) -> bool:
    return local.isoweekday() in policy.calendar.weekdays and local.date() not in policy.calendar.holidays
