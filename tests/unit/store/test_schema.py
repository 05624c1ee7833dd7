"""Migrations, and databases that cannot be used: a clear advice instead of a traceback."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import triage.store.migrations as migrations
from tests.builders import NOON
from tests.databases import Cluster, free_port
from triage.errors import StoreUnavailable
from triage.store import Database, connect, migrate
from triage.store.database import HEAD
from triage.store.tables import Base


class TestMigrations:
    def test_end_at_the_version_that_the_program_expects(self) -> None:
        folder = Path(migrations.__file__).parent
        assert ScriptDirectory(str(folder)).get_current_head() == HEAD

    def test_make_the_tables_that_the_program_uses(self, store: Database) -> None:
        def ours(name: str | None, kind: str, parents: object) -> bool:
            return kind != "table" or name in Base.metadata.tables

        with store.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
            assert compare_metadata(context, Base.metadata) == []

    def test_may_run_again(self, database_url: str) -> None:
        migrate(database_url)
        database = connect(database_url)
        database.ping()
        database.dispose()


class TestADatabaseThatCannotBeUsed:
    def advice(self, url: str) -> str:
        database = connect(url, busy_ms=200)
        try:
            with pytest.raises(StoreUnavailable) as caught:
                database.ping()
        finally:
            database.dispose()
        return str(caught.value)

    def test_not_migrated(self, tmp_path: Path) -> None:
        assert "triage migrate" in self.advice(f"sqlite:///{tmp_path}/empty.db")

    def test_of_another_version(self, sqlite_url: str) -> None:
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        connection.close()
        assert "triage migrate" in self.advice(sqlite_url)

    def test_in_a_missing_folder(self, tmp_path: Path) -> None:
        assert "cannot be opened" in self.advice(f"sqlite:///{tmp_path}/none/triage.db")

    def test_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "text.db"
        path.write_text("это не база данных, а просто длинный текст " * 50, encoding="utf-8")
        assert "TRIAGE_DATABASE_URL" in self.advice(f"sqlite:///{path}")

    def test_locked_by_another_program(self, sqlite_url: str) -> None:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("begin exclusive")
        database = connect(sqlite_url, busy_ms=100)
        try:
            with pytest.raises(StoreUnavailable, match="locked"), database.unit() as unit:
                unit.once("key", NOON)
            with pytest.raises(StoreUnavailable, match="locked"):
                database_locked_at_migration(sqlite_url)
        finally:
            other.close()
            database.dispose()

    def test_server_that_does_not_answer(self) -> None:
        said = self.advice(f"postgresql+psycopg://triage:hidden@127.0.0.1:{free_port()}/triage")
        assert "does not answer" in said
        assert "hidden" not in said

    def test_server_that_does_not_answer_a_migration(self) -> None:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            migrate(f"postgresql+psycopg://triage@127.0.0.1:{free_port()}/triage")

    @pytest.mark.postgres
    def test_server_without_a_database_of_that_name(self, cluster: Cluster) -> None:
        assert "create it" in self.advice(cluster.url("nobody_made_this"))

    def test_address_that_is_none(self) -> None:
        with pytest.raises(StoreUnavailable, match="not valid"):
            connect("это не адрес")


def database_locked_at_migration(url: str) -> None:
    """Migrate a copy's address while the file is locked (a shorter wait than the command's)."""
    from triage.store import schema

    database = connect(url, busy_ms=100)
    try:
        with schema.translated(), database.engine.begin() as connection:
            schema.upgrade(connection)
    finally:
        database.dispose()
