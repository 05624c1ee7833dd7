"""Folded copies keep the way back to the text."""

from __future__ import annotations

import sys

import pytest

from triage.text.normalise import lowered, visible


class TestLowered:
    @pytest.mark.parametrize("text", ["\u0130 ПАРОЛЬ", "ПАРОЛЬ \U0001f44d", "\ufb03 ПАРОЛЬ", "ПАРОЛЬ"])
    def test_lowers_every_text_and_keeps_its_length(self, text: str) -> None:
        assert "пароль" in lowered(text)
        assert len(lowered(text)) == len(text)

    def test_keeps_the_length_of_every_letter(self) -> None:
        letters = "".join(map(chr, range(sys.maxunicode + 1)))
        assert len(lowered(letters)) == len(letters)


class TestVisible:
    def test_drops_what_is_not_seen_and_knows_the_way_back(self) -> None:
        text = "Па\u00adро\u0301ль\u200b:\u00a0Zi\ufeffma"
        seen = visible(text)
        assert seen.text == "Пароль: Zima"
        start, end = seen.span(8, 12)
        assert text[start:end] == "Zi\ufeffma"
