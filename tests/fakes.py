"""Twins of what is slow or outside, with rules that a test can read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.policy.decide import Outlook, choose_action, missing_fields
from triage.policy.pack import Policy
from triage.report import (
    Decision,
    FaqHit,
    Fields,
    Finding,
    Language,
    Request,
    Scope,
    TriageReport,
    Urgency,
)

_RULES = (
    (r"заявк|обращени[еюя]\b", "other.followup", "low"),
    (r"жалоб", "other.complaint", "low"),
    (r"тендер", "other.not_support", "low"),
    (r"погод|привет", "other.off_topic", "low"),
    (r"установите", "setup.install_for_me", "low"),
    (r"подсистем", "defect.failure", "medium"),
    (r"не работает|ошибк|502|503|падает", "defect.failure", "high"),
    (r"медленно", "improvement.performance", "low"),
    (r".", "usage.explain", "low"),
)
_LANGUAGE = ((r"матюк\w*", Language.OBSCENE), (r"дурак\w*", Language.INSULT), (r"хрен\w*", Language.RUDE))
_VAGUE = re.compile(r"\W*(?:не работает|помогите|ошибка|привет)?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FakeAnalyzer:
    """The chain by keywords: the first rule whose word stands in the text decides.

    «матюк», «дурак», «хрен» are foul; «пароль: x» a secret; «а ещё» means several problems;
    «загадка» leaves the classifier unsure, «подсистема» of the priority only; 502 and 503 are answered by the FAQ.
    """

    policy: Policy

    def analyze(self, request: Request) -> TriageReport:
        """Return a report that keeps the contract's invariants."""
        text = request.text
        found = ((r, p) for pattern, r, p in _RULES if re.search(pattern, text, re.I | re.S))
        name, priority = next(found, ("other.off_topic", "low"))
        rule, urgency = self.policy.scope_rule(name), self.policy.priority_rule(priority)
        fields = self._fields(text, name)
        language = tuple(f for pattern, kind in _LANGUAGE for f in _find(pattern, text, kind.value, group=0))
        faq = tuple(
            FaqHit(f"error-{code}", 0.9, f"Почему шлюз отвечает {code}?", f"https://faq/{code}")
            for code in ("502", "503")
            if code in text
        )
        sure = 0.4 if "загадка" in text else 0.97
        sure_of_priority = 0.6 if name == "defect.failure" and priority == "medium" else sure
        outlook = Outlook(rule, {f.kind for f in language}, bool(faq), fields.missing)
        number = re.search(r"GR-\d+-\d+|№\s*(\d+)", text)
        return TriageReport(
            id=request.id,
            priority=Urgency(Decision(priority, sure_of_priority), urgency.hours, urgency.clause),
            scope=Scope(Decision(name, sure), rule.category, rule.verdict, rule.clause),
            fields=fields,
            language=tuple(sorted(language, key=lambda f: f.start)),
            secrets=tuple(_find(r"пароль: (\S+)", text, "password", group=1)),
            several_problems="а ещё" in text,
            request_number=(number.group(1) or number.group()) if number else None,
            faq=faq,
            action=choose_action(outlook),
            needs_review=min(sure, sure_of_priority) < 0.7,
        )

    def _fields(self, text: str, name: str) -> Fields:
        site = tuple(_find(r"https?://[\w.:/-]+|localhost", text, "site", group=0))
        version = tuple(_find(r"\b\d+\.\d+\.\d+\b", text, "version", group=0))
        steps = tuple(_find(r"^\d\. .+$", text, "step", group=0))
        problem = not _VAGUE.fullmatch(text) and name != "other.off_topic"
        missing = missing_fields(
            self.policy.scope_rule(name),
            problem=problem,
            site=bool(site),
            version=bool(version),
            steps=len(steps) > 1,
        )
        return Fields(site, version, steps if len(steps) > 1 else (), problem, missing)


def _find(pattern: str, text: str, kind: str, *, group: int) -> list[Finding]:
    found = re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE)
    return [Finding(m.start(group), m.end(group), kind, value=m.group(group)) for m in found]
