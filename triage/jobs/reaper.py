"""Dead workers and what they left behind.

On PostgreSQL an advisory lock of a session says "I am alive"; peers adopt the jobs of free
locks. A second lock, which all workers share, lets anybody count them. On SQLite there is one
worker, so whatever another one left behind is its own. The engine itself never takes over a
dead peer's jobs (measured: stuck until that very worker returns).
`_recover_pending_workflows` is the engine's internal call, hence the pinned minor version.
"""

from __future__ import annotations

import threading
import zlib

import structlog
from dbos import DBOS
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_EVERY = 2.0  # seconds
_PENDING = text("select distinct executor_id from dbos.workflow_status where status = 'PENDING' and executor_id <> :me")
_ALIVE = 7_214_002  # the lock that every worker shares
_COUNT = text(
    "select count(distinct pid) from pg_locks where locktype = 'advisory' and granted and mode = 'ShareLock'"
    " and classid = 0 and objid = :key and objsubid = 1"
    " and database = (select oid from pg_database where datname = current_database())"
)
_log = structlog.get_logger(__name__)


def live_workers(session: Session) -> int:
    """Return how many workers of this PostgreSQL database are alive."""
    return int(session.execute(_COUNT, {"key": _ALIVE}).scalar_one())


class Reaper:
    """Holds this worker's lock and adopts the jobs of workers whose lock is free."""

    def __init__(self, engine: Engine, worker: str) -> None:
        self._engine, self._worker = engine, worker
        self._own: Connection | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def hold(self) -> bool:
        """Take this worker's lock; False when a live worker of the same name has it.

        Before the engine starts, or peers would think this worker dead.
        """
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": _key(self._worker)}).scalar()
        if not taken:
            connection.close()
            return False
        connection.execute(text("select pg_advisory_lock_shared(:key)"), {"key": _ALIVE})
        self._own = connection
        return True

    def held(self) -> bool:
        """Whether the lock's connection still lives."""
        return self._own is not None and not self._own.closed and not self._own.invalidated

    def start(self) -> None:
        """Look for dead workers every two seconds until stopped."""
        self._thread = threading.Thread(target=self._run, name="reaper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking and give the lock back."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=10)
        self._release()

    def _run(self) -> None:
        while not self._stop.wait(_EVERY):
            try:
                self._watch()
                self._reap()
            except DBAPIError as error:
                _log.warning("reaper.failed", reason=type(error).__name__)

    def _watch(self) -> None:
        """Take the lock again when its connection was lost while the worker lives."""
        try:
            if self._own is not None:
                self._own.execute(text("select 1"))
        except DBAPIError:
            self._release()
        if self._own is None and self.hold():
            _log.warning("reaper.lock_taken_again", worker=self._worker)

    def _release(self) -> None:
        """Close the lock's session for good: a pooled connection would keep the lock."""
        if self._own is not None:
            self._own.invalidate()
            self._own.close()
        self._own = None

    def _reap(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for (worker,) in connection.execute(_PENDING, {"me": self._worker}).all():
                key = {"key": _key(worker)}
                if not connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar():
                    continue
                try:
                    handles = DBOS._recover_pending_workflows([worker])
                    _log.warning("reaper.adopted", worker=worker, jobs=len(handles))
                finally:
                    connection.execute(text("select pg_advisory_unlock(:key)"), key)


def adopt_all(engine: Engine, worker: str) -> None:
    """Take over what workers of other names left in this SQLite file; only its one worker may."""
    with engine.connect() as connection:
        rows = connection.execute(text(str(_PENDING).replace("dbos.", "")), {"me": worker})
        left = [name for (name,) in rows]
    if left:
        DBOS._recover_pending_workflows(left)


def _key(worker: str) -> int:
    return zlib.crc32(b"triage-worker:" + worker.encode())
