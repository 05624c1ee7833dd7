"""How answers served and what found none, kept on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.unit.store.test_store import CHAT, everything
from triage.desk.ports import ChatKey
from triage.faq.deflection import Outcome, Showing
from triage.store import Database

DAY = timedelta(days=1)
SHOWN = Showing("error-502", "r1", "defect.failure", "вопрос про шлюз", NOON, NOON + 2 * DAY)


def person(store: Database, chat: ChatKey = CHAT, address: str = "") -> int:
    with store.unit() as unit:
        id = unit.conversations.open(chat, NOON).id
        if address:
            unit.conversations.address(id, address, NOON)
    return id


def outcomes(store: Database) -> dict[str, dict[Outcome, int]]:
    with store.unit() as unit:
        return {counts.entry: counts.outcomes for counts in unit.faq.counts()}


class TestShowings:
    def test_are_kept_once_a_draft(self, store: Database) -> None:
        one = person(store)
        with store.unit() as unit:
            for request in ("r1", "r1", "r2", "", ""):
                unit.faq.show(one, replace(SHOWN, request=request))
        assert outcomes(store) == {"error-502": {Outcome.OPEN: 3}}

    def test_read_again_by_oneself_after_they_ended_are_new_ones(self, store: Database) -> None:
        one = person(store)
        with store.unit() as unit:
            unit.faq.show(one, replace(SHOWN, request=""))
            [first] = unit.faq.of([one])
            unit.faq.end(first.id, Outcome.CONFIRMED, NOON)
            unit.faq.show(one, replace(SHOWN, request="", at=NOON + DAY))
        assert outcomes(store) == {"error-502": {Outcome.OPEN: 1, Outcome.CONFIRMED: 1}}

    def test_come_back_as_they_were_kept(self, store: Database) -> None:
        one = person(store)
        with store.unit() as unit:
            unit.faq.show(one, SHOWN)
            [kept] = unit.faq.of([one])
        assert replace(kept, id=0) == SHOWN

    def test_that_can_change_no_more_are_not_asked_for(self, store: Database) -> None:
        one = person(store)
        with store.unit() as unit:
            for request in "abcd":
                unit.faq.show(one, replace(SHOWN, request=request))
            ends = (Outcome.FALSE, Outcome.SENT, Outcome.PASSED, Outcome.CONFIRMED)
            for showing, outcome in zip(unit.faq.of([one]), ends, strict=True):
                unit.faq.end(showing.id, outcome, NOON)
            assert [s.outcome for s in unit.faq.of([one])] == [Outcome.CONFIRMED]

    def test_fall_silent_when_their_days_are_over(self, store: Database) -> None:
        one, two = person(store), person(store, ChatKey("web", "other"))
        with store.unit() as unit:
            unit.faq.show(one, SHOWN)
            unit.faq.show(two, replace(SHOWN, due=NOON + 3 * DAY))
        with store.unit() as unit:
            assert unit.faq.settle(NOON + 2 * DAY - timedelta(seconds=1)) == 0
            assert unit.faq.settle(NOON + 2 * DAY) == 1
        with store.unit() as unit:
            [silent] = unit.faq.of([one])
        assert (silent.outcome, silent.ended_at) == (Outcome.SILENT, SHOWN.due)

    def test_of_one_person_fall_silent_alone(self, store: Database) -> None:
        one, two = person(store), person(store, ChatKey("web", "other"))
        with store.unit() as unit:
            unit.faq.show(one, SHOWN)
            unit.faq.show(two, SHOWN)
            assert unit.faq.settle(NOON + 5 * DAY, [two]) == 1
            assert [s.outcome for s in unit.faq.of([one])] == [Outcome.OPEN]

    def test_belong_to_one_person_under_the_same_confirmed_address(self, store: Database) -> None:
        one = person(store, address="ivan@example.org")
        two = person(store, ChatKey("web", "b"), "ivan@example.org")
        stranger = person(store, ChatKey("web", "c"), "petr@example.org")
        nobody = [person(store, ChatKey("web", name)) for name in "de"]
        with store.unit() as unit:
            assert set(unit.faq.persons(one)) == {one, two}
            assert unit.faq.persons(stranger) == (stranger,)
            assert unit.faq.persons(nobody[0]) == (nobody[0],)


class TestCounts:
    def fill(self, store: Database, *ends: tuple[Outcome, str]) -> None:
        one = person(store)
        with store.unit() as unit:
            for number, (outcome, before) in enumerate(ends):
                unit.faq.show(one, replace(SHOWN, request=f"{len(ends)}-{number}", text=f"вопрос {number}"))
                showing = unit.faq.of([one])[-1]
                unit.faq.end(showing.id, outcome, NOON + timedelta(minutes=number), before=before)

    def test_keep_apart_what_false_ones_were_taken_for(self, store: Database) -> None:
        self.fill(
            store,
            (Outcome.CONFIRMED, ""),
            (Outcome.FALSE, "confirmed"),
            (Outcome.FALSE, "silent"),
            (Outcome.FALSE, "silent"),
            (Outcome.SENT, ""),
        )
        with store.unit() as unit:
            [counts] = unit.faq.counts()
            failed = unit.faq.failed("error-502", 2)
        assert counts.outcomes == {Outcome.CONFIRMED: 1, Outcome.FALSE: 3, Outcome.SENT: 1}
        assert counts.false_after == {"confirmed": 1, "silent": 2}
        assert counts.false_share == pytest.approx(0.75)
        assert failed == ("вопрос 3", "вопрос 2")

    def test_begin_anew_when_an_entry_is_offered_again(self, store: Database) -> None:
        self.fill(store, (Outcome.FALSE, "silent"))
        with store.unit() as unit:
            assert unit.faq.withhold("error-502", NOON)
            assert not unit.faq.withhold("error-502", NOON + DAY)
            assert unit.faq.withheld() == {"error-502"}
            assert unit.faq.counts()[0].withheld_at == NOON
        with store.unit() as unit:
            assert unit.faq.allow("error-502", NOON + DAY)
            assert not unit.faq.allow("error-502", NOON + DAY)
            assert unit.faq.withheld() == frozenset()
            assert unit.faq.counts() == ()
            assert unit.faq.failed("error-502", 5) == ()
        with store.unit() as unit:
            unit.faq.show(person(store), replace(SHOWN, request="new", at=NOON + 2 * DAY))
        assert outcomes(store) == {"error-502": {Outcome.OPEN: 1}}

    def test_name_a_withheld_entry_though_nobody_was_shown_it_since(self, store: Database) -> None:
        with store.unit() as unit:
            unit.faq.withhold("cors", NOON)
            [counts] = unit.faq.counts()
        assert (counts.entry, counts.shown, counts.withheld_at) == ("cors", 0, NOON)


class TestQuestions:
    def test_of_a_draft_are_kept_as_they_were_told_last(self, store: Database) -> None:
        one = person(store)
        with store.unit() as unit:
            unit.faq.keep_question(one, "r1", "usage.explain", "Где журнал?", NOON)
            unit.faq.keep_question(one, "r1", "usage.explain", "Где журнал шлюза?", NOON + DAY)
            unit.faq.keep_question(one, "", "", "журнал", NOON)
            unit.faq.keep_question(one, "", "", "журнал", NOON + DAY)
            unit.faq.keep_question(one, "", "", "журналы", NOON + DAY)
        with store.unit() as unit:
            kept = [question.text for question in unit.faq.questions(NOON - DAY)]
            assert kept == ["Где журнал шлюза?", "журнал", "журналы"]
            assert len(unit.faq.questions(NOON + timedelta(hours=1))) == 3
            assert unit.faq.questions(NOON + DAY + timedelta(hours=1)) == ()
            unit.faq.drop_question(one, "r1")
            assert [question.text for question in unit.faq.questions(NOON - DAY)] == ["журнал", "журналы"]


class TestPrivacy:
    def keep_something(self, store: Database) -> int:
        one = person(store)
        with store.unit() as unit:
            for request in ("ended", "open"):
                unit.faq.show(one, replace(SHOWN, request=request))
            unit.faq.end(unit.faq.of([one])[0].id, Outcome.CONFIRMED, NOON)
            unit.faq.keep_question(one, "r9", "usage.explain", "личный вопрос без ответа", NOON)
        return one

    def test_forgetting_keeps_only_nameless_counts_of_what_has_ended(self, store: Database) -> None:
        one = self.keep_something(store)
        with store.unit() as unit:
            unit.conversations.forget(one)
        assert outcomes(store) == {"error-502": {Outcome.CONFIRMED: 1}}
        left = everything(store)
        assert "вопрос" not in left
        assert "'ended'" not in left
        with store.unit() as unit:
            assert unit.faq.of([one]) == ()

    def test_an_export_tells_showings_and_questions(self, store: Database) -> None:
        one = self.keep_something(store)
        with store.unit() as unit:
            data = unit.conversations.export(one)
        assert [(row["entry"], row["outcome"], row["text"]) for row in data["faq"]] == [  # type: ignore[attr-defined]
            ("error-502", "confirmed", "вопрос про шлюз"),
            ("error-502", "open", "вопрос про шлюз"),
        ]
        assert [row["text"] for row in data["questions"]] == ["личный вопрос без ответа"]  # type: ignore[attr-defined]

    def test_old_texts_are_erased_and_counts_stay(self, store: Database) -> None:
        self.keep_something(store)
        with store.unit() as unit:
            unit.faq.forget_texts(NOON)
        assert "вопрос" in everything(store)
        with store.unit() as unit:
            unit.faq.forget_texts(NOON + DAY)
        assert "вопрос" not in everything(store)
        assert outcomes(store) == {"error-502": {Outcome.CONFIRMED: 1, Outcome.OPEN: 1}}
