"""One look at a text for all checks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.checks.foul_words import expansions, keys
from triage.checks.hints import Hinted, Rule
from triage.checks.lexicons import Entry, Wildcards, lexicon_path, load_sections, wildcard
from triage.checks.literals import first_literals
from triage.checks.scanner import Signs, Words, length

_PATTERNS = (
    r"(?<!\w)(?:не)(?!\w)",
    r"(?:^|[?] )и (?=как |где )",
    r"дв[ае] вопроса",
    r"(?:и )?заодно",
    r"раз уж\s(?:пишу|спрашиваю)",
    r"(?<!\w)втор(?:ое|ой|ая)[:.]",
    r"\d{3}",
    r"(?:\sпо) (\d{2})$",
)
_WORDS = (
    "не",
    "и как",
    "? и где ",
    "два вопроса",
    "две\nвопроса",
    "и заодно",
    "раз уж пишу",
    "второе:",
    " по 12",
    "502",
)
_TEXTS = st.lists(st.one_of(st.sampled_from(_WORDS), st.sampled_from(" \n,.?xи")), max_size=14).map("".join)


class TestHints:
    @given(text=_TEXTS)
    def test_lose_no_match(self, text: str) -> None:
        expected = [m.span() for pattern in _PATTERNS for m in re.compile(pattern, re.MULTILINE).finditer(text)]
        assert [m.span() for m in Hinted(_PATTERNS).finditer(text)] == expected

    @pytest.mark.parametrize("pattern", _PATTERNS)
    @given(text=_TEXTS)
    def test_a_rule_matches_as_its_pattern(self, pattern: str, text: str) -> None:
        expected = [m.span() for m in re.compile(pattern, re.MULTILINE).finditer(text)]
        assert [m.span() for m in Rule(pattern).finditer(text)] == expected

    @pytest.mark.parametrize(
        ("pattern", "first"),
        [
            (r"(?<!\w)(?:шлюз\w*)", ("шлюз",)),
            (r"(?<!\w)дв[ае] вопроса", ("два вопроса", "две вопроса")),
            (r"(?:и )?заодно", ("заодно", "и заодно")),
            (r"\bа\w", ()),
            (r"(?:^|[.!?] )шлюз", ()),
        ],
    )
    def test_know_with_what_a_match_begins(self, pattern: str, first: tuple[str, ...]) -> None:
        assert first_literals(pattern) == first


class TestSigns:
    def test_are_seen_in_chunks_that_are_more_than_a_word(self) -> None:
        number = Signs(r"(?<!\d)\d{4,7}(?!\d)")
        assert number.seen("заявка №5590, ждём")
        assert not number.seen("карта 4276380012345674, ждём")

    def test_words_are_told_whatever_stands_around_them(self) -> None:
        known = Words({"открыл", "нажал"}.__contains__)
        assert sorted(known.among("(открыл), нажал/не-нажал, нажала")) == ["нажал", "открыл"]

    @pytest.mark.parametrize(
        ("word", "letter"), [("и", "a"), ("на", "b"), ("7", "d"), ("b2", "e"), ("12", "z"), ("нас", "z")]
    )
    def test_a_letter_tells_how_short_a_word_is(self, word: str, letter: str) -> None:
        assert length(word) == letter


class TestWordLists:
    @pytest.mark.parametrize("pattern", ["(на|за|)хрен(|а|у|ов*)", "*(ху|хе)й*", "бля(|х)", "(е|йо)б(а|у(т|к))*"])
    def test_every_spelling_holds_a_key_of_its_pattern(self, pattern: str) -> None:
        hints = keys(pattern)
        for spelling in expansions(pattern):
            word = "^" + spelling.replace("*", "щщ") + "$"
            assert any(hint in word for hint in hints)

    @pytest.mark.parametrize("name", ["hosts.txt", "software.txt", "people.txt", "problem.txt"])
    def test_wildcards_know_what_their_patterns_match(self, name: str) -> None:
        entries: list[Entry] = [e for section in load_sections(lexicon_path(name)).values() for e in section]
        plain = [e for e in entries if re.fullmatch(r"[\w*#. -]+", e.pattern)]
        words = {w for e in plain for w in e.pattern.replace("*", "ов").replace("#", "12").split()}
        pattern = re.compile("|".join(wildcard(p) for e in plain for p in e.pattern.split()))
        known = Wildcards(plain)
        asked = words | {word + "-1" for word in words} | {word[:-1] for word in words} | {word + "." for word in words}
        assert {word for word in asked if known.fullmatch(word)} == {word for word in asked if pattern.fullmatch(word)}
