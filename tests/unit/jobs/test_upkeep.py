"""Daily housekeeping goes on the next day, whatever happens today."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.applications import Clock
from triage.bootstrap import Application
from triage.jobs.faq_watch import FaqWatch
from triage.jobs.upkeep import Upkeep


class Broken:
    """A record of jobs that cannot be read."""

    def forget(self, before: datetime) -> int:
        raise ZeroDivisionError

    def stranded(self) -> int:
        raise ZeroDivisionError


async def test_tomorrows_is_queued_though_todays_fails(both: Application, clock: Clock) -> None:
    world = both.conversations._world
    tomorrow = (clock() + timedelta(days=1)).date().isoformat()
    with pytest.raises(ZeroDivisionError):
        await Upkeep(world, Broken(), FaqWatch(world)).housekeep("today")
    keys = [job.workflow_id for job in both.engine.client.list_workflows(name="housekeep")]
    assert keys == [f"housekeep:{tomorrow}"]
