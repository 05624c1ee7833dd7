"""The wired application for tests: the real one, with a fake chain and a mailer in memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import ROOT, policy
from tests.fakes import FakeAnalyzer
from triage.bootstrap import Application, build
from triage.desk.ports import Card, ChatKey, Mailer, Sent
from triage.dialogue.incoming import Said
from triage.dialogue.replies import Reply
from triage.jobs.conversations import StoredReply
from triage.mail import MemoryMailer
from triage.settings import Settings

GO_ON = ("Понятно", "Не помогло", "Не согласен", "Через бота", "Отправить")


class Clock:
    """A clock that a test can move; `offset` is added to the real time."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass
class FakeMessenger:
    """Keeps what was sent; `answers` are given first, one per call, then `done`."""

    answers: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, str, float]] = field(default_factory=list)
    sent: list[tuple[str, Reply]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, chat_id: str, reply: Reply) -> Sent:
        self.calls.append((chat_id, reply.text, time.monotonic()))
        answer = self.answers.pop(0) if self.answers else Sent("done", message=str(len(self.calls)))
        if answer.outcome == "done" and not answer.moved_to:
            self.sent.append((chat_id, reply))
        return answer

    async def delete(self, chat_id: str, message: str) -> Sent:
        self.deleted.append((chat_id, message))
        return Sent("done")


@dataclass
class FakeBoard:
    """Keeps cards by message id; `answers` are given first."""

    answers: list[Sent] = field(default_factory=list)
    shown: list[tuple[str, Card]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    erased: list[tuple[str, str]] = field(default_factory=list)

    async def show(self, card: Card, *, message: str = "") -> Sent:
        if self.answers:
            return self.answers.pop(0)
        self.shown.append((message, card))
        return Sent("done", message=message or f"m{len(self.shown)}")

    async def erase(self, number: str, message: str) -> Sent:
        self.erased.append((number, message))
        return Sent("done", message=message)

    async def notice(self, text: str) -> Sent:
        self.notices.append(text)
        return Sent("done", message="n")


class SayingHandler:
    """Turns a fake update `{"chat": …, "text": …}` into a step; `fail` may raise first."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.handled: list[int] = []
        self.fail: Callable[[int], None] = lambda update_id: None

    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None:
        self.fail(update_id)
        update: dict[str, Any] = json.loads(raw)
        chat = ChatKey("telegram", update["chat"])
        said = Said(update["text"], message=str(update_id), secret_kinds=secret_kinds)
        await asyncio.to_thread(self.application.conversations.handle, chat, said, update_id=update_id)
        self.handled.append(update_id)


def settings(url: str, folder: Path, **others: Any) -> Settings:
    """Settings of a test: everything under the folder."""
    values: dict[str, Any] = {
        "database_url": url,
        "worker_id": "test",
        "data_dir": ROOT / "data",
        "policy_path": ROOT / "data" / "regulation.toml",
        "outbox_dir": folder / "outbox",
    }
    return Settings(**(values | others))


def application(
    url: str, folder: Path, *, mailer: Mailer | None = None, clock: Clock | None = None, **others: Any
) -> Application:
    """The application over a migrated database."""
    return build(
        settings(url, folder, **others),
        analyze=FakeAnalyzer(policy()).analyze,
        mailer=mailer,
        clock=clock or Clock(),
    )


@asynccontextmanager
async def running(app: Application) -> AsyncIterator[Application]:
    """The application with its engine at work on this loop."""
    app.engine.start()
    try:
        yield app
    finally:
        await asyncio.to_thread(app.engine.stop, grace=1)


async def eventually(true: Callable[[], Any], *, seconds: float = 10.0) -> Any:
    """Wait until the condition holds and return its value; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not (value := await asyncio.to_thread(true)):
        assert time.monotonic() < until, "it did not happen in time"
        await asyncio.sleep(0.02)
    return value


class Talk:
    """A person at the web page: says things and reads what was said back."""

    def __init__(self, app: Application, id: str = "visitor", channel: str = "web") -> None:
        self.app, self.chat, self.seq = app, ChatKey(channel, id), 0

    def say(self, text: str) -> tuple[StoredReply, ...]:
        """Say it and return the new replies."""
        self.app.conversations.handle(self.chat, Said(text, message=f"m{self.seq}-{len(text)}"))
        return self.read()

    def read(self) -> tuple[StoredReply, ...]:
        """Return the replies since the last reading."""
        new = self.app.conversations.replies_after(self.chat, self.seq)
        self.seq = new[-1].seq if new else self.seq
        return new


def words(reply: Reply) -> list[str]:
    """The words on a reply's buttons."""
    return [button.label for row in reply.buttons for button in row]


def next_word(reply: Reply) -> str | None:
    """The word with which the walk of the contract goes on; None where it has ended."""
    shown = words(reply)
    for word in (*GO_ON, "Не знаю"):
        for label in shown:
            if label.endswith(word):
                return word
    return None


def known_person(app: Application, chat: ChatKey, address: str = "ivan@example.org") -> None:
    """Let the chat's person have consented and confirmed an address before."""
    now = datetime.now(UTC)
    with app.database.unit() as unit:
        conversation = unit.conversations.open(chat, now)
        unit.conversations.consent(conversation.id, policy().dialogue.notice_version, now)
        if address:
            unit.conversations.address(conversation.id, address, now)


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def mailer() -> MemoryMailer:
    """A mailer that keeps letters in memory."""
    return MemoryMailer()


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, mailer: MemoryMailer, clock: Clock) -> Iterator[Application]:
    """The application on SQLite, its engine not started."""
    made = application(sqlite_url, tmp_path, mailer=mailer, clock=clock)
    yield made
    made.close()


@pytest.fixture
def both(database_url: str, tmp_path: Path, mailer: MemoryMailer, clock: Clock) -> Iterator[Application]:
    """The application on each database, its engine not started."""
    made = application(database_url, tmp_path, mailer=mailer, clock=clock)
    yield made
    made.close()
