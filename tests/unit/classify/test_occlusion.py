"""Phrases without which a label would be less likely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from triage.classify.occlusion import Leads, decisive

LABELS = {"scope": "defect.failure", "priority": "high"}
MEETING = "Вчера обсуждали план работ, выбрали дату, назначили ответственных. "


def weigher(**words: float) -> Callable[[Sequence[str]], list[Leads]]:
    """Readers to whom each word is worth so much for the scope, and half as much for the priority."""

    def read(texts: Sequence[str]) -> list[Leads]:
        sums = [sum(worth for word, worth in words.items() if word in text) for text in texts]
        return [{"scope": value, "priority": value / 2} for value in sums]

    return read


def phrases(text: str, read: Callable[[Sequence[str]], Sequence[Leads]], head: str = "scope") -> list[str]:
    return [text[found.start : found.end] for found in decisive(text, LABELS, (), read)[head]]


def test_names_what_the_label_hangs_on_strongest_first() -> None:
    text = "Добрый день, коллеги. Портал открывается медленно. Шлюз лежит с самого утра. Спасибо за ответ!"
    found = decisive(text, LABELS, (), weigher(лежит=4.0, медленно=2.0))
    assert [text[f.start : f.end] for f in found["scope"]] == [
        "Шлюз лежит с самого утра",
        "Портал открывается медленно",
    ]
    assert [(f.kind, f.reason) for f in found["scope"]] == [("defect.failure", "4.00"), ("defect.failure", "2.00")]
    assert [f.reason for f in found["priority"]] == ["2.00", "1.00"]


def test_what_weighs_little_beside_the_strongest_is_not_named() -> None:
    text = "Добрый день, коллеги. Портал открывается медленно. Шлюз лежит с самого утра."
    assert phrases(text, weigher(лежит=4.0, медленно=1.0)) == ["Шлюз лежит с самого утра"]


def test_a_shorter_suspect_stands_for_the_run_around_it() -> None:
    text = "Портал открывается медленно. Шлюз лежит с самого утра."
    place = text.index("лежит")
    found = decisive(text, LABELS, [(place, place + len("лежит"))], weigher(лежит=4.0))
    assert [text[f.start : f.end] for f in found["scope"]] == ["лежит"]


@pytest.mark.parametrize("copies", [5, 40])
def test_in_a_long_text_the_phrase_stays_short(copies: int) -> None:
    text = MEETING * copies + "Но шлюз лежит. " + MEETING * copies
    (phrase,) = phrases(text, weigher(лежит=4.0))
    assert "лежит" in phrase
    assert len(phrase.split()) <= 12


@pytest.mark.parametrize("text", ["", " ", "?!", "🙂🙂", "(" * 5000, "слово", "а" * 100_000, "\n".join("abc")])
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for found in decisive(text, LABELS, [(0, len(text))] if text else [], weigher(слово=1.0)).values():
        assert all(0 <= f.start < f.end <= len(text) for f in found)


def test_few_readings_are_needed() -> None:
    asked: list[int] = []
    read = weigher(лежит=4.0)

    def counted(texts: Sequence[str]) -> Sequence[Leads]:
        asked.append(len(texts))
        return read(texts)

    decisive("Шлюз лежит, клиенты стоят, обходного пути нет. " * 30, LABELS, (), counted)
    assert sum(asked) <= 30
