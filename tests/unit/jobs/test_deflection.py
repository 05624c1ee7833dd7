"""What becomes of answers shown, from a whole conversation, on both databases; days pass by the working calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.applications import Clock, Talk, known_person, next_word
from tests.unit.store.test_store import everything
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.dialogue.incoming import Command, Pressed
from triage.report import Request

ASKS = "Шлюз отвечает 502 на запросы к складу"
AGAIN = "Опять шлюз отвечает 502 на запросы к складу"
OTHER = "Как продлить подписку на следующий год"


@pytest.fixture
def talk(both: Application) -> Talk:
    made = Talk(both)
    known_person(both, made.chat)
    return made


def write(talk: Talk, word: str = "Отправить") -> None:
    """Go on to a letter."""
    shown = talk.say(word)
    while shown and (following := next_word(shown[-1].reply)):
        shown = talk.say(following)


def outcomes(app: Application, entry: str = "error-502") -> dict[str, int]:
    with app.database.unit() as unit:
        return {outcome.value: n for c in unit.faq.counts(entry) for outcome, n in c.outcomes.items()}


def false_after(app: Application) -> dict[str, int]:
    with app.database.unit() as unit:
        return {before: n for c in unit.faq.counts("error-502") for before, n in c.false_after.items()}


def unanswered(app: Application) -> list[str]:
    with app.database.unit() as unit:
        return [question.text for question in unit.faq.questions(Clock()() - timedelta(days=1))]


@pytest.fixture
def days_pass(clock: Clock) -> Callable[[int], None]:
    def pass_(days: int) -> None:
        clock.offset += timedelta(days=days)

    return pass_


class TestAShownAnswer:
    def test_is_open_until_something_follows(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        assert outcomes(both) == {"open": 1}

    def test_is_the_one_open_in_place_not_the_titles_on_buttons(self, both: Application, talk: Talk) -> None:
        talk.say("Шлюз отвечает 502 и 503")
        assert outcomes(both, "error-503") == {}
        both.conversations.handle(talk.chat, Pressed("faq:error-503"))
        assert outcomes(both, "error-503") == {"open": 1}

    def test_is_confirmed_and_others_of_the_draft_are_passed_over(self, both: Application, talk: Talk) -> None:
        talk.say("Шлюз отвечает 502 и 503")
        both.conversations.handle(talk.chat, Pressed("faq:error-503"))
        talk.say("Помогло")
        assert outcomes(both, "error-503") == {"confirmed": 1}
        assert outcomes(both) == {"passed": 1}

    @pytest.mark.parametrize("word", ["Отправить", "Не помогло"])
    def test_before_a_letter_of_the_same_draft_is_sent_anyway(self, both: Application, talk: Talk, word: str) -> None:
        talk.say(ASKS)
        write(talk, word)
        assert len(both.desk.queue()) == 1
        assert outcomes(both) == {"sent": 1}

    def test_that_did_not_help_and_no_letter_is_neither_silence_nor_sent(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None]
    ) -> None:
        talk.say(ASKS)
        talk.say("Не помогло")
        days_pass(20)
        talk.say("/new")
        talk.say(OTHER)
        assert outcomes(both) == {"not_helped": 1}

    def test_that_a_person_found_himself_counts_without_a_question(self, both: Application, talk: Talk) -> None:
        talk.say("/faq 502")
        talk.say("Помогло")
        assert outcomes(both) == {"confirmed": 1}

    @pytest.mark.parametrize(("days", "before"), [(0, "not_helped"), (20, "silent")])
    def test_that_a_person_found_again_leaves_alone_what_became_of_the_first(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None], days: int, before: str
    ) -> None:
        talk.say("/faq 502")
        if days:
            days_pass(days)
            with both.database.unit() as unit:
                unit.faq.settle(both.conversations._world.clock())
        else:
            talk.say("Не помогло")
        talk.say("/faq 502")
        talk.say("Помогло")
        assert outcomes(both) == {before: 1, "confirmed": 1}

    def test_before_consent_is_not_counted(self, both: Application) -> None:
        stranger = Talk(both, "stranger")
        stranger.say("/faq 502")
        assert outcomes(both) == {}


class TestAFalseDeflection:
    def test_is_the_same_question_after_it_helped(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        talk.say(AGAIN)
        assert outcomes(both) == {"false": 1, "open": 1}
        assert false_after(both) == {"confirmed": 1}

    def test_is_none_when_another_question_follows(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        talk.say(OTHER)
        assert outcomes(both) == {"confirmed": 1}

    def test_is_none_after_the_days_that_the_pack_allows(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None]
    ) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        days_pass(both.policy.faq.false_days + 1)
        talk.say(AGAIN)
        assert outcomes(both) == {"confirmed": 1, "open": 1}

    def test_is_a_letter_of_the_same_draft_after_silence(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None]
    ) -> None:
        talk.say(ASKS)
        days_pass(both.policy.faq.silent_days + 1)
        write(talk)
        assert outcomes(both) == {"false": 1}
        assert false_after(both) == {"silent": 1}

    def test_is_the_question_added_to_the_same_draft_after_silence(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None]
    ) -> None:
        talk.say(ASKS)
        days_pass(both.policy.faq.silent_days + 1)
        talk.say(AGAIN)
        assert outcomes(both) == {"false": 1}

    def test_is_none_when_another_question_is_added_to_the_same_draft(
        self, both: Application, talk: Talk, days_pass: Callable[[int], None]
    ) -> None:
        talk.say(ASKS)
        days_pass(both.policy.faq.silent_days + 1)
        talk.say(OTHER)
        assert outcomes(both) == {"silent": 1}

    def test_is_a_draft_that_was_dropped_and_asked_anew(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        both.conversations.handle(talk.chat, Command("cancel"))
        talk.say(AGAIN)
        assert outcomes(both) == {"false": 1, "open": 1}
        assert false_after(both) == {"open": 1}

    def test_is_known_by_the_confirmed_address_on_another_channel(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        other = Talk(both, "his page")
        known_person(both, other.chat)
        other.say(AGAIN)
        assert false_after(both) == {"confirmed": 1}

    def test_is_none_of_another_person(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        other = Talk(both, "somebody else")
        known_person(both, other.chat, "petr@example.org")
        other.say(AGAIN)
        assert outcomes(both) == {"confirmed": 1, "open": 1}

    def test_is_none_for_the_next_part_of_a_divided_text(self, both: Application, talk: Talk) -> None:
        talk.say("1. Шлюз отвечает 502 с утра\n2. Портал, а ещё консоль, отвечает 502")
        talk.say("Разделить")
        talk.say("Помогло")
        assert outcomes(both) == {"confirmed": 1, "open": 1}


class TestAnEntryThatMisleads:
    def fail(self, app: Application, *numbers: int) -> None:
        for number in numbers:
            talk = Talk(app, f"visitor {number}")
            known_person(app, talk.chat, f"p{number}@example.org")
            for word in (f"{ASKS} {number}", "Помогло", AGAIN, "/new"):
                talk.say(word)

    def test_is_offered_no_longer_and_told_to_the_agents_with_its_questions(self, both: Application) -> None:
        least = both.policy.faq.min_showings
        self.fail(both, *range(least - 1))
        assert both.desk.notices() == ()
        asker = Talk(both, "asker")
        known_person(both, asker.chat, "a@example.org")
        assert "502" in asker.say(ASKS)[-1].reply.text
        self.fail(both, least - 1)
        [(_, text)] = both.desk.notices()
        assert f"{least - 1} из {least}" in text
        assert f"• {ASKS} {least - 2}" in text
        assert "triage faq allow error-502" in text
        fresh = Talk(both, "fresh")
        known_person(both, fresh.chat, "f@example.org")
        labels = [b.label for row in fresh.say(ASKS)[-1].reply.buttons for b in row]
        assert "Помогло" not in labels
        assert both.analyze(Request(ASKS)).faq == ()
        assert unanswered(both)[-1] == ASKS

    def test_is_offered_again_when_an_operator_says_so(self, both: Application, clock: Clock) -> None:
        self.fail(both, *range(both.policy.faq.min_showings))
        clock.offset += timedelta(minutes=1)
        with both.database.unit() as unit:
            assert unit.faq.allow("error-502", clock())
        clock.offset += timedelta(minutes=1)
        talk = Talk(both, "fresh")
        known_person(both, talk.chat, "f@example.org")
        talk.say(ASKS)
        assert outcomes(both) == {"open": 1}


class TestAQuestionWithoutAnAnswer:
    def test_is_kept_redacted_as_it_was_told_last(self, both: Application, talk: Talk) -> None:
        talk.say("Где журнал, дурак?")
        both.conversations.handle(talk.chat, Command("new"))
        talk.say("Где журнал?")
        talk.say("Нужен журнал шлюза")
        assert unanswered(both) == ["Где журнал?\n\nНужен журнал шлюза"]

    def test_is_none_once_an_answer_is_found(self, both: Application, talk: Talk) -> None:
        talk.say("Где журнал?")
        talk.say("Шлюз отвечает 502")
        assert unanswered(both) == []

    @pytest.mark.parametrize("text", ["Привет, какая погода", "По заявке есть новости?", "Тендер на поставку"])
    def test_is_none_of_what_is_not_for_the_support(self, both: Application, talk: Talk, text: str) -> None:
        talk.say(text)
        assert unanswered(both) == []

    def test_is_a_search_that_found_nothing_too(self, both: Application, talk: Talk) -> None:
        talk.say("/faq аквариум")
        talk.say("/faq аквариум")
        talk.say("/faq 502")
        assert unanswered(both) == ["аквариум"]


class TestThePerson:
    def test_sees_in_my_data_what_was_shown_and_asked(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("/new")
        talk.say("Где журнал?")
        [file] = talk.say("/my_data")[-1].reply.files
        assert '"error-502"' in file.content
        assert "Где журнал?" in file.content

    def test_leaves_nothing_but_nameless_counts_when_forgotten(self, both: Application, talk: Talk) -> None:
        talk.say(ASKS)
        talk.say("Помогло")
        talk.say("Где журнал склада?")
        talk.say("/delete_me")
        talk.say("Удалить")
        assert outcomes(both) == {"confirmed": 1}
        assert "склад" not in everything(both.database)
        back = Talk(both)
        known_person(both, back.chat)
        back.say(AGAIN)
        assert outcomes(both) == {"confirmed": 1, "open": 1}

    def test_of_another_channel_and_without_an_address_is_nobody_known(self, both: Application) -> None:
        for channel in ("web", "terminal"):
            talk = Talk(both, "x", channel)
            known_person(both, ChatKey(channel, "x"), "")
            talk.say(ASKS)
            talk.say("Помогло")
        assert outcomes(both) == {"confirmed": 2}
