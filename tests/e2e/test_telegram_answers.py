"""Agents answer a request's author from the FAQ; he answers with a tap."""

from __future__ import annotations

import pytest

from bot.keyboards import short
from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.user import Message, button
from tests.e2e.running import (
    FULL,
    Running,
    newest_card,
    open_request,
    rows,
    until,
    wait_in_pace,
)

FAILS = FULL.replace("500", "502")
TITLE = "Почему шлюз отвечает 502"


_people = iter(range(300, 400))


@pytest.fixture
def author(api: BotApi, app: Running) -> User:
    """Somebody new with an open request about 502."""
    user = User(api, next(_people))
    open_request(app, user, FAILS)
    wait_in_pace(user, "Письмо", all_=True)
    return user


def choices_of(app: Running, agent: User) -> tuple[str, Message]:
    """Open the choices; return what the button of the entry that the report found carries, and the message."""
    agent.press("Ответ из FAQ", newest_card(app, agent))
    choices = newest_card(app, agent, TITLE)
    found = button(choices, TITLE)
    assert found
    return found["callback_data"], choices


def send(app: Running, agent: User) -> tuple[str, Message]:
    """Send the entry that the report found; return what was tapped, and where."""
    data, choices = choices_of(app, agent)
    agent.tap(data, choices)
    return data, choices


def answered(author: User) -> list[str]:
    """The agents' answers that the author was shown."""
    return [m["text"] for m in author.shown() if "Сотрудник поддержки отвечает" in m.get("text", "")]


def answers(api: BotApi) -> list[str]:
    return [a.get("text", "") for a in api.state.answered]


class TestAnEntryForTheAuthor:
    def test_is_suggested_sent_judged_and_seen_on_the_card(self, app: Running, olga: User, author: User) -> None:
        card = newest_card(app, olga)
        send(app, olga)
        came = wait_in_pace(author, "Сотрудник поддержки отвечает", all_=True)
        number = app.tickets()[-1]["number"]
        assert number in came["text"]
        assert TITLE in came["text"]
        assert any(e["type"] == "text_link" and e["url"].endswith("error-502") for e in came["entities"])
        assert "ещё не отметил" in newest_card(app, olga)["text"]
        author.press("Не помогло", came)
        assert number in wait_in_pace(author, "Жаль")["text"]
        seen = wait_in_pace(olga, "автору не помогло", all_=True)
        assert seen["message_id"] == card["message_id"]
        assert "Ольга" in seen["text"]
        until(lambda: "reply_markup" not in author.chat.messages[came["message_id"]], "the buttons leave")

    def test_is_sent_once(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        data, choices = send(app, olga)
        wait_in_pace(author, "Сотрудник поддержки отвечает", all_=True)
        olga.tap(data, choices)
        until(lambda: "Уже так" in answers(api), "the agent is told")
        assert len(answered(author)) == 1

    def test_waits_beside_a_draft_and_both_go_on(self, app: Running, olga: User, author: User) -> None:
        author.say("Консоль не работает")
        author.press("Отправить")
        question = wait_in_pace(author, "адрес")
        send(app, olga)
        came = wait_in_pace(author, "Сотрудник поддержки отвечает", all_=True)
        assert button(author.chat.messages[question["message_id"]], "Не знаю")
        author.press("Помогло", came)
        wait_in_pace(author, "адрес")
        wait_in_pace(olga, "автору помогло", all_=True)
        author.say("https://console.example.org")
        wait_in_pace(author, "верси")

    def test_keeps_its_buttons_under_later_screens(self, app: Running, olga: User, author: User) -> None:
        send(app, olga)
        came = wait_in_pace(author, "Сотрудник поддержки отвечает", all_=True)
        author.say("Портал не работает")
        wait_in_pace(author, "Что понято")
        author.press("Ответ целиком", author.chat.messages[came["message_id"]])
        whole = wait_in_pace(author, "Сотрудник поддержки отвечает")
        assert len(whole["text"]) > len(came["text"])
        author.press("Помогло", whole)
        wait_in_pace(author, "Что понято")
        assert app.tickets()[-1]["status"] == "created"

    def test_is_searched_by_words_and_sent(self, app: Running, olga: User, author: User) -> None:
        newest_card(app, olga)  # it names the number too, and may come after the command
        number = app.tickets()[-1]["number"]
        olga.say(f"/answer {number} ldap")
        found = wait_in_pace(olga, number)
        assert button(found, "Active Directory")
        olga.press("Active Directory", found)
        assert "Active Directory" in wait_in_pace(author, "Сотрудник поддержки отвечает", all_=True)["text"]
        wait_in_pace(olga, "(ldap)", all_=True)

    def test_is_searched_in_a_reply_to_the_card(self, app: Running, olga: User, author: User) -> None:
        olga.say("/answer grpc", reply_to_message=newest_card(app, olga))
        assert button(wait_in_pace(olga, app.tickets()[-1]["number"]), "gRPC")
        olga.say("/answer рецепт борща", reply_to_message=newest_card(app, olga))
        wait_in_pace(olga, "ничего не нашлось")
        olga.say("/answer GR-1999-00001 502")
        wait_in_pace(olga, "нет")
        olga.say("/answer")
        wait_in_pace(olga, "/answer GR-2026-00042")

    def test_the_way_to_search_is_told(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        olga.press("Ответ из FAQ", newest_card(app, olga))
        olga.press("Найти", newest_card(app, olga, "Найти"))
        until(lambda: any(f"/answer {app.tickets()[-1]['number']}" in words for words in answers(api)), "the hint")
        assert all(len(words) <= 200 for words in answers(api))

    def test_a_stranger_sends_nothing(self, api: BotApi, app: Running, group: Group, olga: User, author: User) -> None:
        data, choices = choices_of(app, olga)
        User(api, 666, "Чужой", group=group).tap(data, choices)
        until(lambda: any("участников" in words for words in answers(api)), "the stranger is told")
        assert not answered(author)
        assert not rows(app.settings, f"select * from ticket_changes where ticket_id = '{app.tickets()[-1]['id']}'")

    def test_an_old_card_sends_nothing(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        data, choices = choices_of(app, olga)
        olga.press("Назад", choices)
        olga.press("В работу", newest_card(app, olga))
        until(lambda: app.tickets()[-1]["status"] == "in_progress", "the card moves on")
        olga.tap(data, choices)
        until(lambda: any("изменилась" in words for words in answers(api)), "the agent is told")
        assert "Ответ из FAQ:" not in newest_card(app, olga)["text"]

    def test_an_author_who_is_gone_is_named(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        card = newest_card(app, olga)
        with app.application.database.unit() as unit:
            unit.tickets.mark_letter(app.tickets()[-1]["id"], "sent")
        author.say("/delete_me")
        author.press("Удалить")
        wait_in_pace(author, "Данные удалены")
        found = button(card, "Ответ из FAQ")
        assert found
        row = app.tickets()[-1]
        olga.tap(f"a:send.{short('error-502')}:{row['id']}:{row['version']}", card)
        until(lambda: any("нельзя написать" in words for words in answers(api)), "the agent is told")
