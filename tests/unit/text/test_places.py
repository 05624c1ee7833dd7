"""Words signed by their place."""

from __future__ import annotations

import pytest

from triage.text.features import split


def signed(text: str) -> list[str]:
    found = split(text)
    return found.forms[len(found.parts) :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Шлюз упал", ["#f:шлюз", "#f:упал"]),
        ("Как включить кэш?", ["#f:как", "#f:включить", "#f:кэш", "#q:как", "#q:включить", "#q:кэш"]),
        ("Упал. Что?", ["#f:упал", "#f:что", "#l:что", "#q:что"]),
        ("Где логи? Нужны срочно", ["#f:где", "#f:логи", "#f:нужны", "#l:нужны", "#l:срочно", "#q:где", "#q:логи"]),
        ("502 502 502 502", []),
    ],
)  # fmt: skip
def test_the_beginning_the_end_and_the_questions_are_signed(text: str, expected: list[str]) -> None:
    assert signed(text) == expected


def test_a_long_text_is_looked_at_only_so_far() -> None:
    assert len(signed("шлюз? " * 50_000)) < 10_000
