"""`triage serve` as people start it: the real chain, its own process, everything from TRIAGE_* settings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.running import AGENTS, Outbox, free_port, until, walk

PASSWORD = "Zx81kQ-22aa"
OUTAGE = (
    "Коллеги, после обновления до 4.2.1 шлюз https://gw.corp.ru отвечает 502 на все запросы, работа стоит. "
    f"Пароль: {PASSWORD}"
)


def test_a_person_walks_to_a_letter_and_the_process_stops_in_order(tmp_path: Path) -> None:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        listen = f"127.0.0.1:{free_port()}"
        env = os.environ | {
            "TRIAGE_TELEGRAM_TOKEN": api.token,
            "TRIAGE_TELEGRAM_API_URL": api.url,
            "TRIAGE_TELEGRAM_FILE_URL": api.file_url,
            "TRIAGE_AGENTS_CHAT_ID": str(AGENTS),
            "TRIAGE_DATABASE_URL": f"sqlite:///{tmp_path / 'triage.db'}",
            "TRIAGE_OUTBOX": str(tmp_path / "outbox"),
            "TRIAGE_WEB_LISTEN": listen,
        }
        command = [str(Path(sys.executable).with_name("triage")), "serve"]
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=log, stderr=log)
        try:
            until(lambda: api.calls("getUpdates"), "it polls", patience=40)
            anna = User(api, 42)
            anna.say(OUTAGE)
            walk(Outbox(tmp_path / "outbox"), anna, patience=40)
            card = User(api, 900, group=None)
            card.chat = api.state.chats[AGENTS]
            assert "Высокий" in card.wait("gw.corp.ru", all_=True)["text"]
            assert "telegram" in httpx.get(f"http://{listen}/readyz").text
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(20)
        assert status == 0
        said = (tmp_path / "log").read_text(encoding="utf-8")
        assert "Traceback" not in said
        for hidden in (api.token, PASSWORD, "anna@example.org"):
            assert hidden not in said
        kept = [f for f in tmp_path.rglob("*") if f.is_file() and PASSWORD.encode() in f.read_bytes()]
        assert kept == []
