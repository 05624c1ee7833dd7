"""What is done about the FAQ by itself: day by day, and the list of the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.applications import Clock, FakeBoard, FakeMessenger, application, eventually, running
from tests.builders import policy
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.faq.deflection import Outcome, Showing
from triage.jobs.faq_watch import FaqWatch, next_list

DAY = timedelta(days=1)
NOW = datetime.now(UTC)
SHOWN = Showing("error-502", "", "defect.failure", "вопрос про шлюз", NOW - 9 * DAY, NOW - 7 * DAY)
DARK = ("Есть ли тёмная тема консоли?", "Нужна тёмная тема консоли", "Где тёмная тема консоли")


def watch(app: Application) -> FaqWatch:
    return FaqWatch(app.conversations._world)


def person(app: Application, name: str = "visitor") -> int:
    with app.database.unit() as unit:
        return unit.conversations.open(ChatKey("web", name), NOW).id


def ask(app: Application, *texts: str, at: datetime = NOW) -> None:
    for number, text in enumerate(texts):
        asker = person(app, f"asker {number}")
        with app.database.unit() as unit:
            unit.faq.keep_question(asker, f"r{number}", "usage.explain", text, at)


def settle(app: Application) -> None:
    with app.database.unit() as unit:
        watch(app).settle(unit, NOW)


class TestEachDay:
    def test_counts_silence(self, both: Application) -> None:
        one = person(both)
        with both.database.unit() as unit:
            unit.faq.show(one, replace(SHOWN, request="over"))
            unit.faq.show(one, replace(SHOWN, request="not yet", due=NOW + DAY))
        settle(both)
        with both.database.unit() as unit:
            assert unit.faq.counts()[0].outcomes == {Outcome.SILENT: 1, Outcome.OPEN: 1}

    def test_withholds_an_entry_whose_silence_made_its_showings_enough(self, both: Application) -> None:
        one, least = person(both), both.policy.faq.min_showings
        with both.database.unit() as unit:
            for number in range(least):
                unit.faq.show(one, replace(SHOWN, request=str(number)))
            for showing in unit.faq.of([one])[: least - 1]:
                unit.faq.end(showing.id, Outcome.FALSE, NOW, before="silent")
        settle(both)
        with both.database.unit() as unit:
            assert unit.faq.withheld() == {"error-502"}
        assert len(both.desk.notices()) == 1

    def test_erases_words_that_are_older_than_the_pack_allows(self, both: Application) -> None:
        one, kept = person(both), both.policy.faq.kept_days * DAY
        ask(both, "старый вопрос", at=NOW - kept - DAY)
        with both.database.unit() as unit:
            unit.faq.show(one, replace(SHOWN, at=NOW - kept - DAY, due=NOW - kept))
        settle(both)
        with both.database.unit() as unit:
            assert unit.faq.questions(NOW - 2 * kept) == ()
            assert [showing.text for showing in unit.faq.of([one])] == [""]


class TestTheList:
    async def test_tells_the_groups_that_grew_within_the_week_once(self, both: Application) -> None:
        ask(both, *DARK)
        for _ in range(2):
            await watch(both).weekly("2026-11-30")
        [(_, text)] = both.desk.notices()
        assert "1. 3 вопроса от 3 человек: " in text
        assert any(question in text for question in DARK)
        assert "triage faq stats" in text

    async def test_is_not_sent_when_nothing_new_was_asked(self, both: Application) -> None:
        ask(both, *DARK, at=NOW - 8 * DAY)
        late = person(both, "late")
        with both.database.unit() as unit:
            unit.faq.keep_question(late, "r", "usage.explain", "Сколько потоков у Jetty?", NOW)
        await watch(both).weekly("2026-11-30")
        assert both.desk.notices() == ()

    async def test_counts_older_questions_into_a_group_that_grows(self, both: Application) -> None:
        ask(both, *DARK[:2], at=NOW - 30 * DAY)
        late = person(both, "late")
        with both.database.unit() as unit:
            unit.faq.keep_question(late, "r", "usage.explain", DARK[2], NOW)
        await watch(both).weekly("2026-11-30")
        assert len(both.desk.notices()) == 1

    async def test_queues_the_next_one(self, both: Application) -> None:
        await watch(both).weekly("2026-11-30")
        due = next_list(both.policy, NOW).date().isoformat()
        keys = [job.workflow_id for job in both.engine.client.list_workflows(name="faq_list")]
        assert keys == [f"faq_list:{due}"]

    async def test_queues_the_next_one_though_it_fails_itself(
        self, app: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("triage.jobs.faq_watch.group_questions", _fail)
        with pytest.raises(ZeroDivisionError):
            await watch(app).weekly("2026-11-30")
        assert len(app.engine.client.list_workflows(name="faq_list")) == 1

    async def test_is_queued_when_the_engine_starts_and_shown_on_the_board(
        self, sqlite_url: str, tmp_path: object, clock: Clock
    ) -> None:
        app = application(
            sqlite_url,
            tmp_path,
            clock=clock,
            telegram_token="1:a",
            agents_chat_id=-5,  # type: ignore[arg-type]
        )
        board = FakeBoard()
        app.attach_telegram(_NoUpdates(), FakeMessenger(), board)
        try:
            async with running(app):
                keys = [job.workflow_id for job in app.engine.client.list_workflows(name="faq_list")]
                assert len(keys) == 1
                ask(app, *DARK)
                await watch(app).weekly("2026-11-30")
                await eventually(lambda: board.notices)
            assert "3 вопроса" in board.notices[0]
        finally:
            app.close()


def _fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError


class _NoUpdates:
    async def handle(self, update_id: int, raw: str, secret_kinds: tuple[str, ...]) -> None:
        raise AssertionError("there are none")


class TestTheDayOfTheList:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-11-25T12:00:00+03:00", "2026-11-30T10:00:00+03:00"),
            ("2026-11-30T09:59:00+03:00", "2026-11-30T10:00:00+03:00"),
            ("2026-11-30T10:00:00+03:00", "2026-12-07T10:00:00+03:00"),
        ],
    )
    def test_is_the_opening_on_the_packs_weekday(self, now: str, due: str) -> None:
        assert next_list(policy(), datetime.fromisoformat(now)) == datetime.fromisoformat(due)

    def test_moves_on_when_support_is_closed(self) -> None:
        calendar = replace(policy().calendar, holidays=(date(2026, 11, 30),))
        due = next_list(replace(policy(), calendar=calendar), datetime(2026, 11, 25, tzinfo=UTC))
        assert due == datetime.fromisoformat("2026-12-01T10:00:00+03:00")
