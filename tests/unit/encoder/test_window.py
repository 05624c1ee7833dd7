"""What the encoder sees of a long text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from triage.encoder.window import PREFIX, WINDOW, pieces_of

FIRST, LAST = 0, 2


@dataclass(frozen=True)
class Cut:
    ids: list[int]
    offsets: list[tuple[int, int]]


class Letters:
    """A cutter whose pieces are the characters: a piece's number is the character's code."""

    def encode(self, sequence: str, /) -> Cut:
        return Cut([ord(c) for c in sequence], [(i, i + 1) for i in range(len(sequence))])


def seen(text: str, findings: tuple[tuple[int, int], ...] = ()) -> str:
    ids = pieces_of(Letters(), text, findings)
    assert ids[0] == FIRST
    assert ids[-1] == LAST
    assert len(ids) <= WINDOW
    return "".join(map(chr, ids[1:-1]))


def test_a_short_text_is_seen_whole() -> None:
    assert seen("шлюз лёг") == f"{PREFIX}шлюз лёг"


@pytest.mark.parametrize("text", ["", " ", "🙂" * 5])
def test_a_text_without_words_is_seen_too(text: str) -> None:
    assert seen(text) == PREFIX + text


def test_a_long_text_keeps_beginning_and_end() -> None:
    text = "н" * 100 + "с" * 500 + "к" * 40
    window = seen(text)
    assert window.startswith(PREFIX + "н" * 50)
    assert window.endswith("к" * 40)


def test_what_the_checks_found_in_the_middle_is_seen() -> None:
    text = "н" * 400 + "4.2.1" + "к" * 400
    assert "4.2.1" in seen(text, ((400, 405),))
    assert "4.2.1" not in seen(text)


def test_a_very_long_text_is_not_cut_into_pieces_whole() -> None:
    text = "н" * 60_000 + "конец"
    assert seen(text, ((30_000, 30_005),)).endswith("конец")
