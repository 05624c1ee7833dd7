"""Updates of Telegram: received once, handled in order, tried again, set aside at last."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.applications import Clock, SayingHandler
from tests.unit.store.test_store import everything
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.errors import StoreUnavailable
from triage.jobs.inbox import TRIES

CHAT = "4815162342"
TURN = ChatKey("telegram", CHAT).mark


def receive(app: Application, update_id: int, text: str = "/start") -> bool:
    return app.inbox.receive(update_id, CHAT, json.dumps({"chat": CHAT, "text": text}), ())


@pytest.fixture
def handler(app: Application) -> SayingHandler:
    handler = SayingHandler(app)
    app.inbox.handler = handler
    return handler


class TestReceiving:
    def test_takes_an_update_once(self, both: Application) -> None:
        assert receive(both, 7)
        assert not receive(both, 7)
        [job] = both.engine.client.list_workflows(name="turn")
        assert job.workflow_id == "tg:7"

    def test_refuses_when_the_database_is_out_of_reach(self, app: Application) -> None:
        with app.database.engine.begin() as connection:
            connection.exec_driver_sql("drop table inbox")
        with pytest.raises(StoreUnavailable):
            receive(app, 7)


class TestATurn:
    async def test_handles_updates_in_the_order_of_ids(self, app: Application, handler: SayingHandler) -> None:
        for update_id in (12, 10, 11):
            receive(app, update_id)
        await app.inbox.turn(TURN)
        assert handler.handled == [10, 11, 12]

    async def test_erases_what_it_has_handled(self, app: Application, handler: SayingHandler) -> None:
        receive(app, 7, "сырой текст обращения")
        await app.inbox.turn(TURN)
        assert "inbox: (7, ''" in everything(app.database)

    async def test_handles_nothing_twice(self, app: Application, handler: SayingHandler) -> None:
        receive(app, 7)
        await app.inbox.turn(TURN)
        await app.inbox.turn(TURN)
        receive(app, 7)
        await app.inbox.turn(TURN)
        assert handler.handled == [7]

    async def test_finishes_an_update_that_leads_to_no_step(self, app: Application) -> None:
        class Deaf:
            async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None: ...

        app.inbox.handler = Deaf()
        receive(app, 7)
        await app.inbox.turn(TURN)
        assert app.desk.stats().updates_waiting == 0


class TestAFailure:
    async def test_holds_the_chat_until_it_is_tried_again(
        self, app: Application, handler: SayingHandler, clock: Clock
    ) -> None:
        def fail(update_id: int) -> None:
            if update_id == 10 and not clock.offset:
                raise RuntimeError("for now")

        handler.fail = fail
        receive(app, 10)
        receive(app, 11)
        await app.inbox.turn(TURN)
        await app.inbox.turn(TURN)
        assert handler.handled == []
        clock.offset = timedelta(seconds=2)
        await app.inbox.turn(TURN)
        assert handler.handled == [10, 11]

    async def test_after_the_last_try_is_set_aside_and_told(
        self, app: Application, handler: SayingHandler, clock: Clock
    ) -> None:
        def fail(update_id: int) -> None:
            if update_id == 10:
                raise RuntimeError("a bug")

        handler.fail = fail
        receive(app, 10)
        receive(app, 11)
        for _ in range(TRIES):
            await app.inbox.turn(TURN)
            clock.offset += timedelta(minutes=2)
        assert handler.handled == [11]
        assert app.desk.stats().updates_dead == 1
        [(_, notice)] = app.desk.notices()
        assert "10" in notice

    async def test_of_the_database_is_never_the_last(
        self, app: Application, handler: SayingHandler, clock: Clock
    ) -> None:
        def fail(update_id: int) -> None:
            if clock.offset < timedelta(minutes=30):
                raise StoreUnavailable("away")

        handler.fail = fail
        receive(app, 10)
        for _ in range(20):
            await app.inbox.turn(TURN)
            clock.offset += timedelta(minutes=2)
        assert handler.handled == [10]
        assert app.desk.stats().updates_dead == 0
