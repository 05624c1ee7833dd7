"""The bot answers only those who speak to it, and takes paths for no commands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message

from bot import chats
from bot.addressing import Addressed, Called, called

FILTER = Addressed(lambda: "Triage_bot", lambda: -100)
BOT = {"id": 7, "is_bot": True, "first_name": "T", "username": "triage_bot"}
ANNA = {"id": 5, "is_bot": False, "first_name": "А"}


def message(text: str = "", *, chat: int = 5, author: dict[str, Any] = ANNA, **others: Any) -> Message:
    kind = "private" if chat > 0 else "supergroup"
    date = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())
    body = {"message_id": 1, "date": date, "chat": {"id": chat, "type": kind}, "from": author, "text": text} | others
    made = Message.de_json(body, None)
    assert made
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Called("start", "", "")),
        ("/Status@Triage_bot  GR-2026-00001 ", Called("status", "Triage_bot", "GR-2026-00001")),
        ("/faq\nшлюз", Called("faq", "", "шлюз")),
        ("/unknown", Called("unknown", "", "")),
        ("/api/v1 отвечает 500", None),
        ("/gateway не запускается", None),
        ("// комментарий", None),
        ("напишите /start", None),
        ("", None),
    ],
)
def test_what_a_command_is(text: str, expected: Called | None) -> None:
    assert called(message(text)) == expected


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (message("шлюз не работает"), True),
        (message("шлюз не работает", chat=-55), False),
        (message("/start", chat=-55), True),
        (message("/start@other_bot", chat=-55), False),
        (message("/start@triage_BOT", chat=-55), True),
        (message("скажи, @triage_bot, что делать", chat=-55), True),
        (message("пишите @triage_bot2", chat=-55), False),
        (message("да", chat=-55, reply_to_message={"message_id": 1, "date": 0, "from": BOT,
                                                   "chat": {"id": -55, "type": "supergroup"}}), True),
        (message("@triage_bot", chat=-100), False),
        (message("привет", author=BOT), False),
    ],
)  # fmt: skip
def test_who_is_heard(said: Message, heard: bool) -> None:
    assert FILTER.filter(said) is heard


class TestChats:
    def test_a_group_has_a_conversation_per_person(self) -> None:
        assert chats.key_of(5, 5) == "5"
        assert chats.key_of(-55, 5) == "-55:5"
        assert chats.chat_of("-55:5") == -55
        assert chats.moved("-55:5", -10077) == "-10077:5"

    @pytest.mark.parametrize(
        ("raw", "turn"),
        [
            ({"update_id": 1, "message": {"chat": {"id": 5}, "from": {"id": 5}}}, "5"),
            ({"update_id": 1, "edited_message": {"chat": {"id": -5}, "from": {"id": 5}}}, "-5:5"),
            ({"update_id": 1, "callback_query": {"from": {"id": 5}, "message": {"chat": {"id": -5}}}}, "-5:5"),
            ({"update_id": 1, "callback_query": {"from": {"id": 5}, "inline_message_id": "x"}}, "5"),
            ({"update_id": 1, "poll": {"id": "1"}}, ""),
            ({"update_id": 1, "odd": 3}, ""),
        ],
    )
    def test_an_update_waits_in_its_conversations_turn(self, raw: dict[str, Any], turn: str) -> None:
        assert chats.turn_of(raw) == turn
