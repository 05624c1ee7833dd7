"""Replies to Telegram and cards to the agents, with a messenger that a test directs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.applications import FakeBoard, FakeMessenger
from tests.unit.store.test_store import TICKET, everything
from triage.bootstrap import Application
from triage.desk.ports import ChatKey, Sent
from triage.dialogue.replies import Reply, Run
from triage.jobs.effects import say
from triage.store.tables import ReplyRow

CHAT = ChatKey("telegram", "77")


@pytest.fixture
def messenger(app: Application) -> FakeMessenger:
    app.carrier.messenger = FakeMessenger()
    return app.carrier.messenger


def keep(app: Application, *texts: str, news: bool = False) -> int:
    """Keep replies as a step does; return the conversation's id."""
    now = datetime.now(UTC)
    with app.database.unit() as unit:
        conversation = unit.conversations.open(CHAT, now)
        replies = [Reply((Run(text),), news=news) for text in texts]
        say(app.conversations._world, unit, conversation.id, CHAT, replies, now)
    return conversation.id


class TestReplies:
    async def test_go_out_in_order_and_once(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app, "раз", "два", "три")
        for _ in range(2):
            await app.carrier.say(conversation)
        assert [reply.text for _, reply in messenger.sent] == ["раз", "два", "три"]
        assert "раз" not in everything(app.database)

    async def test_wait_as_long_as_telegram_asks(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app, "раз", "два")
        messenger.answers = [Sent("done", message="1"), Sent("later", retry_after=0.4)]
        await app.carrier.say(conversation)
        times = [at for _, text, at in messenger.calls if text == "два"]
        assert len(times) == 2
        assert times[1] - times[0] >= 0.4
        assert [reply.text for _, reply in messenger.sent] == ["раз", "два"]

    async def test_are_given_up_when_the_person_has_gone(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app, "раз", "два")
        messenger.answers = [Sent("gone")]
        await app.carrier.say(conversation)
        await app.carrier.say(conversation)
        assert len(messenger.calls) == 1
        assert messenger.sent == []

    async def test_given_up_are_told_to_the_agents_as_far_as_they_were_news(
        self, app: Application, messenger: FakeMessenger
    ) -> None:
        conversation = keep(app, "раз")
        keep(app, "Заявка выполнена.\nПодробно", "Нужно уточнение.", news=True)
        messenger.answers = [Sent("gone")]
        await app.carrier.say(conversation)
        told = [text for _, text in app.desk.notices()]
        assert [("выполнена" in text, "уточнение" in text) for text in told] == [(False, True), (True, False)]

    async def test_follow_a_chat_that_moved(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app, "раз")
        messenger.answers = [Sent("done", moved_to="-10077")]
        await app.carrier.say(conversation)
        assert [chat for chat, _ in messenger.sent] == ["-10077"]

    async def test_go_to_the_conversation_that_the_person_has_in_the_new_chat_already(self, both: Application) -> None:
        both.carrier.messenger = messenger = FakeMessenger(answers=[Sent("later", moved_to="-10077")])
        conversation, now = keep(both, "раз", "два"), datetime.now(UTC)
        with both.database.unit() as unit:
            there = unit.conversations.open(ChatKey("telegram", "-10077"), now).id
            unit.conversations.consent(conversation, "2026-11", now)
            unit.conversations.address(there, "ivan@example.org", now)
            unit.tickets.add(replace(TICKET, conversation=conversation))
        await both.carrier.say(conversation)
        assert messenger.sent == []
        turns = {job.workflow_id for job in both.engine.client.list_workflows(name="say")}
        assert f"say:{there}:1" in turns
        await both.carrier.say(there)
        assert [(chat, reply.text) for chat, reply in messenger.sent] == [("-10077", "раз"), ("-10077", "два")]
        with both.database.unit() as unit:
            assert [ticket.id for ticket in unit.tickets.of(there)] == ["t1"]
            kept = unit.conversations.get(there)
            assert unit.conversations.get(conversation) is None
        assert kept is not None
        assert (kept.consent, kept.address) == ("2026-11", "ivan@example.org")

    async def test_survive_a_messenger_that_breaks(
        self, app: Application, messenger: FakeMessenger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("triage.jobs.carrier._PAUSE", 0.05)
        conversation = keep(app, "раз")
        send, broken = messenger.send, [1, 2]

        async def sometimes(chat_id: str, reply: Reply) -> Sent:
            if broken.pop() if broken else 0:
                raise RuntimeError("a bug")
            return await send(chat_id, reply)

        messenger.send = sometimes  # type: ignore[method-assign]
        await app.carrier.say(conversation)
        assert len(messenger.sent) == 1

    async def test_that_can_never_be_carried_do_not_hold_up_those_behind(
        self, app: Application, messenger: FakeMessenger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("triage.jobs.carrier._LONGEST", 0.01)
        conversation = keep(app, "раз", "два")
        send = messenger.send

        async def never_the_first(chat_id: str, reply: Reply) -> Sent:
            if reply.text == "раз":
                raise RuntimeError("a bug")
            return await send(chat_id, reply)

        messenger.send = never_the_first  # type: ignore[method-assign]
        await app.carrier.say(conversation)
        assert [reply.text for _, reply in messenger.sent] == ["два"]
        assert len(app.desk.notices()) == 1

    @pytest.mark.parametrize("attempts", [1024, 10**6])
    async def test_are_marked_after_however_many_attempts(
        self, app: Application, messenger: FakeMessenger, attempts: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("triage.jobs.carrier._LONGEST", 0.01)
        conversation = keep(app, "раз", "два")
        with app.database.unit() as unit:
            unit.session.execute(sa.update(ReplyRow).values(attempts=attempts))
        messenger.answers = [Sent("later"), Sent("done", message="1")]
        await app.carrier.say(conversation)
        assert [reply.text for _, reply in messenger.sent] == ["раз", "два"]

    async def test_do_not_count_a_wait_that_was_asked_for_as_a_failure(
        self, app: Application, messenger: FakeMessenger
    ) -> None:
        conversation = keep(app, "раз")
        messenger.answers = [Sent("later", retry_after=0.01)] * 10
        await app.carrier.say(conversation)
        with app.database.unit() as unit:
            assert unit.session.scalar(sa.select(ReplyRow.attempts)) == 0

    async def test_are_not_carried_for_a_forgotten_person(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app, "раз")
        with app.database.unit() as unit:
            unit.conversations.forget(conversation)
        await app.carrier.say(conversation)
        assert messenger.calls == []


class TestErasingAMessage:
    async def test_deletes_it_in_its_chat(self, app: Application, messenger: FakeMessenger) -> None:
        conversation = keep(app)
        await app.carrier.erase_message(conversation, "15")
        assert messenger.deleted == [("77", "15")]


class TestTheBoard:
    @pytest.fixture
    def board(self, app: Application) -> FakeBoard:
        app.board.board = FakeBoard()
        with app.database.unit() as unit:
            unit.tickets.add(TICKET)
        return app.board.board

    async def test_shows_a_card_and_then_edits_the_same_message(self, app: Application, board: FakeBoard) -> None:
        await app.board.show_card("t1", 1)
        app.desk.set_status("t1", 1, "Анна", "in_progress")
        await app.board.show_card("t1", 2)
        assert [(message, card.status) for message, card in board.shown] == [
            ("", "created"),
            ("m1", "in_progress"),
        ]

    async def test_leaves_a_card_that_moved_on_to_its_newer_job(self, app: Application, board: FakeBoard) -> None:
        app.desk.set_status("t1", 1, "Анна", "in_progress")
        await app.board.show_card("t1", 1)
        assert board.shown == []

    async def test_takes_the_words_off_the_card_of_an_erased_request(self, app: Application, board: FakeBoard) -> None:
        await app.board.erase_card("GR-2026-00001", "m1")
        assert board.erased == [("GR-2026-00001", "m1")]

    async def test_waits_when_the_group_is_flooded(self, app: Application, board: FakeBoard) -> None:
        board.answers = [Sent("later", retry_after=0.05)]
        await app.board.show_card("t1", 1)
        assert len(board.shown) == 1

    async def test_tells_every_notice_once(self, app: Application, board: FakeBoard) -> None:
        with app.database.unit() as unit:
            for text in ("раз", "два"):
                unit.notices.add(text, datetime.now(UTC))
        for _ in range(2):
            await app.board.tell_agents()
        assert board.notices == ["раз", "два"]

    async def test_shows_a_card_anew_when_its_message_is_another(self, app: Application, board: FakeBoard) -> None:
        with app.database.unit() as unit:
            unit.tickets.add(replace(TICKET, id="t2", number="N2"))
        await app.board.show_card("t1", 1)
        await app.board.show_card("t2", 1)
        with app.database.unit() as unit:
            kept = [unit.tickets.get(id) for id in ("t1", "t2")]
        assert [ticket.card_message for ticket in kept if ticket] == ["m1", "m2"]
