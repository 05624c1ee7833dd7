"""Buttons: their codes, and how a typed word or number presses one.

The words are a contract: people type them and outside programs press them. «Да» and «Нет» are not among
`WORDS`: without their question they are words like any others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from triage.dialogue.incoming import Pressed
from triage.dialogue.replies import Button

AGREE = Button("agree", "Понятно")
SEND = Button("send", "Отправить")
EDIT = Button("edit", "Изменить")
CANCEL = Button("cancel", "Отмена")
UNKNOWN = Button("unknown", "Не знаю")
YES = Button("yes", "Да")
NO = Button("no", "Нет")
URGENCY = Button("urgency", "Срочность")
HELPED = Button("helped", "Помогло")
NOT_HELPED = Button("not_helped", "Не помогло")
WHOLE = Button("whole", "Ответ целиком")
DISAGREE = Button("disagree", "Не согласен")
BY_SELF = Button("by_self", "Письмо самому")
BY_BOT = Button("by_bot", "Через бота")
DIVIDE = Button("divide", "Разделить")
NEW_CODE = Button("new_code", "Новый код")
OTHER_MAIL = Button("other_mail", "Другая почта")
FORGET = Button("forget", "Удалить")
KEEP = Button("keep", "Отмена")

WORDS = (
    AGREE, SEND, EDIT, CANCEL, UNKNOWN, HELPED, NOT_HELPED, DISAGREE,
    BY_SELF, BY_BOT, DIVIDE, NEW_CODE, OTHER_MAIL, FORGET,
)  # fmt: skip

_FAQ, _SECTION, _FIELD, _NUMBER, _ADVICE = "faq:", "sec:", "field:", "num:", "adv:"
_LETTERS = re.compile(r"[^\W_]+")
_PLACE = re.compile(r"[0-9]{1,2}")


def entry_button(entry: str, label: str) -> Button:
    """Open an entry of the FAQ."""
    return Button(f"{_FAQ}{entry}"[:40], label)


def section_button(index: int, label: str) -> Button:
    """Open a section of the FAQ by its place in the list."""
    return Button(f"{_SECTION}{index}", label)


def field_button(field: str, label: str) -> Button:
    """Change what was answered about a field."""
    return Button(f"{_FIELD}{field}", label)


def advice_button(button: Button, n: int) -> Button:
    """Press one of `HELPED`, `NOT_HELPED`, `WHOLE` of the advice of that number, whatever screen is shown."""
    return Button(f"{_ADVICE}{n}:{button.code}", button.label)


def number_button(index: int, number: str) -> Button:
    """Choose one of the person's own requests by its place in the list."""
    return Button(f"{_NUMBER}{index}", number)


def argument(code: str, prefix: str) -> str | None:
    """Return what follows `faq:`, `sec:`, `field:`, `num:` or `adv:`, None for another code."""
    return code[len(prefix) :] if code.startswith(prefix) else None


def pressed(text: str, buttons: Sequence[Button], *, numbered: bool = False) -> Pressed | None:
    """Return the press that a typed text means: the words of a button, or its number (from 1).

    Case, punctuation and emoji do not matter; None when the text is something else.
    """
    if numbered and _PLACE.fullmatch(number := text.strip()):
        place = int(number) - 1
        return Pressed(buttons[place].code) if 0 <= place < len(buttons) else None
    words = _words(text)
    return next((Pressed(b.code) for b in buttons if words and _words(b.label) == words), None)


def is_word(text: str) -> bool:
    """Whether the text is nothing but the word of some button."""
    return pressed(text, WORDS) is not None


def rows(*buttons: Button | None, wide: Iterable[Button] = ()) -> tuple[tuple[Button, ...], ...]:
    """Lay buttons out: `wide` ones each in a row, then the others by two."""
    short = [button for button in buttons if button is not None]
    pairs = [tuple(short[n : n + 2]) for n in range(0, len(short), 2)]
    return (*((button,) for button in wide), *pairs)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_LETTERS.findall(text.casefold()[:80].replace("ё", "е")))
