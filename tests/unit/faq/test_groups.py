"""Questions without an answer in groups."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from tests.builders import NOON, ROOT
from triage.faq.groups import Group, Unanswered, group_questions
from triage.faq.likeness import Likeness
from triage.loading import Chain, likeness_of

KAFKA = (
    "Как публиковать сообщения в топик Kafka через шлюз?",
    "можно ли шлюзом отдавать события в кафку, топик уже есть (kafka)",
    "Нужно, чтобы запрос REST превращался в сообщение топика Kafka",
    "kafka: подписка на топик через шлюз по websocket",
)
DARK = (
    "Есть ли тёмная тема в консоли?",
    "Хочу тёмную тему консоли, глаза устают",
    "Включить тёмную тему: где это в консоли",
)
ALONE = ("Где хранится журнал аудита?", "Сколько потоков у Jetty по умолчанию")


def ask(*texts: str, person: int | None = None) -> list[Unanswered]:
    return [
        Unanswered(person or number, "usage.explain", text, NOON + timedelta(hours=number))
        for number, text in enumerate(texts)
    ]


def groups(questions: list[Unanswered], likeness: Likeness, least: int = 3) -> tuple[Group, ...]:
    return group_questions(questions, likeness, mean_likeness=0.1, least=least)


@pytest.fixture(params=["with the model's lemmas", "without a model"])
def likeness(request: pytest.FixtureRequest, chain: Chain) -> Likeness:
    return likeness_of(chain.analyzer if "lemmas" in request.param else None)


class TestGroups:
    def test_hold_questions_about_one_thing_the_largest_first(self, chain: Chain) -> None:
        found = groups(ask(*DARK, *ALONE, *KAFKA), likeness_of(chain.analyzer))
        assert [set(group.texts) for group in found] == [set(KAFKA), set(DARK)]
        assert "kafka" in found[0].words

    def test_name_their_newest_question_and_how_many_people_asked(self, likeness: Likeness) -> None:
        [group] = groups(ask(*DARK, person=7), likeness)
        assert (group.persons, group.newest) == (1, NOON + timedelta(hours=2))

    def test_are_none_of_few_questions_or_of_none(self, likeness: Likeness) -> None:
        assert groups([], likeness) == ()
        assert groups(ask("", "█", "?"), likeness) == ()
        assert groups(ask(*KAFKA), likeness, least=5) == ()
        assert groups(ask(*ALONE), likeness, least=2) == ()


def test_groups_of_real_requests_are_mostly_about_one_entry(chain: Chain) -> None:
    entries = ("api-key-renew", "ip-filtering", "mtls", "payment-documents", "portal-theme", "error-429", "alerts")
    rows = [
        json.loads(line)
        for path in sorted((ROOT / "data" / "tickets").glob("w*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    told = [(row["faq"], row["text"]) for row in rows if row.get("faq") in entries][:160]
    found = groups(ask(*(text for _, text in told)), likeness_of(chain.analyzer))
    about = {text: entry for entry, text in told}
    grouped = sum(group.size for group in found)
    likely = sum(Counter(about[text] for text in group.texts).most_common(1)[0][1] for group in found)
    assert grouped >= len(told) / 2
    assert likely / grouped >= 0.85
