"""The conversation in the terminal, over lines of text."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.applications import Clock, application
from tests.builders import policy
from tests.e2e.running import until
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Advised, Informed
from triage.errors import StoreUnavailable
from triage.mail import MemoryMailer
from triage.terminal import chat

PERSON = "anna"


class Talk:
    """Runs the terminal over given lines, or over lines made while it runs."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.mailer = url, folder, MemoryMailer()
        self.out = io.StringIO()

    def application(self) -> Application:
        return application(self.url, self.folder, mailer=self.mailer, clock=Clock())

    def run(self, *lines: str, terminal: bool = False) -> str:
        """Say the lines one after another; return what was shown."""
        return self.over(io.StringIO("".join(f"{line}\n" for line in lines)), terminal=terminal)

    def over(self, source: Any, *, terminal: bool = False, app: Application | None = None) -> str:
        """Take lines from the source; return what was shown."""
        start = len(self.out.getvalue())
        console = Console(file=self.out, force_terminal=terminal, width=80, highlight=False, color_system=None)
        status = chat(app or self.application(), console, source=source, person=PERSON, folder=self.folder)
        assert status == 0
        return self.out.getvalue()[start:]


@pytest.fixture
def talk(sqlite_url: str, tmp_path: Path) -> Talk:
    """A person at a terminal, new to the program."""
    return Talk(sqlite_url, tmp_path)


class Walker:
    """A program that reads the screens and writes what goes on, like a person."""

    GO_ON = ("Понятно", "Не помогло", "Не согласен", "Через бота", "Отправить")

    def __init__(self, talk: Talk, first: str, *, by_number: bool) -> None:
        self._talk, self._first, self._by_number, self._seen = talk, first, by_number, 0

    def __iter__(self) -> Iterator[str]:
        """Yield lines; runs in the thread that reads them."""
        self._answered()
        yield f"{self._first}\n"
        for _ in range(15):
            screen = self._answered().rpartition("\n\n")[2]
            buttons = dict(re.findall(r"^(\d+)\. (.+)$", screen, re.MULTILINE))
            words = {word: number for number, word in buttons.items()}
            if not words:
                return
            go_on = next((word for word in self.GO_ON if word in words), None)
            if go_on:
                yield f"{words[go_on] if self._by_number else go_on}\n"
            elif "эл. почта" in screen:
                yield "anna@example.org\n"
            elif "цифр" in screen:
                yield f"{self._code()}\n"
            else:
                yield "Не знаю\n"

    def _answered(self) -> str:
        """Wait until something new was shown and nothing more comes; return all that was shown."""
        until(lambda: len(self._talk.out.getvalue()) > self._seen, "something is shown")
        while (length := len(self._talk.out.getvalue())) > self._seen:
            self._seen = length
            time.sleep(0.3)
        return self._talk.out.getvalue()

    def _code(self) -> str:
        mails = until(lambda: [m for _, to, m in self._talk.mailer.sent if to == "anna@example.org"], "a code comes")
        return str(re.findall(r"\b\d{6}\b", body(mails[-1]))[0])


def body(mail: EmailMessage) -> str:
    part = mail.get_body()
    assert part is not None
    return str(part.get_content())


class TestWalk:
    @pytest.mark.parametrize("by_number", [True, False], ids=["numbers", "words"])
    def test_a_message_becomes_a_letter(self, talk: Talk, by_number: bool) -> None:
        shown = talk.over(Walker(talk, "Шлюз не работает, 502", by_number=by_number))
        letters = [mail for _, to, mail in talk.mailer.sent if to == policy().addresses.mailbox]
        assert len(letters) == 1
        assert "Шлюз не работает, 502" in body(letters[0])
        assert "Письмо отправляется" in shown
        assert "Писем ещё не отправлено" not in shown

    def test_buttons_are_numbered_lines(self, talk: Talk) -> None:
        shown = talk.run("Шлюз не работает", "1")
        assert shown.rstrip().endswith("1. Отправить\n2. Изменить\n3. Отмена")

    def test_a_person_is_known_the_next_time(self, talk: Talk) -> None:
        talk.run("/start", "Понятно")
        shown = talk.run("Шлюз не работает")
        assert "1. Отправить" in shown
        assert "1. Понятно" not in shown

    def test_quit_ends_before_the_rest(self, talk: Talk) -> None:
        assert "Команды" not in talk.run("/quit", "/help")

    def test_the_persons_own_letter_is_saved_and_never_over_another(self, talk: Talk) -> None:
        words = ("/human Шлюз не работает", "Понятно", "Письмо самому")
        first, second = talk.run(*words), talk.run(words[0], words[2])
        assert "pismo-v-podderzhku.eml" in first
        assert "pismo-v-podderzhku-2.eml" in second
        saved = (talk.folder / "pismo-v-podderzhku.eml").read_bytes()
        assert b"X-Unsent: 1" in saved


class TestWriting:
    def test_a_backslash_goes_on_in_the_next_line(self, talk: Talk) -> None:
        shown = talk.run("/start", "Понятно", "Шлюз не работает, \\", "версия 4.2.1", "/quit")
        assert shown.count("Что понято из обращения") == 1
        assert "Версия продукта: 4.2.1" in shown

    def test_what_is_pasted_at_once_is_one_message(self, talk: Talk) -> None:
        talk.run("/start", "Понятно")
        shown = talk.run("Шлюз не работает", "версия 4.2.1", terminal=True)
        assert shown.count("Что понято из обращения") == 1

    def test_an_empty_line_says_nothing(self, talk: Talk) -> None:
        assert talk.run("", "  ") == talk.run()

    def test_a_text_over_the_limit_is_refused_clearly(self, talk: Talk) -> None:
        shown = talk.run("ы" * 500_001, "/help")
        assert "больше 1 МБ" in shown
        assert "Команды" in shown

    def test_a_secret_is_never_shown_or_kept(self, talk: Talk, tmp_path: Path) -> None:
        shown = talk.run("Шлюз не работает, пароль: hunter2x", "Понятно", "/my_data")
        assert "hunter2x" not in shown
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("triage.db*"))
        assert b"hunter2x" not in kept

    def test_characters_that_command_a_terminal_are_not_passed_on(self, talk: Talk) -> None:
        shown = talk.run("Шлюз не работает \x1b[2J\x1b]0;title\x07 [red]502[/red]", "Понятно")
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "[red]502[/red]" in shown


class TestFoulWords:
    def test_are_marked_where_nothing_is_drawn_too(self, talk: Talk) -> None:
        assert "ваш [дурак] не" in talk.run("/start", "Понятно", "ваш дурак не отвечает, 500")


class TestFiles:
    def test_a_picture_and_a_log_join_the_draft(self, talk: Talk, tmp_path: Path) -> None:
        (tmp_path / "окно 1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8))
        (tmp_path / "a.log").write_bytes("шлюз не работает".encode("cp1251"))
        shown = talk.run(
            "/start", "Понятно", "Шлюз не работает", f"/file {tmp_path}/окно 1.png", f'/file "{tmp_path}/a.log"'
        )
        assert "Файлы: окно 1.png, a.log" in shown

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("/file", "Напишите путь"),
            ("/file нет-такого.png", "нет или его нельзя"),
            ("/file .", "нельзя прочитать"),
            ("/file /dev/null", "нельзя прочитать"),
            ("/file a\x00b.png", "нельзя прочитать"),
        ],
    )
    def test_a_wrong_path_is_told_so(self, talk: Talk, line: str, said: str) -> None:
        assert re.search(said, talk.run("/start", line))

    def test_another_format_is_refused_with_the_clause(self, talk: Talk, tmp_path: Path) -> None:
        (tmp_path / "a.exe").write_bytes(b"MZ")
        assert "п. 4.6" in talk.run("/start", f"/file {tmp_path}/a.exe")


class TestTrouble:
    def test_a_lost_database_is_told_and_the_talk_goes_on(self, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
        app = talk.application()
        handle, failures = app.conversations.handle, iter([False, True])

        def sometimes(key: ChatKey, incoming: Any, **others: Any) -> None:
            if next(failures, False):
                raise StoreUnavailable("The database is locked")
            handle(key, incoming, **others)

        monkeypatch.setattr(app.conversations, "handle", sometimes)
        shown = talk.over(io.StringIO("Шлюз не работает\n/help\n"), app=app)
        assert "Сообщение не сохранено" in shown
        assert "Команды" in shown


class TestNews:
    """What agents did while nobody was at the terminal."""

    def opened(self, talk: Talk) -> Application:
        talk.run("Как включить кэш?", "Понятно", "Отправить", "Письмо самому")
        return talk.application()

    def test_is_shown_at_the_next_start_and_judged_by_number(self, talk: Talk) -> None:
        app, who = self.opened(talk), ChatKey("terminal", PERSON)
        [card] = app.desk.queue()
        app.desk.send_entry(card.ticket, card.version, "Анна", "error-502")
        app.conversations.handle(who, Advised(card.ticket, card.number, "error-502"))
        app.conversations.handle(who, Informed(card.number, "clarification", "", "Нужен журнал шлюза"))
        app.close()
        shown = talk.run("2")
        assert shown.count("Нужен журнал шлюза") == 1
        assert shown.count("Сотрудник поддержки отвечает") == 1
        assert "2. Не помогло" in shown
        assert "Жаль, что не помогло" in shown
        again = talk.application()
        fresh = again.desk.card(card.ticket)
        again.close()
        assert fresh is not None
        assert [sent.outcome for sent in fresh.answers] == ["not_helped"]

    def test_is_said_once(self, talk: Talk) -> None:
        app, who = self.opened(talk), ChatKey("terminal", PERSON)
        app.conversations.handle(who, Informed("GR-2026-00001", "done", "solved", ""))
        app.close()
        assert "решение: Решена" in talk.run("/my")
        assert "решение: Решена" not in talk.run("/my")


class TestFaq:
    def test_a_search_that_does_not_help_is_written_into_the_letter(self, talk: Talk) -> None:
        talk.run("привет", "Понятно", "/cancel")
        shown = talk.run("/faq 502 после обновления", "Не помогло", "Отправить", "Не знаю", "Не знаю", "Не знаю")
        assert "Шлюз не смог соединиться" in shown
        assert "уже взят" in shown
        assert "502 после обновления" in shown
        assert "error-502, не помогло" in shown
