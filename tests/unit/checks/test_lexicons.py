"""The lexicons that an operator edits: every entry is attested, every mistake is named with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.checks.foul_words import compile_pattern, expansions, load_foul_words
from triage.checks.hints import Hinted
from triage.checks.language import find_language
from triage.checks.lexicons import Entry, lexicon_path, load_sections, read_entries
from triage.checks.literals import needed_literals
from triage.checks.scanner import Gates
from triage.errors import WrongContent
from triage.text.normalise import fold
from triage.text.tokens import WORD

_WORDS = ("obscene", "slur", "rude", "harsh", "insult", "weak", "allow")


def foul_entries() -> list[Entry]:
    sections = load_sections(lexicon_path("language.txt"))
    return [entry for name in _WORDS for entry in sections[name]]


class TestLanguageLexicon:
    @pytest.mark.parametrize("entry", foul_entries(), ids=lambda e: f"{e.section}:{e.line}")
    def test_attests_every_pattern_by_its_example(self, entry: Entry) -> None:
        pattern = compile_pattern(entry.pattern)
        assert any(pattern.fullmatch(word) for word in WORD.findall(fold(entry.example).text))

    @pytest.mark.parametrize("entry", load_sections(lexicon_path("language.txt"))["allow"], ids=lambda e: e.pattern)
    def test_keeps_innocent_words_clean(self, entry: Entry) -> None:
        assert find_language(entry.example) == ()

    def test_lets_an_operator_add_a_word(self, tmp_path: Path) -> None:
        own = tmp_path / "language.txt"
        own.write_text("[rude]\nфиг(ня|ово)   | фигня какая-то\n", encoding="utf-8")
        assert [f.kind for f in find_language("ну и фигня", own)] == ["rude"]


class TestFiles:
    @pytest.mark.parametrize("path", sorted(lexicon_path("x").parent.glob("*.txt")), ids=lambda p: p.name)
    def test_are_read_whole(self, path: Path) -> None:
        assert list(read_entries(path))

    def test_an_entry_before_a_section_is_named_by_its_line(self, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.txt"
        wrong.write_text("# note\nслово\n", encoding="utf-8")
        with pytest.raises(WrongContent, match=r"wrong\.txt:2"):
            list(read_entries(wrong))

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(WrongContent, match=r"none\.txt"):
            load_foul_words(tmp_path / "none.txt")


class TestPatterns:
    def test_write_out_groups_in_groups(self) -> None:
        assert sorted(set(expansions("a(b|c(d|e))?"))) == ["a", "ab", "acd", "ace"]

    def test_know_the_literals_they_cannot_do_without(self) -> None:
        assert needed_literals(r"(?:два|три) \w+ вопрос") == ((" вопрос",), ("два ", "три "))

    def test_are_tried_only_when_their_literals_are_there(self) -> None:
        hinted = Hinted((r"раз уж пишу", r"заодно", r"\d{9}"))
        assert [number for number, _ in hinted.fitting("и заодно спрошу")] == [1, 2]

    @pytest.mark.parametrize(
        ("pattern", "needed"),
        [
            (r"(?<!\w)обращени\w{1,3}", (("обращени",),)),
            (r"дв[ае] вопроса", (("два вопроса", "две вопроса"),)),
            (r"(?<=/hooks/)[a-z0-9]{26}", (("/hooks/",),)),
            (r"(?:ab|abc)d?", (("ab",),)),
            (r"(?:alpha|\d+)x", ()),
            (r"(?i:Alpha)\d", ()),
        ],
    )
    def test_need_what_every_match_holds(self, pattern: str, needed: tuple[tuple[str, ...], ...]) -> None:
        assert needed_literals(pattern) == needed

    def test_match_a_part_as_their_alternation_would(self) -> None:
        patterns = (r"портал\w*", r"портал разработчика", r"шлюз")
        text = "на портал разработчика и шлюз, снова портале"
        spans = [m.span() for m in Hinted(patterns).leftmost(text, text)]
        assert spans == [m.span() for m in re.finditer("|".join(patterns), text)]

    def test_gates_open_whatever_the_case(self) -> None:
        gates = Gates([("bearer", "basic"), ("пароль",), ("://",)])
        assert sorted(gates.open("Authorization: BEARER x, Пароль")) == [0, 1]
        assert not gates.open("ничего")

    def test_words_joined_later_are_found_in_texts_seen_before(self) -> None:
        text = "проверка позднего слова"
        assert not Hinted(("раннего",)).fitting(text)
        assert [n for n, _ in Hinted(("позднего",)).fitting(text)] == [0]
