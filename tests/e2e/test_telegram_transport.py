"""Nothing is acknowledged before it is stored, whatever Telegram, the network or the database do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.client import BURST, build_client
from bot.polling import poll
from bot.receiver import Receiver
from bot.webhook import endpoint
from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.errors import DroppedError, RefusedError
from tests.e2e.running import (
    AGENTS,
    SECRET,
    Running,
    agree,
    by_webhook,
    open_request,
    rows,
    running,
    settings_for,
    until,
    walk,
)
from triage.errors import StoreUnavailable

OUTAGE = "Шлюз https://gw.example.org 4.2.1 не работает, ошибка 500"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        yield api


@pytest.fixture
def app(api: BotApi, tmp_path: Path) -> Iterator[Running]:
    with running(settings_for(api, tmp_path)) as app:
        yield app


class Store:
    """An inbox in memory whose database is away for the first commits."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.kept: list[int] = []

    def commit(self, update_id: int, chat: str, raw: str, kinds: tuple[str, ...]) -> bool:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the database is locked")
        self.kept.append(update_id)
        return True


class TestWebhook:
    def test_carries_a_walk_and_switching_to_polling_takes_it_down(self, api: BotApi, tmp_path: Path) -> None:
        settings = by_webhook(settings_for(api, tmp_path))
        anna = User(api, 42)
        with running(settings) as app:
            anna.say(OUTAGE)
            walk(app, anna)
            assert api.state.webhook.url == settings.webhook_url
            assert not api.calls("getUpdates")
        anna.say("/my")
        with running(replace(settings, telegram_mode="polling")) as app:
            until(lambda: not api.state.webhook.url, "the webhook is taken down")
            anna.wait(app.tickets()[0]["number"])
            assert len(app.tickets()) == 1

    async def test_refuses_strangers_and_keeps_updates_at_telegram_while_the_database_is_away(self) -> None:
        store = Store(failures=1)
        transport = httpx.ASGITransport(endpoint(Receiver(store.commit), "/hook", SECRET))
        header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        update = {"update_id": 5, "message": {"chat": {"id": 1, "type": "private"}, "text": "x"}}

        async def post(body: Any, headers: dict[str, str]) -> int:
            async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                return (await client.post("/hook", json=body, headers=headers)).status_code

        assert await post(update, {}) == 403
        assert await post(update, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}) == 403
        assert await post(["no update"], header) == 400
        assert await post(update, header) == 503
        assert store.kept == []
        assert await post(update, header) == 200
        assert store.kept == [5]

    def test_telegram_repeats_until_it_is_taken(self, api: BotApi, tmp_path: Path) -> None:
        settings = by_webhook(settings_for(api, tmp_path))
        with running(settings):
            until(lambda: api.state.webhook.url, "the webhook is set")
        anna = User(api, 42)
        anna.say("/start")
        until(lambda: len(api.delivery.attempts) >= 2, "Telegram has tried in vain")
        with running(settings):
            anna.wait("Понятно")
        assert not api.state.pending


class TestPolling:
    def test_the_same_update_twice_is_one_request(self, api: BotApi, app: Running) -> None:
        anna = User(api, 42)
        open_request(app, anna)
        seen = [u for c in api.calls("getUpdates") if c.answer for u in c.answer["result"]]
        assert len(seen) == 4
        for update in seen:
            api.state.put_again(update)
        until(lambda: not api.state.pending, "the repeated updates are taken")
        anna.say("/my")
        anna.wait(app.tickets()[0]["number"])
        assert len(app.tickets()) == 1
        assert len([m for m in anna.shown() if "Что понято" in m.get("text", "")]) == 1

    async def test_the_offset_moves_only_after_the_commit(self, api: BotApi, tmp_path: Path) -> None:
        store = Store(failures=1)
        User(api, 42).say("раз")
        client = build_client(settings_for(api, tmp_path))
        polling = asyncio.create_task(poll(client, Receiver(store.commit), lambda state: None))
        while not store.kept:
            assert len(api.calls("getUpdates")) <= 1
            await asyncio.sleep(0.02)
        await asyncio.to_thread(until, lambda: not api.state.pending, "it is acknowledged")
        polling.cancel()
        await asyncio.wait([polling])
        await client.shutdown()
        offsets = [c.params.get("offset") for c in api.calls("getUpdates")]
        assert offsets[:2] == [None, str(store.kept[0] + 1)]

    def test_waits_for_telegram_at_the_start_and_never_logs_the_token(
        self, api: BotApi, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        api.fail("getMe", DroppedError())
        api.fail("getUpdates", RefusedError(502, "Bad Gateway"))
        caplog.set_level("DEBUG", logger="telegram")
        with running(settings_for(api, tmp_path)):
            anna = User(api, 42)
            anna.say("/start")
            anna.wait("Понятно")
        out, err = capfd.readouterr()
        assert "telegram.unreachable" in out + err
        assert api.token not in out + err
        assert api.token.split(":")[1] not in out + err

    def test_another_poller_is_named_and_outlived(
        self, api: BotApi, app: Running, capfd: pytest.CaptureFixture[str]
    ) -> None:
        until(lambda: api.calls("getUpdates"), "the bot polls")
        httpx.get(f"{api.url}{api.token}/getUpdates")
        until(lambda: "another program" in app.bot.state, "the conflict is seen")
        assert "another program" in app.application.health()["telegram"]
        anna = User(api, 42)
        anna.say("/start")
        anna.wait("Понятно")
        assert "telegram.conflict" in capfd.readouterr().out

    def test_a_rejected_token_turns_telegram_off_and_nothing_else(
        self, api: BotApi, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        wrong = "7000000009:AAE-wrong"
        app = Running(replace(settings_for(api, tmp_path), telegram_token=wrong))
        app.start(wait_for="Telegram rejects the token")
        try:
            health = app.application.health()
        finally:
            app.stop()
        assert (health["telegram"], health["worker"]) == ("Telegram rejects the token", "ok")
        out, err = capfd.readouterr()
        assert "telegram.off" in out
        assert wrong not in out + err
        assert "Traceback" not in out + err


class TestSending:
    def test_a_flood_limit_is_waited_out_and_the_reply_sent_once(self, api: BotApi, app: Running) -> None:
        anna = User(api, 42)
        agree(anna)
        api.fail("sendMessage", RefusedError(429, "Too Many Requests: retry after 1", retry_after=1))
        asked = anna.say("/help")["message_id"]
        anna.wait("/my")
        refused, sent = [c for c in api.calls("sendMessage") if "/my" in c.params["text"]][-2:]
        assert (refused.answer["ok"], sent.answer["ok"]) == (False, True)
        assert sent.at - refused.at >= 1
        time.sleep(0.5)
        assert len([m for m in anna.shown() if m["message_id"] > asked]) == 1

    def test_a_blocked_chat_is_tried_once(self, api: BotApi, app: Running) -> None:
        anna = User(api, 42)
        agree(anna)
        before = len(api.calls("sendMessage"))
        anna.say("/help")
        anna.block()
        until(lambda: len(api.calls("sendMessage")) > before, "the bot has tried")
        time.sleep(1)
        assert len(api.calls("sendMessage")) == before + 1
        anna.unblock()
        anna.say("/help")
        anna.wait("/my")

    def test_html_that_telegram_cannot_parse_goes_plain(self, api: BotApi, app: Running) -> None:
        anna = User(api, 42)
        api.fail("sendMessage", RefusedError(400, "Bad Request: can't parse entities: unexpected end"))
        anna.say("/start")
        anna.wait("Понятно")
        first, second = api.calls("sendMessage")[:2]
        assert (first.params.get("parse_mode"), second.params.get("parse_mode")) == ("HTML", None)
        assert "<" not in second.params["text"]

    def test_replies_keep_their_order_through_an_outage(self, api: BotApi, app: Running) -> None:
        anna = User(api, 42)
        agree(anna)
        api.fail("sendMessage", DroppedError())
        anna.say("/privacy")
        anna.say("/help")
        help_ = anna.wait("Команды")
        anna.wait(lambda m: "данными" in m["text"] and m["message_id"] < help_["message_id"], "privacy first")

    def test_a_chat_gets_a_few_messages_at_once_and_then_one_a_second(self, api: BotApi, tmp_path: Path) -> None:
        with running(settings_for(api, tmp_path), burst=BURST):
            anna = User(api, 42)
            agree(anna)
            asked = [anna.say("/help") for _ in range(BURST)][-1]["message_id"]
            until(lambda: sum(m["message_id"] > asked for m in anna.shown()) == BURST, "all are answered")
        sent = [c.at for c in api.calls("sendMessage")]
        rates = [sum(at <= later < at + 1 for later in sent) for at in sent]
        assert max(rates) <= BURST + 1
        assert sent[-1] - sent[0] >= len(sent) - BURST - 1

    def test_waiting_updates_survive_a_restart(self, api: BotApi, tmp_path: Path) -> None:
        settings = settings_for(api, tmp_path)
        anna = User(api, 42)
        with running(settings):
            agree(anna)
        anna.say(OUTAGE)
        with running(settings):
            anna.wait("Что понято")
            assert rows(settings, "select count(*) as n from inbox where raw is not null") == [{"n": 0}]
