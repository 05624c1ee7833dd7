"""`triage evaluate`: how good the installed models are on labelled requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from triage.classify.corpus import Labelled, read_labelled
from triage.classify.measure import (
    decided_alone,
    expected_calibration_error,
    macro_f1,
    precision_recall_f1,
    scope_metrics,
)
from triage.classify.pictures import require_matplotlib
from triage.errors import WrongInput
from triage.evaluation_page import Decided, Mistake, write_page
from triage.loading import Chain, load_chain
from triage.report import Request, TriageReport
from triage.settings import Settings
from triage.text.redact import humanize, redact

_CONFUSIONS = 12
_SHOWN = 160


def evaluate_file(settings: Settings, path: Path, *, errors: int, page: Path | None = None) -> int:
    """Print metrics, confusions and the most confident errors on a labelled file; with `page` write them as HTML."""
    if page is not None:
        require_matplotlib()
    if not path.is_file():
        raise WrongInput(f"{path} is not a file")
    rows = read_labelled(path)
    if not rows:
        raise WrongInput(f"{path} holds no labelled requests")
    chain, console = load_chain(settings), Console()
    if chain.broken:
        raise WrongInput("there is no model to evaluate", advice=chain.broken)
    reports = [chain.analyzer.analyze(Request(row.text), explain=False) for row in rows]
    measures, worst = _measures(rows, reports, chain), worst_errors(rows, reports, errors)
    console.print(_table(len(rows), measures))
    console.print(_confusion(rows, reports))
    for error in worst:
        line = f"{error.confidence:.2f} {error.taken} instead of {error.true}: {error.text[:_SHOWN]!r}"
        console.print(line, markup=False, highlight=False)
    if page is not None:
        write_page(page, path.name, measures, _decided(rows, reports), worst)
    return 0


def worst_errors(rows: Sequence[Labelled], reports: Sequence[TriageReport], most: int) -> list[Mistake]:
    """Return the scope errors that the model was surest of, their texts without secrets."""
    wrong = [
        Mistake(p.scope.decision.confidence, r.scope, p.scope.decision.label, humanize(redact(r.text, p.secrets)))
        for r, p in zip(rows, reports, strict=True)
        if r.scope != p.scope.decision.label
    ]
    return sorted(wrong, key=lambda error: -error.confidence)[:most]


def _decided(rows: Sequence[Labelled], reports: Sequence[TriageReport]) -> dict[str, Decided]:
    """Both heads: what was true, what was said, and how surely."""
    decisions = {"scope": [p.scope.decision for p in reports], "priority": [p.priority.decision for p in reports]}
    truth = {"scope": [r.scope for r in rows], "priority": [r.priority.value for r in rows]}
    return {
        head: Decided(
            np.array(truth[head]),
            np.array([d.label for d in own]),
            np.array([d.confidence for d in own], dtype=np.float32),
        )
        for head, own in decisions.items()
    }


def _table(count: int, measures: Sequence[tuple[str, float]]) -> Table:
    table = Table(title=f"{count} requests", show_header=False)
    for name, value in measures:
        table.add_row(name, f"{value:.3f}")
    return table


def _measures(rows: Sequence[Labelled], reports: Sequence[TriageReport], chain: Chain) -> list[tuple[str, float]]:
    decided = _decided(rows, reports)
    truth, guess, confidence = decided["scope"]
    urgency, urgency_guess, urgency_confidence = decided["priority"]
    policy = chain.policy
    scope = scope_metrics(
        truth, guess, lambda r: policy.scope_rule(r).verdict.value, lambda r: policy.scope_rule(r).category
    )
    precision, recall, _ = precision_recall_f1(urgency, urgency_guess, "high")
    return [
        ("scope accuracy", float((truth == guess).mean())),
        ("scope macro-F1", macro_f1(truth, guess)),
        *((f"scope {name.replace('_', ' ')}", value) for name, value in scope.items()),
        ("scope calibration error", expected_calibration_error(truth == guess, confidence)),
        ("scope alone at 95 %", decided_alone(truth == guess, confidence)),
        ("priority accuracy", float((urgency == urgency_guess).mean())),
        ("priority macro-F1", macro_f1(urgency, urgency_guess)),
        ("priority high precision", precision),
        ("priority high recall", recall),
        (
            "priority calibration error",
            expected_calibration_error(urgency == urgency_guess, urgency_confidence),
        ),
        ("priority alone at 95 %", decided_alone(urgency == urgency_guess, urgency_confidence)),
        ("marked for review", float(np.mean([r.needs_review for r in reports]))),
        ("read by both readers", float(np.mean([r.reader == "both" for r in reports]))),
        *_faq_measures(rows, reports),
        *_check_measures(rows, reports),
    ]


def _faq_measures(rows: Sequence[Labelled], reports: Sequence[TriageReport]) -> list[tuple[str, float]]:
    answerable = [(row.entries, [h.id for h in r.faq]) for row, r in zip(rows, reports, strict=True) if row.entries]
    silent = [bool(r.faq) for row, r in zip(rows, reports, strict=True) if not row.entries]
    if not answerable:
        return []
    shown = [(gold, hits) for gold, hits in answerable if hits]
    return [
        ("faq first right", float(np.mean([bool(hits) and hits[0] in gold for gold, hits in answerable]))),
        ("faq right when shown", float(np.mean([hits[0] in gold for gold, hits in shown])) if shown else 0.0),
        ("faq shown when none", float(np.mean(silent)) if silent else 0.0),
    ]


def _check_measures(rows: Sequence[Labelled], reports: Sequence[TriageReport]) -> list[tuple[str, float]]:
    pairs = list(zip(rows, reports, strict=True))

    def f1(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> float:
        hits = sum(len(set(t) & set(f)) for t, f in zip(truth, found, strict=True))
        total = sum(len(set(t)) for t in truth) + sum(len(set(f)) for f in found)
        return 2 * hits / total if total else 1.0

    def flags(values: Sequence[bool]) -> list[list[str]]:
        return [["yes"] if value else [] for value in values]

    return [
        ("site F1", f1([r.site for r, _ in pairs], [[f.value for f in p.fields.site] for _, p in pairs])),
        (
            "version F1",
            f1([r.version for r, _ in pairs], [[f.value for f in p.fields.version] for _, p in pairs]),
        ),
        ("steps F1", f1(flags([r.steps for r, _ in pairs]), flags([bool(p.fields.steps) for _, p in pairs]))),
        ("problem accuracy", float(np.mean([r.problem == p.fields.problem for r, p in pairs]))),
        (
            "language F1",
            f1([r.profanity for r, _ in pairs], [[f.kind for f in p.language] for _, p in pairs]),
        ),
        ("secrets F1", f1(flags([r.secrets for r, _ in pairs]), flags([bool(p.secrets) for _, p in pairs]))),
        (
            "several problems F1",
            f1(flags([r.several_problems for r, _ in pairs]), flags([p.several_problems for _, p in pairs])),
        ),
    ]


def _confusion(rows: Sequence[Labelled], reports: Sequence[TriageReport]) -> Table:
    pairs = Counter((r.scope, p.scope.decision.label) for r, p in zip(rows, reports, strict=True))
    table = Table("true", "taken for", "requests", title="Most frequent confusions")
    for (true, taken), count in pairs.most_common():
        if true != taken and table.row_count < _CONFUSIONS:
            table.add_row(true, taken, str(count))
    return table
