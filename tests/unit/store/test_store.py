"""The store on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.builders import NOON
from triage.desk.ports import ChatKey
from triage.desk.records import Correction, LetterState, Mail, MailKind, Ticket
from triage.report import Priority
from triage.store import Database

CHAT = ChatKey("telegram", "4815162342")
TICKET = Ticket(
    id="t1", number="GR-2026-00001", version=1, conversation=None, author="ivan@example.org",
    subject="Шлюз", text="Шлюз отвечает 502", report="{}", priority=Priority.HIGH,
    suggested_priority=Priority.HIGH, priority_confidence=0.9, scope="defect.failure",
    suggested_scope="defect.failure", scope_confidence=0.8, verdict="in", clause="3.3", status="created",
    resolution="", phrases=("отвечает 502",), missing=("steps",), marks=(), created_at=NOON,
    deadline=NOON + timedelta(hours=24), letter_state=LetterState.WAITING,
)  # fmt: skip
MAIL = Mail(
    id="m1", kind=MailKind.LETTER, ticket=None, conversation=None, message_id="<m1@x>",
    recipient="support@example.org", payload="{}", state="waiting", attempts=0, created_at=NOON,
)  # fmt: skip


def everything(store: Database) -> str:
    """Every value of every table of ours, as one text."""
    found: list[str] = []
    with store.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'select * from "{table}"')):
                found.append(f"{table}: {tuple(row)!r}")
    return "\n".join(found)


class TestNumbers:
    def test_are_unique_when_many_ask_at_once(self, store: Database) -> None:
        def take(_: int) -> int:
            with store.unit() as unit:
                return unit.tickets.number(2026)

        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(take, range(40)))
        assert sorted(numbers) == list(range(1, 41))

    def test_begin_anew_each_year(self, store: Database) -> None:
        with store.unit() as unit:
            assert [unit.tickets.number(y) for y in (2026, 2026, 2027)] == [1, 2, 1]


class TestAUnit:
    def test_leaves_nothing_behind_when_it_fails(self, store: Database) -> None:
        def fail() -> None:
            with store.unit() as unit:
                unit.conversations.open(CHAT, NOON)
                unit.inbox.add(1, "a", "raw", (), NOON)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        with store.unit() as unit:
            assert unit.inbox.head("a") is None
        assert CHAT.id not in everything(store)

    def test_does_not_say_in_an_error_what_was_written(self, store: Database) -> None:
        with store.unit() as unit:
            unit.tickets.add(TICKET)
        with pytest.raises(sa.exc.IntegrityError) as caught, store.unit() as unit:
            unit.tickets.add(replace(TICKET, id="t2", text="личные слова"))
        assert "личные слова" not in str(caught.value)

    def test_sees_a_key_once(self, store: Database) -> None:
        for expected in (True, False):
            with store.unit() as unit:
                assert unit.once("settle:1", NOON) is expected

    def test_refuses_a_time_without_a_zone(self, store: Database) -> None:
        with pytest.raises(sa.exc.StatementError), store.unit() as unit:
            unit.once("x", datetime(2026, 1, 1))

    def test_gives_times_back_aware(self, store: Database) -> None:
        with store.unit() as unit:
            unit.tickets.add(TICKET)
        with store.unit() as unit:
            assert unit.tickets.get("t1") == TICKET


class TestConversations:
    def test_become_one_when_two_open_the_same_chat(self, store: Database) -> None:
        barrier = threading.Barrier(4)

        def open_it(_: int) -> int:
            barrier.wait()
            with store.unit() as unit:
                return unit.conversations.open(CHAT, NOON).id

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(open_it, range(4)))) == 1

    def test_are_saved_by_the_first_of_two_who_read_the_same_version(self, store: Database) -> None:
        with store.unit() as unit:
            read = unit.conversations.open(CHAT, NOON)
        with store.unit() as unit:
            assert unit.conversations.save(read.id, read.version, '{"a":1}', NOON)
        with store.unit() as unit:
            assert not unit.conversations.save(read.id, read.version, '{"b":2}', NOON)
            assert unit.conversations.open(CHAT, NOON).state == '{"a":1}'

    def test_without_consent_are_erased_when_silent(self, store: Database) -> None:
        with store.unit() as unit:
            unit.conversations.open(CHAT, NOON)
            kept = unit.conversations.open(ChatKey("web", "kept"), NOON)
            unit.conversations.consent(kept.id, "2026-11", NOON)
            unit.conversations.open(ChatKey("web", "fresh"), NOON + timedelta(hours=24))
        with store.unit() as unit:
            assert unit.conversations.erase_unaccepted(NOON + timedelta(hours=1)) == 1
        assert CHAT.id not in everything(store)


class TestReplies:
    def test_grow_in_number_over_all_chats_and_after_erasing(self, store: Database) -> None:
        with store.unit() as unit:
            one, two = (unit.conversations.open(ChatKey("web", id), NOON).id for id in "ab")
            first = unit.replies.add(one, "1", NOON, waiting=False)
            second = unit.replies.add(two, "2", NOON, waiting=False)
            unit.conversations.forget(two)
        with store.unit() as unit:
            third = unit.replies.add(one, "3", NOON, waiting=False)
            assert first < second < third
            assert [n for n, _, _ in unit.replies.after(ChatKey("web", "a"), first)] == [third]

    def test_lose_their_words_when_carried(self, store: Database) -> None:
        with store.unit() as unit:
            id = unit.conversations.open(CHAT, NOON).id
            seq = unit.replies.add(id, "секретное слово", NOON, waiting=True)
            unit.replies.sent(seq, "17", NOON)
            assert unit.replies.next(id) is None
        assert "секретное слово" not in everything(store)


class TestInbox:
    def test_takes_an_update_once(self, store: Database) -> None:
        for expected in (True, False):
            with store.unit() as unit:
                assert unit.inbox.add(7, "a", "raw", ("password",), NOON) is expected

    def test_gives_the_updates_of_a_chat_in_their_order(self, store: Database) -> None:
        with store.unit() as unit:
            for update_id, chat in ((9, "a"), (7, "a"), (8, "b")):
                unit.inbox.add(update_id, chat, f"raw {update_id}", (), NOON)
        order = []
        for _ in range(2):
            with store.unit() as unit:
                head = unit.inbox.head("a")
                assert head is not None
                order.append(head.update_id)
                unit.inbox.finish(head.update_id, NOON)
        assert order == [7, 9]

    def test_erases_a_handled_update_and_lets_nobody_handle_it_again(self, store: Database) -> None:
        with store.unit() as unit:
            unit.inbox.add(7, "chat-of-ivan", "сырой текст", ("password",), NOON)
            assert unit.inbox.finish(7, NOON)
        with store.unit() as unit:
            assert not unit.inbox.finish(7, NOON)
        assert "сырой текст" not in everything(store)
        assert "chat-of-ivan" not in everything(store)

    def test_is_finished_by_one_of_many_at_once(self, store: Database) -> None:
        with store.unit() as unit:
            unit.inbox.add(7, "a", "raw", (), NOON)

        def finish(_: int) -> bool:
            with store.unit() as unit:
                return unit.inbox.finish(7, NOON)

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(finish, range(12))) == 1

    def test_records_an_update_that_came_past_it(self, store: Database) -> None:
        with store.unit() as unit:
            assert unit.inbox.finish(99, NOON)
        with store.unit() as unit:
            assert not unit.inbox.finish(99, NOON)
            assert not unit.inbox.add(99, "a", "raw", (), NOON)


class TestMails:
    def test_keep_how_an_attempt_ended_once(self, store: Database) -> None:
        with store.unit() as unit:
            unit.mails.add(MAIL)
            assert unit.mails.record("m1", 0, "sent", "", NOON)
            assert not unit.mails.record("m1", 0, "failed", "late", NOON)
            kept = unit.mails.get("m1")
        assert kept is not None
        assert (kept.state, kept.attempts) == ("sent", 1)

    def test_blank_a_code_when_it_no_longer_waits(self, store: Database) -> None:
        with store.unit() as unit:
            code = replace(MAIL, id="c1", kind=MailKind.CODE, payload='"482913"', recipient="ivan@example.org")
            unit.mails.add(code)
            unit.mails.record("c1", 0, "sent", "", NOON)
        assert "482913" not in everything(store)
        assert "ivan@example.org" not in everything(store)

    @pytest.mark.parametrize(("state", "kept"), [("sent", False), ("waiting", True), ("failed", True)])
    def test_keep_the_words_of_a_letter_until_it_has_left(self, store: Database, state: str, kept: bool) -> None:
        with store.unit() as unit:
            unit.mails.add(replace(MAIL, payload='{"reply_to": "ivan@example.org"}'))
            unit.mails.record("m1", 0, state, "", NOON)
        assert ("ivan@example.org" in everything(store)) is kept

    def test_count_codes_of_a_chat_even_after_it_was_forgotten(self, store: Database) -> None:
        with store.unit() as unit:
            conversation = unit.conversations.open(CHAT, NOON)
            unit.mails.code_sent(CHAT, NOON)
            unit.mails.code_sent(CHAT, NOON - timedelta(days=1))
            unit.conversations.forget(conversation.id)
            assert unit.mails.codes_since(CHAT, NOON - timedelta(hours=1)) == 1
            assert unit.mails.codes_since(ChatKey("web", "other"), NOON - timedelta(hours=1)) == 0


class TestForgetting:
    def test_erases_the_person_and_keeps_sent_requests_without_author(self, store: Database) -> None:
        with store.unit() as unit:
            person = unit.conversations.open(CHAT, NOON)
            unit.conversations.consent(person.id, "2026-11", NOON)
            unit.conversations.address(person.id, "ivan@example.org", NOON)
            unit.conversations.save(person.id, 0, '{"draft": "тайный черновик"}', NOON)
            unit.replies.add(person.id, "личный ответ", NOON, waiting=True)
            unit.files.add("f1", person.id, "экран.png", b"PNG-bytes", NOON)
            unit.faq.keep_question(person.id, "r1", "usage.explain", "вопрос про шлюз", NOON)
            sent = replace(TICKET, conversation=person.id, letter_state=LetterState.SENT)
            unit.tickets.add(sent)
            waiting = replace(sent, id="t2", number="N2", text="не ушло", letter_state=LetterState.WAITING)
            unit.tickets.add(waiting)
            for request in (sent, waiting):
                unit.tickets.correct(Correction(request.id, request.text, "scope", "a", "b", "Анна", NOON))
            unit.notices.add("Просят ответа (ivan@example.org): звонок", NOON, conversation=person.id)
            unit.notices.add("Почта стоит", NOON)
            for ticket, state in (("t1", "sent"), ("t2", "waiting")):
                unit.mails.add(
                    replace(MAIL, id=ticket, ticket=ticket, conversation=person.id, state=state,
                            payload='"ivan@example.org"')
                )  # fmt: skip
        with store.unit() as unit:
            unit.conversations.forget(person.id)
        left = everything(store)
        for erased in ("ivan@", "тайный", "личный", "экран", "PNG-bytes", "вопрос", "не ушло", "звонок", CHAT.id):
            assert erased not in left
        with store.unit() as unit:
            kept = unit.tickets.find(TICKET.number)
            labels, told = unit.tickets.corrections(), unit.notices.recent(9)
        assert kept is not None
        assert (kept.author, kept.conversation, kept.text) == ("", None, TICKET.text)
        assert kept.version == TICKET.version + 1
        assert [label.ticket for label in labels] == ["t1"]
        assert [text for _, text in told] == ["Почта стоит"]

    def test_exports_what_is_kept_before(self, store: Database) -> None:
        with store.unit() as unit:
            person = unit.conversations.open(CHAT, NOON)
            unit.conversations.address(person.id, "ivan@example.org", NOON)
            unit.tickets.add(replace(TICKET, conversation=person.id))
            data = unit.conversations.export(person.id)
        assert data["address"] == "ivan@example.org"
        assert data["chat"] == CHAT.id
        assert [request["number"] for request in data["requests"]] == [TICKET.number]  # type: ignore[attr-defined]


class TestHousekeeping:
    def test_erases_what_has_served_its_time_and_keeps_the_rest(self, store: Database) -> None:
        now = datetime.now(UTC)
        old, fresh = now - timedelta(days=40), now - timedelta(minutes=5)
        with store.unit() as unit:
            person = unit.conversations.open(CHAT, now)
            for key, at in (("old", old), ("fresh", fresh)):
                unit.once(key, at)
                unit.files.add(key, person.id, f"{key}.png", b"x", at)
                unit.replies.sent(unit.replies.add(person.id, key, at, waiting=True), "1", at)
                unit.mails.code_sent(CHAT, at)
                unit.notices.add(key, at)
                unit.notices.sent(unit.notices.add(f"{key} shown", at), at)
            for update_id, at in ((1, old), (2, fresh)):
                unit.inbox.add(update_id, "a", "raw", (), at)
                unit.inbox.finish(update_id, at)
        with store.unit() as unit:
            unit.housekeep(now)
        with store.unit() as unit:
            assert unit.once("old", now)
            assert not unit.once("fresh", now)
            assert unit.files.get("old") is None
            assert unit.files.get("fresh") is not None
            assert unit.inbox.add(1, "a", "raw", (), now)
            assert not unit.inbox.add(2, "a", "raw", (), now)
            assert unit.mails.codes_since(CHAT, old) == 1
            assert [text for _, text in unit.notices.recent(9)] == ["fresh shown", "fresh"]

    def test_keeps_old_pictures_of_a_letter_that_still_waits(self, store: Database) -> None:
        with store.unit() as unit:
            person = unit.conversations.open(CHAT, NOON)
            unit.files.add("f1", person.id, "a.png", b"x", NOON)
            unit.mails.add(replace(MAIL, conversation=person.id))
            unit.housekeep(NOON + timedelta(days=60))
            assert unit.files.get("f1") is not None
