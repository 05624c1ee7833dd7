"""The schema's versions: Alembic run from the package, without a configuration file."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from dbos import DBOS
from sqlalchemy import Connection

from triage.errors import StoreUnavailable
from triage.store.database import connect, translated

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = 7_214_001  # one migrator at a time


def migrate(url: str) -> None:
    """Bring the schema (ours, and the durable engine's) to the newest version.

    Raises StoreUnavailable with advice when the database cannot be reached or is locked.
    """
    database = connect(url, busy_ms=5_000)
    try:
        with translated(), database.engine.begin() as connection:
            upgrade(connection)
        logging.getLogger("dbos").setLevel(logging.WARNING)
        with translated():
            _migrate_engine(url)
    finally:
        database.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring our own tables to a revision over an open connection."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    command.upgrade(_config(connection), revision)


def _migrate_engine(url: str) -> None:
    try:
        DBOS.migrate(url)
    except RuntimeError as error:
        raise StoreUnavailable("The engine's tables cannot be made", advice="see the server's log") from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
