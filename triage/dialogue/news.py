"""News of a request: what an agent did comes by itself and disturbs no draft.

A new status is only said. An entry of the FAQ that an agent sends can be judged at any time: it becomes
the screen when nothing else waits, else it stands beside the screen, and its buttons work all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from triage.dialogue import buttons as b
from triage.dialogue import catalogue, texts
from triage.dialogue.context import Context
from triage.dialogue.effects import RecordAdvice
from triage.dialogue.incoming import Advised, Informed, Pressed
from triage.dialogue.replies import Button, Reply
from triage.dialogue.state import Advice, Overlay, Stage, State, View
from triage.dialogue.styled import lines, quote
from triage.dialogue.turn import Turn

_KEPT = 20
_CLARIFICATION, _DONE = "clarification", "done"


def informed(turn: Turn, news: Informed) -> Turn:
    """Say how a request stands now, with the agent's comment and what can be done."""
    policy = turn.context.policy
    resolution = policy.resolution_name(news.resolution) if news.resolution else ""
    comment = (texts.COMMENT, "\n", quote(news.comment.strip())) if news.comment.strip() else None
    follow = {_CLARIFICATION: texts.clarify, _DONE: texts.closed}.get(news.status)
    runs = lines(
        texts.moved(news.number, policy.status_name(news.status), resolution),
        comment,
        follow(news.number) if follow else None,
    )
    return replace(turn, replies=(*turn.replies, Reply(runs, news=True)))


def advised(turn: Turn, news: Advised) -> Turn:
    """Show the entry that an agent sends."""
    if news.entry not in turn.context.faq:
        return turn
    n = max((advice.n for advice in turn.state.advice), default=0) + 1
    advice = Advice(n, news.ticket, news.number, news.entry)
    turn = turn.to(advice=(*turn.state.advice, advice)[-_KEPT:])
    if _waits(turn.state):
        return replace(turn, replies=(*turn.replies, _shown(advice, turn.context)))
    return turn.to(overlay=Overlay(View.ADVICE, str(n))).shown()


def view(state: State, context: Context) -> Reply:
    """Draw the advice that is laid over."""
    advice = next(a for a in state.advice if str(a.n) == state.overlay.about)
    return _shown(advice, context, whole=state.overlay.whole)


def again(turn: Turn) -> Turn:
    """Show the last advice that was not judged: as the screen, or beside the one that waits."""
    open_ = _open(turn)
    if not open_:
        return turn
    if _waits(turn.state):
        return replace(turn, replies=(*turn.replies, _shown(open_[-1], turn.context)))
    return turn.to(overlay=Overlay(View.ADVICE, str(open_[-1].n)))


def unjudged(state: State) -> tuple[Advice, ...]:
    """Return the advice whose buttons can be pressed."""
    return tuple(advice for advice in state.advice if not advice.outcome)


def codes(state: State) -> frozenset[str]:
    """Return the codes of buttons that can be pressed whatever the screen is."""
    return frozenset(button.code for advice in unjudged(state) for button in _buttons(advice))


def typed(turn: Turn, text: str) -> Pressed | None:
    """Return the press that the word of a judgement means where no screen has it."""
    open_ = _open(turn)
    return b.pressed(text, _buttons(open_[-1])) if open_ else None


def pressed(turn: Turn, argument: str) -> Turn | None:
    """Take a button of an advice; None when there is none of that number."""
    n, _, code = argument.partition(":")
    advice = next((a for a in turn.state.advice if str(a.n) == n), None)
    if advice is None or advice.entry not in turn.context.faq:
        return None
    if code == b.WHOLE.code:
        return turn.to(overlay=Overlay(View.ADVICE, n, whole=True)).shown()
    if advice.outcome:
        return _said(turn, texts.ADVICE_JUDGED)
    judge = _JUDGEMENTS.get(code)
    return judge(turn, advice) if judge else None


def _open(turn: Turn) -> list[Advice]:
    """Return the advice that can be judged and is still in the FAQ."""
    return [advice for advice in unjudged(turn.state) if advice.entry in turn.context.faq]


def _helped(turn: Turn, advice: Advice) -> Turn:
    return _judged(turn, advice, helped=True)


def _not_helped(turn: Turn, advice: Advice) -> Turn:
    return _judged(turn, advice, helped=False)


def _judged(turn: Turn, advice: Advice, *, helped: bool) -> Turn:
    outcome = "helped" if helped else "not_helped"
    kept = tuple(replace(a, outcome=outcome) if a.n == advice.n else a for a in turn.state.advice)
    turn = turn.to(advice=kept).do(RecordAdvice(advice.ticket, advice.entry, outcome))
    return _said(turn, texts.advice_judged(advice.number, helped=helped))


def _said(turn: Turn, words: str) -> Turn:
    """Say it and go back to what the person was doing; in an idle conversation the words are the screen."""
    if turn.state.overlay.view is View.ADVICE:
        turn = turn.to(overlay=Overlay())
    if turn.state.overlay.view is View.NONE and turn.state.stage is Stage.COLLECTING:
        return turn.say(*lines(words))
    if _waits(turn.state):
        return turn.say(*lines(words)).shown()
    number = turn.state.screen + 1
    said = Reply(lines(words), screen=number)
    return replace(turn.to(screen=number, buttons=()), replies=(*turn.replies, said))


def _waits(state: State) -> bool:
    """Whether a screen or a draft waits for the person."""
    return state.stage is not Stage.IDLE or state.overlay.view not in (View.NONE, View.ADVICE)


def _shown(advice: Advice, context: Context, *, whole: bool = False) -> Reply:
    entry = context.faq[advice.entry]
    rows = catalogue.whole(entry, context) if whole else catalogue.in_place(entry, context)
    buttons = _buttons(advice)[: 2 if whole else 3]
    return Reply(lines(texts.advised(advice.number), *rows, texts.ADVICE_HINT), b.rows(*buttons), news=True)


def _buttons(advice: Advice) -> tuple[Button, ...]:
    return tuple(b.advice_button(button, advice.n) for button in (b.HELPED, b.NOT_HELPED, b.WHOLE))


_JUDGEMENTS: dict[str, Callable[[Turn, Advice], Turn]] = {
    b.HELPED.code: _helped,
    b.NOT_HELPED.code: _not_helped,
}
