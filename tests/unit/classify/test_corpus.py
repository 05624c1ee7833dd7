"""The corpus: every text is labelled within the guide, batches are batches, duplicates are found."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from triage.classify.corpus import Labelled, near_duplicates, read_corpus, read_labelled, without_near_duplicates
from triage.errors import WrongContent
from triage.faq.entries import load_entries
from triage.policy.pack import load_policy
from triage.report import Priority
from triage.text.paths import data_dir

DATA = data_dir({})


@pytest.fixture(scope="module")
def rows() -> list[Labelled]:
    return read_corpus(DATA / "tickets")


class TestTheCorpus:
    def test_is_large_and_spread(self, rows: list[Labelled]) -> None:
        assert len(rows) >= 1200
        assert len({row.batch for row in rows}) >= 16
        counts = Counter(row.scope for row in rows)
        assert set(counts) == {rule.rule for rule in load_policy(DATA / "regulation.toml").scope}
        assert min(counts.values()) >= 100

    def test_mixes_rules_in_every_batch(self, rows: list[Labelled]) -> None:
        for batch in {row.batch for row in rows}:
            assert len({row.scope for row in rows if row.batch == batch}) >= 6, batch

    def test_marks_only_what_stands_in_the_text(self, rows: list[Labelled]) -> None:
        for row in rows:
            assert all(value in row.text for value in (*row.site, *row.version)), row

    def test_names_only_entries_that_exist(self, rows: list[Labelled]) -> None:
        entries = set(load_entries(DATA / "faq"))
        assert {entry for row in rows for entry in row.entries} <= entries

    def test_has_no_near_duplicates(self, rows: list[Labelled]) -> None:
        texts = [row.text for row in rows]
        assert [(texts[a], texts[b]) for a, b, _ in near_duplicates(texts)] == []

    def test_shares_no_text_with_the_examples_of_the_contract(self, rows: list[Labelled]) -> None:
        examples = Path(__file__).parents[4] / "shared" / "contract" / "examples.jsonl"
        if not examples.is_file():
            pytest.skip("the contract's examples lie beside the repository only where it is developed")
        texts = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', examples.read_text(encoding="utf-8"))
        assert not set(texts) & {row.text for row in rows}


class TestNearDuplicates:
    def test_are_found_and_the_first_is_kept(self) -> None:
        rows = [
            Labelled("Шлюз не отвечает с утра, все клиенты жалуются", "defect.failure", Priority.HIGH),
            Labelled("Как включить кэш ответов?", "setup.question", Priority.LOW),
            Labelled("Шлюз не отвечает с утра, все клиенты жалуются!!", "defect.failure", Priority.HIGH),
        ]
        assert [row.text for row in without_near_duplicates(rows)] == [rows[0].text, rows[1].text]

    def test_short_texts_of_other_words_are_not_duplicates(self) -> None:
        assert near_duplicates(["привет", "пока", "спасибо"]) == []


class TestReading:
    @pytest.mark.parametrize(
        "line",
        ['{"text": "x", "scope": "defect.failure"}', '{"text": "x", "scope": "a", "priority": "urgent"}', "{", "[]"],
    )
    def test_a_wrong_line_is_named(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "batch.jsonl"
        path.write_text('{"text": "y", "scope": "usage.wish", "priority": "low"}\n' + line + "\n", encoding="utf-8")
        with pytest.raises(WrongContent, match=r"batch\.jsonl:2"):
            read_labelled(path)
