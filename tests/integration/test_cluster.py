"""`triage batch --cluster` on PostgreSQL with real worker processes: the same bytes, nothing lost, no secret kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.applications import settings
from tests.builders import ROOT
from tests.databases import Cluster
from triage import batch
from triage.cluster import run_on_cluster
from triage.desk.records import Worked
from triage.errors import StoreUnavailable, TriageError
from triage.jobs.reaper import _ALIVE
from triage.loading import load_chain
from triage.settings import Settings
from triage.store import Database, connect

pytestmark = pytest.mark.postgres

SECRETS = ("Tr0ub4dor-3x", "qwE9-zaq1-Xsw2", "4111111111111111")
LEAKS = (
    {"id": "s1", "text": f"Не могу войти в консоль, пароль: {SECRETS[0]}, помогите"},
    {"id": 's2 "quoted" ☃', "text": "Что с доступом?", "subject": f"логин admin пароль {SECRETS[1]}"},
    {"text": f"Оплата не прошла с карты {SECRETS[2]}", "attachments": [{"name": "a.png", "size": 5}]},
)
BAD = (b"not json", b'{"id": "x"}', b'["text"]', b'{"text": "password=' + SECRETS[0].encode(), b"\xff", b"   ")


@dataclass
class Workers:
    """`triage work` processes of one database."""

    url: str
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]]

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "triage.cli", "work"], cwd=self.folder, env=environment(self.url, name),
                stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)


def environment(url: str, name: str = "reader") -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TRIAGE_")}
    ours = {"TRIAGE_DATABASE_URL": url, "TRIAGE_WORKER_ID": name, "PYTHONPATH": str(ROOT), "TRIAGE_READER": "quick"}
    return kept | ours | {"TRIAGE_LOG": "json"}


@pytest.fixture
def url(cluster: Cluster) -> str:
    """The address of a migrated PostgreSQL database."""
    return cluster.create(template=cluster.migrated)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    found = connect(url)
    yield found
    found.dispose()


@pytest.fixture
def workers(url: str, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(url, tmp_path, {})
    yield made
    for name in tuple(made.processes):
        made.kill(name)


def triage(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "triage.cli", *words], cwd=folder, env=environment(url), capture_output=True, timeout=90
    )


def outcome(done: subprocess.CompletedProcess[bytes]) -> tuple[int, bytes]:
    """The exit status and what was said of bad lines; a missing model is said before, by whoever loads it."""
    return done.returncode, done.stderr.splitlines()[-1]


def requests(path: Path, copies: int) -> Path:
    """Requests of the corpus with secrets, bad lines and blank ones among them."""
    paths = sorted((ROOT / "data" / "tickets").glob("*.jsonl"))[:3]
    texts = [json.loads(line)["text"] for p in paths for line in p.read_text(encoding="utf-8").splitlines()]
    plain = [{"id": str(n), "text": t, "subject": None if n % 7 else "о шлюзе"} for n, t in enumerate(texts)]
    lines = [*(json.dumps(line, ensure_ascii=False).encode() for line in (*LEAKS, *plain, *LEAKS)), *BAD]
    path.write_bytes(b"\n".join(lines * copies))
    return path


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def dump(database: Database) -> str:
    """Every value of our tables and of the engine's, as one text."""
    found = []
    with database.engine.connect() as connection:
        names = connection.execute(
            sa.text(
                "select schemaname || '.\"' || tablename || '\"' from pg_tables where schemaname in ('public', 'dbos')"
            )
        ).scalars()
        for name in names.all():
            for row in connection.execute(sa.text(f"select * from {name}")):
                found += [v.decode(errors="replace") if isinstance(v, bytes) else repr(v) for v in row]
    return "\n".join(found)


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class TestACluster:
    def test_gives_the_same_bytes_as_one_process(
        self, url: str, database: Database, workers: Workers, tmp_path: Path
    ) -> None:
        source = requests(tmp_path / "in.jsonl", copies=16)
        for name in ("one", "two"):
            workers.start(name)
        alone = triage(url, tmp_path, "batch", str(source), "alone.jsonl")
        spread = triage(url, tmp_path, "batch", str(source), "spread.jsonl", "--cluster")
        assert outcome(spread) == outcome(alone)
        assert spread.returncode == 1
        assert (tmp_path / "spread.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()
        assert rows(database, "select * from chunks") == []
        worked = "select distinct executor_id from dbos.workflow_status where name = 'chunk'"
        assert sorted(rows(database, worked)) == [("one",), ("two",)]

    def test_loses_nothing_when_a_worker_is_killed(
        self, url: str, database: Database, workers: Workers, tmp_path: Path
    ) -> None:
        source = requests(tmp_path / "in.jsonl", copies=12)
        workers.start("doomed")
        with ThreadPoolExecutor(1) as pool:
            going = pool.submit(triage, url, tmp_path, "batch", str(source), "spread.jsonl", "--cluster")
            until(
                lambda: rows(database, "select 1 from dbos.workflow_status where name = 'chunk' and status = 'PENDING'")
            )
            workers.start("heir")
            workers.kill("doomed")
            spread = going.result()
        alone = triage(url, tmp_path, "batch", str(source), "alone.jsonl")
        assert outcome(spread) == outcome(alone)
        assert (tmp_path / "spread.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()


class TestAReader:
    """The submitting side in this process; a session that holds the workers' lock stands for a worker."""

    @pytest.fixture
    def here(self, url: str, tmp_path: Path) -> Settings:
        return settings(url, tmp_path)

    @pytest.fixture
    def idle(self, database: Database) -> Iterator[Callable[[], None]]:
        """A worker that is alive and does nothing; calling it lets it die."""
        session = database.engine.connect()
        session.execute(sa.text("select pg_advisory_lock_shared(:key)"), {"key": _ALIVE})
        yield session.invalidate
        session.invalidate()

    def test_keeps_no_secret_and_few_chunks_and_leaves_nothing_when_the_workers_are_gone(
        self, here: Settings, database: Database, idle: Callable[[], None], tmp_path: Path
    ) -> None:
        source = requests(tmp_path / "in.jsonl", copies=30)
        with ThreadPoolExecutor(1) as pool, source.open("rb") as lines:
            going = pool.submit(list, run_on_cluster(here, lines, patience=1.0))
            until(lambda: len(rows(database, "select number from chunks")) == 8)
            time.sleep(0.5)
            assert len(rows(database, "select number from chunks")) == 8
            kept = dump(database)
            idle()
            with pytest.raises(StoreUnavailable, match="No worker of this database is alive"):
                going.result()
        assert "Не могу войти в консоль, пароль: ████" in kept
        assert not [secret for secret in SECRETS if secret in kept]
        assert rows(database, "select * from chunks") == []

    def test_says_that_no_worker_is_alive_before_anything_is_written(self, url: str, tmp_path: Path) -> None:
        source = requests(tmp_path / "in.jsonl", copies=1)
        done = triage(url, tmp_path, "batch", str(source), "out.jsonl", "--cluster")
        assert done.returncode == 2
        assert done.stderr.decode().count("\n") == 1
        assert "No worker of this database is alive" in done.stderr.decode()
        assert "triage work" in done.stderr.decode()
        assert not (tmp_path / "out.jsonl").exists()

    def test_says_so_when_a_worker_fails_at_a_chunk(self, here: Settings, database: Database, idle: object) -> None:
        with ThreadPoolExecutor(1) as pool:
            going = pool.submit(list, run_on_cluster(here, [b'{"text": "x"}']))
            until(lambda: rows(database, "select run from chunks"))
            [(run,)] = rows(database, "select run from chunks")
            with database.unit() as unit:
                unit.chunks.finish(str(run), 1, Worked(b"", "ValueError"))
            with pytest.raises(TriageError, match="at chunk 1"):
                going.result()
        assert rows(database, "select * from chunks") == []

    def test_does_not_bother_workers_with_bad_lines_alone(
        self, here: Settings, database: Database, idle: object
    ) -> None:
        lines = [line + b"\n" for line in BAD]
        here_done = list(batch.run(lines, load_chain(here).analyzer))
        assert list(run_on_cluster(here, lines)) == here_done
        assert rows(database, "select * from dbos.workflow_status") == []

    def test_needs_postgresql(self, tmp_path: Path) -> None:
        done = triage("sqlite:///triage.db", tmp_path, "batch", "-", "out.jsonl", "--cluster")
        assert done.returncode == 2
        assert done.stderr.decode().count("\n") == 1
        assert "SQLite" in done.stderr.decode()
        assert "TRIAGE_DATABASE_URL" in done.stderr.decode()
