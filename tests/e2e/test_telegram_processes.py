"""Several processes on one PostgreSQL: one polls, the next takes over, a plain worker answers too."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.receiver import Receiver
from tests.applications import application
from tests.databases import Cluster
from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.running import AGENTS, free_port, until
from triage.bootstrap import Application

pytestmark = pytest.mark.postgres


@contextmanager
def process(command: str, url: str, api: BotApi, folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """`triage serve` or `triage work` until it is killed or the block ends; its log is FOLDER/NAME.log."""
    env = os.environ | {
        "TRIAGE_TELEGRAM_TOKEN": api.token,
        "TRIAGE_TELEGRAM_API_URL": api.url,
        "TRIAGE_TELEGRAM_FILE_URL": api.file_url,
        "TRIAGE_AGENTS_CHAT_ID": str(AGENTS),
        "TRIAGE_DATABASE_URL": url,
        "TRIAGE_OUTBOX": str(folder / "outbox"),
        "TRIAGE_WEB_LISTEN": f"127.0.0.1:{free_port()}",
        "TRIAGE_WORKER_ID": name,
        "TRIAGE_LOG": "json",
    }
    with (folder / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(
            [str(Path(sys.executable).with_name("triage")), command], env=env, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
            assert started.wait(20) == 0


def said(folder: Path, name: str, word: str) -> bool:
    return word in (folder / f"{name}.log").read_text(encoding="utf-8")


@pytest.fixture
def url(cluster: Cluster) -> str:
    """The address of a migrated PostgreSQL database."""
    return cluster.create(template=cluster.migrated)


def test_one_process_polls_and_the_next_takes_over_when_it_is_killed(url: str, tmp_path: Path) -> None:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        anna = User(api, 42)
        with process("serve", url, api, tmp_path, "one") as first:
            until(lambda: api.calls("getUpdates"), "the first polls", patience=40)
            with process("serve", url, api, tmp_path, "two"):
                until(lambda: said(tmp_path, "two", "receiving.waits"), "the second waits", patience=40)
                anna.say("Шлюз не работает")
                anna.press("Понятно")
                first.kill()
                first.wait(10)
                until(lambda: said(tmp_path, "two", "receiving.begins"), "the second takes over")
                anna.say("/help")
                anna.wait("/my_data", patience=15)
        assert not said(tmp_path, "one", "telegram.conflict")
        assert not said(tmp_path, "two", "Traceback")


def test_a_worker_answers_in_telegram_and_does_not_poll(url: str, tmp_path: Path) -> None:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        anna = User(api, 42)
        receiving = application(url, tmp_path, telegram_token=api.token, agents_chat_id=AGENTS)
        with process("work", url, api, tmp_path, "worker"):
            for text, answer in (("/start", "Понятно"), ("/help", "/my_data")):
                anna.say(text)
                receive(api, receiving)
                anna.wait(answer, patience=40)
        receiving.close()
        assert api.calls("getUpdates") == []
        assert not said(tmp_path, "worker", "Traceback")


def receive(api: BotApi, receiving: Application) -> None:
    """Commit what waits at Telegram, as a process that receives does."""
    for update in api.state.waiting(100):
        asyncio.run(Receiver(receiving.inbox.receive).take(update))
        api.state.acknowledge(update["update_id"] + 1)
