"""A classifier that breaks on a text does not silence the conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from triage.jobs.steady import steady
from triage.loading import load_chain
from triage.report import Priority, Request
from triage.settings import Settings


class Broken:
    """A classifier whose files do not fit each other."""

    def classify(self, *_: object, **__: object) -> Any:
        raise ValueError("operands could not be broadcast together")


def test_a_text_that_breaks_the_classifier_gets_a_report_for_an_agent() -> None:
    analyzer = load_chain(Settings.from_env({})).analyzer
    report = steady(replace(analyzer, classifier=Broken()))(Request("Шлюз https://gw.example.ru не отвечает", id="x"))  # type: ignore[arg-type]
    assert (report.id, report.needs_review) == ("x", True)
    assert report.scope.decision.label == "defect.failure"
    assert report.priority.decision.label == Priority.MEDIUM
    assert [site.value for site in report.fields.site] == ["https://gw.example.ru"]


def test_other_texts_are_read_as_ever() -> None:
    analyzer = load_chain(Settings.from_env({})).analyzer
    request = Request("Как включить кэширование ответов у API?")
    assert steady(analyzer)(request) == analyzer.analyze(request)
