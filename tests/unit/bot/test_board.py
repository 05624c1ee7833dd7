"""The agents' board: a refresh of an unchanged card does not close the choices an agent has open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Chat, Message

from bot import keyboards
from bot.agents import AgentsGroup, TelegramBoard
from tests.unit.bot.test_keyboards import CARD
from triage.policy.pack import Policy, load_policy
from triage.text.paths import data_dir

GROUP = -100500
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Recorder:
    """A client that writes down what it is asked to do."""

    calls: list[str] = field(default_factory=list)
    edited: list[tuple[str, Any]] = field(default_factory=list)

    async def send_message(self, *_: Any, **__: Any) -> Any:
        self.calls.append("send")
        return Message(7, NOW, Chat(GROUP, "supergroup"))

    async def edit_message_text(self, text: str, *_: Any, **named: Any) -> Any:
        self.calls.append("edit")
        self.edited.append((text, named["reply_markup"]))
        return Message(7, NOW, Chat(GROUP, "supergroup"))

    async def edit_message_reply_markup(self, *_: Any, **__: Any) -> Any:
        self.calls.append("choices")
        return Message(7, NOW, Chat(GROUP, "supergroup"))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(data_dir({}) / "regulation.toml")


async def opened(policy: Policy) -> tuple[TelegramBoard, Recorder]:
    client = Recorder()
    board = TelegramBoard(client, AgentsGroup(client, GROUP), policy, lambda: True)  # type: ignore[arg-type]
    assert (await board.show(CARD)).message == "7"
    await board.choose(GROUP, keyboards.of_topics(CARD, policy), "7")
    return board, client


async def test_a_refresh_of_an_unchanged_card_leaves_the_choices_open(policy: Policy) -> None:
    board, client = await opened(policy)
    assert (await board.show(CARD, message="7")).outcome == "done"
    assert client.calls == ["send", "choices"]


async def test_a_changed_card_is_drawn_over_the_choices(policy: Policy) -> None:
    board, client = await opened(policy)
    await board.show(replace(CARD, version=CARD.version + 1, status="in_progress"), message="7")
    assert client.calls == ["send", "choices", "edit"]


async def test_what_an_agent_asked_for_is_drawn_even_when_it_looks_the_same(policy: Policy) -> None:
    board, client = await opened(policy)
    await board.show_in(GROUP, CARD, "7")
    assert client.calls == ["send", "choices", "edit"]


async def test_an_erased_request_leaves_only_its_number(policy: Policy) -> None:
    board, client = await opened(policy)
    assert (await board.erase(CARD.number, "7")).outcome == "done"
    assert client.calls == ["send", "choices", "edit"]
    [(text, markup)] = client.edited
    assert CARD.number in text
    assert CARD.text not in text
    assert markup is None
