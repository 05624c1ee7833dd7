"""The FAQ entries: all of them, complete, and refused when wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.errors import WrongContent
from triage.faq.entries import EntryShelf, FaqEntry, load_entries, load_entry
from triage.text.paths import data_dir

FOLDER = data_dir({}) / "faq"
GOOD = (FOLDER / "cors.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def entries() -> dict[str, FaqEntry]:
    return load_entries(FOLDER)


class TestTheEntries:
    def test_are_ninety_five(self, entries: dict[str, FaqEntry]) -> None:
        assert len(entries) == 95

    def test_each_has_at_least_fifteen_different_questions(self, entries: dict[str, FaqEntry]) -> None:
        assert all(len(set(e.questions)) >= 15 for e in entries.values())

    def test_no_question_belongs_to_two_entries(self, entries: dict[str, FaqEntry]) -> None:
        questions = [question.lower() for e in entries.values() for question in e.questions]
        assert len(questions) == len(set(questions))

    def test_never_shout(self, entries: dict[str, FaqEntry]) -> None:
        assert not [e.id for e in entries.values() if "!" in e.answer.replace("!=", "") or "!" in e.short]


class TestAWrongEntry:
    @pytest.mark.parametrize(
        ("right", "wrong", "says"),
        [
            ("---\n", "", ":1: must begin"),
            ("id: cors", "id: korz", ":2: id must be"),
            ("section:", "sektion:", "missing section"),
            ("questions:", "questions: [unclosed", ":"),
            ("short: ", "short: " + "о" * 241 + " #", "at most 240"),
        ],
    )
    def test_is_refused_with_file_and_line(self, tmp_path: Path, right: str, wrong: str, says: str) -> None:
        assert right in GOOD
        path = tmp_path / "cors.md"
        path.write_text(GOOD.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(WrongContent) as caught:
            load_entry(path)
        assert "cors.md:" in str(caught.value)
        assert says in str(caught.value)

    def test_an_answer_too_short_to_act_on_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "cors.md"
        path.write_text(GOOD[: GOOD.rindex("---\n") + 4] + "Включите CORS.\n", encoding="utf-8")
        with pytest.raises(WrongContent, match="wanted 60 to 250"):
            load_entry(path)

    def test_a_link_to_nowhere_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "cors.md").write_text(GOOD, encoding="utf-8")
        with pytest.raises(WrongContent, match="there is no entry"):
            load_entries(tmp_path)


class TestAShelf:
    def test_holds_the_same_entries(self, entries: dict[str, FaqEntry]) -> None:
        assert dict(EntryShelf(FOLDER)) == entries

    def test_reads_an_entry_only_when_asked(self, tmp_path: Path) -> None:
        (tmp_path / "cors.md").write_text(GOOD, encoding="utf-8")
        (tmp_path / "korz.md").write_text("nonsense", encoding="utf-8")
        shelf = EntryShelf(tmp_path)
        assert len(shelf) == 2
        assert shelf["cors"].id == "cors"
        with pytest.raises(WrongContent, match=r"korz\.md:1"):
            shelf["korz"]
        assert "none" not in shelf
