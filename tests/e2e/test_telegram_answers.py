"""Agents answer a request's author from the FAQ; he answers with a tap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.keyboards import short
from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.user import Message, button
from tests.e2e.running import AGENTS, FULL, Running, open_request, rows, running, settings_for, until

FAILS = FULL.replace("500", "502")
TITLE = "Почему шлюз отвечает 502"


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
def group(api: BotApi) -> Group:
    return Group(api, AGENTS, 901, 902)


@pytest.fixture(scope="module")
def app(api: BotApi, group: Group, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(api, tmp_path_factory.mktemp("answers"))) as app:
        yield app


@pytest.fixture
def olga(api: BotApi, group: Group) -> User:
    return User(api, 901, "Ольга", group=group)


def wait(person: User, wanted: str | Callable[[Message], bool], what: str = "", *, all_: bool = False) -> Message:
    """Wait as long as the pace of a group may take: five messages at once, then one in four seconds."""
    return person.wait(wanted, what, patience=25, all_=all_)


_people = iter(range(300, 400))


@pytest.fixture
def author(api: BotApi, app: Running) -> User:
    """Somebody new with an open request about 502."""
    user = User(api, next(_people))
    open_request(app, user, FAILS)
    wait(user, "Письмо", all_=True)
    return user


def ticket(app: Running) -> dict[str, Any]:
    return app.tickets()[-1]


def card_of(app: Running, agent: User, word: str = "Ответ из FAQ") -> Message:
    """The newest request's card as it is now."""

    def fresh(message: Message) -> bool:
        found, row = button(message, word), ticket(app)
        return found is not None and found["callback_data"].endswith(f"{row['id']}:{row['version']}")

    return wait(agent, fresh, "the card as it is now", all_=True)


def choices_of(app: Running, agent: User) -> tuple[str, Message]:
    """Open the choices; return what the button of the entry that the report found carries, and the message."""
    agent.press("Ответ из FAQ", card_of(app, agent))
    choices = card_of(app, agent, TITLE)
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
        card = card_of(app, olga)
        send(app, olga)
        came = wait(author, "Сотрудник поддержки отвечает", all_=True)
        number = ticket(app)["number"]
        assert number in came["text"]
        assert TITLE in came["text"]
        assert any(e["type"] == "text_link" and e["url"].endswith("error-502") for e in came["entities"])
        assert "ещё не отметил" in card_of(app, olga)["text"]
        author.press("Не помогло", came)
        assert number in wait(author, "Жаль")["text"]
        seen = wait(olga, "автору не помогло", all_=True)
        assert seen["message_id"] == card["message_id"]
        assert "Ольга" in seen["text"]
        until(lambda: "reply_markup" not in author.chat.messages[came["message_id"]], "the buttons leave")

    def test_is_sent_once(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        data, choices = send(app, olga)
        wait(author, "Сотрудник поддержки отвечает", all_=True)
        olga.tap(data, choices)
        until(lambda: "Уже так" in answers(api), "the agent is told")
        assert len(answered(author)) == 1

    def test_waits_beside_a_draft_and_both_go_on(self, app: Running, olga: User, author: User) -> None:
        author.say("Консоль не работает")
        author.press("Отправить")
        question = wait(author, "адрес")
        send(app, olga)
        came = wait(author, "Сотрудник поддержки отвечает", all_=True)
        assert button(author.chat.messages[question["message_id"]], "Не знаю")
        author.press("Помогло", came)
        wait(author, "адрес")
        wait(olga, "автору помогло", all_=True)
        author.say("https://console.example.org")
        wait(author, "верси")

    def test_keeps_its_buttons_under_later_screens(self, app: Running, olga: User, author: User) -> None:
        send(app, olga)
        came = wait(author, "Сотрудник поддержки отвечает", all_=True)
        author.say("Портал не работает")
        wait(author, "Что понято")
        author.press("Ответ целиком", author.chat.messages[came["message_id"]])
        whole = wait(author, "Сотрудник поддержки отвечает")
        assert len(whole["text"]) > len(came["text"])
        author.press("Помогло", whole)
        wait(author, "Что понято")
        assert ticket(app)["status"] == "created"

    def test_is_searched_by_words_and_sent(self, app: Running, olga: User, author: User) -> None:
        number = ticket(app)["number"]
        olga.say(f"/answer {number} ldap")
        found = wait(olga, number)
        assert button(found, "Active Directory")
        olga.press("Active Directory", found)
        assert "Active Directory" in wait(author, "Сотрудник поддержки отвечает", all_=True)["text"]
        wait(olga, "(ldap)", all_=True)

    def test_is_searched_in_a_reply_to_the_card(self, app: Running, olga: User, author: User) -> None:
        olga.say("/answer grpc", reply_to_message=card_of(app, olga))
        assert button(wait(olga, ticket(app)["number"]), "gRPC")
        olga.say("/answer рецепт борща", reply_to_message=card_of(app, olga))
        wait(olga, "ничего не нашлось")
        olga.say("/answer GR-1999-00001 502")
        wait(olga, "нет")
        olga.say("/answer")
        wait(olga, "/answer GR-2026-00042")

    def test_the_way_to_search_is_told(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        olga.press("Ответ из FAQ", card_of(app, olga))
        olga.press("Найти", card_of(app, olga, "Найти"))
        until(lambda: any(f"/answer {ticket(app)['number']}" in words for words in answers(api)), "the hint")
        assert all(len(words) <= 200 for words in answers(api))

    def test_a_stranger_sends_nothing(self, api: BotApi, app: Running, group: Group, olga: User, author: User) -> None:
        data, choices = choices_of(app, olga)
        User(api, 666, "Чужой", group=group).tap(data, choices)
        until(lambda: any("участников" in words for words in answers(api)), "the stranger is told")
        assert not answered(author)
        assert not rows(app.settings, f"select * from ticket_changes where ticket_id = '{ticket(app)['id']}'")

    def test_an_old_card_sends_nothing(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        data, choices = choices_of(app, olga)
        olga.press("Назад", choices)
        olga.press("В работу", card_of(app, olga))
        until(lambda: ticket(app)["status"] == "in_progress", "the card moves on")
        olga.tap(data, choices)
        until(lambda: any("изменилась" in words for words in answers(api)), "the agent is told")
        assert "Ответ из FAQ:" not in card_of(app, olga)["text"]

    def test_an_author_who_is_gone_is_named(self, api: BotApi, app: Running, olga: User, author: User) -> None:
        card = card_of(app, olga)
        with app.application.database.unit() as unit:
            unit.tickets.mark_letter(ticket(app)["id"], "sent")
        author.say("/delete_me")
        author.press("Удалить")
        wait(author, "Данные удалены")
        found = button(card, "Ответ из FAQ")
        assert found
        row = ticket(app)
        olga.tap(f"a:send.{short('error-502')}:{row['id']}:{row['version']}", card)
        until(lambda: any("нельзя написать" in words for words in answers(api)), "the agent is told")
