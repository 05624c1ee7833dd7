"""The screens that tell what the chain found: the summary, the request to rephrase, changing the draft."""

from __future__ import annotations

from collections.abc import Sequence

from triage.dialogue import buttons as b
from triage.dialogue import divide, reading, texts
from triage.dialogue.compose import description, field_value, first_words
from triage.dialogue.context import Context
from triage.dialogue.draft import one_line, shortened
from triage.dialogue.replies import Button, Reply, Run
from triage.dialogue.state import State
from triage.dialogue.styled import Words, bold, flow, lines, link, marked, quote
from triage.policy.calendar import deadline
from triage.policy.pack import ScopeRule
from triage.policy.support import past_support
from triage.report import Action, FieldName, Language, Verdict
from triage.text.redact import redact

_ESSENCE = 140
_SHOWN = 1200
_BUTTON_TITLE = 60
_PART = 50


def view(state: State, context: Context) -> Reply:
    """Draw the summary in the variant that the action asks for."""
    action = reading.action_now(state, context)
    several = _several(state, context) if _divisible(state) else None
    rule = context.policy.scope_rule(reading.reported(state).scope.decision.label)
    found = [] if action is Action.DISMISS else [bold(texts.SUMMARY_TITLE), *_understood(state, context, rule)]
    runs = lines(
        *found,
        _verdict(state, rule),
        *_past_support(state, context),
        texts.UNSURE if reading.reported(state).needs_review else None,
        several,
        *_offer(state, rule, context, action),
    )
    return Reply(runs, _buttons(state, context, action, several=several is not None))


def rephrase_view(state: State, context: Context) -> Reply:
    """Draw the one calm line about foul language, with the words marked in the person's text."""
    report = reading.reported(state)
    whole = "\n\n".join(piece.text for piece in reading.pieces(state) if not piece.file)
    refused = tuple(f for f in reading.own_language(state) if f.kind != Language.RUDE)
    first = max(0, min((f.start for f in refused), default=0) - _SHOWN // 4)
    near = tuple(f for f in refused if f.start < first + _SHOWN)
    shown = marked(redact(whole, report.secrets)[: first + _SHOWN], near)
    runs = lines(texts.rephrase(context.policy.quote("4.2")), _from(shown, first), texts.REPHRASE_HINT)
    return Reply(runs, b.rows(b.DISAGREE, b.CANCEL))


def edit_view(state: State, context: Context) -> Reply:
    """Draw the screen on which a draft is changed."""
    told = description(state)[:_SHOWN]
    fields = [b.field_button(a.field.value, texts.FIELD_BUTTONS[a.field]) for a in state.answers]
    fields += [b.URGENCY] if state.urgency_asked and reading.raisable(state) else []
    runs = lines(
        bold(texts.EDIT_TITLE),
        (texts.EDIT_CURRENT, "\n", quote(told)) if told else None,
        texts.DIVIDE_HINT if state.dividing else texts.EDIT_HINT,
        texts.EDIT_FIELDS if fields else None,
    )
    return Reply(runs, b.rows(*fields, b.SEND, b.CANCEL))


def _understood(state: State, context: Context, rule: ScopeRule) -> list[Words]:
    policy, report = context.policy, reading.reported(state)
    urgency = reading.priority(state, context)
    until = deadline(policy, context.now, urgency.hours)
    category = policy.category_name(report.scope.category)
    rows: dict[str, str] = {
        texts.ESSENCE: f"«{first_words(state, _ESSENCE)}»",
        texts.TOPIC: f"{category}, «{rule.name}»",
        texts.PRIORITY: texts.priority_line(urgency.name, until, urgency.hours, urgency.clause),
        texts.SITE: field_value(state, FieldName.SITE),
        texts.VERSION: field_value(state, FieldName.VERSION),
        texts.STEPS: texts.STEPS_FOUND if field_value(state, FieldName.STEPS) else "",
        texts.NUMBER: reading.number_of(state),
        texts.FILES: ", ".join(file.name for file in state.draft.files),
    }
    return [flow("• ", bold(f"{label}: "), value) for label, value in rows.items() if value]


def _past_support(state: State, context: Context) -> list[str]:
    today = context.now.astimezone(context.policy.zone).date()
    past = past_support(context.policy, [field_value(state, FieldName.VERSION)], today)
    return [texts.past_support(version.version, version.until) for version in past]


def _verdict(state: State, rule: ScopeRule) -> Words:
    clause = reading.reported(state).scope.clause
    if rule.rule == reading.CONTINUES:
        said = texts.continues(clause, reading.number_of(state))
    else:
        said = {
            Verdict.IN: texts.in_scope(clause),
            Verdict.OUT: texts.out_of_scope(clause),
            Verdict.REDIRECT: texts.redirected(clause),
            Verdict.NONE: texts.dismissed(clause),
        }[rule.verdict]
    return flow(said, quote(f"«{rule.quote}»"))


def _offer(state: State, rule: ScopeRule, context: Context, action: Action) -> list[Words | None]:
    missing = tuple(field.value for field in reading.open_fields(state))
    lacking = texts.missing(missing) if missing else None
    if action is Action.ANSWER:
        return [lacking, *_best(state, context)]
    if action is Action.CONTINUE_THREAD:
        return [rule.instead, texts.SEND_HINT]
    if action is Action.DISMISS:
        return [rule.instead, texts.DISMISS_HINT]
    if action in (Action.REDIRECT, Action.REFUSE):
        return [rule.instead, texts.REDIRECT_HINT if action is Action.REDIRECT else texts.DISAGREE_HINT]
    return [lacking, texts.SEND_AND_ASK_HINT if missing else texts.SEND_HINT]


def _best(state: State, context: Context) -> list[Words | None]:
    best = reading.offered(state, context)[0]
    entry = context.faq[best.id]
    return [
        "",
        flow(bold(f"{texts.FAQ_TITLE}: "), entry.title),
        flow(entry.short, " ", link(texts.FAQ_MORE, best.url)),
        texts.FAQ_HINT,
    ]


def _buttons(state: State, context: Context, action: Action, *, several: bool) -> tuple[tuple[Button, ...], ...]:
    divide_button = b.DIVIDE if several else None
    if action is Action.ANSWER:
        best, *others = reading.beside(state, context, action)
        whole = b.entry_button(best, b.WHOLE.label)
        wide = _entries(others, context)
        return b.rows(b.HELPED, b.NOT_HELPED, b.SEND, whole, divide_button, b.EDIT, b.CANCEL, wide=wide)
    if action in reading.REFUSING:
        wide = _entries(reading.beside(state, context, action), context)
        return b.rows(b.DISAGREE, divide_button, b.EDIT, b.CANCEL, wide=wide)
    return b.rows(b.SEND, divide_button, b.EDIT, b.CANCEL)


def _entries(ids: Sequence[str], context: Context) -> list[Button]:
    return [b.entry_button(id, shortened(context.faq[id].title, _BUTTON_TITLE)) for id in ids]


def _divisible(state: State) -> bool:
    return reading.reported(state).several_problems and not state.undivided


def _several(state: State, context: Context) -> str:
    shown = (reading.clean_answer(part, context) for part in divide.parts(state.draft))
    starts = tuple(shortened(one_line(part), _PART) for part in shown)
    return texts.several(context.policy.quote("2.4"), starts)


def _from(runs: tuple[Run, ...], start: int) -> tuple[Run, ...]:
    kept, place = [], 0
    for run in runs:
        text = run.text[max(0, start - place) :]
        place += len(run.text)
        kept.append(Run(text, run.style, run.url))
    return flow(kept)
