"""Daily housekeeping, itself a durable job: each day's job queues the next day's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from triage.desk.storage import Unit
from triage.dialogue import notices
from triage.jobs.background import in_unit
from triage.jobs.faq_watch import FaqWatch
from triage.jobs.notices import tell_agents
from triage.jobs.world import World

_DAY = timedelta(days=1)
_log = structlog.get_logger(__name__)


class History(Protocol):
    """The engine's own record of finished jobs."""

    def forget(self, before: datetime) -> int: ...

    def stranded(self) -> int: ...


class Upkeep:
    """Erases what has served its time: ours, and the engine's history of finished jobs."""

    def __init__(self, world: World, history: History, faq: FaqWatch) -> None:
        self._world, self._history, self._faq = world, history, faq

    def begin(self) -> None:
        """Queue today's housekeeping unless it has been queued."""
        with self._world.store.unit() as unit:
            self._queue(unit, self._world.clock(), delay=60.0)

    async def housekeep(self, day: str) -> None:
        """Erase what is old, settle the FAQ's counts, tell the agents of jobs that were given up.

        Tomorrow's is queued first: whatever fails here must not end the chain.
        """
        now = self._world.clock()
        await in_unit(self._world.store, lambda u: self._queue(u, now + _DAY, delay=_DAY.total_seconds()))
        kept = timedelta(hours=self._world.policy.dialogue.consent_hours)
        erased = await in_unit(self._world.store, lambda u: u.conversations.erase_unaccepted(now - kept))
        await in_unit(self._world.store, lambda u: u.housekeep(now))
        await in_unit(self._world.store, lambda u: self._faq.settle(u, now))
        finished = await in_unit(self._world.store, lambda u: self._history.forget(now - _DAY))
        stranded = await in_unit(self._world.store, lambda u: self._history.stranded())
        if stranded:
            text = notices.jobs_stopped(stranded)
            await in_unit(self._world.store, lambda u: tell_agents(self._world, u, text, now))
        _log.info("housekeeping", day=day, unaccepted=erased, finished_jobs=finished, stranded=stranded)

    def _queue(self, unit: Unit, at: datetime, *, delay: float) -> None:
        day = at.date().isoformat()
        self._world.jobs.add(unit.session, "housekeep", day, key=f"housekeep:{day}", delay=delay)
