"""The way from a draft to its letter: read, summarise, ask what is missing, show the letter."""

from __future__ import annotations

from dataclasses import replace

from triage.dialogue import asking, reading, texts
from triage.dialogue.compose import compose, description
from triage.dialogue.draft import visible
from triage.dialogue.effects import CallHuman, ExpireUnaccepted, Settle
from triage.dialogue.state import Draft, Entry, Stage, State
from triage.dialogue.styled import lines
from triage.dialogue.turn import Turn
from triage.report import Action, FieldName

SETTLED_AT_ONCE = ("web", "terminal")


def gathered(turn: Turn, draft: Draft) -> Turn:
    """Take a changed draft: wait for the pause that ends it, or read it at once."""
    turn = turn.to(draft=draft, letter=None)
    if not turn.consented:
        return _waiting(turn)
    if turn.context.channel in SETTLED_AT_ONCE:
        return take_up(turn)
    quiet = Settle(draft.revision, turn.context.policy.dialogue.settle_seconds)
    return turn.to(stage=Stage.COLLECTING).do(quiet)


def take_up(turn: Turn) -> Turn:
    """Read the draft and show what follows from it."""
    if turn.state.draft.empty:
        return turn.at(Stage.IDLE)
    turn = reading.refresh(turn.to(asking=None, dividing=False))
    if turn.state.human:
        return to_preview(call_human(turn))
    if not _has_words(turn.state) and turn.state.answer(FieldName.PROBLEM) is None:
        return ask(turn, FieldName.PROBLEM)
    return decide(turn)


def decide(turn: Turn) -> Turn:
    """Show the request to rephrase, or the summary with what the Regulation says."""
    action = reading.action_now(turn.state, turn.context)
    if action is Action.REPHRASE:
        return turn.at(Stage.REPHRASE)
    report = reading.reported(turn.state)
    turn = asking.questioned(turn.at(Stage.SUMMARY, summarised=report.scope.decision.label))
    turn = offered(turn, *reading.beside(turn.state, turn.context, action))
    if action is not Action.ANSWER:
        return turn
    return opened(turn, reading.offered(turn.state, turn.context)[0].id)


def offered(turn: Turn, *ids: str) -> Turn:
    """Remember entries whose titles were shown: the letter will name them."""
    return turn.to(faq_offered=tuple(dict.fromkeys((*turn.state.faq_offered, *ids))))


def opened(turn: Turn, id: str) -> Turn:
    """Remember an entry whose answer was shown, and count it once per draft."""
    turn = offered(turn, id)
    if id in turn.state.faq_opened:
        return turn
    turn = turn.to(faq_opened=(*turn.state.faq_opened, id))
    return asking.recorded(turn, id, "shown")


def go_on(turn: Turn) -> Turn:
    """Ask the next missing field, or show the letter; who asked for a human is asked nothing."""
    state = turn.state
    if state.human:
        return to_preview(turn)
    continues = reading.reported(state).scope.decision.label == reading.CONTINUES
    if continues and not reading.number_of(state) and not state.number_asked:
        return turn.at(Stage.NUMBER, number_asked=True, explained=False)
    if fields := reading.open_fields(state):
        return ask(turn, fields[0])
    if reading.urgency_open(state, turn.context):
        return ask_urgency(turn)
    return to_preview(turn)


def ask(turn: Turn, field: FieldName) -> Turn:
    """Ask for one field."""
    return turn.at(Stage.QUESTION, asking=field, explained=False)


def ask_urgency(turn: Turn) -> Turn:
    """Ask whether the condition of a high priority holds."""
    return turn.at(Stage.URGENCY, urgency_asked=True)


def described(turn: Turn) -> Turn:
    """Go on after the description was told: it may have changed what the request is about."""
    before = turn.state.summarised
    turn = reading.refresh(turn)
    rule = reading.reported(turn.state).scope.decision.label
    hits = {hit.id for hit in reading.offered(turn.state, turn.context)}
    answers = reading.action_now(turn.state, turn.context) is Action.ANSWER
    news = rule != before or (answers and not hits <= set(turn.state.faq_offered))
    if news and not turn.state.human:
        return decide(turn)
    return go_on(turn)


def to_preview(turn: Turn) -> Turn:
    """Write the letter and show it."""
    turn = reading.refresh(turn)
    return turn.at(Stage.PREVIEW, letter=compose(turn.state, turn.context))


def call_human(turn: Turn) -> Turn:
    """Tell the agents once per draft; the letter carries the mark."""
    if turn.state.called:
        return turn
    text = "" if turn.state.draft.empty else description(turn.state)
    return turn.to(called=True).do(CallHuman(text))


def started_anew(state: State) -> State:
    """Return a conversation without a draft; consent, the number of screens and agents' answers stay."""
    draft = Draft(revision=state.draft.revision)
    return State(consent=state.consent, screen=state.screen, draft=draft, advice=state.advice)


def finished(turn: Turn) -> Turn:
    """Close the draft; the next text of a divided one is taken up by itself."""
    later = turn.state.later
    turn = replace(turn, state=started_anew(turn.state), show=False)
    if not later:
        return turn
    draft = Draft(turn.context.new_id, (Entry(later[0]),), revision=turn.state.draft.revision + 1)
    turn = turn.to(draft=draft, later=later[1:], undivided=True, heard=(draft.revision, 1))
    return take_up(turn.say(*lines(texts.NEXT_PART)))


def _waiting(turn: Turn) -> Turn:
    """Keep what was written before consent for the hours that the pack allows."""
    begins = turn.state.stage is not Stage.COLLECTING
    turn = turn.at(Stage.COLLECTING)
    hours = turn.context.policy.dialogue.consent_hours
    return turn.do(ExpireUnaccepted(hours * 3600.0)) if begins else turn


def _has_words(state: State) -> bool:
    return any(visible(entry.text) for entry in state.draft.entries)
