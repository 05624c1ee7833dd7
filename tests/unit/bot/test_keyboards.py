"""Buttons carry at most 64 bytes and come back as what they meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram import InlineKeyboardMarkup

from bot import cards, keyboards
from bot.render import parts, units
from tests.builders import NOON, ROOT, policy
from triage.desk.ports import Card, SentEntry
from triage.dialogue.incoming import Pressed
from triage.dialogue.replies import Button, Reply, Run
from triage.faq.entries import load_entries
from triage.report import Priority

CARD = Card(
    ticket="11111111-1111-4111-8111-111111111111", number="GR-2026-00042", version=99_999,
    text="Шлюз <b>не работает</b>, пароль ████████", author="anna@example.org",
    priority=Priority.HIGH, suggested_priority=Priority.HIGH, priority_confidence=0.91,
    scope="defect.failure", suggested_scope="defect.failure", scope_confidence=0.8, verdict="in", clause="3.3",
    status="created", resolution="", phrases=("не работает", "шлюз"), missing=("version", "steps"),
    marks=("disagreed", "incomplete"), deadline=NOON, created_at=NOON,
)  # fmt: skip


def data(markup: InlineKeyboardMarkup) -> list[str]:
    return [str(b.callback_data) for row in markup.inline_keyboard for b in row]


class TestDialogue:
    def test_a_button_comes_back_as_its_code_and_screen(self) -> None:
        reply = Reply((Run("?"),), ((Button("faq:error-502", "Подробнее"),),), screen=12)
        markup = keyboards.of_reply(reply)
        assert markup
        assert keyboards.pressed(data(markup)[0]) == Pressed("faq:error-502", 12)

    def test_the_longest_code_fits(self) -> None:
        markup = keyboards.of_reply(Reply((), ((Button("x" * 40, "Да"),),), screen=999_999_999))
        assert markup
        assert len(data(markup)[0].encode()) <= 64

    def test_a_reply_without_buttons_has_no_keyboard(self) -> None:
        assert keyboards.of_reply(Reply((Run("x"),))) is None

    @pytest.mark.parametrize("forged", ["", "d::1", "d:ok:", "d:ok:x", "a:ok:t:1", "d:ok:1\n", "d:" + "x" * 41 + ":1"])
    def test_forged_data_mean_nothing(self, forged: str) -> None:
        assert keyboards.pressed(forged) is None


class TestAnswers:
    def test_every_entry_has_a_short_name_of_its_own(self) -> None:
        ids = load_entries(ROOT / "data" / "faq").keys()
        assert len({keyboards.short(id) for id in ids}) == len(ids)

    def test_the_card_says_what_became_of_them_within_one_message(self) -> None:
        sent = [SentEntry(f"entry-{n}", "Т" * 300, "О" * 200, "not_helped" if n else "helped") for n in range(9)]
        [part] = parts(cards.card(replace(CARD, text="т" * 5000, answers=tuple(sent)), policy()))
        assert units(part.plain) <= 4096
        assert "(entry-8)" in part.plain
        assert "автору не помогло" in part.plain

    def test_a_reply_to_a_card_names_its_request(self) -> None:
        assert keyboards.ticket_of(keyboards.of_card(CARD, policy())) == CARD.ticket
        assert keyboards.ticket_of(None) == ""
        assert keyboards.ticket_of(keyboards.of_reply(Reply((), ((Button("helped", "Помогло"),),), screen=1))) == ""

    def test_of_news_last_and_others_do_not(self) -> None:
        assert keyboards.lasts(Pressed("adv:1:helped", 0))
        assert not keyboards.lasts(Pressed("helped", 3))


class TestCard:
    def test_every_button_of_every_menu_fits_and_comes_back(self) -> None:
        menus = [keyboards.of_card(CARD, policy()), keyboards.of_topics(CARD, policy()),
                 keyboards.of_resolutions(CARD, policy())]  # fmt: skip
        menus += [keyboards.of_answers(CARD, load_entries(ROOT / "data" / "faq").values())]
        menus += [keyboards.of_rules(CARD, policy(), keyboards.short(c.code)) for c in policy().category]
        for one in (d for menu in menus for d in data(menu)):
            assert len(one.encode()) <= 64
            action = keyboards.acted(one)
            assert action
            assert (action.ticket, action.version) == (CARD.ticket, CARD.version)

    def test_every_rule_has_a_short_name_of_its_own(self) -> None:
        rules = [r.rule for r in policy().scope]
        assert [keyboards.meant(keyboards.short(rule), rules) for rule in rules] == rules
        assert keyboards.meant("00000000", rules) is None

    def test_only_what_may_follow_is_offered(self) -> None:
        done = replace(CARD, status="done", resolution="solved", confirmed=True)
        labels = [b.text for row in keyboards.of_card(done, policy()).inline_keyboard for b in row]
        assert not any("Выполнено" in label or "Верно" in label for label in labels)
        assert any("В работу" in label for label in labels)

    def test_the_card_says_what_decided_and_hides_what_is_hidden(self) -> None:
        (part,) = parts(cards.card(CARD, policy()))
        for words in ("GR-2026-00042", "[скрыто]", "91%", "не работает", "версия, шаги", "12:30 МСК", "не согласен"):
            assert words in part.plain
        assert "<b>не работает</b>" in part.plain

    def test_a_long_request_still_makes_one_message(self) -> None:
        long = replace(CARD, text="😀 слово\n" * 5000, phrases=("длинная фраза " * 40,) * 20)
        assert len(parts(cards.card(long, policy()))) == 1
        assert units(cards.card(long, policy()).text) < 4096

    def test_a_correction_shows_what_was_suggested(self) -> None:
        fixed = replace(CARD, priority=Priority.LOW, scope="payment.how", clause="3.5")
        (part,) = parts(cards.card(fixed, policy()))
        assert "Низкий (предлагалось: Высокий)" in part.plain
        assert "предлагалось: Сбой" in part.plain
