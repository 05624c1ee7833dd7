"""A report as a person reads it at a glance, drawn with rich."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from triage.policy.calendar import deadline
from triage.policy.pack import Policy
from triage.policy.support import past_support
from triage.report import Action, Finding, Language, Priority, TriageReport, Verdict
from triage.text.redact import humanize, redact

_COLOURS = {Priority.HIGH: "bold red", Priority.MEDIUM: "bold yellow", Priority.LOW: "bold green"}
_VERDICTS = {
    Verdict.IN: "решается поддержкой",
    Verdict.OUT: "не решается поддержкой",
    Verdict.REDIRECT: "передаётся другим специалистам",
    Verdict.NONE: "не обращение в поддержку",
}
_ACTIONS = {
    Action.REPHRASE: "попросить перефразировать (п. 4.2)",
    Action.CONTINUE_THREAD: "продолжить обращение с его номером (п. 4.4)",
    Action.REDIRECT: "направить по адресу",
    Action.DISMISS: "ответить, что это не обращение",
    Action.REFUSE: "объяснить отказ и предложить замену",
    Action.ANSWER: "показать ответ из «Вопросов и ответов» (п. 4.7)",
    Action.ASK: "спросить недостающее (п. 4.2)",
    Action.FORWARD: "отправить на официальный адрес (п. 4.1)",
}
_FIELDS = {"problem": "описание", "site": "адрес", "version": "версия", "steps": "шаги"}
_LANGUAGE = {Language.RUDE: "грубость", Language.OBSCENE: "нецензурно", Language.INSULT: "оскорбление"}


def show(report: TriageReport, text: str, policy: Policy, now: datetime, console: Console) -> None:
    """Print the report; `text` is the request's own, secrets are masked before a character of it is shown."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for name, value in _rows(report, policy, now):
        table.add_row(name, value)
    console.print(Panel(Group(_marked(report, text), Text(), table), title="Проверка обращения", expand=False))


def _rows(report: TriageReport, policy: Policy, now: datetime) -> Iterable[tuple[str, Text]]:
    priority = policy.priority_rule(report.priority.decision.label)
    due = deadline(policy, now, report.priority.sla_hours)
    yield (
        "Приоритет",
        Text.assemble(
            (priority.name, _COLOURS[priority.label]),
            f"  {report.priority.decision.confidence:.0%}, до {due:%d.%m.%Y %H:%M %Z} (п. {priority.clause}, 5.2)",
        ),
    )
    rule = policy.scope_rule(report.scope.decision.label)
    yield (
        "Тема",
        Text.assemble(
            (f"{policy.category_name(rule.category)} / {rule.name}", "bold"),
            f"  {report.scope.decision.confidence:.0%}",
        ),
    )
    yield "Решение", Text(f"{_VERDICTS[rule.verdict]} — п. {rule.clause}: «{rule.quote}»")
    yield from _field_rows(report)
    for past in past_support(policy, (f.value for f in report.fields.version), now.astimezone(policy.zone).date()):
        yield "Поддержка", Text(f"версии {past.version} закончилась {past.until:%d.%m.%Y} (п. 4.8)", "yellow")
    yield from _check_rows(report)
    yield "Дальше", Text(_ACTIONS[report.action], "bold")


def _field_rows(report: TriageReport) -> Iterable[tuple[str, Text]]:
    found = [f.value for f in (*report.fields.site, *report.fields.version)]
    if report.fields.steps:
        found.append("шаги есть")
    yield "Найдено", Text(", ".join(found) or "—")
    if report.fields.missing:
        yield "Не хватает", Text(", ".join(_FIELDS[m] for m in report.fields.missing), "yellow")


def _check_rows(report: TriageReport) -> Iterable[tuple[str, Text]]:
    if report.request_number:
        yield "Номер", Text(report.request_number)
    if report.language:
        labels = dict.fromkeys(_LANGUAGE[Language(f.kind)] for f in report.language)
        yield "Язык", Text(", ".join(labels), "red")
    if report.secrets:
        kinds = ", ".join(sorted({f.kind for f in report.secrets}))
        yield "Секреты", Text(f"{kinds} — скрыты, их следует отозвать", "red")
    if report.several_problems:
        yield "Состав", Text("несколько вопросов в одном обращении (п. 2.4)", "yellow")
    for hit in report.faq:
        yield "Ответ", Text(f"{hit.title}  {hit.score:.0%}  {hit.url}")
    if report.needs_review:
        yield "Проверка", Text("классификатор не уверен: посмотрит сотрудник", "yellow")
    for note in report.notes:
        yield "Замечание", Text(note, "yellow")


def _marked(report: TriageReport, text: str) -> Text:
    """The request's text with the phrases that decided underlined and foul words in red."""
    shown = Text(redact(text, report.secrets))
    for finding in report.scope.decision.evidence:
        shown.stylize("underline", *_inside(finding, shown))
    for finding in report.priority.decision.evidence:
        shown.stylize("underline " + _COLOURS[Priority(report.priority.decision.label)], *_inside(finding, shown))
    for finding in report.language:
        shown.stylize("reverse red", *_inside(finding, shown))
    return shown if shown.plain.strip() else Text(humanize("(пустой текст)"), "dim")


def _inside(finding: Finding, shown: Text) -> tuple[int, int]:
    return finding.start, min(finding.end, len(shown.plain))
