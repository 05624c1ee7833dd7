"""The summary's and the view's line about a version past support, when the pack lists dates."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from tests.builders import NOON, policy
from tests.fakes import FakeAnalyzer
from tests.unit.dialogue.talk import Talk
from triage.dialogue.context import Context
from triage.policy.pack import Policy, Release
from triage.report import Request
from triage.report_view import show

TEXT = "После обновления шлюз версии 4.1.2 отвечает 502 на https://api.example.ru"


def dated(until: date) -> Policy:
    return replace(policy(), release=(Release("4.1", until),))


@dataclass
class DatedTalk(Talk):
    """A talk under a pack that lists the support dates of 4.1."""

    until: date = date(2026, 3, 31)

    @property
    def context(self) -> Context:
        return replace(super().context, policy=dated(self.until))


def summary(**others: Any) -> str:
    talk = DatedTalk(**others)
    talk.person = replace(talk.person, consent=policy().dialogue.notice_version)
    talk.say(TEXT)
    assert "Отправить" in talk.labels
    return talk.text


class TestTheSummary:
    def test_says_calmly_that_support_of_the_version_has_ended(self) -> None:
        assert "Поддержка версии 4.1.2 закончилась 31.03.2026: возможно, сначала предложат обновиться" in summary()

    def test_says_nothing_while_the_version_is_supported(self) -> None:
        assert "закончилась" not in summary(until=NOON.date())


class TestTheView:
    @pytest.mark.parametrize(("until", "said"), [(date(2026, 3, 31), True), (date(2027, 1, 1), False)])
    def test_says_it_too(self, until: date, said: bool) -> None:
        report = FakeAnalyzer(policy()).analyze(Request(TEXT))
        out = io.StringIO()
        show(report, TEXT, dated(until), NOON, Console(file=out, width=160))
        assert ("версии 4.1.2 закончилась 31.03.2026" in out.getvalue()) is said
