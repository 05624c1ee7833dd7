"""Missing fields of clause 4.2, one question at a time; nothing is asked twice."""

from __future__ import annotations

import re
from dataclasses import replace

from triage.dialogue import buttons as b
from triage.dialogue import flow, reading, texts
from triage.dialogue.context import Context
from triage.dialogue.draft import add, one_line, sound, visible
from triage.dialogue.incoming import Said
from triage.dialogue.replies import Reply
from triage.dialogue.state import Answer, State
from triage.dialogue.styled import flow as runs
from triage.dialogue.styled import lines
from triage.dialogue.turn import Turn
from triage.report import FieldName, Request

_UNKNOWN = re.compile(
    r"\W*(?:не\s*знаю|не\s*помню|не\s*в\s*курсе|без\s*понятия|хз|нет|неизвестно|не\s*могу\s*сказать)?\W*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"localhost|\w[\w-]*\.\w{2,}|\d{1,3}(?:\.\d{1,3}){3}|://\w", re.IGNORECASE)
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_BARE_NUMBER = re.compile(r"\W*(?:номер\w{0,2}\b)?\W*((?:[a-zа-я]{1,8}-)?\d{2,}(?:[-/]\d+)*)\W*", re.IGNORECASE)
_BESIDE_NUMBER = re.compile(r"\W*(?:номер\w{0,2})?\W*", re.IGNORECASE)
_DASHES = str.maketrans("–—", "--")
_ENOUGH_WORDS = {FieldName.PROBLEM: 4, FieldName.STEPS: 4}
_ANSWER_LIMIT = 20_000
_OWN_NUMBERS = 3


def view(state: State, context: Context) -> Reply:
    """Draw the question for the field that is being asked."""
    assert state.asking is not None
    asked = state.asking.value
    question = texts.EXPLANATIONS[asked] if state.explained else texts.QUESTIONS[asked]
    why = None if state.explained else texts.WHY_ASKED[asked]
    return Reply(lines(question, why), b.rows(b.UNKNOWN, b.CANCEL))


def number_view(state: State, context: Context) -> Reply:
    """Draw the question for the number of the request that is continued."""
    example = context.policy.numbers.pattern.format(year=context.now.year, n=42)
    question = texts.number_example(example) if state.explained else texts.NUMBER_QUESTION
    own = [b.number_button(n, r.number) for n, r in enumerate(context.person.requests[:_OWN_NUMBERS])]
    return Reply(runs(question), b.rows(b.UNKNOWN, b.CANCEL, wide=own))


def answered(turn: Turn, said: Said) -> Turn:
    """Take an answer to the question on the screen; explain once what is wanted when it does not fit."""
    field = turn.state.asking
    assert field is not None
    text = sound(said.text)[:_ANSWER_LIMIT].strip()
    if _UNKNOWN.fullmatch(text) and visible(text):
        return unknown(turn)
    good = visible(text) and fits(turn, field, text)
    if not good and not turn.state.explained:
        return turn.to(explained=True).shown()
    if not visible(text):
        return unknown(turn)
    if field in (FieldName.SITE, FieldName.VERSION):
        text = one_line(text, 300)
    shown = reading.clean_answer(text, turn.context)
    turn = _told_besides(turn, field, said.text)
    return keep(turn, Answer(field, shown, fits=good, message=said.message))


def unknown(turn: Turn) -> Turn:
    """Take «Не знаю»: the letter says so and nobody asks again."""
    assert turn.state.asking is not None
    return keep(turn, Answer(turn.state.asking))


def keep(turn: Turn, answer: Answer) -> Turn:
    """Remember an answer in place of an earlier one, and go on."""
    others = tuple(a for a in turn.state.answers if a.field is not answer.field)
    turn = turn.to(answers=(*others, answer), asking=None, explained=False)
    told = answer.field is FieldName.PROBLEM and answer.text
    return flow.described(turn) if told else flow.go_on(turn)


def corrected(turn: Turn, message: str, text: str) -> Turn | None:
    """Change an answer whose message was edited; None when no answer came by that message."""
    found = next((a for a in turn.state.answers if message and a.message == message), None)
    if found is None or not visible(text):
        return None
    shown = reading.clean_answer(sound(text)[:_ANSWER_LIMIT].strip(), turn.context)
    answer = replace(found, text=shown, fits=fits(turn, found.field, text))
    return turn.to(answers=tuple(answer if a is found else a for a in turn.state.answers))


def numbered(turn: Turn, said: Said) -> Turn:
    """Take the number of the request that is continued; words beside it, or in its place, go into the letter's text."""
    text = said.text.strip()
    if _UNKNOWN.fullmatch(text) and visible(text):
        return flow.go_on(turn)
    number, alone = _number(text.translate(_DASHES), turn.context)
    if alone:
        return flow.go_on(turn.to(number=number))
    turn = reading.refresh(turn.to(draft=add(turn.state.draft, said, turn.context.new_id)))
    if not number and not turn.state.explained:
        return turn.to(explained=True).shown()
    return flow.go_on(turn.to(number=number))


def _number(text: str, context: Context) -> tuple[str, bool]:
    """Return the number that a text names, "" when there is none, and whether it says nothing else."""
    if found := context.policy.numbers.find(text):
        beside = f"{text[: found.start()]} {text[found.end() :]}"
        return found.group().upper(), _BESIDE_NUMBER.fullmatch(beside) is not None
    if bare := _BARE_NUMBER.fullmatch(text):
        return bare.group(1), True
    return context.analyze(Request(text=text)).request_number or "", False


def _told_besides(turn: Turn, asked: FieldName, text: str) -> Turn:
    """Keep what an answer tells of other missing fields, so that it is not asked for again."""
    found = turn.context.analyze(Request(text=text)).fields
    values = {FieldName.SITE: found.site, FieldName.VERSION: found.version}
    besides = tuple(
        Answer(field, reading.clean_answer(one_line(", ".join(f.value for f in values[field])), turn.context))
        for field in reading.open_fields(turn.state)
        if field is not asked and values.get(field)
    )
    return turn.to(answers=(*turn.state.answers, *besides))


def fits(turn: Turn, field: FieldName, text: str) -> bool:
    """Whether an answer looks like the field: as the chain finds it, or by its plain shape."""
    found = turn.context.analyze(Request(text=text)).fields
    if field is FieldName.SITE:
        return bool(found.site) or _ADDRESS.search(text) is not None
    if field is FieldName.VERSION:
        return bool(found.version) or _VERSION.search(text) is not None
    if len(text.split()) >= _ENOUGH_WORDS[field]:
        return True
    return found.problem if field is FieldName.PROBLEM else bool(found.steps)


def to_field(state: State, name: str) -> FieldName | None:
    """Return the field of that name when it was answered and may be changed."""
    return next((a.field for a in state.answers if a.field.value == name), None)
