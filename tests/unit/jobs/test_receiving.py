"""One process receives; another takes over when it is gone or has lost its turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from tests.applications import eventually
from tests.databases import Cluster
from triage.jobs.receiving import Receiving
from triage.store import connect


@dataclass
class Process:
    """Receives when it may; `log` tells begun and ended work."""

    url: str
    working: bool = True
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = connect(self.url)
        self.receiving = Receiving(self.database.engine, self)

    async def work(self) -> None:
        self.log.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            self.log.append("ended")

    def start(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.receiving.alone(self.work))


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.fixture
def url(cluster: Cluster) -> str:
    return cluster.create(template=cluster.migrated)


@pytest.mark.postgres
class TestOnPostgres:
    async def test_the_second_waits_and_takes_over(self, url: str) -> None:
        one, two = Process(url), Process(url)
        first = one.start()
        await eventually(lambda: one.log)
        second = two.start()
        await asyncio.sleep(1.5)
        assert two.log == []
        await stopped(first)
        await eventually(lambda: two.log == ["begun"])
        assert one.log == ["begun", "ended"]
        await stopped(second)

    async def test_work_stops_when_the_session_is_lost_and_begins_again(self, url: str) -> None:
        one = Process(url)
        going = one.start()
        await eventually(lambda: one.log)
        with one.database.engine.connect() as connection:
            holders = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7214003"
            assert connection.execute(sa.text(holders)).all()
        await eventually(lambda: one.log == ["begun", "ended", "begun"])
        await stopped(going)

    async def test_what_the_work_raises_ends_the_turn(self, url: str) -> None:
        one, two = Process(url), Process(url)

        async def reject() -> None:
            raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011
            await one.receiving.alone(reject)
        going = two.start()
        await eventually(lambda: two.log == ["begun"])
        await stopped(going)


class TestOnSqlite:
    async def test_only_the_process_that_works_the_file_receives(self, sqlite_url: str) -> None:
        one, two = Process(sqlite_url), Process(sqlite_url, working=False)
        tasks = [one.start(), two.start()]
        await eventually(lambda: one.log == ["begun"])
        await asyncio.sleep(0.2)
        assert two.log == []
        for task in tasks:
            await stopped(task)
