"""Where a conversation stands: one frozen value that is kept as JSON between two steps.

A screen is drawn from the state alone, so that it can be shown again after a stale button.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from triage.dialogue.effects import Effect
from triage.dialogue.incoming import ReceivedFile
from triage.dialogue.letter import Letter
from triage.dialogue.replies import Button, Reply
from triage.report import FieldName, TriageReport


class Stage(StrEnum):
    """What the conversation waits for."""

    IDLE = "idle"
    COLLECTING = "collecting"
    REPHRASE = "rephrase"
    SUMMARY = "summary"
    QUESTION = "question"
    NUMBER = "number"
    URGENCY = "urgency"
    PREVIEW = "preview"
    ADDRESS = "address"
    CODE = "code"
    EDIT = "edit"


class View(StrEnum):
    """A screen laid over the stage; any text goes to the stage below."""

    NONE = ""
    SECTIONS = "sections"
    SECTION = "section"
    FOUND = "found"
    ENTRY = "entry"
    ADVICE = "advice"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a draft (secrets masked); `message` is the channel's id of it."""

    text: str
    message: str = ""
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What becomes one request. `request` is its uuid; `history` holds the texts that were changed.

    `revision` grows with each change; a timer names the revision for which it was set.
    """

    request: str = ""
    entries: tuple[Entry, ...] = ()
    files: tuple[ReceivedFile, ...] = ()
    history: tuple[Entry, ...] = ()
    revision: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is neither text nor a usable file."""
        return not self.entries and not self.files


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer about a field of clause 4.2, foul words masked; `text` is "" after «Не знаю».

    `fits` is false when the answer was taken as it is although it does not look like the field.
    """

    field: FieldName
    text: str = ""
    fits: bool = True
    message: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """The laid-over screen: the entries it lists and what it is about (a section, a query, an entry, an advice).

    `query` is what was searched before an entry was opened; `whole` shows the whole answer of an advice.
    """

    view: View = View.NONE
    about: str = ""
    entries: tuple[str, ...] = ()
    query: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """An entry that an agent sent for a request; `n` names it on buttons, `outcome` is "" until it was judged."""

    n: int
    ticket: str
    number: str
    entry: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The whole memory of a conversation; `State()` is a new one.

    `answers` holds each field at most once, `disagreed` the scope rules (and `foul`) that the person did not accept,
    `later` the texts of a divided draft that still wait, `urgent` what the person said of the condition of a high
    priority (None: not asked, or not known). Of entries, `faq_offered` are those shown at least by their title,
    `faq_opened` those whose answer was shown, `faq_failed` those that did not help, `faq_seen` those not to be
    offered again. `advice` outlives the draft. `heard` is the draft's revision and number of messages that were
    compared with earlier questions.
    """

    stage: Stage = Stage.IDLE
    consent: str = ""
    screen: int = 0
    buttons: tuple[Button, ...] = ()
    overlay: Overlay = Overlay()
    draft: Draft = Draft()
    report: TriageReport | None = None
    answers: tuple[Answer, ...] = ()
    asking: FieldName | None = None
    explained: bool = False
    number: str = ""
    number_asked: bool = False
    urgent: bool | None = None
    urgency_asked: bool = False
    summarised: str = ""
    disagreed: tuple[str, ...] = ()
    human: bool = False
    called: bool = False
    faq_offered: tuple[str, ...] = ()
    faq_opened: tuple[str, ...] = ()
    faq_failed: tuple[str, ...] = ()
    faq_seen: tuple[str, ...] = ()
    letter: Letter | None = None
    address: str = ""
    code: str = ""
    tries: int = 0
    later: tuple[str, ...] = ()
    undivided: bool = False
    dividing: bool = False
    warned: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    heard: tuple[int, int] = (0, 0)

    def answer(self, field: FieldName) -> Answer | None:
        """Return what was answered about the field, None when it was not asked yet."""
        return next((answer for answer in self.answers if answer.field is field), None)


@dataclass(frozen=True, slots=True)
class Step:
    """What one incoming value led to."""

    state: State
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
