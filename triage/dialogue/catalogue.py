"""Reading the FAQ: its sections, a search, one entry; from any point of the conversation."""

from __future__ import annotations

import re

from triage.dialogue import buttons as b
from triage.dialogue import flow, reading, texts
from triage.dialogue.compose import description
from triage.dialogue.context import Context
from triage.dialogue.draft import shortened
from triage.dialogue.effects import RecordFaq
from triage.dialogue.replies import Reply
from triage.dialogue.state import Overlay, Stage, State, View
from triage.dialogue.styled import bold, lines, link
from triage.dialogue.styled import coded as with_code
from triage.dialogue.turn import Turn
from triage.faq.entries import FaqEntry
from triage.report import Action, Request

_WORD = re.compile(r"\w{3,}")
_STEM = 5
_MOST = 8
_TITLE = 60


def view(state: State, context: Context) -> Reply:
    """Draw the overlay that lists sections or entries, or shows one entry."""
    overlay = state.overlay
    if overlay.view is View.ENTRY:
        return _entry(overlay.about, context)
    if overlay.view is View.SECTIONS or not overlay.entries:
        title = texts.found(overlay.about, 0) if overlay.view is View.FOUND else texts.SECTIONS_HINT
        wide = [b.section_button(n, name) for n, name in enumerate(sections(context))]
        return Reply(lines(bold(texts.SECTIONS_TITLE), title), b.rows(wide=wide))
    title = overlay.about
    if overlay.view is View.FOUND:
        title = texts.found(overlay.about, len(overlay.entries))
    wide = [b.entry_button(id, shortened(context.faq[id].title, _TITLE)) for id in overlay.entries if id in context.faq]
    return Reply(lines(bold(title)), b.rows(wide=wide))


def sections(context: Context) -> tuple[str, ...]:
    """Return the names of the sections, the fullest first."""
    names = [entry.section for entry in context.faq.values()]
    return tuple(sorted(dict.fromkeys(names), key=lambda name: (-names.count(name), name)))


def browse(turn: Turn, query: str) -> Turn:
    """Show the sections, or what answers the query."""
    query = " ".join(query.split())[:100]
    if not query:
        return turn.to(overlay=Overlay(View.SECTIONS)).shown()
    return turn.to(overlay=Overlay(View.FOUND, query, search(query, turn.context))).shown()


def search(query: str, context: Context) -> tuple[str, ...]:
    """Return entries that answer by the chain, then those that hold most of the query's words, titles first."""
    hits = [hit.id for hit in context.analyze(Request(text=query)).faq if hit.id in context.faq]
    words = {word[:_STEM].casefold() for word in _WORD.findall(query)}
    scores = {id: _score(words, entry) for id, entry in context.faq.items()}
    best = sorted((id for id in scores if scores[id]), key=lambda id: (-scores[id], len(context.faq[id].title)))
    return tuple(dict.fromkeys((*hits, *best)))[:_MOST]


def open_section(turn: Turn, index: str) -> Turn:
    """Show the entries of a section."""
    names = sections(turn.context)
    if not (index.isdigit() and int(index) < len(names)):
        return browse(turn, "")
    name = names[int(index)]
    ids = tuple(id for id, entry in turn.context.faq.items() if entry.section == name)
    return turn.to(overlay=Overlay(View.SECTION, name, ids)).shown()


def open_entry(turn: Turn, entry: str) -> Turn:
    """Show one entry with its whole answer."""
    if entry not in turn.context.faq:
        return browse(turn, "")
    turn = turn.to(overlay=Overlay(View.ENTRY, entry)).shown()
    return turn.do(RecordFaq((entry,), "shown")) if turn.consented else turn


def helped(turn: Turn) -> Turn:
    """Close: the entry helped, no letter is needed."""
    ids, text = _shown(turn)
    if turn.consented:
        turn = turn.do(RecordFaq(ids, "helped", text))
    had_draft = not turn.state.draft.empty
    turn = turn.say(*lines(texts.FAQ_GLAD if had_draft else texts.FAQ_GLAD_ONLY))
    return flow.finished(turn) if turn.consented else turn.to(overlay=Overlay())


def not_helped(turn: Turn) -> Turn:
    """Go on: the entries shown are not offered again."""
    ids, text = _shown(turn)
    over = turn.state.overlay.view is View.ENTRY
    if turn.consented:
        turn = turn.do(RecordFaq(ids, "not_helped", text))
    turn = turn.to(overlay=Overlay(), faq_seen=tuple(dict.fromkeys((*turn.state.faq_seen, *ids))))
    state = turn.state
    if not turn.consented or state.draft.empty:
        return turn.say(*lines(texts.FAQ_SORRY)) if turn.consented else turn.shown()
    if state.stage is not Stage.SUMMARY:
        return turn.shown()
    action = reading.action_now(state, turn.context)
    waits = action in (Action.REFUSE, Action.REDIRECT, Action.DISMISS, Action.CONTINUE_THREAD, Action.ANSWER)
    return turn.shown() if over and waits else flow.go_on(turn)


def _shown(turn: Turn) -> tuple[tuple[str, ...], str]:
    """Return the entries on the screen, and the draft they were to answer."""
    state = turn.state
    read = state.report is not None and state.stage is not Stage.COLLECTING
    text = description(state) if read else ""
    if state.overlay.view is View.ENTRY:
        return (state.overlay.about,), text
    return tuple(hit.id for hit in reading.offered(state, turn.context)), text


def _entry(id: str, context: Context) -> Reply:
    entry = context.faq[id]
    url = f"{context.policy.addresses.faq_base}{id}"
    runs = lines(bold(entry.title), with_code(entry.answer), link(texts.FAQ_MORE, url), texts.FAQ_HINT)
    return Reply(runs, b.rows(b.HELPED, b.NOT_HELPED))


def _score(words: set[str], entry: FaqEntry) -> int:
    """Count the words that the entry holds, those of its title twice."""
    title, whole = entry.title.casefold(), _searched(entry)
    return sum((word in whole) + (word in title) for word in words)


def _searched(entry: FaqEntry) -> str:
    return f"{entry.title} {' '.join(entry.questions)} {entry.short}".casefold()
