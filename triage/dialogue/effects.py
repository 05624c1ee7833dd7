"""What a step wants done besides talking. Applied in the step's own transaction."""

from __future__ import annotations

from dataclasses import dataclass

from triage.dialogue.letter import Letter


@dataclass(frozen=True, slots=True)
class Submit:
    """The person accepted: open a request and send its letter through the engine.

    `report` is the JSON of the triage report; `text` the redacted draft; `marks` what goes
    with it (`disagreed`, `incomplete`, `foul`, `human`, `review`, `raised`). `priority` is the label that the
    letter carries; the report keeps the suggested one.
    `by_person` is true when the person sends the letter himself: nothing leaves by SMTP.
    `phrases` decided priority and scope, each once, redacted.
    """

    letter: Letter
    report: dict[str, object]
    text: str
    priority: str
    marks: tuple[str, ...] = ()
    by_person: bool = False
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """Give the person the letter as an .eml file (with `X-Unsent: 1` and its pictures)."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class SendCode:
    """Mail the six-digit code to the address; the only six digits in the mail's body."""

    address: str
    code: str


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Delete the person's message in the channel where the channel allows it (exposed secret)."""

    message: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Come back with `Settled(revision)` after so many seconds of quiet."""

    revision: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ExpireUnaccepted:
    """Come back with `Expired` after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class EraseFiles:
    """Erase the kept pictures of these references: no letter will take them."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """The privacy notice of this version was accepted."""

    notice: str


@dataclass(frozen=True, slots=True)
class RecordAddress:
    """The address was confirmed by its code."""

    address: str


@dataclass(frozen=True, slots=True)
class RecordFaq:
    """An answer was opened or judged; `outcome` is `shown`, `helped` or `not_helped`.

    A title that only stands on a button is no answer shown. `text` (redacted), `request` and `rule` are of the draft
    that it was to answer; of an answer that the person looked up, `text` is what was searched, the others "".
    """

    entries: tuple[str, ...]
    outcome: str
    text: str = ""
    request: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """What a person asked, redacted.

    `words` are new in the draft, `words_rule` and `entries` what the chain says of them; `unanswered` is the whole
    question, under `rule`, when no entry answers it, else "".
    """

    request: str
    rule: str = ""
    words: str = ""
    words_rule: str = ""
    entries: tuple[str, ...] = ()
    unanswered: str = ""


@dataclass(frozen=True, slots=True)
class RecordAdvice:
    """The author judged the entry that an agent sent for his request; `outcome` is `helped` or `not_helped`."""

    ticket: str
    entry: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CallHuman:
    """The person asked for a human (`/human`): tell the agents' group."""

    text: str


@dataclass(frozen=True, slots=True)
class ForgetPerson:
    """Erase everything kept of this person in this conversation (`/delete_me`)."""


Effect = (
    Submit
    | HandOver
    | SendCode
    | DeleteMessage
    | Settle
    | ExpireUnaccepted
    | EraseFiles
    | RecordConsent
    | RecordAddress
    | RecordFaq
    | RecordQuestion
    | RecordAdvice
    | CallHuman
    | ForgetPerson
)
