"""Runs as parts of a page."""

from __future__ import annotations

import pytest

from triage.dialogue.replies import Run, Style
from triage.web.drawing import parts_of, size_words


class TestParts:
    def test_a_block_takes_the_line_breaks_beside_it(self) -> None:
        runs = (Run("Письмо:\n"), Run("Тело", Style.QUOTE), Run("\nДальше"))
        assert [part.text for part in parts_of(runs)] == ["Письмо:", "Тело", "Дальше"]

    def test_breaks_elsewhere_stay(self) -> None:
        runs = (Run("Один\n"), Run("два", Style.BOLD), Run("\n\n"), Run("три"))
        assert "".join(part.text for part in parts_of(runs)) == "Один\nдва\n\nтри"

    def test_a_long_block_scrolls(self) -> None:
        short, long = parts_of((Run("а", Style.PRE), Run("а" * 5000, Style.QUOTE)))
        assert (short.long, long.long) == (False, True)

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "//evil.test", "", "file:///etc/passwd"]
    )
    def test_only_links_of_the_web_and_mail_are_followed(self, url: str) -> None:
        assert parts_of((Run("ссылка", Style.LINK, url),))[0].url == ""
        assert parts_of((Run("ссылка", Style.LINK, "https://a.ru/x"),))[0].url == "https://a.ru/x"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 Б"), (1023, "1023 Б"), (1024, "1 КБ"), (48_211, "47 КБ"), (2_400_000, "2,3 МБ")],
)
def test_sizes_read_as_people_write_them(size: int, words: str) -> None:
    assert size_words(size) == words
