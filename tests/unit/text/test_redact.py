"""Masking keeps every offset; folding finds its way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.report import Finding
from triage.text.normalise import fold
from triage.text.redact import HIDDEN, MASK, humanize, redact
from triage.text.tokens import occurrences, words

_TEXTS = st.text(max_size=80)


class TestRedact:
    def test_hides_a_span_and_nothing_else(self) -> None:
        assert redact("пароль Zima24!", [Finding(7, 14, "password")]) == "пароль " + MASK * 7

    def test_keeps_line_breaks(self) -> None:
        assert redact("a\nb\r\nc", [Finding(0, 6, "private_key")]) == f"{MASK}\n{MASK}\r\n{MASK}"

    def test_takes_overlaps_and_any_order(self) -> None:
        assert redact("abcdef", [Finding(3, 5, "x"), Finding(1, 4, "y")]) == f"a{MASK * 4}f"

    @given(text=_TEXTS, cuts=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=6))
    def test_never_changes_the_length(self, text: str, cuts: list[tuple[int, int]]) -> None:
        assert len(redact(text, [Finding(a, b, "x") for a, b in cuts])) == len(text)

    def test_shows_people_a_word_instead_of_bars(self) -> None:
        assert humanize(f"ключ {MASK * 5}\n{MASK * 9}, дальше") == f"ключ {HIDDEN}, дальше"


class TestFold:
    def test_undoes_case_yo_wide_letters_and_invisible_signs(self) -> None:
        assert fold("ЁЖ ｗｉｄｅ п\u200bи\u0306").text == "еж wide пй"

    def test_points_back_to_what_was_written(self) -> None:
        text = "а х\u200bу\u0335й б"
        start = fold(text).text.index("хуй")
        assert text[slice(*fold(text).span(start, start + 3))] == "х\u200bу\u0335й"

    @given(text=_TEXTS, start=st.integers(0, 100), size=st.integers(0, 20))
    def test_gives_spans_inside_the_text(self, text: str, start: int, size: int) -> None:
        folded = fold(text)
        begin = min(start, len(folded.text))
        a, b = folded.span(begin, min(begin + size, len(folded.text)))
        assert 0 <= a <= b <= len(text)


class TestTokens:
    def test_give_words_with_their_places(self) -> None:
        assert list(words("API-ключ №5")) == [("API", 0, 3), ("ключ", 4, 8), ("5", 10, 11)]

    @given(text=_TEXTS)
    def test_find_the_same_places_one_by_one_and_all_at_once(self, text: str) -> None:
        wanted = {word for word, _, _ in words(text)}
        some = sorted(wanted)[:3]
        assert occurrences(text, some) == [(s, e, w) for w, s, e in words(text) if w in some]
