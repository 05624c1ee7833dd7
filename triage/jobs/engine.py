"""The durable engine (DBOS): queues, workers, joining of the caller's transaction.

A workflow here holds no state of its own: the row in our tables is the truth, each
workflow looks at it first, and running one twice does nothing the second time. Hence no
checkpointed steps, and any change of code may take over what older code has queued.
"""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import Engine as SqlEngine

from triage.errors import StoreUnavailable
from triage.jobs.reaper import Reaper, adopt_all

NAME = "triage"
VERSION = "1"  # of the jobs' names and arguments; a new one strands what older workers have queued
_BATCH = 500
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds while the database is out of reach
_log = structlog.get_logger(__name__)
SERIALIZER = DBOSPortableJSONSerializer()

Work = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Queue:
    """How a queue is worked: jobs at once per process, seconds between looks, turns kept or not."""

    name: str
    width: int
    poll: float
    turns: bool = False


INBOX = Queue("inbox", width=16, poll=0.1, turns=True)
REPLIES = Queue("replies", width=16, poll=0.1, turns=True)
BOARD = Queue("board", width=1, poll=0.5, turns=True)
AUTHORS = Queue("authors", width=8, poll=0.2, turns=True)
TIMERS = Queue("timers", width=200, poll=0.1)
MAIL = Queue("mail", width=8, poll=0.25)
UPKEEP = Queue("upkeep", width=1, poll=1.0)
BULK = Queue("bulk", width=4, poll=0.2)
QUEUES = (INBOX, REPLIES, BOARD, AUTHORS, TIMERS, MAIL, UPKEEP, BULK)


class DurableEngine:
    """Queues jobs from any thread; once started, works them on the running event loop.

    `jobs` maps a job's name to its queue and what it does. Only one process works a SQLite
    file: a second one (a terminal chat beside the server) only queues.
    """

    def __init__(self, sql: SqlEngine, url: str, worker_id: str) -> None:
        self._sql, self._url, self._worker_id = sql, url, worker_id
        self._jobs: dict[str, tuple[Queue, Work]] = {}
        self._client: DBOSClient | None = None
        self._reaper: Reaper | None = None
        self._lock: IO[str] | None = None
        self._begin: list[Callable[[], None]] = []
        self.running = False
        self.working = False

    def at_start(self, begin: Callable[[], None]) -> None:
        """Do this each time the engine has started to work its queues."""
        self._begin.append(begin)

    def register(self, queue: Queue, jobs: Mapping[str, Work]) -> None:
        """Say what this process can do; before `start`."""
        self._jobs |= {name: (queue, work) for name, work in jobs.items()}

    def add(
        self, session: object, job: str, *args: str | int | float, key: str, turn: str = "", delay: float = 0
    ) -> None:
        """Queue a job once per `key` in the caller's transaction (see `triage.desk.ports.Jobs`)."""
        queue = QUEUE_OF[job]
        options: EnqueueOptions = {"workflow_name": job, "queue_name": queue.name, "workflow_id": key}
        if queue.turns:
            options["queue_partition_key"] = turn or "all"
        if delay > 0:
            options["delay_seconds"] = delay
        self.client.enqueue_in_transaction(session, options, *args)  # type: ignore[arg-type]

    @property
    def client(self) -> DBOSClient:
        """The engine's client over our own connections; needs a migrated database."""
        if self._client is None:
            self._client = DBOSClient(system_database_engine=self._sql, serializer=SERIALIZER, application_name=NAME)
        return self._client

    def start(self) -> None:
        """Begin to work the queues of the registered jobs on the running event loop.

        Call it inside the loop that the messenger and the mailer use.
        """
        self.working = self._alone()
        worker = self._name()
        logging.getLogger("dbos").setLevel(logging.ERROR)
        for queue in QUEUES:
            _declare(self.client, queue)
        DBOS(config=self._config(worker))
        for name, (_, work) in self._jobs.items():
            DBOS.workflow(name=name)(_function(name, work))
        DBOS.listen_queues([q.name for q, _ in self._jobs.values()] if self.working else [])
        DBOS.launch()
        if self._reaper:
            self._reaper.start()
        elif self.working:
            adopt_all(self._sql, worker)
        self.running = True
        for begin in self._begin if self.working else ():
            begin()

    def stop(self, *, grace: int = 2) -> None:
        """Stop taking jobs, give running ones `grace` seconds; what is cut is done again later.

        Call it beside the event loop (`asyncio.to_thread`): inside it nothing could finish meanwhile.
        """
        if not self.running:
            self._unlock()
            return
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            grace = 0
        self.running = self.working = False
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace)
        if self._reaper:
            self._reaper.stop()
        self._unlock()

    def forget(self, before: datetime) -> int:
        """Erase the engine's record of jobs that ended before; return how many."""
        total, ended = 0, ["SUCCESS", "ERROR", "CANCELLED"]
        while ids := self._ids(status=ended, completed_before=before.isoformat(), limit=_BATCH):
            self.client.delete_workflows(ids)
            total += len(ids)
        return total

    def stranded(self) -> int:
        """Return how many jobs failed, or were given up after crashing their worker again and again."""
        return len(self._ids(status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"], limit=1000))

    def _ids(self, **query: Any) -> list[str]:
        found = self.client.list_workflows(load_input=False, load_output=False, **query)
        return [workflow.workflow_id for workflow in found]

    def alive(self) -> bool:
        """Whether this process works the queues, or another one does on this file."""
        if not self.running:
            return False
        return self._reaper.held() if self._reaper else True

    def _name(self) -> str:
        """This worker's name, with the process's number when a live worker already has the name."""
        other = f"{self._worker_id}-{os.getpid()}"
        if self._sql.dialect.name == "sqlite":
            return self._worker_id if self.working else other
        for name in (self._worker_id, other):
            self._reaper = Reaper(self._sql, name)
            if self._reaper.hold():
                return name
        raise StoreUnavailable(f"A worker named {other} is alive", advice="set TRIAGE_WORKER_ID")

    def _config(self, worker: str) -> DBOSConfig:
        config: DBOSConfig = {
            "name": NAME,
            "application_version": VERSION,
            "executor_id": worker,
            "system_database_url": self._url,
            "serializer": SERIALIZER,
            "log_level": "ERROR",
            "enable_otlp": False,
            "run_migrations": False,
        }
        if self._sql.dialect.name == "sqlite":
            config["system_database_engine"] = self._sql
        return config

    def _alone(self) -> bool:
        path = self._sql.url.database if self._sql.dialect.name == "sqlite" else None
        if not path or path == ":memory:":
            return True
        self._lock = Path(f"{path}.worker").open("w", encoding="ascii")  # noqa: SIM115  # held until stop
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._unlock()
            return False
        return True

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
        self._lock = None


def _function(name: str, work: Work) -> Work:
    """Make a function the engine can mark (a bound method cannot be), which outlasts a lost database."""

    async def job(*args: Any) -> None:
        pauses = itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1]))
        while True:
            try:
                return await work(*args)
            except StoreUnavailable as error:
                _log.warning("job.waits", job=name, reason=error.message)
            except Exception:
                _log.exception("job.failed", job=name)
                raise
            await asyncio.sleep(next(pauses))

    return job


def _declare(client: DBOSClient, queue: Queue) -> None:
    client.register_queue(
        queue.name,
        worker_concurrency=queue.width,
        partition_concurrency=1 if queue.turns else None,
        polling_interval_sec=queue.poll,
        application_name=NAME,
    )


QUEUE_OF = {
    "turn": INBOX,
    "say": REPLIES,
    "erase_message": REPLIES,
    "show_card": BOARD,
    "erase_card": BOARD,
    "tell_agents": BOARD,
    "inform": AUTHORS,
    "settle": TIMERS,
    "expire": UPKEEP,
    "post": MAIL,
    "housekeep": UPKEEP,
    "faq_list": UPKEEP,
    "chunk": BULK,
}
