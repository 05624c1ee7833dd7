"""A draft and its answers become one letter: clause 4.2's fields by name, the whole redacted text.

The letter is fixed here: the preview shows it and the engine sends it as it is.
"""

from __future__ import annotations

import re
import unicodedata

from triage.dialogue import reading, texts
from triage.dialogue.context import Context
from triage.dialogue.draft import one_line
from triage.dialogue.incoming import ReceivedFile
from triage.dialogue.letter import Letter
from triage.dialogue.state import State
from triage.policy.calendar import deadline
from triage.report import FieldName, Finding
from triage.text.redact import humanize

_WORDS = 60
_STEPS_SHOWN = 800
_ENTRIES = 8
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s*|\s+\d{1,2}[.)]$")


def compose(state: State, context: Context) -> Letter:
    """Write the letter of a draft that was read; `reply_to` is added when it leaves."""
    return Letter(
        request=state.draft.request,
        message_id=f"<{state.draft.request}@{context.sender_domain}>",
        subject=_subject(state, context),
        body=_body(state, context),
        files=tuple((file.name, file.ref) for file in state.draft.files if is_picture(file)),
        headers=_headers(state, context),
    )


def is_picture(file: ReceivedFile) -> bool:
    """Whether the file goes with the letter as a file (4.6): the bytes of pictures only are kept."""
    return bool(file.ref)


def description(state: State) -> str:
    """Return the messages and the description told, as a letter may show them."""
    parts = [part for part in reading.clean_pieces(state) if not part.file]
    shown = (f"{texts.FORWARDED}\n{part.text}" if part.forwarded else part.text for part in parts)
    return _printable("\n\n".join(shown)).strip()


def field_value(state: State, field: FieldName) -> str:
    """Return what is known of a field other than the description, "" when nothing is."""
    answer = state.answer(field)
    if answer and answer.text:
        told = _printable(answer.text).strip()
        return told if answer.fits else f"{told} {texts.UNCHECKED}"
    if field is FieldName.STEPS:
        return _steps(state, reading.reported(state).fields.steps)
    return ", ".join(_found(state, field))


def report_json(state: State) -> dict[str, object]:
    """Return the report with what the person told afterwards."""
    report = reading.reported(state).as_dict()
    fields = report["fields"]
    for field in (FieldName.SITE, FieldName.VERSION):
        fields[field.value] = _found(state, field)
    for answer in state.answers:
        if not answer.text:
            continue
        if answer.field in (FieldName.SITE, FieldName.VERSION):
            fields[answer.field.value] = [one_line(answer.text)]
        else:
            fields[answer.field.value] = True
    fields["missing"] = [field.value for field in reading.unknown_fields(state)]
    return report


def _found(state: State, field: FieldName) -> list[str]:
    """Return the addresses or versions of the text, each once; a value with a hidden part as it shows."""
    fields, whole = reading.reported(state).fields, reading.clean_text(state)
    open_text = reading.whole_text(state)
    values = [
        f.value if whole[f.start : f.end] == open_text[f.start : f.end] else humanize(whole[f.start : f.end])
        for f in (fields.site if field is FieldName.SITE else fields.version)
    ]
    return list(dict.fromkeys(one_line(value) for value in values if value))


def _subject(state: State, context: Context) -> str:
    report = reading.reported(state)
    subject = context.policy.letter.subject.format(
        priority=reading.priority(state, context).name,
        category=context.policy.category_name(report.scope.category),
        words=first_words(state),
    )
    number = reading.number_of(state)
    return one_line(f"[{number}] {subject}" if number else subject)


def first_words(state: State, limit: int = _WORDS) -> str:
    """Return the beginning of the description on one line, cut between words, without hidden ones."""
    parts = " ".join(part.text for part in reading.clean_pieces(state) if not part.file)
    words = one_line(" ".join(word for word in parts.split() if any(c.isalnum() for c in word)), limit + 1)
    if len(words) <= limit:
        return words or texts.SUBJECT_WITHOUT_WORDS
    cut = words[:limit].rsplit(" ", 1)[0].rstrip(" ,.;:—-")
    return f"{cut}…"


def _body(state: State, context: Context) -> str:
    told = description(state)
    fields = reading.reported(state).fields
    known = fields.problem or bool((answer := state.answer(FieldName.PROBLEM)) and answer.text)
    problem = told if known and told else texts.UNKNOWN
    blocks = [
        f"{texts.LETTER_PROBLEM}:\n{problem}",
        "\n".join(_labelled(state, context)),
        None if known else f"{texts.LETTER_TEXT}:\n{told or texts.PICTURES_ONLY}",
        *(f"{texts.file_heading(p.file, picture=p.picture)}\n{_printable(p.text)}" for p in _file_pieces(state)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _labelled(state: State, context: Context) -> list[str]:
    policy, report = context.policy, reading.reported(state)
    rule = policy.scope_rule(report.scope.decision.label)
    rows = {
        texts.STEPS: field_value(state, FieldName.STEPS) or texts.UNKNOWN,
        texts.SITE: field_value(state, FieldName.SITE) or texts.UNKNOWN,
        texts.VERSION: field_value(state, FieldName.VERSION) or texts.UNKNOWN,
        texts.NUMBER: _number_row(state),
        texts.LETTER_PRIORITY: _priority_row(state, context),
        texts.LETTER_SCOPE: texts.letter_scope(
            policy.category_name(report.scope.category), rule.name, report.scope.clause
        ),
        texts.LETTER_FAQ: _faq_row(state, context),
        texts.ATTACHED: ", ".join(file.name for file in state.draft.files if is_picture(file)),
        texts.LETTER_MARKS: "; ".join(texts.MARKS[mark] for mark in reading.marks(state)),
    }
    return [f"{label}:{'' if value[0] == chr(10) else ' '}{value}" for label, value in rows.items() if value]


def _priority_row(state: State, context: Context) -> str:
    policy, rule = context.policy, reading.priority(state, context)
    until = deadline(policy, context.now, rule.hours)
    row = texts.letter_priority(rule.name, until, rule.hours, rule.clause)
    if not reading.raised(state):
        return row
    suggested = policy.priority_rule(reading.reported(state).priority.decision.label)
    return f"{row}, {texts.raised(suggested.name)}"


def _number_row(state: State) -> str:
    continues = reading.reported(state).scope.decision.label == reading.CONTINUES
    return reading.number_of(state) or (texts.UNKNOWN if continues else "")


def _faq_row(state: State, context: Context) -> str:
    """Name the entries that the person was shown, those that did not help first."""
    ids = dict.fromkeys((*state.faq_failed, *state.faq_opened, *state.faq_offered))
    known = [id for id in ids if id in context.faq]
    rows = [f"«{context.faq[id].title}» ({id}, {_faq_outcome(state, id)})" for id in known[:_ENTRIES]]
    more = [texts.more_entries(len(known) - _ENTRIES)] if len(known) > _ENTRIES else []
    return "; ".join((*rows, *more))


def _faq_outcome(state: State, id: str) -> str:
    if id in state.faq_failed:
        return texts.FAQ_FAILED
    return texts.FAQ_OPENED if id in state.faq_opened else texts.FAQ_OFFERED


def _file_pieces(state: State) -> list[reading.Piece]:
    return [part for part in reading.clean_pieces(state) if part.file]


def _steps(state: State, found: tuple[Finding, ...]) -> str:
    if not found:
        return ""
    whole = reading.clean_text(state)
    starts = [finding.start for finding in found]
    ends = [*starts[1:], _sentence_end(whole, found[-1].end)]
    quoted = [
        one_line(humanize(whole[start:end]), _STEPS_SHOWN).strip(" ,;—-")
        for start, end in zip(starts, ends, strict=True)
    ]
    if sum(len(step) for step in quoted) > _STEPS_SHOWN:
        return texts.STEPS_IN_TEXT
    if len(quoted) == 1:
        return quoted[0]
    return "".join(f"\n{n}. {_NUMBERED.sub('', step)}" for n, step in enumerate(quoted, 1))


def _sentence_end(text: str, start: int) -> int:
    match = _SENTENCE_END.search(text, start)
    return match.start() if match else len(text)


def _headers(state: State, context: Context) -> tuple[tuple[str, str], ...]:
    report = reading.reported(state)
    sure = min(report.priority.decision.confidence, report.scope.decision.confidence)
    return (
        ("X-Triage-Request", state.draft.request),
        ("X-Triage-Priority", one_line(reading.priority(state, context).label)),
        ("X-Triage-Scope", one_line(report.scope.decision.label)),
        ("X-Triage-Confidence", f"{sure:.2f}"),
        ("X-Triage-Review", "yes" if report.needs_review else "no"),
    )


def _printable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
