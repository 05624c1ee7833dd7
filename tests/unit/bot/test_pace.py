"""The bot keeps Telegram's pace in every window, not only on average."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.client import Pace


async def call(pace: Pace, chat: int, endpoint: str = "sendMessage") -> float:
    async def done() -> float:
        return time.monotonic()

    return float(await pace.process_request(done, (), {}, endpoint, {"chat_id": chat}, None))


async def test_no_second_holds_more_than_thirty_messages() -> None:
    pace = Pace()
    sent = sorted(await asyncio.gather(*(call(pace, chat) for chat in range(1, 61))))
    assert max(sum(at <= other < at + 1 for other in sent) for at in sent) <= 30
    assert sent[-1] - sent[0] < 4


async def test_a_group_gets_few_new_messages_and_edits_at_once() -> None:
    pace = Pace(burst=100)
    for _ in range(5):
        await asyncio.wait_for(call(pace, -100), 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call(pace, -100), 0.5)
    await asyncio.wait_for(call(pace, -100, "editMessageText"), 0.5)
    await asyncio.wait_for(call(pace, 5), 0.5)


async def test_questions_never_wait() -> None:
    pace = Pace(burst=1)
    await call(pace, 5)
    started = time.monotonic()
    for _ in range(100):
        await call(pace, 5, "getChatMember")
    assert time.monotonic() - started < 0.5


async def test_one_chat_does_not_hold_up_another() -> None:
    pace = Pace(burst=1)
    await call(pace, 5)
    waiting = asyncio.create_task(call(pace, 5))
    await asyncio.wait_for(call(pace, 6), 0.5)
    assert not waiting.done()
    assert pace.under_way == 1
    await asyncio.wait_for(waiting, 2)
