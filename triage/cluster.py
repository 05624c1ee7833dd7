"""`triage batch --cluster`: chunks go through the database to whichever workers are alive, and come back in order.

Texts are masked before they are kept. Ids and bad lines stay here, and no more than a few chunks per
worker are on their way, so memory and tables stay flat however long the input is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from triage.batch import Done, Masked, chunks, mask
from triage.desk.records import Worked
from triage.errors import StoreUnavailable, TriageError, WrongSetting
from triage.jobs.bulk import JOB, packed
from triage.jobs.engine import DurableEngine
from triage.jobs.reaper import live_workers
from triage.settings import Settings
from triage.store import Database, connect

PATIENCE = 8.0  # seconds without a live worker
_LOOK = 1.0  # seconds between countings of workers
_PAUSE = 0.02  # seconds between looks for a finished chunk
_LEAST, _EACH, _MOST = 8, 8, 64  # chunks on their way: at least, per worker, at most
_NO_ID = b'{"id":null'


def run_on_cluster(settings: Settings, lines: Iterable[bytes], *, patience: float = PATIENCE) -> Iterator[Done]:
    """Return finished chunks in the order of the input.

    Raises WrongSetting when the database is SQLite, StoreUnavailable when it cannot be used or when no
    worker is alive for `patience` seconds, now or later.
    """
    if not settings.database_url.startswith("postgresql"):
        raise WrongSetting("--cluster needs PostgreSQL, but TRIAGE_DATABASE_URL is a SQLite file: leave --cluster out")
    database = connect(settings.database_url)
    database.ping()
    run = _Run(database, DurableEngine(database.engine, database.url, settings.worker_id), patience)
    run.wait_for_a_worker()
    return run.reports(lines)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A chunk on its way. Of a good line: the beginning of its report, True; of a bad one: its whole report, False."""

    number: int
    lines: tuple[tuple[bytes, bool], ...]

    @property
    def good(self) -> int:
        return sum(good for _, good in self.lines)


class _Run:
    """One bulk run: sends chunks ahead, takes them back in order, erases what is left."""

    def __init__(self, database: Database, engine: DurableEngine, patience: float) -> None:
        self._database, self._engine, self._patience = database, engine, patience
        self._id = str(uuid4())
        self._most = _LEAST
        self._looked = 0.0
        self._alone_since: float | None = None

    def wait_for_a_worker(self) -> None:
        """Return as soon as one is alive."""
        while not self._count():
            time.sleep(_PAUSE)

    def reports(self, lines: Iterable[bytes]) -> Iterator[Done]:
        """Yield finished chunks in order."""
        waiting: deque[_Sent] = deque()
        try:
            for number, chunk in enumerate(chunks(lines), 1):
                waiting.append(self._send(number, chunk))
                while len(waiting) >= self._most:
                    yield self._taken(waiting.popleft())
            while waiting:
                yield self._taken(waiting.popleft())
        finally:
            self._close()

    def _send(self, number: int, chunk: Sequence[tuple[int, bytes]]) -> _Sent:
        read = [mask(place, raw) for place, raw in chunk]
        good = [replace(line, request=replace(line.request, id=None)) for line in read if isinstance(line, Masked)]
        if good:
            with self._database.unit() as unit:
                unit.chunks.add(self._id, number, packed(good), datetime.now(UTC))
                self._engine.add(unit.session, JOB, self._id, number, key=f"bulk:{self._id}:{number}")
        begun = ((_head(line.request.id), True) if isinstance(line, Masked) else (line, False) for line in read)
        return _Sent(number, tuple(begun))

    def _taken(self, sent: _Sent) -> Done:
        reports = self._wait(sent.number).splitlines(keepends=True) if sent.good else []
        if len(reports) != sent.good:
            raise TriageError(f"Chunk {sent.number} came back incomplete", advice="start again")
        rest = iter(reports)
        output = [begun + next(rest).removeprefix(_NO_ID) if good else begun for begun, good in sent.lines]
        return Done(b"".join(output), len(output), len(output) - sent.good)

    def _wait(self, number: int) -> bytes:
        """Wait until the chunk is worked, as long as anybody works."""
        while (worked := self._take(number)) is None:
            if time.monotonic() - self._looked > _LOOK:
                self._count()
            time.sleep(_PAUSE)
        if worked.error:
            raise TriageError(f"A worker failed at chunk {number} ({worked.error})", advice="see its log")
        return worked.reports

    def _take(self, number: int) -> Worked | None:
        try:
            with self._database.unit() as unit:
                return unit.chunks.take(self._id, number)
        except KeyError as error:
            raise TriageError(f"Chunk {number} is gone from the database", advice="start again") from error

    def _count(self) -> int:
        """Count the live workers; raises when there has been none for too long."""
        with self._database.unit() as unit:
            alive = live_workers(unit.session)
        now = self._looked = time.monotonic()
        if alive:
            self._alone_since = None
            self._most = min(_MOST, max(_LEAST, alive * _EACH))
            return alive
        self._alone_since = now if self._alone_since is None else self._alone_since
        if now - self._alone_since >= self._patience:
            reason = f"No worker of this database is alive (waited {self._patience:g} s)"
            raise StoreUnavailable(reason, advice="start `triage work` or `triage serve` on it")
        return 0

    def _close(self) -> None:
        with suppress(StoreUnavailable), self._database.unit() as unit:
            unit.chunks.forget(self._id)
        self._database.dispose()


def _head(id: str | None) -> bytes:
    return b'{"id":' + msgspec.json.encode(id)
