"""The real application with the real bot, in a thread of the test, against the stand-in."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bot.app import TelegramBot, attach
from tests.builders import ROOT
from tests.builders import policy as pack
from tests.e2e.botapi import BotApi, User
from tests.e2e.botapi.user import Message, button
from tests.fakes import FakeAnalyzer
from triage.bootstrap import Analyze, Application, build
from triage.settings import Settings
from triage.store import migrate

AGENTS = -1001234567890
MAILBOX = pack().addresses.mailbox
SECRET = "s3cr3t-of-the-hook"


def free_port() -> int:
    """Return a port of loopback that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def settings_for(api: BotApi, folder: Path, **others: Any) -> Settings:
    """Return settings of a migrated SQLite file and an outbox in the folder; drafts settle quickly."""
    pack_file = folder / "regulation.toml"
    words = (ROOT / "data" / "regulation.toml").read_text(encoding="utf-8")
    pack_file.write_text(re.sub(r"settle_seconds = [\d.]+", "settle_seconds = 0.4", words), encoding="utf-8")
    settings = replace(
        Settings.from_env({}),
        telegram_token=api.token,
        telegram_api_url=api.url,
        telegram_file_url=api.file_url,
        agents_chat_id=AGENTS,
        database_url=f"sqlite:///{folder / 'triage.db'}",
        outbox_dir=folder / "outbox",
        policy_path=pack_file,
        worker_id="e2e",
        **others,
    )
    migrate(settings.database_url)
    return settings


def by_webhook(settings: Settings) -> Settings:
    """Return the same settings in webhook mode on a free port."""
    listen = f"127.0.0.1:{free_port()}"
    return replace(
        settings,
        telegram_mode="webhook",
        webhook_url=f"http://{listen}/telegram/hook",
        webhook_secret=SECRET,
        webhook_listen=listen,
    )


@dataclass(frozen=True)
class Outbox:
    """The folder of letters of an application that runs without a mail server."""

    folder: Path

    def mails(self, recipient: str = MAILBOX) -> list[EmailMessage]:
        """Return the mails to this address, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        parsed = [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]
        return [m for m in parsed if recipient in str(m["To"])]


class Running:
    """The application while it runs."""

    def __init__(self, settings: Settings, *, burst: int = 50, analyze: Analyze | None = None) -> None:
        self.settings = settings
        self.application: Application = build(settings, analyze=analyze or FakeAnalyzer(pack()).analyze)
        self.bot: TelegramBot = attach(self.application, burst=burst)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="triage", daemon=True)
        self.error: BaseException | None = None

    def start(self, wait_for: str = "ok") -> None:
        """Start and wait until the bot is in that state."""
        self._thread.start()
        until(lambda: self.bot.state == wait_for or not self._thread.is_alive(), f"the bot is {wait_for}")
        if self.error:
            raise self.error

    def stop(self) -> None:
        """Stop in order; what is unfinished is done by the next start."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the application does not stop"
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._main())
        except BaseException as error:
            self.error = error

    async def _main(self) -> None:
        self.application.engine.start()
        receiving = asyncio.create_task(self.bot.run())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait([receiving, stopping], return_when=asyncio.FIRST_COMPLETED)
        await stopping
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
        await asyncio.to_thread(self.application.engine.stop, grace=0)
        self.application.close()

    def mails(self, recipient: str = MAILBOX) -> list[EmailMessage]:
        """Return the mails in the outbox to this address, oldest first."""
        return Outbox(self.settings.outbox_dir).mails(recipient)

    def tickets(self) -> list[dict[str, Any]]:
        """Return the requests as rows."""
        return rows(self.settings, "select * from tickets order by number")


@contextmanager
def running(settings: Settings, *, burst: int = 50, analyze: Analyze | None = None) -> Iterator[Running]:
    """Run the application for the block; a large `burst` spares the test the pace of a real chat."""
    application = Running(settings, burst=burst, analyze=analyze)
    try:
        application.start()
        yield application
    finally:
        application.stop()


def rows(settings: Settings, query: str) -> list[dict[str, Any]]:
    """Read the database beside the application."""
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=10)
    try:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]
    finally:
        connection.close()


def until(holds: Callable[[], Any], what: str, patience: float = 15.0) -> Any:
    """Wait until the condition holds and return what it returned; or fail."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain until {what}")


def agree(user: User, text: str = "/start") -> None:
    """Accept the privacy notice."""
    user.say(text)
    user.press("Понятно")
    user.wait("Опишите")


FULL = (
    "Шлюз https://gw.example.org версии 4.2.1 не работает, ошибка 500\n"
    "1. Открыть консоль\n2. Нажать «Сохранить»\n3. Увидеть ошибку"
)


def open_request(app: Running, user: User, text: str = FULL) -> None:
    """Open a request whose letter the person sends himself: the shortest way to a card."""
    before = len(app.tickets())
    user.say(text)
    for word in ("Понятно", "Отправить", "Письмо самому"):
        user.press(word)
    until(lambda: len(app.tickets()) > before, "the request is opened")


GO_ON = ("Не помогло", "Не согласен", "Через бота", "Отправить")
FIELDS = {"опис": "Шлюз отвечает ошибкой при каждом запросе", "адрес": "https://gw.example.org",
          "верси": "4.2.1", "шаги": "1. Открыть консоль\n2. Нажать «Сохранить»"}  # fmt: skip


def walk(app: Running | Outbox, user: User, *, address: str = "anna@example.org", patience: float = 25.0) -> None:
    """Press what goes on and answer what is asked until the letter is on its way."""
    end = time.monotonic() + patience
    done: set[int] = set()
    before = len(app.mails())
    while time.monotonic() < end:
        screen = next((m for m in reversed(user.shown()) if m["message_id"] not in done), None)
        if screen is None or screen["message_id"] <= max(done, default=0):
            if len(app.mails()) > before:
                return
            time.sleep(0.05)
            continue
        done.add(screen["message_id"])
        _answer(app, user, screen, address)
    raise AssertionError("no letter; the bot showed: " + "\n---\n".join(m["text"] for m in user.shown()))


def _answer(app: Running | Outbox, user: User, screen: dict[str, Any], address: str) -> None:
    labels = [b["text"] for row in screen.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
    words = screen.get("text", "").lower()
    for word in ("Понятно", *GO_ON):
        if any(word in label for label in labels):
            user.press(word, screen)
            return
    if "нужна ваша эл. почта" in words:
        user.say(address)
    elif "код" in words:
        mail = until(lambda: app.mails(address), "the code is mailed")[-1]
        code = re.findall(r"\b\d{6}\b", mail.get_body().get_content())
        assert len(code) == 1
        user.say(code[0])
    elif any("Не знаю" in label for label in labels):
        user.say(next((answer for word, answer in FIELDS.items() if word in words), "Не знаю"))


def wait_in_pace(
    person: User, wanted: str | Callable[[Message], bool], what: str = "", *, all_: bool = False
) -> Message:
    """Wait as long as the pace of a group may take: five messages at once, then one in four seconds."""
    return person.wait(wanted, what, patience=25, all_=all_)


def newest_card(app: Running, agent: User, word: str = "Ответ из FAQ") -> Message:
    """The newest request's card as it is now."""

    def fresh(message: Message) -> bool:
        found, row = button(message, word), app.tickets()[-1]
        return found is not None and found["callback_data"].endswith(f"{row['id']}:{row['version']}")

    return wait_in_pace(agent, fresh, "the card as it is now", all_=True)
