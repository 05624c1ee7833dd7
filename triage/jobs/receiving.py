"""Who receives: of several processes on one database, Telegram may be polled by one at a time.

On PostgreSQL an advisory lock of a session names it, and is free as soon as that process dies. On SQLite
it is the one process that works the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_KEY = 7_214_003
_EVERY = 1.0  # seconds between tries to take the lock, and between looks whether it is still held
_log = structlog.get_logger(__name__)


class Works(Protocol):
    """The engine, as far as it says whether this process works the queues."""

    @property
    def working(self) -> bool: ...


class Receiving:
    """Lets one process of a database do what must not be done twice."""

    def __init__(self, sql: Engine, engine: Works) -> None:
        self._sql, self._engine = sql, engine
        self._own: Connection | None = None

    async def alone(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work while no other process does: wait for the turn, stop when it is lost, wait again.

        Returns, or raises, as the work does.
        """
        while True:
            try:
                await self._turn()
                if await self._done(asyncio.create_task(work())):
                    return
                _log.warning("receiving.lost")
            finally:
                await asyncio.to_thread(self._release)

    async def _done(self, doing: asyncio.Task[None]) -> bool:
        """Whether the work came to its end while the turn was ours."""
        try:
            while not doing.done() and await asyncio.to_thread(self._held):
                await asyncio.wait([doing], timeout=_EVERY)
            if not doing.done():
                return False
            doing.result()
            return True
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)

    async def _turn(self) -> None:
        waited = False
        while not await asyncio.to_thread(self._taken):
            if not waited:
                _log.info("receiving.waits", advice="another process of this database receives")
            waited = True
            await asyncio.sleep(_EVERY)
        _log.info("receiving.begins")

    def _taken(self) -> bool:
        if self._sql.dialect.name == "sqlite":
            return self._engine.working
        try:
            connection = self._sql.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._own = connection
            if connection.execute(text("select pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar():
                return True
        except DBAPIError as error:
            _log.warning("receiving.failed", reason=type(error).__name__)
        self._release()
        return False

    def _held(self) -> bool:
        if self._own is None:
            return self._sql.dialect.name == "sqlite" and self._engine.working
        try:
            self._own.execute(text("select 1"))
        except DBAPIError:
            return False
        return True

    def _release(self) -> None:
        """Close the session for good: a pooled connection would keep the lock."""
        if self._own is not None:
            self._own.invalidate()
            self._own.close()
        self._own = None
