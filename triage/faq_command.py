"""`triage faq`: check the entries, search them and see why, see how they serve, offer one again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.checks.secrets import find_secrets
from triage.dialogue.texts import plural
from triage.errors import WrongInput
from triage.faq.deflection import EntryCounts, Outcome
from triage.faq.entries import EntryShelf
from triage.faq.groups import Group, group_questions
from triage.faq.likeness import Likeness
from triage.faq.lint import faults
from triage.faq_picture import draw_counts
from triage.faq_reasons import Reason, reasons
from triage.loading import likeness_of, load_chain
from triage.policy.pack import Policy, load_policy
from triage.settings import Settings
from triage.store import Database, connect
from triage.text.redact import humanize, redact

_QUESTIONS = 5  # that are shown of a withheld entry, and of a group
_TITLE = 44
_NO_MODEL = "without a model nothing is found"


def lint(settings: Settings) -> int:
    """Check every entry; exit 1 with one line an error when something is wrong."""
    console = Console()
    policy = load_policy(settings.policy_path)
    wanted = {id: f"{settings.policy_path}: scope {rule.rule}: faq" for rule in policy.scope for id in rule.faq}
    folder = settings.data_dir / "faq"
    found = faults(folder, wanted)
    for fault in found:
        console.print(fault, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(list(folder.glob('*.md')))} entries, {len(found)} wrong")
    return 1 if found else 0


def search(settings: Settings, query: str) -> int:
    """Print the entries that come nearest to a query with their scores, and why."""
    if not query.strip():
        raise WrongInput("say what to search for", advice='triage faq search "как включить кэш"')
    chain = load_chain(settings)
    if chain.broken:
        raise WrongInput(_NO_MODEL, advice=chain.broken)
    text, console = redact(query, find_secrets(query)), Console()
    found = reasons(chain, text, likeness_of(chain.analyzer))
    if not any(reason.shown for reason in found):
        console.print("Ничего не предлагается: ни одна запись не набрала порога. Ближайшие:")
    console.print(_reasons_table(found))
    return 0


def _reasons_table(found: Sequence[Reason]) -> Table:
    table = Table("балл", "запись", "решили слова (вклад)", "ближайший вопрос записи (сходство)", show_lines=True)
    for reason in found:
        words = ", ".join(f"{humanize(word)} {gain:+.2f}" for word, gain in reason.words)
        score = f"{reason.score:.2f}" if reason.shown else f"{reason.score:.2f} < {reason.threshold:.2f}"
        entry = f"{reason.entry.id}\n{reason.entry.title}"
        why = "название записи слово в слово" if reason.titled else words or "—"
        near = f"{reason.question} ({reason.likeness:.2f})"
        table.add_row(Text(score), Text(entry), Text(why), Text(near), style="" if reason.shown else "dim")
    return table


@dataclass(frozen=True, slots=True)
class _Use:
    """What is known of the entries' use at a moment."""

    counts: tuple[EntryCounts, ...]
    failed: dict[str, tuple[str, ...]]
    groups: tuple[Group, ...]


def stats(settings: Settings, *, picture: Path | None = None) -> int:
    """Print how the entries serve and which questions found none; with `picture` draw it as SVG."""
    policy = load_policy(settings.policy_path)
    entries = EntryShelf(settings.data_dir / "faq")
    use = _use(settings, policy, datetime.now(UTC))
    titles = {c.entry: entries[c.entry].title if c.entry in entries else c.entry for c in use.counts}
    if picture is not None:
        draw_counts(picture, use.counts, titles, limit=policy.faq.false_share)
    console = Console()
    if use.counts:
        console.print(_counts_table(use.counts, titles, policy))
    else:
        console.print("Показов пока нет.")
    for line in _withheld(use, titles, policy):
        console.print(line)
    for line in _worth_writing(use.groups):
        console.print(line)
    return 0


def allow(settings: Settings, entry: str) -> int:
    """Offer a withheld entry again; its counts begin anew."""
    if not entry:
        raise WrongInput("name the entry that is offered again", advice="triage faq stats lists them")
    database = _database(settings)
    try:
        with database.unit() as unit:
            allowed = unit.faq.allow(entry, datetime.now(UTC))
    finally:
        database.dispose()
    if not allowed:
        raise WrongInput(f"{entry} is not withheld", advice="triage faq stats lists those that are")
    Console().print(f"{entry} снова предлагается, счёт начат заново", highlight=False)
    return 0


def _use(settings: Settings, policy: Policy, now: datetime) -> _Use:
    """Count silence up to this moment and read everything in one transaction."""
    database = _database(settings)
    try:
        with database.unit() as unit:
            unit.faq.settle(now)
            counts = unit.faq.counts()
            failed = {c.entry: unit.faq.failed(c.entry, _QUESTIONS) for c in counts if c.withheld_at}
            questions = unit.faq.questions(now - timedelta(days=policy.faq.kept_days))
    finally:
        database.dispose()
    enough = len(questions) >= policy.faq.min_group
    likeness = likeness_of(load_chain(settings, whole=False).analyzer) if enough else Likeness()
    rules = policy.faq
    groups = group_questions(questions, likeness, mean_likeness=rules.group_likeness, least=rules.min_group)
    return _Use(counts, failed, groups)


def _database(settings: Settings) -> Database:
    database = connect(settings.database_url)
    database.ping()
    return database


def _counts_table(counts: Sequence[EntryCounts], titles: dict[str, str], policy: Policy) -> Table:
    table = Table(title="Как служат ответы", caption=_legend(policy))
    table.add_column("запись", max_width=_TITLE)
    columns = ("показан", "помог", "молчание", "ложно", "письмо", "не помог", "другой", "ждёт", "доля ложных")
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("сам")
    for c in counts:
        kinds = (Outcome.SENT, Outcome.NOT_HELPED, Outcome.PASSED, Outcome.OPEN)
        numbers = [c.shown, c.of(Outcome.CONFIRMED), c.of(Outcome.SILENT)]
        share = f"{c.false_share:.0%}" if c.deflected else "—"
        table.add_row(
            Text(f"{c.entry}\n{titles[c.entry]}"),
            *map(str, numbers),
            _false(c),
            *(str(c.of(kind)) for kind in kinds),
            share,
            "снят" if c.withheld_at else "да",
            style="red" if c.withheld_at else "",
        )
    return table


def _false(counts: EntryCounts) -> str:
    """Return the false deflections with what they were taken for."""
    after = {"confirmed": "помог", "silent": "молч.", "open": "ушёл"}
    parts = [f"{after.get(before, before)} {n}" for before, n in sorted(counts.false_after.items())]
    total = str(counts.of(Outcome.FALSE))
    return f"{total}\n{', '.join(parts)}" if parts else total


def _legend(policy: Policy) -> str:
    rules = policy.faq
    days = plural(rules.false_days, "рабочего дня", "рабочих дней", "рабочих дней")
    silent = plural(rules.silent_days, "рабочий день", "рабочих дня", "рабочих дней")
    shown = plural(rules.min_showings, "показа", "показов", "показов")
    return (
        f"Молчание: {silent} без «Помогло» и без письма. Ложно: тот же вопрос того же человека в течение {days}. "
        f"Доля: ложные среди помогших, молчания и ложных; выше {rules.false_share:.0%} от {shown} ответ снимается."
    )


def _withheld(use: _Use, titles: dict[str, str], policy: Policy) -> Iterable[Text]:
    for counts in use.counts:
        if counts.withheld_at is None:
            continue
        at = counts.withheld_at.astimezone(policy.zone)
        yield Text(f"\n{titles[counts.entry]} ({counts.entry}) не предлагается с {at:%d.%m.%Y}", style="bold")
        for question in use.failed[counts.entry]:
            yield Text(f"  • {' '.join(question.split())}")
        yield Text(f"  Снова предлагать: triage faq allow {counts.entry}")


def _worth_writing(groups: Sequence[Group]) -> Iterable[Text]:
    if not groups:
        yield Text("\nГрупп вопросов без ответа нет.")
        return
    yield Text("\nВопросы без ответа, о которых стоит написать записи", style="bold")
    for number, group in enumerate(groups, 1):
        asked = plural(group.size, "вопрос", "вопроса", "вопросов")
        people = plural(group.persons, "человека", "человек", "человек")
        yield Text(f"{number}. {asked} от {people}: {', '.join(group.words)}")
        for text in group.texts[:_QUESTIONS]:
            yield Text(f"  • {' '.join(text.split())}")
