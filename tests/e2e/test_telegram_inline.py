"""`@bot 502` in any chat: entries of the FAQ, quickly, whatever breaks, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.botapi import BotApi, User
from tests.e2e.botapi.state import BOT_NAME
from tests.e2e.running import Running, rows

Result = dict[str, Any]


@pytest.fixture
def anna(api: BotApi, app: Running) -> User:
    return User(api, 42)


def ids(answer: Result) -> list[str]:
    return [result["id"] for result in answer["results"]]


class TestAQuestion:
    def test_offers_title_short_form_and_link(self, anna: User) -> None:
        answer = anna.offered(anna.ask("502"))
        best = answer["results"][0]
        assert best["id"] == "error-502"
        assert best["title"] == "Почему шлюз отвечает 502 Bad Gateway?"
        assert best["description"].startswith("Шлюз не смог соединиться")
        said = best["message"]
        assert best["title"] in said["text"]
        assert any(e["type"] == "text_link" and e["url"].endswith("/error-502") for e in said["entities"])
        [[opens]] = said["reply_markup"]["inline_keyboard"]
        assert opens["url"] == f"https://t.me/{BOT_NAME}?start=faq-error-502"

    def test_is_answered_for_everybody_for_a_while(self, anna: User) -> None:
        answer = anna.offered(anna.ask("ошибка 503"))
        assert answer["cache_time"] >= 60
        assert not answer["is_personal"]

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("установка docker", "install-docker"),
            ("как подключить l", "ldap"),
            ("LDAP", "ldap"),
            ("сертефикат", "tls-gateway"),
        ],
    )
    def test_of_two_words_or_the_beginning_of_a_title_finds_it(self, anna: User, query: str, first: str) -> None:
        assert ids(anna.offered(anna.ask(query)))[0] == first

    def test_by_the_name_of_a_section_lists_it(self, anna: User) -> None:
        assert {"alerts", "tracing", "prometheus"} <= set(ids(anna.offered(anna.ask("мониторинг"))))

    @pytest.mark.parametrize("query", ["", "   "])
    def test_that_is_empty_shows_the_sections(self, anna: User, query: str) -> None:
        answer = anna.offered(anna.ask(query))
        titles = [result["title"] for result in answer["results"]]
        assert titles[0] == "API"
        assert len(titles) == 12
        links = [e["url"] for r in answer["results"] for e in r["message"]["entities"] if e["type"] == "text_link"]
        assert sum("start=ask" not in link for link in links) == 95

    def test_that_finds_nothing_leads_to_the_bot(self, anna: User) -> None:
        answer = anna.offered(anna.ask("рецепт борща"))
        [nothing] = answer["results"]
        assert nothing["title"] == "Ничего не нашлось"
        assert answer["button"] == {"text": "Спросить помощника поддержки", "start_parameter": "ask"}
        assert any(e["url"] == f"https://t.me/{BOT_NAME}?start=ask" for e in nothing["message"]["entities"])
        anna.say("/start ask")
        anna.wait("помощник поддержки")

    def test_that_is_typed_on_is_answered_at_its_end(self, anna: User) -> None:
        asked = [anna.ask("502"[:n]) for n in (1, 2, 3)]
        assert ids(anna.offered(asked[-1]))[0] == "error-502"

    def test_that_came_too_late_breaks_nothing(self, api: BotApi, anna: User) -> None:
        old = anna.ask("502")
        api.state.questions.pop(old, None)
        assert ids(anna.offered(anna.ask("503")))[0] == "error-503"

    @pytest.mark.parametrize("odd", ["а" * 256, "💥" * 100, "<b>502</b> & 'x'", "\u0000; drop table tickets"])
    def test_of_any_shape_is_answered(self, anna: User, odd: str) -> None:
        assert anna.offered(anna.ask(odd))["results"]


class TestAnEntryThatWasChosen:
    def test_in_the_chat_with_the_bot_is_no_request(self, anna: User) -> None:
        best = anna.offered(anna.ask("502"))["results"][0]
        before = len(anna.shown())
        anna.choose(best)
        anna.say("/help")
        anna.wait("Команды")
        assert len(anna.shown()) == before + 1

    def test_opens_in_the_bot_by_its_link(self, anna: User) -> None:
        anna.say("/start faq-error-502")
        shown = anna.wait("Почему шлюз отвечает 502")
        assert [b["text"] for row in shown["reply_markup"]["inline_keyboard"] for b in row] == ["Помогло", "Не помогло"]


class TestNothing:
    def test_of_a_question_is_kept_or_logged(
        self, api: BotApi, app: Running, capfd: pytest.CaptureFixture[str]
    ) -> None:
        before = {table: rows(app.settings, f"select count(*) n from {table}") for table in ("inbox", "conversations")}
        stranger = User(api, 777)
        stranger.offered(stranger.ask("заветноеслово 502"))
        for table, count in before.items():
            assert rows(app.settings, f"select count(*) n from {table}") == count
        database = Path(app.settings.database_url.removeprefix("sqlite:///"))
        for file in (database, database.with_name(f"{database.name}-wal")):
            assert not file.exists() or "заветноеслово".encode() not in file.read_bytes()
        captured = capfd.readouterr()
        assert "inline.answered" in captured.out + captured.err
        assert "заветноеслово" not in captured.out + captured.err


def test_the_bot_asks_for_questions(api: BotApi, app: Running) -> None:
    assert "inline_query" in (api.state.allowed or [])
