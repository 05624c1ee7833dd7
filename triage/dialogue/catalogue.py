"""Reading the FAQ: its sections, a search, one entry; from any point of the conversation."""

from __future__ import annotations

from triage.dialogue import asking, flow, reading, texts
from triage.dialogue import buttons as b
from triage.dialogue.context import Context
from triage.dialogue.draft import add, shortened, visible
from triage.dialogue.incoming import Said
from triage.dialogue.replies import Button, Reply
from triage.dialogue.state import Overlay, Stage, State, View
from triage.dialogue.styled import Words, bold, lines, link
from triage.dialogue.styled import coded as with_code
from triage.dialogue.turn import Turn
from triage.faq.entries import FaqEntry
from triage.faq.lookup import QUERY_LIMIT, Lookup
from triage.report import Action

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
    if overlay.view is View.FOUND:
        return _found(overlay, context)
    return Reply(lines(bold(overlay.about)), b.rows(wide=_titles(overlay.entries, context)))


def in_place(entry: FaqEntry, context: Context) -> list[Words | None]:
    """Return the rows that show an entry's short form with its link."""
    return [bold(entry.title), (entry.short, " ", link(texts.FAQ_MORE, address(entry.id, context)))]


def whole(entry: FaqEntry, context: Context) -> list[Words | None]:
    """Return the rows that show an entry's whole answer with its link."""
    return [bold(entry.title), with_code(entry.answer), link(texts.FAQ_MORE, address(entry.id, context))]


def address(entry: str, context: Context) -> str:
    """Return where an entry stands on the site."""
    return f"{context.policy.addresses.faq_base}{entry}"


def sections(context: Context) -> tuple[str, ...]:
    """Return the names of the sections, the fullest first."""
    return _lookup(context).sections()


def browse(turn: Turn, query: str) -> Turn:
    """Show the sections, or what answers the query: the best entry in place, at most two others as buttons."""
    query = " ".join(query.split())[:QUERY_LIMIT]
    if not query:
        return turn.to(overlay=Overlay(View.SECTIONS)).shown()
    found = search(query, turn.context)
    turn = flow.offered(turn.to(overlay=Overlay(View.FOUND, query, found)), *found).shown()
    return flow.opened(turn, found[0]) if found else asking.searched_in_vain(turn, query)


def search(query: str, context: Context) -> tuple[str, ...]:
    """Return at most three entries: those that the chain finds, then those that hold the query's words."""
    found = _lookup(context).find(query, context.analyze)
    return tuple(entry.id for entry in found if entry.id in context.faq)


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
    before = turn.state.overlay
    query = before.about if before.view is View.FOUND else before.query
    return flow.opened(turn.to(overlay=Overlay(View.ENTRY, entry, query=query)), entry).shown()


def helped(turn: Turn) -> Turn:
    """Close: the entry helped, no letter is needed. One that was read by the way leaves the draft as it is."""
    entry = _judged(turn)
    if not entry:
        return turn.to(overlay=Overlay()).shown()
    turn = asking.recorded(turn, entry, "helped")
    if turn.state.draft.empty:
        turn = turn.say(*lines(texts.FAQ_GLAD_ONLY))
        return flow.finished(turn) if turn.consented else turn.to(overlay=Overlay())
    if not asking.answers_draft(turn, entry):
        return turn.say(*lines(texts.FAQ_GLAD_ASIDE)).to(overlay=Overlay()).shown()
    return flow.finished(turn.say(*lines(texts.FAQ_GLAD)))


def not_helped(turn: Turn) -> Turn:
    """Go on: the entries shown are not offered again, and what was searched need not be written again."""
    overlay = turn.state.overlay
    id = _judged(turn)
    if not id:
        return turn.to(overlay=Overlay()).shown()
    turn = asking.recorded(turn, id, "not_helped")
    turn = _tried(turn.to(overlay=Overlay()), id, *_seen(turn))
    if turn.state.draft.empty:
        return _from_search(turn, overlay)
    if not turn.consented or turn.state.stage is not Stage.SUMMARY:
        return turn.shown()
    action = reading.action_now(turn.state, turn.context)
    waits = action in (*reading.REFUSING, Action.REPHRASE, Action.CONTINUE_THREAD, Action.ANSWER)
    return turn.shown() if overlay.view is not View.NONE and waits else flow.go_on(turn)


def _tried(turn: Turn, id: str, *seen: str) -> Turn:
    state = turn.state
    failed, all_seen = dict.fromkeys((*state.faq_failed, id)), dict.fromkeys((*state.faq_seen, id, *seen))
    return turn.to(faq_failed=tuple(failed), faq_seen=tuple(all_seen))


def _from_search(turn: Turn, overlay: Overlay) -> Turn:
    """Begin the request with the words of the search."""
    query = overlay.about if overlay.view is View.FOUND else overlay.query
    if not visible(query):
        return turn.say(*lines(texts.FAQ_SORRY)) if turn.consented else turn.shown()
    turn = turn.say(*lines(texts.faq_sorry(query)))
    draft = add(turn.state.draft, Said(query), turn.context.new_id)
    return flow.take_up(turn.to(draft=draft)) if turn.consented else flow.gathered(turn, draft)


def _judged(turn: Turn) -> str:
    """Return the entry whose answer is on the screen, "" when it has been removed since."""
    state, context = turn.state, turn.context
    if state.overlay.view is View.ENTRY:
        return state.overlay.about if state.overlay.about in context.faq else ""
    if state.overlay.view is View.FOUND:
        return next((id for id in state.overlay.entries if id in context.faq), "")
    return next((hit.id for hit in reading.offered(state, context)), "")


def _seen(turn: Turn) -> tuple[str, ...]:
    """Return all entries on the screen; those of a summary or a search are not offered again."""
    overlay = turn.state.overlay
    if overlay.view is View.NONE:
        return tuple(hit.id for hit in reading.offered(turn.state, turn.context))
    return overlay.entries if overlay.view is View.FOUND else ()


def _found(overlay: Overlay, context: Context) -> Reply:
    shown = [id for id in overlay.entries if id in context.faq]
    best = context.faq[shown[0]]
    title = texts.found(overlay.about, len(shown))
    runs = lines(title, *in_place(best, context), texts.FAQ_HINT)
    buttons = b.rows(b.HELPED, b.NOT_HELPED, b.entry_button(best.id, b.WHOLE.label), wide=_titles(shown[1:], context))
    return Reply(runs, buttons)


def _entry(id: str, context: Context) -> Reply:
    return Reply(lines(*whole(context.faq[id], context), texts.FAQ_HINT), b.rows(b.HELPED, b.NOT_HELPED))


def _titles(ids: tuple[str, ...] | list[str], context: Context) -> list[Button]:
    return [b.entry_button(id, shortened(context.faq[id].title, _TITLE)) for id in ids if id in context.faq]


def _lookup(context: Context) -> Lookup:
    return context.lookup or Lookup(context.faq)
