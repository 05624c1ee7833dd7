"""From findings to the next step: what is missing and which action comes first (report contract)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from triage.policy.pack import ScopeRule
from triage.report import Action, FieldName, Language, TriageReport, Verdict


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the choice of an action looks at."""

    rule: ScopeRule
    language: Collection[str]
    faq_found: bool
    missing: tuple[FieldName, ...]


def missing_fields(rule: ScopeRule, *, problem: bool, site: bool, version: bool, steps: bool) -> tuple[FieldName, ...]:
    """Return the fields of clause 4.2 that this rule asks for and the text lacks, in the order to ask."""
    present = {
        FieldName.PROBLEM: problem,
        FieldName.SITE: site,
        FieldName.VERSION: version,
        FieldName.STEPS: steps,
    }
    return tuple(name for name in FieldName if name in rule.fields and not present[name])


def choose_action(outlook: Outlook) -> Action:
    """Return the first action whose condition holds, in the order of the report contract."""
    return next(action for action, holds in _ACTIONS if holds(outlook))


def without_entries(report: TriageReport, entries: Collection[str], rule: ScopeRule) -> TriageReport:
    """Return the report as if these FAQ entries had not been found; `rule` is the scope rule of the report."""
    left = tuple(hit for hit in report.faq if hit.id not in entries)
    if len(left) == len(report.faq):
        return report
    outlook = Outlook(rule, {finding.kind for finding in report.language}, bool(left), report.fields.missing)
    return replace(report, faq=left, action=choose_action(outlook))


def _refused_language(outlook: Outlook) -> bool:
    return bool({Language.OBSCENE, Language.INSULT} & set(outlook.language))


_ACTIONS: tuple[tuple[Action, Callable[[Outlook], bool]], ...] = (
    (Action.REPHRASE, _refused_language),
    (Action.CONTINUE_THREAD, lambda o: o.rule.rule == "other.followup"),
    (Action.REDIRECT, lambda o: o.rule.verdict is Verdict.REDIRECT),
    (Action.DISMISS, lambda o: o.rule.verdict is Verdict.NONE),
    (Action.REFUSE, lambda o: o.rule.verdict is Verdict.OUT),
    (Action.ANSWER, lambda o: o.faq_found),
    (Action.ASK, lambda o: bool(o.missing)),
    (Action.FORWARD, lambda o: True),
)
