"""The FAQ in the chat of Telegram: what did not help goes on to a letter that says what was shown."""

from __future__ import annotations

from tests.e2e.botapi import BotApi, User
from tests.e2e.botapi.user import button
from tests.e2e.running import Running, agree, until, walk


def body(app: Running, words: str) -> str:
    """The letter that holds the words, when it has left."""

    def found() -> str:
        texts = [part.get_content() for m in app.mails() if (part := m.get_body(("plain",)))]
        return next((text for text in texts if words in text), "")

    return str(until(found, "the letter has left"))


def test_not_helping_asks_nothing_twice(api: BotApi, app: Running) -> None:
    user = User(api, 701)
    agree(user)
    user.say("Шлюз отвечает 502, версия 4.2.1, смена семьсот один")
    answer = user.wait("Возможно, ответ уже есть")
    assert button(answer, "Помогло")
    user.press("Не помогло", answer)
    user.wait("адрес")
    walk(app, user)
    said = [m.get("text", "") for m in user.shown()]
    assert sum("адрес сайта, на котором" in text for text in said) == 1
    assert not any("Укажите, пожалуйста, версию" in text for text in said)
    assert "«Почему шлюз отвечает 502 Bad Gateway?» (error-502, не помогло)" in body(app, "семьсот один")


def test_a_search_that_does_not_help_becomes_the_request(api: BotApi, app: Running) -> None:
    user = User(api, 702)
    agree(user)
    user.say("/faq 503 при вызове, смена семьсот два")
    found = user.wait("По запросу")
    assert "Почему шлюз отвечает 503" in found["text"]
    user.press("Не помогло", found)
    user.wait("уже взят")
    user.wait("Что понято")
    walk(app, user)
    text = body(app, "семьсот два")
    assert "503 при вызове" in text
    assert "error-503, не помогло" in text


def test_sections_lead_to_an_entry_and_back(api: BotApi, app: Running) -> None:
    user = User(api, 703)
    agree(user)
    user.say("/faq")
    user.press("Безопасность", user.wait("Выберите раздел"))
    user.press("mTLS", user.wait("Безопасность"))
    entry = user.wait("Как настроить взаимную")
    user.press("Помогло", entry)
    user.wait("Хорошо, что помогло")
    until(lambda: "reply_markup" not in user.chat.messages[entry["message_id"]], "the buttons leave")


def test_a_search_before_consent_is_taken_up_after_it(api: BotApi, app: Running) -> None:
    user = User(api, 704)
    user.say("/faq 502 до согласия, смена семьсот четыре")
    user.press("Не помогло", user.wait("По запросу"))
    user.press("Понятно", user.wait("Как обращаются"))
    user.wait("Что понято")
    walk(app, user)
    assert "error-502, не помогло" in body(app, "семьсот четыре")
