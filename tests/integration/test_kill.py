"""Workers killed with SIGKILL: nothing lost, nothing opened twice, every letter under one Message-ID."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.applications import GO_ON, application, eventually, known_person
from tests.builders import ROOT
from tests.databases import Cluster
from tests.integration.mailservers import Post, post_office
from tests.unit.jobs.test_conversations import PROBLEM
from triage.bootstrap import Application
from triage.desk.ports import ChatKey


class Worker:
    """A worker process that is killed and started again under the same name."""

    def __init__(self, url: str, folder: Path, port: int, name: str) -> None:
        self._words = [sys.executable, "-m", "tests.integration.worker", url, str(folder), str(port), name]
        self.log = folder / f"{name}.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._words, cwd=ROOT, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(ROOT)}
            )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)


class Crowd:
    """People who walk to their letters, pressing on at each new screen that a worker showed them."""

    def __init__(self, app: Application, said: Path, size: int) -> None:
        self._app, self._said, self._update = app, said, 1000
        self.chats = [str(n) for n in range(1, size + 1)]
        self._answered: Counter[str] = Counter()

    def receive(self, chat: str, text: str) -> None:
        raw = json.dumps({"chat": chat, "text": text})
        assert self._app.inbox.receive(self._update, chat, raw, ())
        self._app.inbox.receive(self._update, chat, raw, ())
        self._update += 1

    def begin(self) -> None:
        for chat in self.chats:
            known_person(self._app, ChatKey("telegram", chat))
            self.receive(chat, f"{PROBLEM}, человек {chat}")

    def shown(self) -> dict[str, list[dict[str, Any]]]:
        """What each person has seen, a message repeated after a kill left out."""
        seen: dict[str, list[dict[str, Any]]] = {chat: [] for chat in self.chats}
        with suppress(FileNotFoundError):
            for line in self._said.read_text(encoding="utf-8").splitlines():
                message = json.loads(line)
                if message not in seen[message["chat"]]:
                    seen[message["chat"]].append(message)
        return seen

    def go_on(self) -> bool:
        """Press on where a new screen asks for it; True when everybody's letter was accepted."""
        seen = self.shown()
        for chat, messages in seen.items():
            if len(messages) <= self._answered[chat]:
                continue
            self._answered[chat] = len(messages)
            words = [w for label in messages[-1]["words"] for w in (*GO_ON, "Не знаю") if label.endswith(w)]
            if words:
                self.receive(chat, min(words, key=(*GO_ON, "Не знаю").index))
        return all(any("принято" in m["text"] for m in messages) for messages in seen.values())


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as server:
        yield server


async def survive(url: str, folder: Path, post: Post, *, people: int, kills: int, workers: int) -> None:
    """Let people write while workers are killed, and check that all is there exactly once."""
    app = application(url, folder, telegram_token="1:test", agents_chat_id=-1)
    crowd = Crowd(app, folder / "said.jsonl", people)
    dice = random.Random(7)
    crew = [Worker(url, folder, post.port, f"worker{n}") for n in range(workers)]
    try:
        await asyncio.to_thread(crowd.begin)
        for _ in range(kills):
            until = asyncio.get_running_loop().time() + dice.uniform(1.5, 3.0)
            while asyncio.get_running_loop().time() < until:
                await asyncio.to_thread(crowd.go_on)
                await asyncio.sleep(0.1)
            victim = dice.choice(crew)
            await asyncio.to_thread(victim.kill)
            if len(crew) == 1:
                await asyncio.to_thread(victim.start)
            else:
                crew.remove(victim)
        await eventually(crowd.go_on, seconds=60)
        await asyncio.sleep(0.5)
    finally:
        for worker in crew:
            await asyncio.to_thread(worker.kill)
    check(app, crowd, post, kills)
    app.close()


def check(app: Application, crowd: Crowd, post: Post, kills: int) -> None:
    cards = app.desk.queue(1000)
    assert len(cards) == len(crowd.chats)
    assert len({card.number for card in cards}) == len(crowd.chats)
    ids = Counter(mail.message["Message-ID"] for mail in post.mails)
    assert len(ids) == len(crowd.chats)
    assert sum(ids.values()) <= len(crowd.chats) + 8 * kills
    for messages in crowd.shown().values():
        accepted = [m for m in messages if "принято" in m["text"]]
        assert len(accepted) == 1
    stats = app.desk.stats()
    assert (stats.updates_waiting, stats.updates_dead, stats.letters_waiting) == (0, 0, 0)


class TestKilledWorkers:
    async def test_lose_nothing_on_sqlite(self, sqlite_url: str, tmp_path: Path, post: Post) -> None:
        await survive(sqlite_url, tmp_path, post, people=5, kills=2, workers=1)

    @pytest.mark.postgres
    async def test_leave_their_jobs_to_their_peers_on_postgres(
        self, cluster: Cluster, tmp_path: Path, post: Post
    ) -> None:
        url = cluster.create(template=cluster.migrated)
        await survive(url, tmp_path, post, people=5, kills=1, workers=2)

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    async def test_lose_nothing_on_sqlite_at_length(self, sqlite_url: str, tmp_path: Path, post: Post) -> None:
        await survive(sqlite_url, tmp_path, post, people=30, kills=8, workers=1)

    @pytest.mark.slow
    @pytest.mark.postgres
    @pytest.mark.timeout(600)
    async def test_leave_their_jobs_to_their_peers_at_length(
        self, cluster: Cluster, tmp_path: Path, post: Post
    ) -> None:
        url = cluster.create(template=cluster.migrated)
        await survive(url, tmp_path, post, people=30, kills=3, workers=4)
