"""`triage chat` as a program of its own: driven through pipes, with the installed chain."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.builders import policy as pack
from tests.e2e.running import until

GO_ON = ("Понятно", "Не помогло", "Не согласен", "Через бота", "Отправить")
COMMAND = [sys.executable, "-c", "import sys; from triage.cli import main; sys.exit(main(['chat']))"]


class Program:
    """The running program; `outbox` is where its mails go."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.outbox = folder / "outbox"
        self._process = subprocess.Popen(
            COMMAND,
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "USER": "anna",
                "PYTHONUTF8": "1",
                "TRIAGE_DATABASE_URL": f"sqlite:///{folder / 'triage.db'}",
                **env,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)

    def screen(self) -> str:
        """Return what is shown, from its first line until nothing more comes."""
        shown = [self._lines.get(timeout=30)]
        while True:
            try:
                shown.append(self._lines.get(timeout=0.7))
            except queue.Empty:
                return "".join(shown)

    def say(self, line: str) -> str:
        """Write a line and return what is shown for it."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.screen()

    def end(self) -> tuple[int, str]:
        """Close the input; return the exit status and standard error."""
        _, errors = self._process.communicate(timeout=30)
        return self._process.returncode, errors

    def kill(self) -> None:
        """End the program if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def mails(self, recipient: str) -> list[EmailMessage]:
        """Return the mails in the outbox to this address."""
        parsed = [message_from_bytes(f.read_bytes(), policy=policy.default) for f in self.outbox.glob("*.eml")]
        return [m for m in parsed if recipient in str(m["To"])]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The program on a fresh database."""
    started = Program(tmp_path)
    yield started
    started.kill()


def test_a_message_becomes_a_letter_in_the_outbox_by_numbers(program: Program) -> None:
    program.screen()
    screen = program.say("После обновления до 4.2.1 шлюз https://gw.example.org отвечает 502, не работает ничего")
    for _ in range(15):
        numbers = {word: number for number, word in re.findall(r"^(\d+)\. (.+)$", screen, re.MULTILINE)}
        if not numbers:
            break
        if word := next((word for word in GO_ON if word in numbers), None):
            screen = program.say(numbers[word])
        elif "эл. почта" in screen:
            screen = program.say("anna@example.org")
        elif "цифр" in screen:
            mail = until(lambda: program.mails("anna@example.org"), "the code is mailed")[0]
            screen = program.say(re.findall(r"\b\d{6}\b", mail.get_body().get_content())[0])
        else:
            screen = program.say("Не знаю")
    assert "Письмо отправляется" in screen
    status, errors = program.end()
    assert (status, errors) == (0, "")
    letter = program.mails(pack().addresses.mailbox)[0]
    assert str(letter["Reply-To"]) == "anna@example.org"
    assert "https://gw.example.org" in letter.get_body().get_content()


def test_a_database_that_cannot_be_opened_is_one_line_and_status_2(tmp_path: Path) -> None:
    program = Program(tmp_path, TRIAGE_DATABASE_URL="sqlite:////no/such/folder/triage.db")
    status, errors = program.end()
    assert status == 2
    assert errors.count("\n") == 1
    assert "TRIAGE_DATABASE_URL" in errors
