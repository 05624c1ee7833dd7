"""One step of the conversation: a pure function from a state and what came in to what follows.

Read the tables at the end first: they say who handles which button on which stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from triage.dialogue import buttons as b
from triage.dialogue import catalogue, commands, consent, delivery, divide, fields, flow, news, reading, texts, urgency
from triage.dialogue.context import Context
from triage.dialogue.draft import add, change, fits, retire, visible, within
from triage.dialogue.effects import DeleteMessage
from triage.dialogue.incoming import Advised, Command, Edited, Expired, Incoming, Informed, Pressed, Said, Settled
from triage.dialogue.screens import finish
from triage.dialogue.state import Entry, Overlay, Stage, State, Step, View
from triage.dialogue.styled import lines
from triage.dialogue.turn import Turn


def step(state: State, incoming: Incoming, context: Context) -> Step:
    """Return the new state, what to say and what to do; raises nothing of its own."""
    turn = finish(_handle(Turn(state, context), incoming))
    return Step(turn.state, turn.replies, turn.effects)


def _handle(turn: Turn, incoming: Incoming) -> Turn:
    match incoming:
        case Said():
            return _said(turn, incoming)
        case Edited():
            return _edited(turn, incoming)
        case Pressed():
            return _pressed(turn, incoming)
        case Command():
            return commands.run(turn, incoming)
        case Settled():
            return _settled(turn, incoming)
        case Expired():
            return consent.expired(turn)
        case Informed():
            return news.informed(turn, incoming)
        case Advised():
            return news.advised(turn, incoming)


# Messages ----------------------------------------------------------------------------------------


def _said(turn: Turn, said: Said) -> Turn:
    if not said.files and (press := _typed(turn, said.text)):
        return _pressed(turn, press)
    if not said.files and (command := commands.typed(said.text)):
        return commands.run(turn, command)
    said = within(turn.state.draft, said)
    turn = _files_refused(_warned(turn, said.secret_kinds, said.message), said)
    if not said.files and b.is_word(said.text) and turn.state.asking is None:
        return turn.say(*lines(texts.WORD_WITHOUT_BUTTON)).to(overlay=Overlay()).shown()
    usable = any(not file.problem for file in said.files)
    if not usable and not visible(said.text):  # the screen stays, and so does what its buttons are about
        if said.files:
            return turn
        if turn.state.stage not in _ASKING:
            return turn.say(*lines(texts.NOTHING_TO_SAY))
    turn = turn.to(overlay=Overlay())
    if turn.consented and not usable and (answer := _ANSWERS.get(turn.state.stage)):
        return answer(turn, said)
    return _added(turn, said, usable=usable)


def _typed(turn: Turn, text: str) -> Pressed | None:
    numbered = turn.context.channel == "terminal"
    return b.pressed(text, turn.state.buttons, numbered=numbered) or news.typed(turn, text)


def _added(turn: Turn, said: Said, *, usable: bool) -> Turn:
    draft = turn.state.draft
    if not fits(draft, said):
        return turn.say(*lines(texts.DRAFT_FULL)).shown()
    if turn.consented and turn.state.stage in _REPLACING and visible(said.text):
        draft = retire(draft)
    if turn.consented and turn.state.stage in _ASKING and usable:
        return _added_aside(turn, said)
    return flow.gathered(turn, add(draft, said, turn.context.new_id))


def _added_aside(turn: Turn, said: Said) -> Turn:
    """Keep files that come with an answer, or alone while a question waits."""
    names = tuple(file.name for file in said.files if not file.problem)
    draft = add(turn.state.draft, replace(said, text=""), turn.context.new_id)
    turn = reading.refresh(turn.to(draft=draft)).say(*lines(texts.files_added(names)))
    return _ANSWERS[turn.state.stage](turn, replace(said, files=())) if visible(said.text) else turn


def _warned(turn: Turn, kinds: tuple[str, ...], message: str) -> Turn:
    if not kinds:
        return turn
    deleting = turn.context.channel == "telegram" and bool(message)
    turn = turn.do(DeleteMessage(message)) if deleting else turn
    fresh = tuple(kind for kind in kinds if kind not in turn.state.warned)
    if not fresh:
        return turn
    turn = turn.to(warned=(*turn.state.warned, *fresh))
    return turn.say(*lines(texts.exposed(fresh, deleting=deleting)))


def _files_refused(turn: Turn, said: Said) -> Turn:
    rows = [
        texts.refused_file(file.name, file.problem, turn.context.policy.quote("4.6"))
        for file in said.files
        if file.problem
    ]
    return turn.say(*lines(*rows)) if rows else turn


def _edited(turn: Turn, edited: Edited) -> Turn:
    turn = _warned(turn, edited.secret_kinds, edited.message)
    if (draft := change(turn.state.draft, edited)) is not None:
        return flow.gathered(turn.to(overlay=Overlay()), draft)
    if (corrected := fields.corrected(turn, edited.message, edited.text)) is not None:
        return flow.take_up(corrected)
    return turn.say(*lines(texts.EDITED_TOO_LATE)) if turn.consented else turn


def _settled(turn: Turn, settled: Settled) -> Turn:
    waits = turn.state.stage is Stage.COLLECTING and settled.revision == turn.state.draft.revision
    return flow.take_up(turn) if waits and turn.consented else turn


# Buttons -----------------------------------------------------------------------------------------


def _pressed(turn: Turn, press: Pressed) -> Turn:
    if press.code == b.AGREE.code and not turn.consented:
        return consent.agreed(turn.to(overlay=Overlay()))
    if (entry := b.argument(press.code, "faq:")) is not None:
        return catalogue.open_entry(turn, entry)
    if (index := b.argument(press.code, "sec:")) is not None:
        return catalogue.open_section(turn, index)
    if (advice := b.argument(press.code, "adv:")) is not None and (judged := news.pressed(turn, advice)):
        return judged
    current = any(button.code == press.code for button in turn.state.buttons)
    handler = _handler(turn.state, press.code)
    if not current or handler is None or press.screen not in (None, turn.state.screen):
        return turn.say(*lines(texts.STALE)).to(overlay=Overlay()).shown()
    return handler(turn)


def _handler(state: State, code: str) -> Callable[[Turn], Turn] | None:
    if state.overlay.view is not View.NONE:
        return _OVER.get((state.overlay.view, code))
    if (name := b.argument(code, "field:")) is not None and state.stage is Stage.EDIT:
        field = fields.to_field(state, name)
        return (lambda turn: flow.ask(turn, field)) if field else None
    if (index := b.argument(code, "num:")) is not None and state.stage is Stage.NUMBER:
        return lambda turn: _own_number(turn, index)
    return _BUTTONS.get((state.stage, code)) or _EVERYWHERE.get(code)


def _own_number(turn: Turn, index: str) -> Turn:
    button = next(button for button in turn.state.buttons if button.code == f"num:{index}")
    return flow.go_on(turn.to(number=button.label))


def _sent_on(turn: Turn) -> Turn:
    """Go on from the summary; entries that were offered with it are not offered again."""
    offered = tuple(hit.id for hit in reading.offered(turn.state, turn.context))
    return flow.go_on(turn.to(faq_seen=tuple(dict.fromkeys((*turn.state.faq_seen, *offered)))))


def _disagreed(turn: Turn) -> Turn:
    rule = reading.reported(turn.state).scope.decision.label
    return flow.go_on(turn.to(disagreed=(*turn.state.disagreed, rule)))


def _foul_kept(turn: Turn) -> Turn:
    return flow.decide(turn.to(disagreed=(*turn.state.disagreed, reading.FOUL)))


def _edit(turn: Turn) -> Turn:
    return turn.at(Stage.EDIT, letter=None)


def _divided(turn: Turn) -> Turn:
    parts = divide.parts(turn.state.draft)
    turn = turn.to(undivided=True)
    if not parts:
        return turn.at(Stage.EDIT, dividing=True)
    draft = replace(retire(turn.state.draft), entries=(Entry(parts[0]),))
    turn = turn.to(draft=draft, later=(*parts[1:], *turn.state.later))
    return flow.take_up(turn.say(*lines(texts.divided(len(parts), files=bool(draft.files)))))


def _kept(turn: Turn) -> Turn:
    return turn.say(*lines(texts.KEPT)).to(overlay=Overlay()).shown()


_ASKING = (Stage.QUESTION, Stage.NUMBER, Stage.URGENCY)
_REPLACING = (Stage.REPHRASE, Stage.EDIT)

_ANSWERS: dict[Stage, Callable[[Turn, Said], Turn]] = {
    Stage.QUESTION: fields.answered,
    Stage.NUMBER: fields.numbered,
    Stage.URGENCY: urgency.answered,
    Stage.ADDRESS: lambda turn, said: delivery.addressed(turn, said.text),
    Stage.CODE: lambda turn, said: delivery.coded(turn, said.text),
}

_BUTTONS: dict[tuple[Stage, str], Callable[[Turn], Turn]] = {
    (Stage.REPHRASE, b.DISAGREE.code): _foul_kept,
    (Stage.SUMMARY, b.SEND.code): _sent_on,
    (Stage.SUMMARY, b.DISAGREE.code): _disagreed,
    (Stage.SUMMARY, b.HELPED.code): catalogue.helped,
    (Stage.SUMMARY, b.NOT_HELPED.code): catalogue.not_helped,
    (Stage.SUMMARY, b.DIVIDE.code): _divided,
    (Stage.QUESTION, b.UNKNOWN.code): fields.unknown,
    (Stage.NUMBER, b.UNKNOWN.code): flow.go_on,
    (Stage.URGENCY, b.YES.code): urgency.yes,
    (Stage.URGENCY, b.NO.code): urgency.no,
    (Stage.URGENCY, b.UNKNOWN.code): urgency.unknown,
    (Stage.PREVIEW, b.BY_BOT.code): delivery.by_bot,
    (Stage.PREVIEW, b.BY_SELF.code): delivery.by_self,
    (Stage.PREVIEW, b.OTHER_MAIL.code): delivery.ask_address,
    (Stage.ADDRESS, b.SEND.code): delivery.by_self,
    (Stage.ADDRESS, b.BY_SELF.code): delivery.by_self,
    (Stage.CODE, b.BY_SELF.code): delivery.by_self,
    (Stage.CODE, b.NEW_CODE.code): delivery.new_code,
    (Stage.CODE, b.OTHER_MAIL.code): delivery.ask_address,
    (Stage.EDIT, b.URGENCY.code): flow.ask_urgency,
    (Stage.EDIT, b.SEND.code): flow.take_up,
}

_EVERYWHERE: dict[str, Callable[[Turn], Turn]] = {
    b.EDIT.code: _edit,
    b.CANCEL.code: lambda turn: commands.cancel(turn, ""),
}

_OVER: dict[tuple[View, str], Callable[[Turn], Turn]] = {
    (View.FOUND, b.HELPED.code): catalogue.helped,
    (View.FOUND, b.NOT_HELPED.code): catalogue.not_helped,
    (View.ENTRY, b.HELPED.code): catalogue.helped,
    (View.ENTRY, b.NOT_HELPED.code): catalogue.not_helped,
    (View.FORGET, b.FORGET.code): commands.forget,
    (View.FORGET, b.KEEP.code): _kept,
}
