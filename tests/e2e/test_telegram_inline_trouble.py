"""A question of inline mode is answered when the search hangs or breaks, without a model, and by webhook."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.botapi import BotApi, User
from tests.e2e.running import Running, by_webhook, rows, running, settings_for
from tests.fakes import FakeAnalyzer
from triage.loading import load_chain
from triage.policy.pack import load_policy
from triage.report import Request, TriageReport


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in answer["results"]]


class Moody:
    """The fake chain, which hangs on «висит» until it is let go and breaks on «ломает»."""

    def __init__(self, policy_path: Path) -> None:
        self._chain = FakeAnalyzer(load_policy(policy_path))
        self.let_go = threading.Event()

    def analyze(self, request: Request) -> TriageReport:
        if "висит" in request.text:
            self.let_go.wait(60)
        if "ломает" in request.text:
            raise RuntimeError("the chain is broken")
        return self._chain.analyze(request)


@pytest.fixture
def moody(api: BotApi, tmp_path: Path) -> Iterator[Running]:
    settings = settings_for(api, tmp_path)
    chain = Moody(settings.policy_path)
    with running(settings, analyze=chain.analyze) as app:
        yield app
    chain.let_go.set()


class TestASearchThatHangs:
    def test_is_answered_by_words_and_holds_nobody_up(self, api: BotApi, moody: Running) -> None:
        people = [User(api, 500 + n) for n in range(12)]
        asked = [person.ask("502 висит") for person in people]
        begun = time.monotonic()
        boris = User(api, 600)
        boris.say("/help")
        boris.wait("Команды", patience=3)
        quick = User(api, 601)
        for person, question in zip(people, asked, strict=True):
            answer = person.offered(question, patience=8)
            assert ids(answer)[0] in ("error-502", "none")
            assert answer["cache_time"] == 0
        assert time.monotonic() - begun < 8
        assert quick.offered(quick.ask("503"), patience=8)["results"]

    def test_that_breaks_is_answered_by_words(self, api: BotApi, moody: Running) -> None:
        person = User(api, 610)
        answer = person.offered(person.ask("gRPC ломает"))
        assert ids(answer)[0] == "grpc"
        assert answer["cache_time"] == 0


class TestWithoutAModel:
    def test_titles_are_found(self, api: BotApi, tmp_path: Path) -> None:
        settings = replace(settings_for(api, tmp_path), models_dir=tmp_path / "none")
        chain = load_chain(settings)
        assert chain.broken
        with running(settings, analyze=chain.analyzer.analyze):
            person = User(api, 620)
            answer = person.offered(person.ask("ошибка 502"))
            assert ids(answer)[0] == "error-502"
            assert answer["cache_time"] > 0


class TestByWebhook:
    def test_a_question_is_answered(self, api: BotApi, tmp_path: Path) -> None:
        with running(by_webhook(settings_for(api, tmp_path))) as app:
            person = User(api, 630)
            assert ids(person.offered(person.ask("502")))[0] == "error-502"
            assert not rows(app.settings, "select * from inbox")
