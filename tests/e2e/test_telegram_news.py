"""A request that agents move is told to its author, with their own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.user import Message, button
from tests.e2e.running import AGENTS, FULL, Running, open_request, running, settings_for, until


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
def group(api: BotApi) -> Group:
    return Group(api, AGENTS, 901, 902)


@pytest.fixture(scope="module")
def app(api: BotApi, group: Group, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(api, tmp_path_factory.mktemp("news"))) as app:
        yield app


@pytest.fixture
def olga(api: BotApi, group: Group) -> User:
    return User(api, 901, "Ольга", group=group)


def wait(person: User, wanted: str | Callable[[Message], bool], what: str = "", *, all_: bool = False) -> Message:
    """Wait as long as the pace of a group may take: five messages at once, then one in four seconds."""
    return person.wait(wanted, what, patience=25, all_=all_)


_people = iter(range(400, 500))


@pytest.fixture
def author(api: BotApi, app: Running) -> User:
    """Somebody new with an open request."""
    user = User(api, next(_people))
    open_request(app, user, FULL)
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


def test_clarify_and_done_reach_him(app: Running, olga: User, author: User) -> None:
    olga.press("Уточнить", card_of(app, olga))
    asked = wait(author, "Уточнение", all_=True)
    assert ticket(app)["number"] in asked["text"]
    olga.press("Выполнено", card_of(app, olga))
    olga.press("Ошибка пользователя", card_of(app, olga, "Инфраструктура"))
    done = wait(author, "Выполнено, решение: Ошибка пользователя", all_=True)
    assert "повторно" in done["text"]
    assert "Ольга" not in done["text"]


def test_a_question_in_the_agents_words_reaches_him_once(app: Running, olga: User, author: User) -> None:
    olga.say(f"/clarify {ticket(app)['number']} Какая версия у шлюза?")
    wait(olga, "Вопрос отправлен")
    assert "Какая версия у шлюза?" in wait(author, "Уточнение", all_=True)["text"]
    olga.say("/clarify Какая версия у шлюза?", reply_to_message=card_of(app, olga))
    wait(olga, "Вопрос отправлен")
    olga.say("/clarify А у портала?", reply_to_message=card_of(app, olga))
    wait(author, "А у портала?", all_=True)
    assert len([m for m in author.shown() if "состояние: Уточнение" in m.get("text", "")]) == 2
    olga.say("/clarify")
    wait(olga, "/clarify GR-2026-00042")
    olga.say("/clarify GR-1999-00001 Что?")
    wait(olga, "нет")


def test_taking_it_to_work_is_only_in_the_list(app: Running, olga: User, author: User) -> None:
    olga.press("В работу", card_of(app, olga))
    until(lambda: ticket(app)["status"] == "in_progress", "it is taken")
    author.say("/my")
    wait(author, "В работе")
    assert not [m for m in author.shown() if "состояние: В работе" in m.get("text", "")]
