"""A killed process loses nothing and does nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.builders import ROOT
from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.running import (
    AGENTS,
    agree,
    by_webhook,
    rows,
    running,
    settings_for,
    until,
)
from triage.settings import Settings

PEOPLE = 6  # each says a text in every round, and every round is cut by a kill


@dataclass
class Process:
    """The served application; `kill` gives it no time at all."""

    settings: Settings
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        s = self.settings
        env = os.environ | {
            "TRIAGE_TELEGRAM_TOKEN": s.telegram_token,
            "TRIAGE_TELEGRAM_API_URL": s.telegram_api_url,
            "TRIAGE_TELEGRAM_FILE_URL": s.telegram_file_url,
            "TRIAGE_TELEGRAM_MODE": s.telegram_mode,
            "TRIAGE_WEBHOOK_URL": s.webhook_url,
            "TRIAGE_WEBHOOK_SECRET": s.webhook_secret,
            "TRIAGE_WEBHOOK_LISTEN": s.webhook_listen,
            "TRIAGE_DATABASE_URL": s.database_url,
            "TRIAGE_POLICY": str(s.policy_path),
            "TRIAGE_OUTBOX": str(s.outbox_dir),
            "TRIAGE_WORKER_ID": s.worker_id,
        }
        command = [sys.executable, "-m", "tests.e2e.serving"]
        self.running = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        assert self.running
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        yield api


@pytest.mark.parametrize(("mode", "rounds"), [("polling", 2), ("webhook", 1)])
def test_every_text_arrives_once_through_kills(api: BotApi, tmp_path: Path, mode: str, rounds: int) -> None:
    settings = settings_for(api, tmp_path)
    if mode == "webhook":
        settings = by_webhook(settings)
    people = [User(api, 300 + n) for n in range(PEOPLE)]
    with running(settings):
        for person in people:
            agree(person)
    process, chance = Process(replace(settings, agents_chat_id=None)), random.Random(7)
    texts = [f"Шлюз не работает, ошибка {n} у {p.id}" for n in range(rounds) for p in people]
    cut = 0
    try:
        for round_ in range(rounds):
            process.start()
            _signs_in(api, round_ + 1)
            for person, text in zip(people, texts[round_ * PEOPLE :], strict=False):
                person.say(text)
            time.sleep(chance.uniform(0.0, 0.2))
            process.kill()
            cut += len(_waiting(settings)) + len(api.state.pending)
        process.start()
        until(lambda: not api.state.pending, "Telegram keeps nothing", patience=20)
        until(lambda: not _waiting(settings), "the inbox is empty", patience=20)
        for person in people:
            person.wait(f"ошибка {rounds - 1} у {person.id}", patience=20)
    finally:
        process.kill()
    assert cut, "no kill came in time to cut anything"
    states = [json.loads(row["state"]) for row in rows(settings, "select state from conversations order by id")]
    drafts = [[entry["text"] for entry in state["draft"]["entries"]] for state in states]
    assert drafts == [texts[n::PEOPLE] for n in range(PEOPLE)]


def _signs_in(api: BotApi, times: int) -> None:
    """Wait until the served process, not the one before it, has signed in for this time."""
    until(lambda: len(api.calls("getMe")) > times, "it has signed in")


def _waiting(settings: Settings) -> list[dict[str, object]]:
    return rows(settings, "select update_id from inbox where raw is not null")
