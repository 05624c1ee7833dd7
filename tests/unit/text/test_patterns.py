"""Regular expressions that wait until they are used."""

from __future__ import annotations

import re

import pytest

from triage.text.patterns import Pattern


class TestPattern:
    def test_answers_as_the_compiled_one(self) -> None:
        text = "Шлюз 502, шлюз 503"
        waiting, compiled = Pattern(r"шлюз (\d+)", re.IGNORECASE), re.compile(r"шлюз (\d+)", re.IGNORECASE)
        assert waiting.findall(text) == compiled.findall(text) == waiting.findall(text)
        assert waiting.sub("x", text) == compiled.sub("x", text)
        assert [m.span() for m in waiting.finditer(text, 3)] == [m.span() for m in compiled.finditer(text, 3)]
        assert waiting.split(text) == compiled.split(text)

    def test_a_wrong_pattern_is_told_when_it_is_used(self) -> None:
        waiting = Pattern("(")
        with pytest.raises(re.error):
            waiting.search("x")

    def test_has_no_other_names(self) -> None:
        with pytest.raises(AttributeError, match="groups"):
            Pattern("x").groups  # noqa: B018
