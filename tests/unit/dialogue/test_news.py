"""What agents do reaches the author by itself, disturbs no draft, and can be judged at any time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import FAQ
from tests.unit.dialogue.talk import Talk
from triage.dialogue.context import Context
from triage.dialogue.effects import RecordAdvice
from triage.dialogue.incoming import Advised, Informed, Pressed
from triage.dialogue.state import Stage
from triage.faq.entries import FaqEntry

NUMBER = "GR-2026-00007"
CHANNELS = ("telegram", "web", "terminal")


def advice(entry: str = "error-502", ticket: str = "t1") -> Advised:
    return Advised(ticket, NUMBER, entry)


def codes(talk: Talk) -> dict[str, str]:
    """The buttons of the last reply by their words."""
    return {button.label: button.code for row in talk.replies[-1].buttons for button in row}


def judged(talk: Talk) -> list[RecordAdvice]:
    return [effect for effect in talk.effects if isinstance(effect, RecordAdvice)]


@pytest.fixture(params=CHANNELS)
def talk(request: pytest.FixtureRequest) -> Talk:
    talk = Talk(channel=request.param)
    talk.say("/start")
    talk.press("Понятно")
    return talk


def asked(talk: Talk) -> Talk:
    """A draft whose first question waits."""
    talk.say("Шлюз не работает")
    if talk.state.stage is Stage.COLLECTING:
        talk.settle()
    talk.press("Отправить")
    assert talk.state.stage is Stage.QUESTION
    return talk


class TestAnEntryFromAnAgent:
    def test_comes_with_number_short_form_link_and_buttons(self, talk: Talk) -> None:
        talk.give(advice())
        [reply] = talk.replies
        assert NUMBER in reply.text
        assert "Коротко: Почему шлюз отвечает 502?" in reply.text
        assert any(run.url.endswith("error-502") for run in reply.runs)
        assert list(codes(talk)) == ["Помогло", "Не помогло", "Ответ целиком"]
        assert reply.news

    @pytest.mark.parametrize(("word", "outcome"), [("Помогло", "helped"), ("Не помогло", "not_helped")])
    def test_is_judged_by_a_button_and_then_all_is_quiet(self, talk: Talk, word: str, outcome: str) -> None:
        talk.give(advice())
        talk.press(word)
        assert judged(talk) == [RecordAdvice("t1", "error-502", outcome)]
        assert NUMBER in talk.text
        assert not talk.state.buttons

    def test_is_judged_by_its_word(self, talk: Talk) -> None:
        talk.give(advice())
        talk.say("не помогло")
        assert judged(talk) == [RecordAdvice("t1", "error-502", "not_helped")]

    def test_is_judged_once(self, talk: Talk) -> None:
        talk.give(advice())
        pressed = Pressed(codes(talk)["Помогло"], talk.state.screen)
        talk.give(pressed)
        talk.give(pressed)
        assert judged(talk) == []
        assert "уже отмечен" in talk.text

    def test_leaves_the_question_of_a_draft_alone(self, talk: Talk) -> None:
        before = asked(talk).state
        talk.give(advice())
        after = talk.state
        assert (after.stage, after.asking, after.screen, after.buttons) == (
            before.stage, before.asking, before.screen, before.buttons,
        )  # fmt: skip
        talk.say("https://api.example.ru")
        assert "верси" in talk.text

    def test_beside_a_draft_is_judged_by_button_and_the_question_returns(self, talk: Talk) -> None:
        asked(talk).give(advice())
        talk.give(Pressed(codes(talk)["Не помогло"], 0))
        assert [effect.outcome for effect in judged(talk)] == ["not_helped"]
        assert talk.state.stage is Stage.QUESTION
        assert "адрес" in talk.text
        assert "Не знаю" in talk.labels

    def test_beside_a_draft_is_judged_by_its_word(self, talk: Talk) -> None:
        asked(talk).give(advice())
        talk.say("Помогло")
        assert [effect.outcome for effect in judged(talk)] == ["helped"]
        assert "адрес" in talk.text

    def test_does_not_take_the_word_from_an_answer_on_the_screen(self, talk: Talk) -> None:
        talk.give(advice("error-503"))
        talk.say("Шлюз отвечает 502")
        if talk.state.stage is Stage.COLLECTING:
            talk.settle()
        talk.say("Помогло")
        assert judged(talk) == []
        assert "ничего не отправлено" in talk.text

    def test_that_fills_the_screen_gives_way_to_the_next_text(self, talk: Talk) -> None:
        talk.give(advice())
        old = codes(talk)["Помогло"]
        talk.say("Консоль падает при входе")
        if talk.state.stage is Stage.COLLECTING:
            talk.settle()
        assert "Что понято" in talk.text
        talk.give(Pressed(old, 1))
        assert [effect.outcome for effect in judged(talk)] == ["helped"]
        assert "Что понято" in talk.text

    def test_is_read_whole_and_judged_there(self, talk: Talk) -> None:
        talk.give(advice())
        talk.press("Ответ целиком")
        assert "Подробно: Почему шлюз отвечает 502?" in talk.text
        talk.press("Помогло")
        assert [effect.outcome for effect in judged(talk)] == ["helped"]

    def test_outlives_a_letter_and_returns_with_start(self, talk: Talk) -> None:
        asked(talk).give(advice())
        talk.walk()
        talk.command("/start")
        assert "Коротко: Почему шлюз отвечает 502?" in talk.text
        talk.press("Не помогло")
        assert [effect.outcome for effect in judged(talk)] == ["not_helped"]
        talk.command("/start")
        assert "Коротко" not in talk.text

    def test_two_of_them_are_told_apart(self, talk: Talk) -> None:
        talk.give(advice("error-502", "t1"))
        first = codes(talk)
        talk.give(advice("error-503", "t2"))
        second = codes(talk)
        talk.give(Pressed(first["Не помогло"], 0))
        assert judged(talk) == [RecordAdvice("t1", "error-502", "not_helped")]
        talk.give(Pressed(second["Помогло"], 0))
        assert judged(talk) == [RecordAdvice("t2", "error-503", "helped")]

    def test_of_an_entry_that_is_gone_says_nothing(self, talk: Talk) -> None:
        talk.give(advice("nosuch"))
        assert talk.replies == ()

    def test_that_was_forgotten_is_an_old_button(self, talk: Talk) -> None:
        talk.give(advice())
        pressed = Pressed(codes(talk)["Помогло"], 0)
        talk.command("/delete_me")
        talk.press("Удалить")
        talk.give(pressed)
        assert judged(talk) == []


class TestNewsOfARequest:
    def test_asks_for_more_with_the_agents_words(self, talk: Talk) -> None:
        talk.give(Informed(NUMBER, "clarification", "", "Пришлите, пожалуйста, журнал шлюза"))
        assert all(words in talk.text for words in (NUMBER, "Уточнение", "Пришлите, пожалуйста, журнал шлюза"))
        assert talk.effects == ()

    def test_closes_with_the_resolution_and_the_way_to_reopen(self, talk: Talk) -> None:
        talk.give(Informed(NUMBER, "done", "not_reproducible", ""))
        assert all(words in talk.text for words in (NUMBER, "Выполнено", "Не воспроизводится", "повторно (п. 6)"))
        assert "Сотрудник пишет" not in talk.text

    def test_leaves_the_question_of_a_draft_alone(self, talk: Talk) -> None:
        before = asked(talk).state
        talk.give(Informed(NUMBER, "done", "solved", ""))
        assert talk.state == before


class Removed(Talk):
    """A talk that goes on after entries were removed from the FAQ, or renamed."""

    faq: dict[str, FaqEntry] = FAQ

    @property
    def context(self) -> Context:
        return replace(super().context, faq=self.faq)


class TestAnEntryThatWasRemoved:
    @pytest.fixture(params=CHANNELS)
    def talk(self, request: pytest.FixtureRequest) -> Removed:
        talk = Removed(channel=request.param)
        talk.say("/start")
        talk.press("Понятно")
        return talk

    def test_is_not_shown_again_at_the_start(self, talk: Removed) -> None:
        talk.give(advice())
        talk.faq = {}
        talk.command("/start")
        assert "Опишите" in talk.text
        assert "Помогло" not in talk.labels

    def test_gives_way_to_the_last_advice_that_stands(self, talk: Removed) -> None:
        talk.give(advice("error-503"))
        talk.give(advice("error-502"))
        talk.faq = {"error-503": FAQ["error-503"]}
        talk.command("/start")
        assert "Коротко: Почему шлюз отвечает 503?" in talk.text
        talk.say("Помогло")
        assert judged(talk) == [RecordAdvice("t1", "error-503", "helped")]

    @pytest.mark.parametrize("word", ["Помогло", "Не помогло", "Ответ целиком"])
    def test_is_an_outdated_button(self, talk: Removed, word: str) -> None:
        talk.give(advice())
        talk.faq = {}
        talk.press(word)
        assert judged(talk) == []
        assert "Опишите" in talk.text

    @pytest.mark.parametrize("view", ["/faq 502", "/start faq-error-502", "Шлюз отвечает 502"])
    @pytest.mark.parametrize("word", ["Помогло", "Не помогло"])
    def test_cannot_be_judged_where_it_was_read(self, talk: Removed, view: str, word: str) -> None:
        talk.say(view)
        if talk.state.stage is Stage.COLLECTING:
            talk.settle()
        talk.faq = {}
        talk.press(word)
        assert not talk.effects
        assert talk.labels == (["Отправить", "Изменить", "Отмена"] if talk.state.draft.request else [])
