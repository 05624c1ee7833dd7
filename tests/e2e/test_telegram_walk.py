"""People walk from a message to a letter over real HTTP, by polling and by webhook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.markup import units
from tests.e2e.botapi.user import button
from tests.e2e.running import AGENTS, FULL, Running, agree, rows, running, settings_for, until, walk

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPG = b"\xff\xd8\xff\xe0" + bytes(range(256))
OUTAGE = "После обновления до 4.2.1 шлюз https://gw.example.org не работает: ошибка 500 <b>&amp; </i>"


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        Group(api, AGENTS, 900)
        yield api


@pytest.fixture(scope="module")
def app(api: BotApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(api, tmp_path_factory.mktemp("walk"))) as app:
        yield app


def everything_sent(api: BotApi) -> str:
    return repr([c.params for c in api.calls()])


class TestLetter:
    def test_a_first_message_waits_for_consent_and_ends_in_a_letter(self, api: BotApi, app: Running) -> None:
        anna = User(api, 101)
        anna.say(OUTAGE)
        assert "Понятно" in str(anna.wait("данными")["reply_markup"])
        walk(app, anna, address="anna@example.org")
        letter = app.mails()[-1]
        assert "Высокий" in str(letter["Subject"])
        assert letter["Reply-To"] == "anna@example.org"
        assert "ошибка 500 <b>&amp; </i>" in letter.get_body().get_content()  # type: ignore[union-attr]
        number = app.tickets()[-1]["number"]
        anna.wait(number)
        anna.say("/my")
        assert number in anna.wait(number)["text"]
        assert app.application.health()["telegram"] == "ok"

    def test_marks_of_html_in_a_text_stay_text(self, api: BotApi, app: Running) -> None:
        boris = User(api, 102)
        boris.say("<b>Не работает</b> консоль & <a href='x'>")
        boris.press("Понятно")
        assert "«<b>Не работает</b> консоль" in boris.wait("понято")["text"]

    def test_a_typed_word_presses_too(self, api: BotApi, app: Running) -> None:
        vera = User(api, 103)
        vera.say(OUTAGE)
        vera.wait("Понятно")
        vera.say("понятно")
        vera.wait("Что понято")

    def test_the_letter_can_be_taken_as_a_file(self, api: BotApi, app: Running) -> None:
        gleb = User(api, 104)
        agree(gleb)
        gleb.say("Объясните, пожалуйста, как настроить кэш запросов в портале")
        gleb.press("Отправить", gleb.wait(lambda m: button(m, "Отправить") is not None))
        until(lambda: [m for m in gleb.shown() if button(m, "Не знаю") or button(m, "Письмо самому")], "asked")
        while not (screen := gleb.shown()[-1]).get("document"):
            word = next((w for w in ("Не знаю", "Письмо самому", "Отправить") if button(screen, w)), None)
            if word is None:
                break
            gleb.press(word, screen)
            gleb.wait(lambda m: True)
        document = gleb.wait(lambda m: "document" in m, all_=True)["document"]
        assert document["file_name"].endswith(".eml")
        assert document["mime_type"] == "message/rfc822"
        content = api.state.files[document["file_id"]][1]
        assert b"X-Unsent: 1" in content

    def test_used_buttons_leave(self, api: BotApi, app: Running) -> None:
        dina = User(api, 105)
        dina.say(OUTAGE)
        notice = dina.wait("данными")
        dina.press("Понятно", notice)
        dina.wait("Что понято")
        until(lambda: "reply_markup" not in dina.chat.messages[notice["message_id"]], "the buttons leave")

    def test_a_long_text_is_shown_in_parts_with_the_buttons_on_the_last(self, api: BotApi, app: Running) -> None:
        egor = User(api, 106)
        agree(egor)
        for part in range(3):
            egor.say(f"Не работает шлюз https://gw.example.org 4.2.1, часть {part}: " + "журнал & <строка>\n" * 180)
        screen = egor.wait(lambda m: button(m, "Отправить") is not None)
        egor.press("Отправить", screen)
        egor.press("Не знаю")
        preview = egor.wait(lambda m: button(m, "Через бота") is not None)
        parts = [m for m in egor.shown() if m["message_id"] > screen["message_id"]]
        assert sum(units(m["text"]) for m in parts) > 9000
        assert not [m for m in parts if "журнал" in m["text"] and m != preview and m.get("reply_markup")]

    def test_every_call_kept_telegrams_limits(self, api: BotApi, app: Running) -> None:
        refusals = [(c.method, c.answer) for c in api.calls() if c.answer and not c.answer["ok"]]
        assert [r for r in refusals if "not modified" not in r[1]["description"]] == []


class TestFiles:
    def test_an_album_of_three_is_one_draft_with_three_pictures(self, api: BotApi, app: Running) -> None:
        anna = User(api, 111)
        agree(anna)
        pictures = [JPG + b"1", JPG + b"2", JPG + b"3"]
        anna.album(pictures, caption=FULL)
        walk(app, anna, address="album@example.org")
        letter = app.mails()[-1]
        assert [a.get_payload(decode=True) for a in letter.iter_attachments()] == pictures
        summaries = [m for m in anna.shown() if "Что понято" in m.get("text", "")]
        assert len(summaries) == 1

    def test_reads_text_files_and_names_what_it_cannot_use(self, api: BotApi, app: Running) -> None:
        boris = User(api, 112)
        agree(boris)
        boris.document("журнал.log", "Шлюз не работает, ошибка 500".encode("cp1251"), mime="text/plain")
        boris.document("core.txt", b"\x00\x01\x02MZ" * 40)
        boris.document("setup.exe", b"MZ")
        boris.document("screen.png", PNG, caption="снимок")
        boris.document("huge.log", b"x", file_size=21 << 20)
        boris.wait("Что понято")
        said = "\n".join(m.get("text", "") for m in boris.shown())
        assert "screen.png" in said
        assert "журнал.log" in said
        assert "«журнал.log»" not in said
        for name in ("core.txt", "setup.exe", "huge.log"):
            assert f"«{name}»" in said
        assert "4.6" in said

    def test_the_words_of_a_log_are_read(self, api: BotApi, app: Running) -> None:
        gleb = User(api, 114)
        agree(gleb)
        log = "Журнал: адрес https://gw.example.org, версия 4.2.7".encode("cp1251")
        gleb.document("журнал.log", log, caption="Шлюз не работает, ошибка 500", mime="text/plain")
        assert "4.2.7" in gleb.wait("Что понято")["text"]

    def test_a_false_picture_is_refused(self, api: BotApi, app: Running) -> None:
        vera = User(api, 113)
        agree(vera)
        vera.document("virus.png", b"MZ not a picture", caption=OUTAGE)
        vera.wait(lambda m: "virus.png" in m.get("text", "") and "не войдёт" in m["text"])


class TestWords:
    def test_an_edit_changes_the_draft(self, api: BotApi, app: Running) -> None:
        anna = User(api, 121)
        agree(anna)
        message = anna.say("Шлюз не работает: ошибка 500 на первом узле")
        anna.wait("первом узле")
        anna.edit(message, "Шлюз не работает: ошибка 500 на втором узле")
        summary = anna.wait("втором узле")["text"]
        assert "первом узле" not in summary

    def test_an_exposed_secret_is_deleted_and_nowhere_kept(self, api: BotApi, app: Running) -> None:
        boris = User(api, 122)
        secret = "Qw7rTy-9pLm2"
        agree(boris)
        message = boris.say(f"Шлюз не работает, ошибка 500, пароль: {secret} от консоли")
        boris.wait("отзовите")
        until(lambda: message["message_id"] not in boris.chat.messages, "the message is deleted")
        file = boris.document("conf.yml", f"db:\n  password: {secret}\n  url: x".encode(), mime="text/yaml")
        until(lambda: file["message_id"] not in boris.chat.messages, "the file is deleted")
        folder = Path(app.settings.database_url.removeprefix("sqlite:///")).parent
        kept = [f for f in folder.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()]
        assert kept == []
        assert secret not in everything_sent(api)

    def test_foul_words_are_marked_calmly(self, api: BotApi, app: Running) -> None:
        vera = User(api, 123)
        agree(vera)
        vera.say("Ваш матюк шлюз не работает, ошибка 500")
        screen = vera.wait(lambda m: button(m, "Не согласен") is not None)
        marked = {e["type"] for e in screen["entities"] if _piece(screen, e) == "матюк"}
        assert marked == {"bold", "underline"}
        assert "!" not in screen["text"]

    def test_a_path_is_no_command(self, api: BotApi, app: Running) -> None:
        gleb = User(api, 124)
        agree(gleb)
        gleb.say("/api/v1 отвечает: ошибка 500, не работает")
        gleb.wait("/api/v1 отвечает")

    @pytest.mark.parametrize("text", [" ", "🤷‍♀️🔥", "https://example.org", "\u202eтекст\u200b\u200d", "a" * 4096])
    def test_odd_texts_get_an_answer(self, api: BotApi, app: Running, text: str) -> None:
        user = User(api, 12500 + len(text))
        agree(user)
        user.say(text)
        assert user.wait(lambda m: True)["text"]


class TestOtherUpdates:
    def test_unknown_kinds_are_passed_over(self, api: BotApi, app: Running) -> None:
        anna = User(api, 131)
        agree(anna)
        for kind, body in ODD_UPDATES.items():
            api.state.put(kind, body, queue="odd", forced=True)
        for body in ODD_MESSAGES:
            anna.send(body)
        anna.say("/help")
        anna.wait("/my")
        waiting = "select * from inbox where raw is not null"
        until(lambda: not rows(app.settings, waiting), "the inbox is empty")
        assert not [m for m in anna.shown() if "Traceback" in m.get("text", "")]

    def test_a_voice_message_is_refused_with_the_clause(self, api: BotApi, app: Running) -> None:
        boris = User(api, 132)
        agree(boris)
        boris.send({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3, "file_size": 9}})
        refusal = boris.wait("голосовое сообщение")["text"]
        assert "4.6" in refusal
        assert "главное текстом" in refusal

    def test_a_person_who_blocks_and_returns_is_served(self, api: BotApi, app: Running) -> None:
        vera = User(api, 133)
        agree(vera)
        vera.block()
        vera.unblock()
        vera.say("/help")
        vera.wait("/my")


class TestGroups:
    def test_answers_in_a_group_only_when_addressed(self, api: BotApi, app: Running) -> None:
        group = Group(api, -100777, 141, 142)
        anna, boris = User(api, 141, group=group), User(api, 142, "Борис", group=group)
        anna.say("Коллеги, у кого не работает шлюз?")
        anna.say("/start@another_bot")
        boris.mention("шлюз не работает, ошибка 500")
        notice = boris.wait("Понятно")
        assert len(boris.shown()) == 1
        anna.press("Понятно", notice)
        boris.press("Понятно", notice)
        assert "шлюз не работает" in boris.wait("Что понято")["text"]
        assert "@" not in boris.wait("Что понято")["text"]

    def test_talk_in_the_agents_group_is_left_alone(self, api: BotApi, app: Running) -> None:
        agent = User(api, 900, "Агент")
        agent.chat = api.state.chats[AGENTS]
        before = len(agent.shown())
        agent.mention("кто возьмёт?")
        agent.say("Спасибо")
        agent.say("/stats")
        agent.wait("Обращения")
        assert len(agent.shown()) == before + 1


def _piece(message: dict[str, Any], entity: dict[str, Any]) -> str:
    raw: bytes = message["text"].encode("utf-16-le")
    start: int = entity["offset"] * 2
    return raw[start : start + entity["length"] * 2].decode("utf-16-le")


_USER = {"id": 131, "is_bot": False, "first_name": "А"}
ODD_UPDATES: dict[str, dict[str, Any]] = {
    "message_reaction": {"chat": {"id": 131, "type": "private"}, "message_id": 1, "user": _USER, "date": 1,
                         "old_reaction": [], "new_reaction": []},
    "poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False},
    "inline_query": {"id": "1", "from": _USER, "query": "x", "offset": ""},
    "brand_new_kind": {"chat": {"id": 131, "type": "private"}, "whatever": [1, 2]},
    "channel_post": {"message_id": 5, "date": 1, "chat": {"id": -100888, "type": "channel"}, "text": "x"},
    "callback_query": {"id": "77", "from": _USER, "chat_instance": "1", "inline_message_id": "x",
                       "data": "x"},
    "shipping_query": {"broken": True},
}  # fmt: skip
ODD_MESSAGES: list[dict[str, Any]] = [
    {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                 "is_animated": False, "is_video": False}},
    {"location": {"latitude": 55.7, "longitude": 37.6}},
    {"contact": {"phone_number": "+7", "first_name": "А"}},
    {"new_chat_photo": []},
    {"brand_new_content": {"x": 1}},
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 131, "type": "private"}}},
]  # fmt: skip
