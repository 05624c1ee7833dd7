"""A request that agents move is told to its author, with their own words."""

from __future__ import annotations

import pytest

from tests.e2e.botapi import BotApi, User
from tests.e2e.running import (
    FULL,
    Running,
    newest_card,
    open_request,
    until,
    wait_in_pace,
)

_people = iter(range(400, 500))


@pytest.fixture
def author(api: BotApi, app: Running) -> User:
    """Somebody new with an open request."""
    user = User(api, next(_people))
    open_request(app, user, FULL)
    wait_in_pace(user, "Письмо", all_=True)
    return user


def test_clarify_and_done_reach_him(app: Running, olga: User, author: User) -> None:
    olga.press("Уточнить", newest_card(app, olga))
    asked = wait_in_pace(author, "Уточнение", all_=True)
    assert app.tickets()[-1]["number"] in asked["text"]
    olga.press("Выполнено", newest_card(app, olga))
    olga.press("Ошибка пользователя", newest_card(app, olga, "Инфраструктура"))
    done = wait_in_pace(author, "Выполнено, решение: Ошибка пользователя", all_=True)
    assert "повторно" in done["text"]
    assert "Ольга" not in done["text"]


def test_a_question_in_the_agents_words_reaches_him_once(app: Running, olga: User, author: User) -> None:
    olga.say(f"/clarify {app.tickets()[-1]['number']} Какая версия у шлюза?")
    wait_in_pace(olga, "Вопрос отправлен")
    assert "Какая версия у шлюза?" in wait_in_pace(author, "Уточнение", all_=True)["text"]
    olga.say("/clarify Какая версия у шлюза?", reply_to_message=newest_card(app, olga))
    wait_in_pace(olga, "Вопрос отправлен")
    olga.say("/clarify А у портала?", reply_to_message=newest_card(app, olga))
    wait_in_pace(author, "А у портала?", all_=True)
    assert len([m for m in author.shown() if "состояние: Уточнение" in m.get("text", "")]) == 2
    olga.say("/clarify")
    wait_in_pace(olga, "/clarify GR-2026-00042")
    olga.say("/clarify GR-1999-00001 Что?")
    wait_in_pace(olga, "нет")


def test_taking_it_to_work_is_only_in_the_list(app: Running, olga: User, author: User) -> None:
    olga.press("В работу", newest_card(app, olga))
    until(lambda: app.tickets()[-1]["status"] == "in_progress", "it is taken")
    author.say("/my")
    wait_in_pace(author, "В работе")
    assert not [m for m in author.shown() if "состояние: В работе" in m.get("text", "")]
