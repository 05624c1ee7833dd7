"""What the conversation shows, without saying how a channel draws it.

A reply is a run of styled text, rows of buttons and files. Telegram renders it as
HTML, the terminal with rich, the web page as elements; the words are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a run of text stands out. `MARK` marks offending or deciding words; `PRE` is text to copy."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    PRE = "pre"
    QUOTE = "quote"
    MARK = "mark"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style; `url` for links only. Line breaks are in the text."""

    text: str
    style: Style = Style.PLAIN
    url: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `code` is ASCII, at most 40 characters; `label` the word a person may also type."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file to hand over. `content` is text (an .eml as it stands, JSON of one's data)."""

    name: str
    content: str
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the person.

    `screen` is the number that its buttons answer to; a later screen outdates it.
    `mailto` is a link only the web page can offer (Telegram drops mailto). `news` came without being asked for:
    its buttons can be pressed whatever screen follows, until one of them was.
    """

    runs: tuple[Run, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[OutFile, ...] = ()
    screen: int = 0
    mailto: str = ""
    news: bool = False

    @property
    def text(self) -> str:
        """The words without styles."""
        return "".join(run.text for run in self.runs)
