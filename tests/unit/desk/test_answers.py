"""Agents answer an author from the FAQ and move his request; he is told once, and what he says is on the card."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.applications import FakeBoard, FakeMessenger, Talk, application, eventually, known_person, running, words
from tests.builders import NOON
from tests.unit.store.test_store import TICKET
from triage.bootstrap import Application
from triage.desk.desk import NO_CHAT, NO_ENTRY, Result
from triage.desk.ports import Card, Sent
from triage.dialogue.incoming import Command, Pressed
from triage.dialogue.replies import Reply

HITS = '{"faq": [{"id": "error-502", "score": 0.9}, {"id": "nosuch", "score": 0.5}, {"id": "error-503", "score": 0.4}]}'


def opened(app: Application, channel: str = "web", id: str = "visitor") -> Talk:
    """A request of a person of that channel, `t1`, whose report found two entries."""
    talk = Talk(app, id, channel)
    known_person(app, talk.chat)
    with app.database.unit() as unit:
        conversation = unit.conversations.open(talk.chat, NOON)
        unit.tickets.add(replace(TICKET, conversation=conversation.id, report=HITS))
    return talk


def card(app: Application) -> Card:
    found = app.desk.card("t1")
    assert found is not None
    return found


def fields(app: Application) -> list[tuple[str, str, str, str]]:
    return [(c.field, c.old, c.new, c.agent) for c in app.desk.history("t1")]


def told(talk: Talk) -> Callable[[], tuple[Reply, ...]]:
    """What the talk's person is told from now on."""
    return lambda: tuple(stored.reply for stored in talk.read())


class TestSuggestions:
    def test_are_the_reports_own_hits_that_exist(self, both: Application) -> None:
        opened(both)
        assert [entry.id for entry in both.desk.suggested_entries("t1")][:2] == ["error-502", "error-503"]

    def test_leave_out_what_was_sent(self, both: Application) -> None:
        opened(both)
        both.desk.send_entry("t1", 1, "Анна", "error-502")
        assert "error-502" not in [entry.id for entry in both.desk.suggested_entries("t1")]

    def test_of_a_refused_request_are_those_of_its_rule(self, app: Application) -> None:
        opened(app)
        app.desk.correct_scope("t1", 1, "Анна", "setup.install_for_me")
        rule = app.policy.scope_rule("setup.install_for_me")
        assert rule.faq
        assert set(rule.faq[:1]) <= {entry.id for entry in app.desk.suggested_entries("t1")}

    def test_of_an_unknown_request_or_an_old_report_are_none(self, app: Application) -> None:
        with app.database.unit() as unit:
            unit.tickets.add(replace(TICKET, report="[]"))
        assert app.desk.suggested_entries("t1") == ()
        assert app.desk.suggested_entries("none") == ()

    def test_are_searched_by_words_and_by_id(self, app: Application) -> None:
        assert app.desk.search_entries("ldap")[0].id == "ldap"
        assert app.desk.search_entries("backup-restore")[0].id == "backup-restore"
        assert app.desk.search_entries("рецепт борща") == ()


class TestSending:
    def test_stands_on_the_card_with_the_agent(self, both: Application) -> None:
        opened(both)
        outcome = both.desk.send_entry("t1", 1, "Анна", "error-502")
        assert (outcome.result, card(both).version) == (Result.DONE, 2)
        [sent] = card(both).answers
        assert (sent.entry, sent.agent, sent.outcome) == ("error-502", "Анна", "")
        assert "502" in sent.title

    def test_twice_sends_once(self, both: Application) -> None:
        opened(both)
        both.desk.send_entry("t1", 1, "Анна", "error-502")
        assert both.desk.send_entry("t1", 1, "Борис", "error-502").result is Result.UNCHANGED
        assert both.desk.send_entry("t1", 2, "Борис", "error-502").result is Result.UNCHANGED
        assert [field for field, *_ in fields(both)] == ["faq"]

    def test_from_an_old_card_is_refused(self, both: Application) -> None:
        opened(both)
        both.desk.set_status("t1", 1, "Анна", "in_progress")
        assert both.desk.send_entry("t1", 1, "Борис", "error-502").result is Result.STALE
        assert card(both).answers == ()

    def test_by_many_at_once_counts_once(self, both: Application) -> None:
        opened(both)
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(lambda n: both.desk.send_entry("t1", 1, f"agent {n}", "error-502"), range(16)))
        assert [o.result for o in outcomes].count(Result.DONE) == 1
        assert len(card(both).answers) == 1

    def test_nobody_can_be_written_to_without_a_conversation(self, app: Application) -> None:
        with app.database.unit() as unit:
            unit.tickets.add(TICKET)
        outcome = app.desk.send_entry("t1", 1, "Анна", "error-502")
        assert (outcome.result, outcome.reason) == (Result.REFUSED, NO_CHAT)

    def test_an_unknown_entry_or_request_is_none(self, app: Application) -> None:
        opened(app)
        assert app.desk.send_entry("t1", 1, "Анна", "nosuch").reason == NO_ENTRY
        assert app.desk.send_entry("none", 1, "Анна", "error-502").result is Result.UNKNOWN


class TestTheAuthor:
    @pytest.mark.parametrize("channel", ["web", "terminal"])
    async def test_gets_the_entry_and_judges_it_on_the_card(self, both: Application, channel: str) -> None:
        talk = opened(both, channel)
        async with running(both):
            both.desk.send_entry("t1", 1, "Анна", "error-502")
            [reply] = await eventually(told(talk))
            assert TICKET.number in reply.text
            assert words(reply) == ["Помогло", "Не помогло", "Ответ целиком"]
            assert any(run.url.endswith("error-502") for run in reply.runs)
            [thanks] = talk.say("Не помогло")
            assert TICKET.number in thanks.reply.text
        [sent] = card(both).answers
        assert sent.outcome == "not_helped"
        assert card(both).version == 3

    async def test_of_telegram_gets_it_through_the_messenger(self, both: Application) -> None:
        talk, messenger = opened(both, "telegram", "4815"), FakeMessenger()
        both.attach_telegram(NoUpdates(), messenger)
        async with running(both):
            both.desk.send_entry("t1", 1, "Анна", "error-502")
            await eventually(lambda: messenger.sent)
            [(chat, reply)] = messenger.sent
            assert (chat, words(reply)[:2]) == ("4815", ["Помогло", "Не помогло"])
            both.conversations.handle(talk.chat, Pressed(reply.buttons[0][0].code, reply.screen), update_id=1)
            await eventually(lambda: len(messenger.sent) == 2)
        assert card(both).answers[0].outcome == "helped"

    async def test_who_blocked_the_bot_is_named_to_the_agents(self, both: Application) -> None:
        opened(both, "telegram", "4815")
        both.attach_telegram(NoUpdates(), FakeMessenger(answers=[Sent("gone")]))
        async with running(both):
            both.desk.send_entry("t1", 1, "Анна", "error-502")
            [(_, notice)] = await eventually(both.desk.notices)
        assert TICKET.number in notice
        assert "заблокировал" in notice

    async def test_is_told_once_however_often_the_job_runs(self, both: Application) -> None:
        talk = opened(both)
        async with running(both):
            both.desk.send_entry("t1", 1, "Анна", "error-502")
            await eventually(told(talk))
            with both.database.unit() as unit:
                both.engine.add(unit.session, "inform", 1, key="again", turn="1")
                both.engine.add(unit.session, "inform", 999, key="none", turn="1")
            both.desk.set_status("t1", 2, "Анна", "done", "solved")
            [only] = await eventually(told(talk))
        assert "Выполнено" in only.text

    async def test_of_another_conversation_judges_nothing(self, both: Application) -> None:
        talk, other = opened(both), Talk(both, "other")
        known_person(both, other.chat)
        async with running(both):
            both.desk.send_entry("t1", 1, "Анна", "error-502")
            [reply] = await eventually(told(talk))
            both.conversations.handle(other.chat, Pressed(reply.buttons[0][0].code, 0))
        assert card(both).answers[0].outcome == ""

    async def test_who_was_forgotten_is_told_nothing(self, both: Application) -> None:
        talk = opened(both)
        with both.database.unit() as unit:
            unit.tickets.mark_letter("t1", "sent")
        both.desk.send_entry("t1", 2, "Анна", "error-502")
        both.conversations.handle(talk.chat, Command("delete_me"))
        both.conversations.handle(talk.chat, Pressed("forget"))
        talk.read()
        async with running(both):
            await eventually(lambda: not waiting(both))
        assert not any(stored.reply.news for stored in talk.read())
        assert both.desk.send_entry("t1", card(both).version, "Анна", "error-503").reason == NO_CHAT

    async def test_changes_the_card_that_agents_see(self, sqlite_url: str, tmp_path: Path) -> None:
        app = application(sqlite_url, tmp_path, telegram_token="t", agents_chat_id=-1)
        talk, board = opened(app), FakeBoard()
        app.attach_telegram(NoUpdates(), FakeMessenger(), board)
        async with running(app):
            app.desk.send_entry("t1", 1, "Анна", "error-502")
            await eventually(told(talk))
            talk.say("Помогло")
            await eventually(lambda: board.shown and board.shown[-1][1].version == 3)
        assert [a.outcome for a in board.shown[-1][1].answers] == ["helped"]
        app.close()


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "resolution", "comment", "said"),
        [
            ("clarification", "", "Пришлите журнал шлюза", ("Уточнение", "Пришлите журнал шлюза", "назвав номер")),
            ("clarification", "", "", ("Уточнение", "ответьте на письмо")),
            ("done", "solved", "", ("Выполнено", "Решена", "повторно (п. 6)")),
            ("done", "user_error", "Ключ был старый", ("Ошибка пользователя", "Ключ был старый")),
        ],
    )
    async def test_reach_the_author(
        self, both: Application, status: str, resolution: str, comment: str, said: tuple[str, ...]
    ) -> None:
        talk = opened(both)
        async with running(both):
            both.desk.set_status("t1", 1, "Анна", status, resolution, comment)
            [reply] = await eventually(told(talk))
        assert TICKET.number in reply.text
        assert all(words in reply.text for words in said)
        assert "Анна" not in reply.text

    async def test_of_a_process_without_an_engine_wait_for_one(self, both: Application) -> None:
        talk = opened(both)
        both.desk.set_status("t1", 1, "Анна", "clarification", comment="Какая версия?")
        both.desk.set_status("t1", 2, "Анна", "clarification", comment="Какая версия?")
        both.desk.set_status("t1", 2, "Анна", "clarification", comment="Какой адрес?")
        assert talk.read() == ()
        async with running(both):
            await eventually(lambda: len(collected(talk)) == 2)
        assert [("Какая версия?" in said, "Какой адрес?" in said) for said in collected(talk)] == [
            (True, False),
            (False, True),
        ]

    async def test_that_say_nothing_new_to_him_are_kept_quiet(self, both: Application) -> None:
        talk = opened(both)
        async with running(both):
            both.desk.set_status("t1", 1, "Анна", "in_progress")
            both.desk.set_status("t1", 2, "Анна", "done", "solved")
            both.desk.set_status("t1", 2, "Борис", "done", "solved")
            both.desk.set_status("t1", 3, "Борис", "done", "solved")
            both.desk.set_status("t1", 3, "Борис", "done", "user_error")
            first, second = await eventually(lambda: (r := collected(talk)) and len(r) > 1 and r)
        assert "Решена" in first or "Ошибка пользователя" in first
        assert "Ошибка пользователя" in second


def collected(talk: Talk) -> list[str]:
    return [stored.reply.text for stored in talk.app.conversations.replies_after(talk.chat, 0)]


def waiting(app: Application) -> bool:
    found = app.engine.client.list_workflows(name="inform", status=["ENQUEUED", "PENDING"], load_input=False)
    return bool(found)


class NoUpdates:
    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None:
        raise AssertionError("no update comes in here")
