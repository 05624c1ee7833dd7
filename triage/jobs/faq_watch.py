"""What is done about the FAQ by itself: silence is counted, entries that mislead are withheld, and once a week
the agents get the groups of questions that found no entry."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.faq.groups import Group, Unanswered, group_questions
from triage.jobs.background import in_unit
from triage.jobs.deflection import Deflection
from triage.jobs.notices import tell_agents
from triage.jobs.world import World
from triage.policy.calendar import next_opening
from triage.policy.pack import Policy

_WEEK = timedelta(days=7)
_log = structlog.get_logger(__name__)


class FaqWatch:
    """The daily part is a step of the housekeeping; the weekly list is a durable job that queues its next one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._deflection = Deflection(world)

    def begin(self) -> None:
        """Queue the next list unless it has been queued."""
        with self._world.store.unit() as unit:
            self._queue(unit, self._world.clock())

    def settle(self, unit: Unit, now: datetime) -> None:
        """Count silence, withhold what misleads, erase words that are older than the pack allows."""
        unit.faq.settle(now)
        self._deflection.watch(unit, None, now)
        unit.faq.forget_texts(now - timedelta(days=self._world.policy.faq.kept_days))

    async def weekly(self, day: str) -> None:
        """Tell the agents the groups that grew within a week, once for this day.

        The next list is queued first: whatever fails here must not end the chain.
        """
        now = self._world.clock()
        await in_unit(self._world.store, lambda unit: self._queue(unit, now))
        questions = await in_unit(self._world.store, lambda unit: unit.faq.questions(_kept_since(self._world, now)))
        groups = await asyncio.to_thread(self._groups, questions)
        fresh = tuple(group for group in groups if group.newest >= now - _WEEK)

        def write(unit: Unit) -> None:
            if fresh and unit.once(f"faq_list:{day}", now):
                tell_agents(self._world, unit, notices.worth_writing(fresh), now)

        await in_unit(self._world.store, write)
        _log.info("faq.list", day=day, questions=len(questions), groups=len(groups), fresh=len(fresh))

    def _groups(self, questions: tuple[Unanswered, ...]) -> tuple[Group, ...]:
        rules = self._world.policy.faq
        return group_questions(
            questions, self._world.likeness, mean_likeness=rules.group_likeness, least=rules.min_group
        )

    def _queue(self, unit: Unit, now: datetime) -> None:
        due = next_list(self._world.policy, now)
        day = due.date().isoformat()
        delay = (due - now).total_seconds()
        self._world.jobs.add(unit.session, "faq_list", day, key=f"faq_list:{day}", delay=delay)


def next_list(policy: Policy, now: datetime) -> datetime:
    """Return when the next list is due: the opening on the pack's weekday, or the next one when support is closed."""
    local, opens = now.astimezone(policy.zone), policy.calendar.opens
    day = local.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    while day <= local or day.isoweekday() != policy.faq.list_weekday:
        day += timedelta(days=1)
    return next_opening(policy, day)


def _kept_since(world: World, now: datetime) -> datetime:
    return now - timedelta(days=world.policy.faq.kept_days)
