"""What agents do stands on the page by itself, beside whatever the visitor is doing."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.web.visitors import Browser
from triage.bootstrap import Application
from triage.desk.ports import Card, ChatKey
from triage.dialogue.incoming import Advised, Informed


@pytest.fixture
async def card(app: Application, browser: Browser) -> Card:
    """The request that the visitor has opened."""
    await browser.say("Как включить кэш?")
    for word in ("Понятно", "Отправить", "Письмо самому"):
        await browser.press(word)
    [card] = app.desk.queue()
    return card


def chat(app: Application, card: Card) -> ChatKey:
    with app.database.unit() as unit:
        ticket = unit.tickets.get(card.ticket)
        assert ticket is not None
        assert ticket.conversation is not None
        found = unit.conversations.get(ticket.conversation)
        assert found is not None
        return found.chat


def advise(app: Application, card: Card) -> None:
    assert app.desk.send_entry(card.ticket, card.version, "Анна", "error-502").card is not None
    app.conversations.handle(chat(app, card), Advised(card.ticket, card.number, "error-502"))


async def press(client: httpx.AsyncClient, browser: Browser, word: str) -> httpx.Response:
    """Press the advice's button as the page's script does."""
    code = next(code for code, label in browser.pressable() if label == word and code.startswith("adv:"))
    return await client.post(
        "/chat/press", data={"code": code, "screen": "0", "after": "0"}, headers={"X-Requested-With": "fetch"}
    )


def outcomes(app: Application, card: Card) -> list[str]:
    fresh = app.desk.card(card.ticket)
    assert fresh is not None
    return [sent.outcome for sent in fresh.answers]


async def test_an_answer_is_judged_on_the_page(app: Application, browser: Browser, card: Card) -> None:
    advise(app, card)
    await browser.open()
    assert card.number in browser.last()
    assert browser.words() == ["Помогло", "Не помогло", "Ответ целиком"]
    await browser.press("Помогло")
    assert outcomes(app, card) == ["helped"]
    assert browser.words() == []


async def test_an_answer_keeps_its_buttons_beside_a_draft(
    app: Application, client: httpx.AsyncClient, browser: Browser, card: Card
) -> None:
    await browser.say("Шлюз не работает")
    advise(app, card)
    await browser.open()
    assert browser.words() == ["Отправить", "Изменить", "Отмена", "Помогло", "Не помогло", "Ответ целиком"]
    response = await press(client, browser, "Не помогло")
    assert outcomes(app, card) == ["not_helped"]
    assert len(response.headers["x-live"].split()) == 1
    await browser.open()
    assert browser.words() == ["Отправить", "Изменить", "Отмена"]


async def test_the_script_learns_of_every_live_message(
    app: Application, client: httpx.AsyncClient, browser: Browser, card: Card
) -> None:
    advise(app, card)
    await browser.say("Шлюз не работает")
    advised = next(code for code, _ in browser.pressable() if code.startswith("adv:"))
    assert advised
    piece = await client.get("/chat/new", params={"after": 0})
    assert len(piece.headers["x-live"].split()) == 2


async def test_a_new_status_is_said_with_the_agents_words(app: Application, browser: Browser, card: Card) -> None:
    app.conversations.handle(chat(app, card), Informed(card.number, "clarification", "", "Какая версия у шлюза?"))
    await browser.open()
    assert "Какая версия у шлюза?" in browser.last()
    assert card.number in browser.last()
