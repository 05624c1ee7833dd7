"""The FAQ on the page: a search, an answer in place, and a letter that says what was shown."""

from __future__ import annotations

import pytest

from tests.unit.web.visitors import Browser


@pytest.fixture
async def visitor(browser: Browser) -> Browser:
    """A visitor who has accepted the notice."""
    await browser.say("/start")
    await browser.press("Понятно")
    return browser


async def letter(visitor: Browser) -> str:
    """Go on to the letter without answering; return all that was said since then."""
    for _ in range(6):
        if "Письмо самому" in visitor.words():
            break
        await visitor.press("Отправить" if "Отправить" in visitor.words() else "Не знаю")
    await visitor.press("Письмо самому")
    return visitor.html


async def test_a_search_opens_the_best_in_place(visitor: Browser) -> None:
    await visitor.say("/faq 502")
    assert "Почему шлюз отвечает 502 Bad Gateway?" in visitor.last()
    assert "Шлюз не смог соединиться" in visitor.last()
    assert visitor.words()[-3:] == ["Помогло", "Не помогло", "Ответ целиком"]
    assert len(visitor.words()) <= 5
    assert "/error-502" in visitor.html


async def test_what_was_searched_is_not_asked_again(visitor: Browser) -> None:
    await visitor.say("/faq шлюз отвечает 502 после обновления")
    await visitor.press("Не помогло")
    assert "уже взят" in visitor.html
    shown = await letter(visitor)
    assert "шлюз отвечает 502 после обновления" in shown
    assert "error-502, не помогло" in shown


async def test_not_helping_goes_on_and_the_letter_tells_it(visitor: Browser) -> None:
    await visitor.say("Шлюз отвечает 502, версия 4.2.1")
    await visitor.press("Не помогло")
    assert "адрес сайта" in visitor.last()
    shown = await letter(visitor)
    assert "error-502, не помогло" in shown
    assert "Укажите, пожалуйста, версию" not in shown


async def test_a_search_that_finds_nothing_shows_the_sections(visitor: Browser) -> None:
    await visitor.say("/faq рецепт борща")
    assert "ничего не нашлось" in visitor.last()
    assert "Ошибки" in visitor.words()
