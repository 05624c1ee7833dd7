"""An agent's answer comes to the open page by itself, and its buttons stay while the visitor goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.running import until
from tests.e2e.test_web_page import press, say, words
from tests.e2e.website import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_an_answer_stands_beside_a_draft_until_it_is_judged(site: Site, page: Page) -> None:
    desk = site.application.desk
    say(page, "Как включить кэш?")
    for word in ("Понятно", "Отправить", "Письмо самому"):
        press(page, word)
    [card] = until(lambda: desk.queue(), "the request is opened")
    desk.send_entry(card.ticket, card.version, "Анна", "cache-policy")
    page.get_by_text("Сотрудник поддержки отвечает").wait_for()
    assert words(page) == ["Помогло", "Не помогло", "Ответ целиком"]

    say(page, "Портал не работает")
    assert sorted(words(page)) == sorted(["Помогло", "Не помогло", "Ответ целиком", "Отправить", "Изменить", "Отмена"])
    press(page, "Не помогло")
    page.get_by_text("Это отмечено в обращении").wait_for()
    until(lambda: words(page) == ["Отправить", "Изменить", "Отмена"], "only the draft waits")
    fresh = desk.card(card.ticket)
    assert fresh is not None
    assert [sent.outcome for sent in fresh.answers] == ["not_helped"]

    desk.set_status(card.ticket, fresh.version, "Анна", "clarification", comment="Какая версия?")
    page.get_by_text("Какая версия?").wait_for()
    assert words(page) == ["Отправить", "Изменить", "Отмена"]
