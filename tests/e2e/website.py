"""The real application behind a real web server in a thread of the test, and a browser to look at it."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from tests.applications import application
from tests.builders import policy as pack
from tests.e2e.running import free_port, until
from triage.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
MAILBOX = pack().addresses.mailbox
GO_ON = ("Понятно", "Не помогло", "Не согласен", "Через бота", "Отправить")
ANSWERS = {
    "описание": "Шлюз отвечает ошибкой при каждом запросе",
    "адрес": "https://gw.example.org",
    "верси": "4.2.1",
    "шаги": "1. Открыть консоль 2. Нажать «Сохранить»",
}


class QuietServer(uvicorn.Server):
    """A server in a thread: signals stay with pytest."""

    def install_signal_handlers(self) -> None:
        """Install none."""


class Site:
    """The application while it serves; letters go to the folder's outbox."""

    def __init__(self, folder: Path, database: str) -> None:
        self.outbox = folder / "outbox"
        self.application = application(database, folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        config = uvicorn.Config(
            create_app(self.application), port=int(self.url.rpartition(":")[2]), log_level="critical"
        )
        self._server = QuietServer(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="site", daemon=True)

    def start(self) -> None:
        """Serve, and return when the page answers."""
        self._thread.start()
        until(lambda: self._server.started, "the page answers")

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive(), "the server does not stop"

    async def _main(self) -> None:
        self.application.engine.start()
        await self._server.serve()
        await asyncio.to_thread(self.application.engine.stop, grace=0)
        self.application.close()

    def mails(self, recipient: str = MAILBOX) -> list[EmailMessage]:
        """Return the mails in the outbox to this address, oldest first."""
        files = sorted(self.outbox.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        parsed = [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]
        return [m for m in parsed if recipient in str(m["To"])]

    def code(self, address: str) -> str:
        """Return the six digits that were mailed to the address."""
        mail = until(lambda: self.mails(address), "the code is mailed")[-1]
        found = re.findall(r"\b\d{6}\b", mail.get_body().get_content())
        assert len(found) == 1
        return str(found[0])


def answer_to(site: Site, question: str, address: str) -> str:
    """Return what a person writes to a question that has no button to go on."""
    asked = question.lower()
    if "эл. почта" in asked:
        return address
    if "цифр" in asked:
        return site.code(address)
    return next(answer for word, answer in ANSWERS.items() if word in asked)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Site]:
    """A site of the module's own; every browser context is a new visitor."""
    folder = tmp_path_factory.mktemp("site")
    served = Site(folder, f"sqlite:///{shutil.copy(migrated_file, folder / 'triage.db')}")
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skips where it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is missing: {CHROMIUM} (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The page as a new visitor sees it; the test fails on any error in the browser's console."""
    context = browser.new_context()
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    opened.goto(site.url)
    yield opened
    context.close()
    assert not [t for t in troubles if "ERR_INTERNET_DISCONNECTED" not in t]
