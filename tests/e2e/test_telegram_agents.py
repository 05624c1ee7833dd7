"""Agents judge and move requests by the buttons of a card; nobody else can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.botapi import BotApi, Group, User
from tests.e2e.botapi.errors import bad
from tests.e2e.botapi.state import BOT_ID
from tests.e2e.botapi.user import Message, button
from tests.e2e.running import AGENTS, Running, open_request, rows, running, settings_for, until


@pytest.fixture(scope="module")
def app(api: BotApi, group: Group, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(settings_for(api, tmp_path_factory.mktemp("agents"))) as app:
        open_request(app, User(api, 201))
        yield app


@pytest.fixture
def petr(api: BotApi, group: Group) -> User:
    return User(api, 902, "Пётр", group=group)


@pytest.fixture
def card(app: Running, olga: User) -> Message:
    return current(app, olga, 0)


def current(app: Running, agent: User, place: int) -> Message:
    """Return a request's card as it is now, when every redrawing is through."""

    def fresh(message: Message) -> bool:
        found, row = button(message, "Тема"), app.tickets()[place]
        return found is not None and found["callback_data"].endswith(f"{row['id']}:{row['version']}")

    return agent.wait(fresh, "the card as it is now", all_=True)


def ticket(app: Running) -> dict[str, Any]:
    return app.tickets()[0]


def corrections(app: Running) -> list[dict[str, Any]]:
    return rows(app.settings, "select * from corrections order by 1")


def answers(api: BotApi) -> list[str]:
    return [a.get("text", "") for a in api.state.answered]


class TestCard:
    def test_shows_what_the_judgement_rests_on(self, app: Running, card: Message) -> None:
        for words in (ticket(app)["number"], "Приоритет: Высокий", "defect.failure", "п. 3.3", "МСК"):
            assert words in card["text"]
        for label in ("Верно", "Средний", "Низкий", "Тема", "В работу", "Уточнить", "Выполнено"):
            assert button(card, label)
        assert all(
            len(b["callback_data"].encode()) <= 64 for row in card["reply_markup"]["inline_keyboard"] for b in row
        )

    def test_a_stranger_changes_nothing(self, api: BotApi, app: Running, group: Group, card: Message) -> None:
        version = ticket(app)["version"]
        stranger = User(api, 666, "Чужой", group=group)
        stranger.press("Низкий", card)
        until(lambda: any("участников" in words for words in answers(api)), "the stranger is told")
        assert ticket(app)["version"] == version

    def test_two_agents_at_once_and_a_double_tap_count_once(
        self, app: Running, olga: User, petr: User, card: Message
    ) -> None:
        version = ticket(app)["version"]
        for agent in (olga, petr, olga):
            agent.press("Средний", card)
        until(lambda: ticket(app)["priority"] == "medium", "the priority is corrected")
        until(lambda: not rows(app.settings, "select * from inbox where raw is not null"), "all are handled")
        assert ticket(app)["version"] == version + 1
        (kept,) = corrections(app)
        assert (kept["field"], kept["suggested"], kept["given"]) == ("priority", "high", "medium")
        shown = olga.wait("Приоритет: Средний", all_=True)
        assert shown["message_id"] == card["message_id"]
        assert "предлагалось: Высокий" in shown["text"]

    def test_an_old_card_is_refused_and_redrawn(self, api: BotApi, app: Running, olga: User, card: Message) -> None:
        before = ticket(app)["version"]
        found = button(card, "Низкий")
        assert found
        head, _, version = found["callback_data"].rpartition(":")
        olga.tap(f"{head}:{int(version) - 1}", card)
        until(lambda: any("изменилась" in words for words in answers(api)), "the agent is told")
        assert ticket(app)["version"] == before

    def test_the_topic_is_chosen_by_heading_and_rule(self, app: Running, olga: User, card: Message) -> None:
        olga.press("Тема", card)
        headings = olga.wait(lambda m: button(m, "связанные с оплатой") is not None, all_=True)
        olga.press("связанные с оплатой", headings)
        rules = olga.wait(lambda m: button(m, "Проблема с оплатой") is not None, all_=True)
        olga.press("Проблема с оплатой", rules)
        until(lambda: ticket(app)["scope"] == "payment.problem", "the topic is corrected")
        shown = olga.wait("payment.problem", all_=True)
        assert shown["message_id"] == card["message_id"]
        assert button(shown, "Верно")

    def test_a_choice_can_be_left(self, app: Running, olga: User, card: Message) -> None:
        olga.press("Тема", card)
        olga.press("Назад", olga.wait(lambda m: button(m, "Назад") is not None, all_=True))
        olga.wait(lambda m: button(m, "Тема") is not None, all_=True)

    def test_confirming_keeps_a_label_and_takes_the_button_away(self, app: Running, olga: User, card: Message) -> None:
        olga.press("Верно", card)
        until(lambda: ticket(app)["confirmed"], "it is confirmed")
        olga.wait(lambda m: "Тема" in str(m) and button(m, "Верно") is None, all_=True)

    def test_a_request_is_taken_clarified_and_done_with_a_resolution(
        self, app: Running, olga: User, card: Message
    ) -> None:
        olga.press("В работу", card)
        until(lambda: ticket(app)["status"] == "in_progress", "it is taken")
        taken = olga.wait("Статус: В работе", all_=True)
        assert "Ольга" in taken["text"]
        olga.press("Уточнить", taken)
        asked = olga.wait("Статус: Уточнение", all_=True)
        olga.press("Выполнено", asked)
        olga.press("Не воспроизводится", olga.wait(lambda m: button(m, "Инфраструктура") is not None, all_=True))
        olga.wait("Выполнено: Не воспроизводится", all_=True)
        assert ticket(app)["resolution"] == "not_reproducible"


class TestCommands:
    def test_queue_ticket_and_stats(self, api: BotApi, app: Running, olga: User) -> None:
        open_request(app, User(api, 202))
        number = app.tickets()[-1]["number"]
        olga.say("/queue")
        assert number in olga.wait("Открытые обращения")["text"]
        olga.say(f"/ticket {number}")
        assert button(olga.wait(lambda m: number in m["text"] and button(m, "Верно") is not None), "Тема")
        olga.say("/ticket GR-1999-00001")
        olga.wait("нет")
        olga.say("/stats")
        counted = olga.wait("Обращения: 2")["text"]
        assert "Создана: 1" in counted
        assert "Telegram ждёт разбора: 0" in counted

    def test_a_strangers_command_gets_no_desk(self, api: BotApi, app: Running) -> None:
        stranger = User(api, 667)
        stranger.say("/queue")
        stranger.wait(lambda m: True)
        assert not [m for m in stranger.shown() if "Открытые обращения" in m["text"]]

    def test_a_call_for_a_human_reaches_the_agents(self, api: BotApi, app: Running, olga: User) -> None:
        person = User(api, 203)
        person.say("/human")
        person.press("Понятно")
        person.wait(lambda m: True)
        person.say("/human")
        olga.wait("сотрудник", all_=True)


class TestMigration:
    def test_cards_follow_the_group_to_its_new_id(self, api: BotApi, app: Running, group: Group) -> None:
        new = Group(api, -1009999999999, 901, 902)
        api.fail("*", bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=new.chat.id),
                 times=10_000, chat_id=AGENTS)  # fmt: skip
        open_request(app, User(api, 204))
        olga = User(api, 901, "Ольга", group=new)
        olga.press("В работу", current(app, olga, -1))
        until(lambda: app.tickets()[-1]["status"] == "in_progress", "buttons work in the new group")
        assert new.chat.members[BOT_ID] == "administrator"
