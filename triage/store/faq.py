"""Queries about how entries of the FAQ served, which are withheld, and what found no entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from triage.faq.deflection import EntryCounts, Outcome, Showing
from triage.faq.groups import Unanswered
from triage.store.inbox import changed, insert_new
from triage.store.tables import ConversationRow, EntryRow, QuestionRow, ShowingRow

Shape = TypeVarTuple("Shape")
_MAY_CHANGE = (Outcome.OPEN, Outcome.NOT_HELPED, Outcome.SILENT, Outcome.CONFIRMED)
_MOST = 500  # showings of one person that are looked at, the newest
_FORM = tuple(name for name in Showing.__slots__ if name not in ("id", "outcome"))


class FaqRepository:
    """Showings of entries by person, entries that are not offered, questions without an answer."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def persons(self, conversation: int) -> tuple[int, ...]:
        """Return the conversations of the same person: this one, and those with the same confirmed address."""
        own = select(ConversationRow.address).where(ConversationRow.id == conversation).scalar_subquery()
        same = select(ConversationRow.id).where(ConversationRow.address != "", ConversationRow.address == own)
        return tuple(sorted({conversation, *self._session.scalars(same)}))

    def show(self, conversation: int, showing: Showing) -> None:
        """Keep a showing, once for a draft; one without a draft once as long as it is open."""
        known = select(ShowingRow.id).where(
            ShowingRow.conversation_id == conversation,
            ShowingRow.entry == showing.entry,
            ShowingRow.request == showing.request,
        )
        if not showing.request:
            known = known.where(ShowingRow.outcome == Outcome.OPEN)
        if self._session.scalar(known.limit(1)) is not None:
            return
        values = {name: getattr(showing, name) for name in _FORM}
        self._session.add(ShowingRow(conversation_id=conversation, outcome=showing.outcome.value, **values))
        self._session.flush()

    def of(self, persons: Sequence[int]) -> tuple[Showing, ...]:
        """Return the showings to these conversations whose outcome may still change, oldest first."""
        rows = self._session.scalars(
            select(ShowingRow)
            .where(ShowingRow.conversation_id.in_(persons), ShowingRow.outcome.in_(_MAY_CHANGE))
            .order_by(ShowingRow.id.desc())
            .limit(_MOST)
            .execution_options(populate_existing=True)
        )
        return tuple(_showing(row) for row in rows)[::-1]

    def end(self, id: int, outcome: Outcome, now: datetime, *, before: str = "", text: str = "") -> None:
        """Keep what became of a showing; `text` is kept when it had none of its own."""
        values: dict[str, object] = {"outcome": outcome.value, "before": before, "ended_at": now}
        self._session.execute(update(ShowingRow).where(ShowingRow.id == id).values(**values))
        if text:
            without = update(ShowingRow).where(ShowingRow.id == id, ShowingRow.text == "")
            self._session.execute(without.values(text=text))

    def settle(self, now: datetime, persons: Sequence[int] | None = None) -> int:
        """Count as silent the open showings, of all or of these conversations, whose days are over; return how many."""
        over = update(ShowingRow).where(ShowingRow.outcome == Outcome.OPEN, ShowingRow.due <= now)
        if persons is not None:
            over = over.where(ShowingRow.conversation_id.in_(persons))
        return changed(self._session, over.values(outcome=Outcome.SILENT.value, ended_at=ShowingRow.due))

    def counts(self, entry: str | None = None) -> tuple[EntryCounts, ...]:
        """Return the counts of every entry, or of one, since it was last offered anew; the most shown first."""
        query = _counted(select(ShowingRow.entry, ShowingRow.outcome, ShowingRow.before, func.count()))
        query = query.group_by(ShowingRow.entry, ShowingRow.outcome, ShowingRow.before)
        states = select(EntryRow.entry, EntryRow.withheld_at).where(EntryRow.withheld_at.is_not(None))
        if entry is not None:
            query, states = query.where(ShowingRow.entry == entry), states.where(EntryRow.entry == entry)
        found = {id: EntryCounts(id, withheld_at=at) for id, at in self._session.execute(states)}
        for id, name, before, number in self._session.execute(query):
            counts = found.setdefault(id, EntryCounts(id))
            outcome = Outcome(name)
            counts.outcomes[outcome] = counts.of(outcome) + number
            if outcome is Outcome.FALSE:
                counts.false_after[before] = number
        return tuple(sorted(found.values(), key=lambda counts: (-counts.shown, counts.entry)))

    def failed(self, entry: str, limit: int) -> tuple[str, ...]:
        """Return the newest questions that the entry failed, redacted."""
        query = _counted(select(ShowingRow.text)).where(
            ShowingRow.entry == entry, ShowingRow.outcome == Outcome.FALSE, ShowingRow.text != ""
        )
        newest = query.order_by(ShowingRow.ended_at.desc(), ShowingRow.id.desc()).limit(limit)
        return tuple(self._session.scalars(newest))

    def withheld(self) -> frozenset[str]:
        """Return the entries that are not offered by themselves."""
        return frozenset(self._session.scalars(select(EntryRow.entry).where(EntryRow.withheld_at.is_not(None))))

    def withhold(self, entry: str, now: datetime) -> bool:
        """Offer the entry no longer; False when that was so."""
        insert_new(self._session, EntryRow, {"entry": entry}, "entry")
        offered = update(EntryRow).where(EntryRow.entry == entry, EntryRow.withheld_at.is_(None))
        return changed(self._session, offered.values(withheld_at=now)) == 1

    def allow(self, entry: str, now: datetime) -> bool:
        """Offer the entry again and count it anew; False when it is offered."""
        held = update(EntryRow).where(EntryRow.entry == entry, EntryRow.withheld_at.is_not(None))
        return changed(self._session, held.values(withheld_at=None, counted_from=now)) == 1

    def keep_question(self, conversation: int, request: str, rule: str, text: str, now: datetime) -> None:
        """Keep a question that found no entry: of a draft its last wording, without one each wording once."""
        same = QuestionRow.request == request if request else QuestionRow.text == text
        self._drop(conversation, same, QuestionRow.request == request)
        row = QuestionRow(conversation_id=conversation, request=request, rule=rule, text=text, at=now)
        self._session.add(row)
        self._session.flush()

    def drop_question(self, conversation: int, request: str) -> None:
        """Forget the draft's question: an entry was found after all."""
        self._drop(conversation, QuestionRow.request == request)

    def questions(self, since: datetime) -> tuple[Unanswered, ...]:
        """Return the questions that found nothing since then, oldest first."""
        rows = self._session.scalars(select(QuestionRow).where(QuestionRow.at >= since).order_by(QuestionRow.id))
        return tuple(Unanswered(row.conversation_id, row.rule, row.text, row.at) for row in rows)

    def forget_texts(self, before: datetime) -> None:
        """Erase the words of showings and the questions that are older; counts stay."""
        old = update(ShowingRow).where(ShowingRow.at < before, ShowingRow.text != "")
        self._session.execute(old.values(text=""))
        self._session.execute(delete(QuestionRow).where(QuestionRow.at < before))

    def forget(self, conversation: int) -> None:
        """Erase the person: what has ended stays as a count without words or whose it was."""
        own = ShowingRow.conversation_id == conversation
        self._session.execute(delete(ShowingRow).where(own, ShowingRow.outcome == Outcome.OPEN))
        self._session.execute(update(ShowingRow).where(own).values(conversation_id=None, request="", text=""))
        self._drop(conversation)

    def export(self, conversation: int) -> dict[str, object]:
        """Return what is kept of the person, as plain JSON values."""
        shown = select(ShowingRow).where(ShowingRow.conversation_id == conversation).order_by(ShowingRow.id)
        asked = select(QuestionRow).where(QuestionRow.conversation_id == conversation).order_by(QuestionRow.id)
        return {
            "faq": [
                {"entry": row.entry, "outcome": row.outcome, "text": row.text, "at": row.at.isoformat()}
                for row in self._session.scalars(shown)
            ],
            "questions": [{"text": row.text, "at": row.at.isoformat()} for row in self._session.scalars(asked)],
        }

    def _drop(self, conversation: int, *conditions: object) -> None:
        own = delete(QuestionRow).where(QuestionRow.conversation_id == conversation)
        self._session.execute(own.where(*conditions))  # type: ignore[arg-type]


def _counted(query: Select[*Shape]) -> Select[*Shape]:
    """Leave out the showings before an entry was last offered anew."""
    joined = query.join_from(ShowingRow, EntryRow, EntryRow.entry == ShowingRow.entry, isouter=True)
    return joined.where(or_(EntryRow.counted_from.is_(None), ShowingRow.at >= EntryRow.counted_from))


def _showing(row: ShowingRow) -> Showing:
    values = {name: getattr(row, name) for name in _FORM}
    return Showing(id=row.id, outcome=Outcome(row.outcome), **values)
