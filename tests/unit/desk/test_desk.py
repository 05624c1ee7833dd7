"""What agents do: one of two at once wins, a double tap changes nothing, labels become data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import cards
from bot.render import parts
from tests.builders import NOON
from tests.unit.store.test_store import TICKET
from triage.bootstrap import Application
from triage.desk.desk import Outcome, Result
from triage.desk.ports import ChatKey
from triage.desk.records import Misleading
from triage.faq.deflection import Outcome as Deflected
from triage.faq.deflection import Showing
from triage.report import Priority


@pytest.fixture
def desk_app(both: Application) -> Application:
    with both.database.unit() as unit:
        unit.tickets.add(TICKET)
    return both


class TestConfirming:
    def test_keeps_both_labels_as_right(self, desk_app: Application) -> None:
        outcome = desk_app.desk.confirm("t1", 1, "Анна")
        assert outcome.result is Result.DONE
        assert outcome.card is not None
        assert (outcome.card.confirmed, outcome.card.version) == (True, 2)
        kept = [(c.field, c.suggested, c.given, c.text) for c in desk_app.desk.corrections()]
        assert kept == [
            ("priority", "high", "high", TICKET.text),
            ("scope", "defect.failure", "defect.failure", TICKET.text),
        ]

    def test_twice_changes_nothing(self, desk_app: Application) -> None:
        desk_app.desk.confirm("t1", 1, "Анна")
        assert desk_app.desk.confirm("t1", 1, "Анна").result is Result.UNCHANGED
        assert len(desk_app.desk.corrections()) == 2

    def test_after_a_correction_does_not_call_the_suggestion_right(self, desk_app: Application) -> None:
        desk_app.desk.correct_priority("t1", 1, "Анна", Priority.LOW)
        desk_app.desk.confirm("t1", 2, "Анна")
        kept = [(c.field, c.suggested, c.given) for c in desk_app.desk.corrections()]
        assert kept == [("priority", "high", "low"), ("scope", "defect.failure", "defect.failure")]


class TestCorrecting:
    def test_a_priority_moves_the_deadline_and_keeps_the_label(self, desk_app: Application) -> None:
        outcome = desk_app.desk.correct_priority("t1", 1, "Анна", Priority.MEDIUM)
        assert outcome.card is not None
        assert outcome.card.priority is Priority.MEDIUM
        assert outcome.card.suggested_priority is Priority.HIGH
        assert outcome.card.deadline == NOON + timedelta(hours=48)
        [correction] = desk_app.desk.corrections()
        assert (correction.suggested, correction.given, correction.agent) == ("high", "medium", "Анна")

    def test_a_scope_brings_its_verdict_and_clause(self, desk_app: Application) -> None:
        outcome = desk_app.desk.correct_scope("t1", 1, "Анна", "setup.install_for_me")
        rule = desk_app.policy.scope_rule("setup.install_for_me")
        assert outcome.card is not None
        assert (outcome.card.scope, outcome.card.verdict, outcome.card.clause) == (
            "setup.install_for_me",
            rule.verdict,
            rule.clause,
        )

    def test_to_an_unknown_scope_is_refused(self, desk_app: Application) -> None:
        outcome = desk_app.desk.correct_scope("t1", 1, "Анна", "no.such_rule")
        assert outcome.result is Result.REFUSED
        assert desk_app.desk.corrections() == ()


class TestTwoAtOnce:
    def test_of_many_agents_one_wins_and_the_others_see_it(self, desk_app: Application) -> None:
        def correct(n: int) -> Outcome:
            label = Priority.LOW if n % 2 else Priority.MEDIUM
            return desk_app.desk.correct_priority("t1", 1, f"agent {n}", label)

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(correct, range(16)))
        results = [outcome.result for outcome in outcomes]
        assert results.count(Result.DONE) == 1
        assert set(results) <= {Result.DONE, Result.STALE, Result.UNCHANGED}
        assert {outcome.card.version for outcome in outcomes if outcome.card} == {2}
        assert len(desk_app.desk.corrections()) == 1

    def test_a_tap_on_an_old_card_gets_the_fresh_one(self, desk_app: Application) -> None:
        desk_app.desk.set_status("t1", 1, "Анна", "in_progress")
        outcome = desk_app.desk.correct_priority("t1", 1, "Борис", Priority.LOW)
        assert outcome.result is Result.STALE
        assert outcome.card is not None
        assert (outcome.card.status, outcome.card.priority) == ("in_progress", Priority.HIGH)

    def test_of_an_unknown_request_is_unknown(self, desk_app: Application) -> None:
        assert desk_app.desk.confirm("none", 1, "Анна") == Outcome(Result.UNKNOWN)


class TestStatuses:
    def test_follow_the_clause(self, desk_app: Application) -> None:
        desk = desk_app.desk
        assert desk.set_status("t1", 1, "Анна", "in_progress").result is Result.DONE
        assert desk.set_status("t1", 2, "Анна", "created").result is Result.REFUSED
        assert desk.set_status("t1", 2, "Анна", "no_such").result is Result.REFUSED
        assert desk.set_status("t1", 2, "Анна", "done").reason == "done needs a resolution"
        assert desk.set_status("t1", 2, "Анна", "clarification", "solved").result is Result.REFUSED
        assert desk.set_status("t1", 2, "Анна", "done", "solved", "починили").result is Result.DONE
        history = [(change.field, change.old, change.new) for change in desk.history("t1")]
        assert history == [
            ("status", "created", "in_progress"),
            ("status", "in_progress", "done"),
            ("resolution", "", "solved"),
        ]

    def test_done_leaves_the_queue_but_can_be_found(self, desk_app: Application) -> None:
        desk = desk_app.desk
        desk.set_status("t1", 1, "Анна", "done", "solved")
        assert desk.queue() == ()
        card = desk.find(f"[{TICKET.number.lower()}]")
        assert card is not None
        assert card.resolution == "solved"
        assert desk.find("GR-1999-00001") is None


class TestStats:
    def test_count_what_agents_ask_for(self, desk_app: Application) -> None:
        desk_app.desk.correct_priority("t1", 1, "Анна", Priority.LOW)
        stats = desk_app.desk.stats()
        assert (stats.total, stats.by_priority, stats.corrected) == (1, {"low": 1}, 1)
        assert stats.by_status == {"created": 1}
        assert stats.withheld == ()

    def test_list_answers_that_are_withheld_with_the_questions_they_failed(self, desk_app: Application) -> None:
        with desk_app.database.unit() as unit:
            person = unit.conversations.open(ChatKey("web", "visitor"), NOON).id
            for number, outcome in enumerate((Deflected.FALSE, Deflected.FALSE, Deflected.SILENT)):
                shown = Showing("error-502", str(number), "defect.failure", f"вопрос {number}", NOON, NOON)
                unit.faq.show(person, shown)
                [made] = [s for s in unit.faq.of([person]) if s.request == str(number)]
                unit.faq.end(made.id, outcome, NOON + timedelta(minutes=number))
            unit.faq.withhold("error-502", NOON)
        [entry] = desk_app.desk.stats().withheld
        assert (entry.entry, entry.false, entry.deflected) == ("error-502", 2, 3)
        assert entry.failed == ("вопрос 1", "вопрос 0")
        shown_to_agents = cards.stats(desk_app.desk.stats(), desk_app.policy).text
        assert "502 Bad Gateway? (error-502): вернулись с тем же вопросом 2 из 3\n• вопрос 1" in shown_to_agents

    def test_fit_one_message_however_many_answers_are_withheld(self, desk_app: Application) -> None:
        entry = Misleading("entry-of-a-long-name", "х" * 300, 9, 10, ("ю" * 900,) * 3)
        many = replace(desk_app.desk.stats(), withheld=(entry,) * 60)
        assert len(parts(cards.stats(many, desk_app.policy))) == 1
