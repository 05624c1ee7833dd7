"""Both databases for tests: SQLite in a temporary folder, and a PostgreSQL cluster of the test run's own."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from triage.store import Database, connect, migrate

_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_names = itertools.count(1)


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A PostgreSQL server under a temporary folder, run by an unprivileged user."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.user = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
        if self.user:
            shutil.chown(folder, self.user)
        self._run("initdb", "-D", f"{folder}/data", "-U", "triage", "--auth=trust", "-E", "UTF8", "--no-sync")
        self.start()
        self._template()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def stop(self) -> None:
        """Stop the server at once."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", "immediate", "stop")

    def url(self, name: str) -> str:
        """The address of a database of this server."""
        return f"postgresql+psycopg://triage@127.0.0.1:{self.port}/{name}"

    def create(self, *, template: str = "template1") -> str:
        """Make an empty database, or a copy of a template, and return its address."""
        name = f"test{next(_names)}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"create database {name} template {template}"))
        engine.dispose()
        return self.url(name)

    def _template(self) -> None:
        migrated = self.create()
        migrate(migrated)
        self.migrated = migrated.rpartition("/")[2]

    def _run(self, *words: str) -> None:
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        subprocess.run(
            words, check=True, user=self.user, cwd=self.folder, env=env, stdout=subprocess.DEVNULL, timeout=60
        )


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's own PostgreSQL; skips when its programs are not installed.

    Not under pytest's folder: that is closed to the user who runs the server.
    """
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"PostgreSQL's programs are missing: {', '.join(missing)} (Debian: postgresql)")
    with tempfile.TemporaryDirectory(prefix="triage-postgres-", ignore_cleanup_errors=True) as folder:
        server = Cluster(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database, one of each kind."""
    if request.param == "postgres":
        server: Cluster = request.getfixturevalue("cluster")
        return server.create(template=server.migrated)
    template: Path = request.getfixturevalue("migrated_file")
    return f"sqlite:///{shutil.copy(template, tmp_path / 'triage.db')}"


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """The address of a migrated SQLite file."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'triage.db')}"


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A migrated database of each kind."""
    database = connect(database_url)
    yield database
    database.dispose()
