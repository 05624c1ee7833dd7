"""The chain: from a request's text to its report, in reading order. Pure: no clock, no network, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.checks import Checks, run_checks
from triage.checks.secrets import find_secrets
from triage.classify.classifier import Classifier, Prediction
from triage.classify.fallback import guess
from triage.classify.occlusion import decisive
from triage.classify.pool import SecondOpinion
from triage.encoder.reader import EncoderReader
from triage.faq.rerank import Reranker
from triage.faq.search import FaqSearch
from triage.policy.decide import Outlook, choose_action, missing_fields
from triage.policy.pack import Policy
from triage.report import FaqHit, Fields, Finding, Request, Scope, TriageReport, Urgency, Verdict
from triage.text.redact import redact


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of one text, and who read it: the quick model alone, or both."""

    prediction: Prediction
    hits: tuple[FaqHit, ...]
    notes: tuple[str, ...]
    reader: str = "quick"


@dataclass(frozen=True, slots=True)
class Second:
    """The second reader with what joins it to the quick one.

    With `always` it reads every text, else only those of which the quick model is unsure.
    """

    reader: EncoderReader
    opinion: SecondOpinion
    reranker: Reranker
    always: bool = False


@dataclass(frozen=True, slots=True)
class Analyzer:
    """The wired chain. Without a classifier every request is marked for review and still goes on."""

    policy: Policy
    classifier: Classifier | None
    faq: FaqSearch | None
    notes: tuple[str, ...] = ()
    second: Second | None = None

    def analyze(
        self, request: Request, *, explain: bool = True, secrets: tuple[Finding, ...] | None = None
    ) -> TriageReport:
        """Return the report; spans are offsets in `request.text`.

        `secrets` are the findings of a text whose secrets, and those of its subject, were masked before.
        """
        text, subject = request.text, request.subject
        if secrets is None:
            secrets = find_secrets(text)
            text, subject = redact(text, secrets), subject and redact(subject, find_secrets(subject))
        checks = run_checks(text, secrets)
        seen = f"{subject}\n{text}" if subject else text
        read = self._read(seen, text, checks, explain=explain and seen is text)
        return self._report(request, checks, read)

    def readers(self) -> dict[str, str]:
        """Return for the quick model and the second reader `ok`, `off` or why it does not read."""
        quick = "ok" if self.classifier else "; ".join(self.notes)
        if self.second is not None:
            return {"classifier": quick, "second_reader": self.second.reader.trouble or "ok"}
        return {"classifier": quick, "second_reader": "; ".join(self.notes) or "off"}

    def _read(self, seen: str, text: str, checks: Checks, *, explain: bool) -> _Read:
        """Ask the classifier and the FAQ; a text that breaks them goes on without, for an agent to look at."""
        if self.classifier is None:
            return _Read(guess(checks), (), self.notes)
        try:
            prediction = self.classifier.classify(seen, checks, checks.secrets, explain=explain)
            quick = _Read(prediction, self._answers(prediction, text), self.notes)
        except Exception as error:  # whatever it is, the request must not be lost
            return _Read(guess(checks), (), (*self.notes, f"classifier failed: {type(error).__name__}"))
        if self.second is None or not (self.second.always or prediction.review or quick.hits):
            return quick
        try:
            return self._read_again(self.second, quick, seen, text, checks, explain=explain)
        except Exception as error:  # the quick model goes on alone
            return replace(quick, notes=(*self.notes, f"second reader failed: {error or type(error).__name__}"))

    def _read_again(
        self, second: Second, quick: _Read, seen: str, text: str, checks: Checks, *, explain: bool
    ) -> _Read:
        """Join what the second reader says: both decisions, and the FAQ's entries ranked anew."""
        shift = len(seen) - len(text)
        reading = second.reader.read(seen, [(start + shift, end + shift) for start, end in checks.spans()])
        prediction = second.opinion.join(quick.prediction, reading)
        hits = quick.hits
        if self.faq is not None and len(prediction.columns) and not self.faq.titled(text):
            margins = self.faq.margins_of(prediction.columns, prediction.weights)
            hits = self.faq.shown(second.reranker.scores(margins, reading.faq), second.reranker.threshold)
        if explain:
            prediction = self._with_reasons(second, prediction, text, checks)
        return _Read(prediction, hits, self.notes, "both")

    def _with_reasons(self, second: Second, prediction: Prediction, text: str, checks: Checks) -> Prediction:
        """Name the phrases without which both readers together would be less sure."""
        decided = {"scope": prediction.scope, "priority": prediction.priority}

        def read(texts: Sequence[str]) -> list[dict[str, float]]:
            seen = [(shorter, run_checks(shorter, checks.secrets)) for shorter in texts]
            readings = second.reader.read_all([(shorter, own.spans()) for shorter, own in seen])
            return [
                second.opinion.leads(self._decided(shorter, own), reading, decided)
                for (shorter, own), reading in zip(seen, readings, strict=True)
            ]

        suspects = {(f.start, f.end) for decision in decided.values() for f in decision.evidence}
        found = decisive(text, {head: decision.label for head, decision in decided.items()}, suspects, read)
        scope, priority = (replace(decision, evidence=tuple(found[head])) for head, decision in decided.items())
        return replace(prediction, scope=scope, priority=priority)

    def _decided(self, text: str, checks: Checks) -> Prediction:
        assert self.classifier is not None  # it is what the second reader is asked beside
        return self.classifier.classify(text, checks, checks.secrets, explain=False)

    def _answers(self, prediction: Prediction, text: str) -> tuple[FaqHit, ...]:
        if self.faq is None or not len(prediction.columns):
            return ()
        return self.faq.search(prediction.columns, prediction.weights, prediction.scope_probabilities, text=text)

    def _report(self, request: Request, checks: Checks, read: _Read) -> TriageReport:
        prediction, hits = read.prediction, read.hits
        rule = self.policy.scope_rule(prediction.scope.label)
        priority = self.policy.priority_rule(prediction.priority.label)
        problem = checks.problem and rule.verdict is not Verdict.NONE  # nor is anything off-topic (labels.md, Checks)
        missing = missing_fields(
            rule,
            problem=problem,
            site=bool(checks.site),
            version=bool(checks.version),
            steps=bool(checks.steps),
        )
        outlook = Outlook(rule, {f.kind for f in checks.language}, bool(hits), missing)
        return TriageReport(
            id=request.id,
            priority=Urgency(prediction.priority, priority.hours, priority.clause),
            scope=Scope(prediction.scope, rule.category, rule.verdict, rule.clause),
            fields=Fields(checks.site, checks.version, checks.steps, problem, missing),
            language=checks.language,
            secrets=checks.secrets,
            several_problems=checks.several,
            request_number=checks.request_number,
            faq=hits,
            action=choose_action(outlook),
            needs_review=prediction.review,
            notes=read.notes,
            artefacts=checks.artefacts,
            reader=read.reader,
        )
