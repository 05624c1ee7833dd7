"""The one question about consequences: the priority of an unsure `medium` turns on its answer (clause 1.4).

The condition is the counterfactual of the policy pack. The author's «Да» raises the priority of the letter
with a mark; what the program suggested stays in the report.
"""

from __future__ import annotations

import re

from triage.dialogue import buttons as b
from triage.dialogue import flow, reading, texts
from triage.dialogue.context import Context
from triage.dialogue.draft import add, visible
from triage.dialogue.incoming import Said
from triage.dialogue.replies import Reply
from triage.dialogue.state import State
from triage.dialogue.styled import lines
from triage.dialogue.turn import Turn
from triage.report import Priority

#: An answer is said for itself: «Нет доступа ни у кого» and «Да вроде работает» begin a sentence.
_APART = r"(?=\s*(?:[,.;:!)…–—-]|\n)|\W*\Z)"
_AYE = r"(?:да|ага|угу|верно|именно|конечно|так\s+и\s+есть)"
_NO = re.compile(rf"\W*(?:(?:(?:да|конечно)\s+)?нет(?:\s+конечно)?|неа|не\s+так)\b{_APART}\W*", re.IGNORECASE)
_YES = re.compile(
    rf"\W*{_AYE}(?:\s+(?:{_AYE}|так))*\b{_APART}(?!\W*(?:вроде\W+(?:бы\W+)?)?(?:нет|не|но|только|работает)\b)\W*",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"\W*(?:не\s*знаю|не\s*в\s*курсе|без\s*понятия|хз|не\s*могу\s*сказать)\W*", re.IGNORECASE)


def view(state: State, context: Context) -> Reply:
    """Draw the question with the condition under which the priority is high."""
    high = context.policy.priority_rule(Priority.HIGH)
    question = texts.urgency_question(high.name, high.counterfactual)
    return Reply(lines(question, texts.urgency_why(high.clause)), b.rows(b.YES, b.NO, b.UNKNOWN, b.CANCEL))


def yes(turn: Turn) -> Turn:
    """Take «Да»."""
    return flow.go_on(turn.to(urgent=True))


def no(turn: Turn) -> Turn:
    """Take «Нет»."""
    return flow.go_on(turn.to(urgent=False))


def unknown(turn: Turn) -> Turn:
    """Take «Не знаю»: the suggested priority stays, and nobody asks again."""
    return flow.go_on(turn.to(urgent=None))


def answered(turn: Turn, said: Said) -> Turn:
    """Take a typed answer; words beside it, or in its place, go into the letter's text and are read."""
    if not visible(said.text) or _UNKNOWN.fullmatch(said.text):
        return unknown(turn)
    no_, yes_ = _NO.match(said.text), _YES.match(said.text)
    urgent = False if no_ else True if yes_ else None
    answer = no_ or yes_
    if answer is None or answer.end() < len(said.text):
        turn = reading.refresh(turn.to(draft=add(turn.state.draft, said, turn.context.new_id)))
    return flow.go_on(turn.to(urgent=urgent))
