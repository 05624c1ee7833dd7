"""Buttons leave the message of whoever pressed his own; in a group everybody sees those of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Chat, Message

from bot.messenger import TelegramMessenger
from triage.dialogue.buttons import Button
from triage.dialogue.replies import Reply, Run

IVAN, OLGA = "-100500:1", "-100500:2"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Recorder:
    """A client that numbers messages and writes down whose buttons it took off."""

    sent: int = 0
    stripped: list[int] = field(default_factory=list)

    async def send_message(self, chat: int, *_: Any, **__: Any) -> Any:
        self.sent += 1
        return Message(self.sent, NOW, Chat(chat, "supergroup"))

    async def edit_message_reply_markup(self, chat: int, message: int, **__: Any) -> Any:
        self.stripped.append(message)
        return Message(message, NOW, Chat(chat, "supergroup"))


def asking(screen: int, *, news: bool = False) -> Reply:
    return Reply((Run("Отправить?"),), buttons=((Button("send", "Отправить"),),), screen=screen, news=news)


@pytest.fixture
def client() -> Recorder:
    return Recorder()


@pytest.fixture
def messenger(client: Recorder) -> TelegramMessenger:
    return TelegramMessenger(client, lambda: True)  # type: ignore[arg-type]


class TestInAGroup:
    async def test_a_press_takes_off_ones_own_buttons(self, messenger: TelegramMessenger, client: Recorder) -> None:
        await messenger.send(IVAN, asking(1))
        await messenger.clear_buttons(IVAN, "1", 1)
        assert client.stripped == [1]

    async def test_a_press_leaves_the_buttons_of_somebody_else(
        self, messenger: TelegramMessenger, client: Recorder
    ) -> None:
        await messenger.send(IVAN, asking(1))
        await messenger.send(IVAN, asking(0, news=True))
        await messenger.clear_buttons(OLGA, "1", 1)
        await messenger.take_off(OLGA, "2")
        assert client.stripped == []

    async def test_a_press_of_somebody_else_leaves_the_own_screen_known(
        self, messenger: TelegramMessenger, client: Recorder
    ) -> None:
        await messenger.send(IVAN, asking(1))
        await messenger.send(OLGA, asking(1))
        await messenger.clear_buttons(OLGA, "1", 1)
        await messenger.send(OLGA, asking(2))
        assert client.stripped == [2]

    async def test_news_lose_their_buttons_by_their_own_person(
        self, messenger: TelegramMessenger, client: Recorder
    ) -> None:
        await messenger.send(IVAN, asking(0, news=True))
        await messenger.take_off(IVAN, "1")
        assert client.stripped == [1]


class TestInAPrivateChat:
    async def test_buttons_of_before_a_restart_leave_too(self, messenger: TelegramMessenger, client: Recorder) -> None:
        await messenger.clear_buttons("77", "5", 1)
        assert client.stripped == [5]
