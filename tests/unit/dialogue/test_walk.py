"""The documented walk: the first button that goes on, else an answer, always ends in a letter."""

from __future__ import annotations

import pytest

from tests.builders import policy
from tests.unit.dialogue.talk import Talk
from triage.dialogue.context import Person

REQUESTS = (
    "Шлюз не работает, ошибка 504, версия 4.2.1",
    "Шлюз отвечает 502 на все запросы",
    "Установите, пожалуйста, платформу на наш сервер",
    "Привет",
    "не работает",
    "По заявке пока ничего, когда будет ответ?",
    "Жалоба на поддержку, заявка № 5590",
    "Опять матюк какой-то, всё падает, 503",
    "Консоль падает при входе, а ещё нужен счёт за март",
    "Как включить кэш?",
    "загадка",
    "Подсистема отчётов не отвечает",
    "🙂",
    "https://example.ru",
)


class TestWalk:
    @pytest.mark.parametrize("channel", ["web", "terminal", "telegram"])
    @pytest.mark.parametrize("text", REQUESTS)
    def test_ends_in_a_letter_whatever_is_asked(self, text: str, channel: str) -> None:
        talk = Talk(channel=channel)
        talk.say(text)
        letter = talk.walk().letter
        assert letter.reply_to == "ivanov@example.ru"

    @pytest.mark.parametrize("channel", ["web", "terminal", "telegram"])
    def test_ends_in_a_letter_when_no_code_can_be_sent_today(self, channel: str) -> None:
        talk = Talk(channel=channel, person=Person(codes_today=policy().dialogue.codes_per_day))
        talk.say("Шлюз не работает")
        submitted = talk.walk()
        assert submitted.by_person
        assert "HandOver" in [type(effect).__name__ for effect in talk.done]

    @pytest.mark.parametrize("text", REQUESTS)
    def test_asks_for_the_address_once_per_person(self, text: str) -> None:
        talk = Talk()
        talk.say("Консоль не работает")
        talk.walk()
        talk.say(text)
        talk.walk()
        assert [type(effect).__name__ for effect in talk.done].count("SendCode") == 1
        assert len({submitted.letter.message_id for submitted in talk.letters}) == 2
