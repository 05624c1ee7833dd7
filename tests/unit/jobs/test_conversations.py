"""A step of a conversation as one transaction, on both databases; the engine is not started."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.applications import Clock, Talk, application, known_person, next_word
from tests.unit.store.test_store import TICKET, everything
from triage.bootstrap import Application
from triage.desk.ports import ChatKey
from triage.desk.records import LetterState
from triage.dialogue.incoming import Command, Edited, ReceivedFile, Said
from triage.errors import WrongInput
from triage.jobs import conversations
from triage.jobs.arrivals import masked

PROBLEM = "Шлюз не работает с утра, ошибка 500 на https://api.example.ru, версия 4.2.1"
PHRASES = (
    "пароль: {}",
    "логин admin, пароль {}",
    "password={}",
    "X-Gravitee-Api-Key: {}",
    "Authorization: Bearer {}",
    "postgresql://gravitee:{}@db.example.ru:5432/apim",
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def jobs(app: Application) -> list[tuple[str, str]]:
    """Name and key of every job that the engine holds."""
    found = app.engine.client.list_workflows(load_input=False)
    return sorted((job.name, job.workflow_id) for job in found)


def walk(talk: Talk, text: str) -> list[str]:
    """Say the text and go on as the contract's walk does; return everything that was said back."""
    said: list[str] = []
    shown = talk.say(text)
    for _ in range(20):
        said += [stored.reply.text for stored in shown]
        word = next_word(shown[-1].reply) if shown else None
        if word is None:
            return said
        shown = talk.say(word)
    raise AssertionError("the walk does not end")


def letters(app: Application) -> list[Any]:
    """The letters that wait."""
    with app.database.unit() as unit:
        found = [unit.mails.get(key.split(":")[1]) for name, key in jobs(app) if name == "post"]
    return [mail for mail in found if mail is not None and mail.kind == "letter"]


class TestAStep:
    def test_keeps_what_was_said_back_under_growing_numbers(self, both: Application) -> None:
        talk = Talk(both)
        first = talk.say(PROBLEM)
        assert next_word(first[-1].reply) == "Понятно"
        second = talk.say("Понятно")
        assert second[0].seq > first[-1].seq
        assert [s.seq for s in both.conversations.replies_after(talk.chat, 0)] == [s.seq for s in (*first, *second)]

    def test_opens_a_request_and_queues_its_letter_together(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        walk(talk, PROBLEM)
        [card] = both.desk.queue()
        [mail] = letters(both)
        assert card.number.startswith("GR-")
        assert card.number.endswith("-00001")
        assert (mail.ticket, mail.recipient) == (card.ticket, both.policy.addresses.mailbox)
        assert ("post", f"mail:{card.ticket}:0") in jobs(both)
        assert card.author == "ivan@example.org"

    def test_keeps_the_suggestion_beside_a_priority_raised_by_the_author(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        talk.say("Подсистема отчётов не отвечает, версия 4.2.1, https://a.ru\n1. Войти\n2. Открыть")
        for word in ("Отправить", "Да", "Через бота"):
            talk.say(word)
        [card] = both.desk.queue()
        assert (card.priority, card.suggested_priority) == ("high", "medium")
        assert "raised" in card.marks
        assert (card.deadline - card.created_at).total_seconds() == 24 * 3600
        assert both.desk.corrections() == ()

    def test_leaves_nothing_when_its_transaction_fails(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        before, add = everything(both.database), both.engine.add

        def break_down(session: object, job: str, *args: Any, **options: Any) -> None:
            add(session, job, *args, **options)
            raise RuntimeError("the power went off")

        world = replace(both.conversations._world, jobs=_Jobs(break_down))
        half = conversations.Conversations(world, both.metrics)
        with pytest.raises(RuntimeError):
            walk(Talk(replace(both, conversations=half)), PROBLEM)
        after = everything(both.database)
        assert both.desk.queue() == ()
        assert jobs(both) == []
        assert "mails:" not in after
        assert before.count("tickets:") == after.count("tickets:") == 0

    def test_is_taken_once_for_an_update(self, both: Application) -> None:
        chat = ChatKey("telegram", "77")
        for _ in range(3):
            both.conversations.handle(chat, Command("start"), update_id=5)
        with both.database.unit() as unit:
            conversation = unit.conversations.open(chat, Clock()())
        assert conversation.version == 1

    def test_is_taken_once_for_a_key(self, both: Application) -> None:
        talk = Talk(both)
        for _ in range(3):
            both.conversations.handle(talk.chat, Command("start"), once="settle:1")
        with both.database.unit() as unit:
            assert unit.conversations.open(talk.chat, Clock()()).version == 1

    def test_loses_nothing_when_many_come_at_once(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)

        def say(n: int) -> None:
            both.conversations.handle(talk.chat, Command("faq"), once=f"key:{n}")

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(say, range(12)))
        with both.database.unit() as unit:
            assert unit.conversations.open(talk.chat, Clock()()).version == 12

    def test_begins_anew_when_the_kept_state_no_longer_fits(self, both: Application) -> None:
        talk = Talk(both)
        talk.say(PROBLEM)
        with both.database.unit() as unit:
            read = unit.conversations.open(talk.chat, Clock()())
            unit.conversations.save(read.id, read.version, '{"stage": "of an older program"}', Clock()())
        assert talk.say("Здравствуйте")


class _Jobs:
    def __init__(self, add: Callable[..., None]) -> None:
        self.add = add


class TestTheNumbers:
    def test_of_requests_differ_when_many_send_at_once(self, both: Application) -> None:
        talks = [Talk(both, f"person {n}") for n in range(6)]
        for talk in talks:
            known_person(both, talk.chat)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda talk: walk(talk, PROBLEM), talks))
        numbers = [card.number for card in both.desk.queue()]
        assert len(set(numbers)) == 6


class TestTelegramsReplies:
    def test_wait_for_the_job_that_carries_them(self, both: Application) -> None:
        talk = Talk(both, "77", channel="telegram")
        stored = talk.say(PROBLEM)
        assert [name for name, _ in jobs(both)] == ["expire", "say"]
        assert stored

    def test_of_other_channels_need_no_job(self, both: Application) -> None:
        Talk(both).say(PROBLEM)
        assert [name for name, _ in jobs(both)] == ["expire"]


class TestFiles:
    def test_are_kept_and_given_back(self, both: Application) -> None:
        ref = both.conversations.keep_file(ChatKey("web", "v"), "экран.png", PNG)
        assert both.conversations.file(ref) == ("экран.png", PNG)

    def test_that_are_gone_are_said_to_be(self, both: Application) -> None:
        with pytest.raises(WrongInput):
            both.conversations.file("none")

    def test_go_into_the_letter_and_into_the_file_for_the_person(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        ref = both.conversations.keep_file(talk.chat, "экран.png", PNG)
        said = Said(PROBLEM, message="1", files=(ReceivedFile("экран.png", len(PNG), ref=ref),))
        both.conversations.handle(talk.chat, said)
        shown = talk.read()
        while next_word(shown[-1].reply) not in {"Через бота", None}:
            shown = talk.say(next_word(shown[-1].reply) or "")
        shown = talk.say("Письмо самому")
        [file] = [file for stored in shown for file in stored.reply.files if file.name.endswith(".eml")]
        assert "X-Unsent: 1" in file.content
        assert "Content-Type: image/png" in file.content
        assert letters(both) == []
        [card] = both.desk.queue()
        assert card.status == "created"


class TestForgetting:
    def test_erases_the_person_and_says_so(self, both: Application) -> None:
        talk = Talk(both, "secret visitor")
        known_person(both, talk.chat)
        talk.say(PROBLEM)
        both.conversations.handle(talk.chat, Command("delete_me"))
        talk.read()
        shown = talk.say("Удалить")
        left = everything(both.database)
        assert "ivan@example.org" not in left
        assert PROBLEM not in left
        assert shown, "the last words are kept for the person to read"

    def test_erases_the_call_for_a_human_too(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        both.conversations.handle(talk.chat, Command("human", "Перезвоните Ивану"))
        [(_, text)] = both.desk.notices()
        assert "ivan@example.org" in text
        talk.say("/delete_me")
        talk.say("Удалить")
        assert "ivan@example.org" not in everything(both.database)
        assert "Ивану" not in everything(both.database)

    def test_renews_the_cards_of_the_agents(self, sqlite_url: str, tmp_path: Path) -> None:
        app = application(sqlite_url, tmp_path, telegram_token="1:a", agents_chat_id=-5)
        talk = Talk(app)
        known_person(app, talk.chat)
        with app.database.unit() as unit:
            person = unit.conversations.open(talk.chat, Clock()()).id
            sent = replace(TICKET, conversation=person, letter_state=LetterState.SENT, card_message="7")
            unit.tickets.add(sent)
            unit.tickets.add(replace(sent, id="t2", number="N2", letter_state=LetterState.WAITING, card_message="8"))
        talk.say("/delete_me")
        talk.say("Удалить")
        assert {("show_card", "card:t1:2"), ("erase_card", "erase_card:t2")} <= set(jobs(app))
        card = app.desk.card("t1")
        app.close()
        assert card is not None
        assert card.author == ""

    def test_data_can_be_asked_for(self, both: Application) -> None:
        talk = Talk(both)
        known_person(both, talk.chat)
        both.conversations.handle(talk.chat, Command("my_data"))
        files = [file for stored in talk.read() for file in stored.reply.files]
        said = " ".join(stored.reply.text for stored in both.conversations.replies_after(talk.chat, 0))
        assert "ivan@example.org" in said + "".join(file.content for file in files)


class TestUnacceptedText:
    async def test_is_erased_when_its_time_is_over(self, both: Application) -> None:
        talk = Talk(both)
        talk.say("Личное: шлюз не работает у Ивана")
        [job] = both.engine.client.list_workflows(name="expire")
        assert job.delay_until_epoch_ms is not None
        hours = (job.delay_until_epoch_ms / 1000 - Clock()().timestamp()) / 3600
        assert abs(hours - both.policy.dialogue.consent_hours) < 0.1
        with both.database.unit() as unit:
            conversation = unit.conversations.open(talk.chat, Clock()())
        await both.conversations.expire(conversation.id, job.workflow_id)
        assert "Личное" not in everything(both.database)

    async def test_is_erased_with_its_pictures(self, both: Application) -> None:
        talk, other = Talk(both), Talk(both, "other visitor")
        mine, others = (both.conversations.keep_file(t.chat, "экран.png", PNG) for t in (talk, other))
        file = ReceivedFile("экран.png", len(PNG), ref=mine)
        both.conversations.handle(talk.chat, Said(PROBLEM, message="1", files=(file,)))
        with both.database.unit() as unit:
            conversation = unit.conversations.open(talk.chat, Clock()())
        await both.conversations.expire(conversation.id, "expire:1")
        with pytest.raises(WrongInput):
            both.conversations.file(mine)
        assert both.conversations.file(others)

    async def test_stays_when_it_was_accepted_meanwhile(self, both: Application) -> None:
        talk = Talk(both)
        talk.say(PROBLEM)
        talk.say("Понятно")
        with both.database.unit() as unit:
            conversation = unit.conversations.open(talk.chat, Clock()())
        await both.conversations.expire(conversation.id, "expire:1")
        assert PROBLEM in everything(both.database)


class TestSecrets:
    """What the border masks is nowhere afterwards: not in states, reports, letters, cards or jobs."""

    def test_of_any_conversation_stay_out_of_the_database(self, app: Application) -> None:
        @settings(max_examples=15, deadline=None)
        @given(
            secret=st.from_regex(r"[A-Z][a-z]{4,8}[0-9]{4}[A-Za-z0-9]{4,8}", fullmatch=True),
            phrase=st.sampled_from(PHRASES),
            place=st.sampled_from(("said", "edited", "file", "answer", "faq", "again")),
        )
        def stay_out(secret: str, phrase: str, place: str) -> None:
            text, kinds = masked(f"{PROBLEM}\n{phrase.format(secret)}")
            assume(secret not in text)  # what counts as a secret is proved with the checks
            converse(Talk(app, f"visitor {secret[::-1]} {place}"), text, kinds, place)
            assert secret not in everything(app.database)

        stay_out()


def converse(talk: Talk, text: str, kinds: tuple[str, ...], place: str) -> None:
    """Walk to a letter with the text said at once, in an edit, in a file, as an answer, in a search or once more."""
    app = talk.app
    known_person(app, talk.chat)
    if place == "faq":
        talk.say(f"/faq {text.rpartition(chr(10))[2]}")
    if place == "again":
        for word in (f"{text} 502", "Помогло", f"{text} 502", "/new"):
            talk.say(word)
    files = (ReceivedFile("app.log", 100, text=text),) if place == "file" else ()
    first = text if place == "said" else "Шлюз не работает"
    app.conversations.handle(talk.chat, Said(first, "1", files, secret_kinds=kinds))
    if place == "edited":
        app.conversations.handle(talk.chat, Edited(text, "1", kinds))
    if place == "answer":
        talk.say(text)
    shown = talk.read()
    walk(talk, (next_word(shown[-1].reply) if shown else None) or "Отправить")
