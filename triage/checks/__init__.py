"""The checks: each finds spans of a text with reasons, by the labelling guide."""

from __future__ import annotations

from dataclasses import dataclass

from triage.checks.artefacts import read_artefacts
from triage.checks.language import find_language
from triage.checks.numbers import find_request_number
from triage.checks.problem import states_problem
from triage.checks.several import has_several_problems
from triage.checks.sites import find_sites
from triage.checks.steps import find_steps
from triage.checks.versions import find_versions
from triage.report import Finding


@dataclass(frozen=True, slots=True)
class Checks:
    """What all checks say of one text."""

    site: tuple[Finding, ...]
    version: tuple[Finding, ...]
    steps: tuple[Finding, ...]
    problem: bool
    language: tuple[Finding, ...]
    secrets: tuple[Finding, ...]
    several: bool
    request_number: str | None
    artefacts: dict[str, list[str]]

    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return the spans that a reader of a long text must see."""
        return tuple((f.start, f.end) for f in (*self.site, *self.version, *self.steps, *self.language))


def run_checks(text: str, secrets: tuple[Finding, ...]) -> Checks:
    """Run every check on a redacted text; `secrets` were found before in the open one."""
    return Checks(
        site=find_sites(text),
        version=find_versions(text),
        steps=find_steps(text),
        problem=states_problem(text),
        language=find_language(text),
        secrets=secrets,
        several=has_several_problems(text),
        request_number=find_request_number(text),
        artefacts=read_artefacts(text),
    )
