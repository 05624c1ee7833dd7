"""The whole engine at work in this process, on both databases, with a real SMTP server."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOS

from tests.applications import (
    FakeBoard,
    FakeMessenger,
    SayingHandler,
    Talk,
    application,
    eventually,
    known_person,
    next_word,
    running,
)
from tests.databases import Cluster, free_port
from tests.integration.mailservers import Post, post_office
from tests.unit.jobs.test_conversations import PROBLEM, walk
from tests.unit.store.test_store import everything
from triage.bootstrap import Application
from triage.checks.secrets import find_secrets
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Said
from triage.errors import StoreUnavailable
from triage.jobs.faq_watch import FaqWatch
from triage.jobs.reaper import Reaper
from triage.jobs.upkeep import Upkeep
from triage.store import connect
from triage.text.redact import redact

CHAT = "4815162342"


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as server:
        yield server


@pytest.fixture
async def served(database_url: str, tmp_path: Path, post: Post) -> AsyncIterator[Application]:
    """The application with Telegram's twins attached, at work."""
    app = application(
        database_url, tmp_path, smtp_url=f"smtp://127.0.0.1:{post.port}",
        telegram_token="1:test", agents_chat_id=-1,
    )  # fmt: skip
    app.attach_telegram(SayingHandler(app), FakeMessenger(), FakeBoard())
    async with running(app):
        yield app
    app.database.dispose()


def messenger(app: Application) -> FakeMessenger:
    assert isinstance(app.carrier.messenger, FakeMessenger)
    return app.carrier.messenger


def board(app: Application) -> FakeBoard:
    assert isinstance(app.board.board, FakeBoard)
    return app.board.board


def troubled(app: Application) -> int:
    """How many mails wait after a failed try."""
    with app.database.unit() as unit:
        return unit.mails.troubled()[0]


class Person:
    """A person in Telegram: sends updates and walks on by the words of the newest screen."""

    def __init__(self, app: Application, chat: str, first_update: int) -> None:
        self.app, self.chat, self.update, self.seen = app, chat, first_update, 0

    async def say(self, text: str) -> None:
        raw = json.dumps({"chat": self.chat, "text": text})
        await asyncio.to_thread(self.app.inbox.receive, self.update, self.chat, raw, ())
        self.update += 1

    def replies(self) -> list[str]:
        return [reply.text for chat, reply in messenger(self.app).sent if chat == self.chat]

    async def walk(self, text: str, *, until: str) -> None:
        """Say the text and press on until the words `until` are said."""
        await self.say(text)
        mine = lambda: [r for c, r in messenger(self.app).sent if c == self.chat]  # noqa: E731
        for _ in range(12):
            await eventually(lambda: len(mine()) > self.seen, seconds=15)
            await asyncio.sleep(0.15)
            self.seen = len(mine())
            if any(until in reply.text for reply in mine()):
                return
            word = next_word(mine()[-1])
            if word is not None:
                await self.say(word)


class TestTheChain:
    async def test_carries_a_message_to_the_mailbox_and_the_card_to_the_agents(
        self, served: Application, post: Post
    ) -> None:
        await asyncio.to_thread(known_person, served, ChatKey("telegram", CHAT))
        await Person(served, CHAT, 100).walk(PROBLEM, until="принято почтой")
        [mail] = post.mails
        assert mail.recipients == [served.policy.addresses.mailbox]
        assert mail.message["Reply-To"] == "ivan@example.org"
        await eventually(lambda: board(served).shown and board(served).shown[-1][1].version == 2)
        message, card = board(served).shown[0]
        assert message == ""
        assert card.number in " ".join(r.text for _, r in messenger(served).sent)

    async def test_mails_a_code_and_goes_on_with_it(self, served: Application, post: Post) -> None:
        talk = Talk(served)
        await asyncio.to_thread(known_person, served, talk.chat, "")
        await asyncio.to_thread(walk, talk, PROBLEM)
        await asyncio.to_thread(talk.say, "ivan@example.org")
        await eventually(lambda: post.mails)
        body = post.mails[0].message.get_content()
        code = next(word for word in body.split() if word.isdigit() and len(word) == 6)
        await asyncio.to_thread(talk.say, code)
        await eventually(lambda: len(post.mails) == 2)
        assert code not in post.mails[1].message.get_content()


class TestTime:
    async def test_a_pause_ends_promptly(self, served: Application) -> None:
        chat = ChatKey("telegram", CHAT)
        await asyncio.to_thread(known_person, served, chat)
        started = time.monotonic()
        await asyncio.to_thread(served.conversations.handle, chat, Said(PROBLEM, message="1"))
        await eventually(lambda: messenger(served).calls)
        took = messenger(served).calls[0][2] - started
        settle = served.policy.dialogue.settle_seconds
        assert settle <= took < settle + 1.0

    async def test_replies_follow_an_update_at_once(self, served: Application) -> None:
        person, started = Person(served, CHAT, 1), time.monotonic()
        await person.say("/start")
        await eventually(lambda: messenger(served).calls)
        assert messenger(served).calls[0][2] - started < 1.5


class TestOrder:
    async def test_of_each_chat_is_kept_while_chats_run_side_by_side(self, served: Application) -> None:
        handler = served.inbox.handler
        assert isinstance(handler, SayingHandler)
        texts = [(n, str(n % 3)) for n in range(30)]
        for n, chat in texts:
            raw = json.dumps({"chat": chat, "text": f"сообщение {n}"})
            await asyncio.to_thread(served.inbox.receive, n, chat, raw, ())
        await eventually(lambda: len(handler.handled) == 30, seconds=20)
        for chat in "012":
            mine = [n for n in handler.handled if str(n % 3) == chat]
            assert mine == sorted(mine)

    async def test_nothing_is_handled_twice_when_telegram_repeats_itself(self, served: Application) -> None:
        handler = served.inbox.handler
        assert isinstance(handler, SayingHandler)
        for _ in range(3):
            await Person(served, CHAT, 50).say("/start")
        await eventually(lambda: handler.handled)
        await asyncio.sleep(0.5)
        assert handler.handled == [50]


class TestTheMailServer:
    async def test_that_is_down_gets_the_letter_when_it_is_back(self, sqlite_url: str, tmp_path: Path) -> None:
        port = free_port()
        app = application(sqlite_url, tmp_path, smtp_url=f"smtp://127.0.0.1:{port}")
        talk = Talk(app)
        known_person(app, talk.chat)
        async with running(app):
            await asyncio.to_thread(walk, talk, PROBLEM)
            await eventually(lambda: troubled(app))
            assert app.health()["mail"] != "ok"
            assert app.health()["database"] == "ok"
            async with post_office(port=port) as post:
                await eventually(lambda: post.mails, seconds=20)
                await eventually(lambda: "принято" in "".join(s.reply.text for s in talk.read()))
                assert len(post.mails) == 1
        app.database.dispose()


class TestHealth:
    async def test_names_every_part(self, served: Application) -> None:
        parts = await asyncio.to_thread(served.health)
        assert parts.pop("ocr")  # "ok", "off", or what is missing on this machine
        assert parts == {"database": "ok", "worker": "ok", "mail": "ok", "telegram": "ok"}

    def test_says_why_a_part_does_not_work(self, sqlite_url: str, tmp_path: Path) -> None:
        app = application(sqlite_url, tmp_path, smtp_url=f"smtp://127.0.0.1:{free_port()}")
        state = app.health()
        app.close()
        assert state["database"] == "ok"
        assert state["worker"] != "ok"
        assert "127.0.0.1" in state["mail"]
        assert state["telegram"] == "off"

    async def test_counts_what_happened(self, served: Application) -> None:
        await asyncio.to_thread(Talk(served).say, PROBLEM)
        await asyncio.to_thread(served.health.measure)
        count = served.registry.get_sample_value("triage_steps_total", {"channel": "web", "incoming": "Said"})
        assert count == 1
        assert served.registry.get_sample_value("triage_waiting", {"what": "letters"}) == 0


class TestASecondProcess:
    async def test_on_the_same_file_queues_and_leaves_the_work_to_the_first(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        first = application(sqlite_url, tmp_path)
        assert first.engine._alone()
        await asyncio.to_thread(tmp_path.joinpath("outbox").mkdir)
        second = application(sqlite_url, tmp_path)
        async with running(second):
            assert not second.engine.working
            talk = Talk(second)
            await asyncio.to_thread(known_person, second, talk.chat)
            await asyncio.to_thread(walk, talk, PROBLEM)
            await asyncio.sleep(1.5)
            assert await asyncio.to_thread(os.listdir, tmp_path / "outbox") == []
        first.close()
        second.close()


class TestTwoWorkers:
    @pytest.mark.postgres
    async def test_of_one_name_do_not_take_each_other_for_dead(self, cluster: Cluster, tmp_path: Path) -> None:
        url = cluster.create(template=cluster.migrated)
        first = Reaper(connect(url).engine, "test")
        assert first.hold()
        app = application(url, tmp_path)
        async with running(app):
            assert DBOS.executor_id != "test"
            talk = Talk(app)
            await asyncio.to_thread(known_person, app, talk.chat)
            await asyncio.to_thread(walk, talk, PROBLEM)
            await eventually(lambda: list(tmp_path.glob("outbox/*.eml")))
        app.database.dispose()
        first.stop()
        first._engine.dispose()


class TestSecrets:
    async def test_of_a_conversation_are_not_in_the_database(self, served: Application) -> None:
        """What a channel masks never comes back: neither states nor reports nor jobs hold it."""
        secret = "Qwerty-7788-Zxcv"
        said = f"Шлюз не работает, ошибка 500, версия 4.2.1. пароль: {secret}"
        text = redact(said, find_secrets(said))
        assert secret not in text
        await asyncio.to_thread(known_person, served, ChatKey("telegram", CHAT))
        await Person(served, CHAT, 100).walk(text, until="принято почтой")
        assert secret not in everything(served.database)


class TestHousekeeping:
    async def test_forgets_finished_jobs_and_queues_the_next_day(self, served: Application) -> None:
        await asyncio.to_thread(Talk(served).app.inbox.receive, 1, CHAT, '{"chat": "1", "text": "/start"}', ())
        client = served.engine.client
        await eventually(lambda: client.list_workflows(status="SUCCESS", name="turn"))
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert await asyncio.to_thread(served.engine.forget, tomorrow - timedelta(days=2)) == 0
        assert await asyncio.to_thread(served.engine.forget, tomorrow) >= 1
        assert await asyncio.to_thread(lambda: client.list_workflows(status="SUCCESS", name="turn")) == []
        assert await asyncio.to_thread(served.engine.stranded) == 0
        world = served.conversations._world
        upkeep = Upkeep(world, served.engine, FaqWatch(world))
        await upkeep.housekeep("today")
        keys = await asyncio.to_thread(lambda: [w.workflow_id for w in client.list_workflows(name="housekeep")])
        assert f"housekeep:{tomorrow.date().isoformat()}" in keys


class TestALostDatabase:
    @pytest.mark.postgres
    async def test_is_reported_and_work_goes_on_when_it_is_back(
        self, cluster: Cluster, tmp_path: Path, post: Post
    ) -> None:
        url = cluster.create(template=cluster.migrated)
        app = application(
            url, tmp_path, smtp_url=f"smtp://127.0.0.1:{post.port}", telegram_token="1:test", agents_chat_id=-1
        )
        app.attach_telegram(SayingHandler(app), FakeMessenger(), FakeBoard())
        await asyncio.to_thread(known_person, app, ChatKey("telegram", CHAT))
        async with running(app):
            await asyncio.to_thread(cluster.stop)
            try:
                with pytest.raises(StoreUnavailable):
                    await Person(app, CHAT, 1).say("/start")
                assert (await asyncio.to_thread(app.health))["database"] != "ok"
            finally:
                await asyncio.to_thread(cluster.start)
            await eventually(lambda: app.health()["database"] == "ok")
            await Person(app, CHAT, 100).walk(PROBLEM, until="принято почтой")
            assert len(post.mails) == 1
            await eventually(lambda: app.health()["worker"] == "ok")
        app.database.dispose()
