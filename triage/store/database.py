"""Connections: one engine per process, shared with the durable engine on SQLite.

SQLite runs in WAL mode with full synchronisation and takes the write lock when a
transaction first writes, so that two writers wait for each other instead of failing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from triage.errors import StoreUnavailable
from triage.store.unit import SqlUnit

HEAD = "0004"  # the newest version of the schema
_BUSY_MS = 30_000
_MISSING = ("no such table", "does not exist", "no such column", "UndefinedTable")


class Database:
    """A database and its units of work."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def url(self) -> str:
        """The address with its password, for the durable engine; never log it."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether one process and one file hold everything."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def unit(self) -> Iterator[SqlUnit]:
        """Open a unit of work: commit at the end, roll back on any exception.

        Raises StoreUnavailable with advice when the database is out of reach, locked or not migrated.
        """
        with translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield SqlUnit(session)

    def ping(self) -> None:
        """Raise StoreUnavailable unless the database answers and holds our tables as they are now."""
        with translated(), self.engine.connect() as connection:
            version = connection.execute(text("select version_num from alembic_version")).scalar()
        if version != HEAD:
            raise StoreUnavailable("The database is of another version", advice="run `triage migrate`")

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def connect(url: str, *, busy_ms: int = _BUSY_MS) -> Database:
    """Return the database of this address without touching it; `busy_ms` is how long a lock is waited for.

    Its errors do not show what was written: they go to the log, and people's words must not.
    Raises StoreUnavailable when the address cannot be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUnavailable("The database address is not valid", advice="check TRIAGE_DATABASE_URL") from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=20, max_overflow=20, pool_timeout=30, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_opener(busy_ms))
        return Database(engine)
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 5},
    )
    return Database(engine)


def _sqlite_opener(busy_ms: int) -> Any:
    def open_connection(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (f"busy_timeout={busy_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return open_connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's failures to reach the database into StoreUnavailable with advice."""
    try:
        yield
    except (DatabaseError, InterfaceError, PoolTimeout) as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise StoreUnavailable(reason[0], advice=reason[1]) from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable("The database file cannot be used", advice="check TRIAGE_DATABASE_URL") from error


def _reason(error: Exception) -> tuple[str, str] | None:
    """Say in two sentences what is wrong and what to do; None when it is our own mistake."""
    said = str(getattr(error, "orig", error) or error)
    if 'database "' in said and "does not exist" in said:
        return "The server has no database of that name", "create it, then run `triage migrate`"
    if "authentication failed" in said or "no password supplied" in said:
        return "The database server did not let us in", "check user and password in TRIAGE_DATABASE_URL"
    if any(word in said for word in _MISSING):
        return "The database has no tables or old ones", "run `triage migrate`"
    if "not a database" in said or "malformed" in said:
        return "The database file cannot be used", "check TRIAGE_DATABASE_URL"
    if "locked" in said or "busy" in said:
        return "The database is locked by another program", "close it or wait, then try again"
    if "readonly" in said:
        return "The database cannot be written", "check the rights of its file and folder"
    if "unable to open" in said:
        return "The database file cannot be opened", "check TRIAGE_DATABASE_URL and the folder's rights"
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return "The database does not answer", "check TRIAGE_DATABASE_URL and that the server runs"
    return None
