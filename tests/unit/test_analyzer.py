"""The chain as a whole: the report's contract, bad input, secrets, a missing classifier."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.analyzer import Analyzer
from triage.loading import Chain
from triage.report import Action, FieldName, Language, Priority, Request

REQUESTS = {
    "outage": "Шлюз api.primer-bank.ru лежит, клиенты стоят, ни один запрос не проходит, версия 4.2.1",
    "question": "Как включить кэширование ответов у API?",
    "secret": "Не подключается монга, пароль: Zima-2031-kot, сайт apim.primer.ru",
    "foul": "б*ять, опять портал не открывается ни у кого",
    "followup": "По заявке 5590 добавляю журнал",
    "small talk": "Привет, как дела",
    "pay": "Оплатите за нас подписку картой 4111 1111 1111 1111 срок 12/28",
}
HOSTILE = [
    "",
    " ",
    "\n\n",
    "😀" * 50,
    "https://primer.ru/a?b=c",
    "а" * 100_000,
    "не работает шлюз " * 6000,
    "\u202eшлюз\u200b\u200d лежит\ufeff",
    "<b>Шлюз</b> **лежит** & <script>alert(1)</script>",
    "\x00\x01\x02 шлюз \x7f",
    "\ud800 одинокий суррогат",
    "q" * 300 + " " + "ё" * 300,
    "[" * 5000,
    "(" * 3000 + ")" * 3000,
    "1." * 5000,
    "@" * 5000,
]


def report_of(chain: Chain, text: str) -> dict[str, Any]:
    return chain.analyzer.analyze(Request(text, id="x")).as_dict()


def check_contract(report: dict[str, Any], text: str) -> None:
    assert report["priority"]["label"] in set(Priority)
    assert report["priority"]["sla_hours"] == {"high": 24, "medium": 48, "low": 96}[report["priority"]["label"]]
    assert report["scope"]["category"] == report["scope"]["rule"].split(".")[0]
    assert report["scope"]["verdict"] in {"in", "out", "redirect", "none"}
    for head in ("priority", "scope"):
        assert 0.0 <= report[head]["confidence"] <= 1.0
    assert set(report["fields"]) >= {"site", "version", "steps", "problem", "missing"}
    assert set(report["fields"]["missing"]) <= set(FieldName)
    assert set(report["profanity"]["labels"]) <= set(Language)
    for start, end in [*report["profanity"]["spans"], *report["secrets"]["spans"], *report["scope"]["evidence"]]:
        assert 0 <= start < end <= len(text)
    assert len(report["faq"]) <= 3
    assert report["action"] in set(Action)
    json.dumps(report)


class TestTheContract:
    @pytest.mark.parametrize("name", REQUESTS)
    def test_holds_for_ordinary_requests(self, chain: Chain, name: str) -> None:
        check_contract(report_of(chain, REQUESTS[name]), REQUESTS[name])

    def test_echoes_the_id(self, chain: Chain) -> None:
        assert report_of(chain, "x")["id"] == "x"

    @pytest.mark.parametrize(
        ("name", "action"),
        [
            ("outage", Action.ASK),
            ("question", Action.ANSWER),
            ("foul", Action.REPHRASE),
            ("followup", Action.CONTINUE_THREAD),
            ("small talk", Action.DISMISS),
            ("pay", Action.REFUSE),
        ],
    )
    def test_chooses_the_first_action_that_holds(self, chain: Chain, name: str, action: Action) -> None:
        assert report_of(chain, REQUESTS[name])["action"] == action

    def test_finds_what_clause_4_2_asks_for(self, chain: Chain) -> None:
        fields = report_of(chain, REQUESTS["outage"])["fields"]
        assert fields["site"] == ["api.primer-bank.ru"]
        assert fields["version"] == ["4.2.1"]
        assert fields["missing"] == ["steps"]

    def test_an_empty_text_lacks_the_problem(self, chain: Chain) -> None:
        assert report_of(chain, "")["fields"]["missing"][0] == "problem"

    def test_names_the_phrases_that_decided(self, chain: Chain) -> None:
        report = report_of(chain, REQUESTS["outage"])
        words = [REQUESTS["outage"][s:e] for s, e in report["priority"]["evidence"]]
        assert any(word in phrase for phrase in words for word in ("лежит", "стоят", "ни один", "не проходит"))

    def test_the_subject_counts_too(self, chain: Chain) -> None:
        request = Request("Смотрите тему", subject="Все шлюзы лежат, ни один запрос не проходит")
        assert chain.analyzer.analyze(request).scope.decision.label == "defect.failure"


class TestSecrets:
    def test_do_not_reach_the_report(self, chain: Chain) -> None:
        report = report_of(chain, REQUESTS["secret"])
        assert report["secrets"]["kinds"] == ["password"]
        assert "Zima-2031-kot" not in json.dumps(report, ensure_ascii=False)


class TestBadInput:
    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_gets_a_report_like_any_other(self, chain: Chain, text: str) -> None:
        check_contract(report_of(chain, text), text)

    @given(text=st.text(max_size=300))
    @settings(max_examples=150, deadline=None)
    def test_no_text_raises(self, chain: Chain, text: str) -> None:
        check_contract(report_of(chain, text), text)


class TestWithoutAClassifier:
    @pytest.mark.parametrize("name", REQUESTS)
    def test_a_request_still_goes_on_marked_for_review(self, chain: Chain, name: str) -> None:
        analyzer = Analyzer(chain.policy, None, None, ("classifier unavailable",))
        report = analyzer.analyze(Request(REQUESTS[name])).as_dict()
        check_contract(report, REQUESTS[name])
        assert report["needs_review"] is True
        assert report["notes"] == ["classifier unavailable"]
        assert report["scope"]["confidence"] == 0.0


class Broken:
    """A classifier whose files do not fit each other."""

    def classify(self, *_: object, **__: object) -> Any:
        raise ValueError("operands could not be broadcast together")


class TestABreakingClassifier:
    def test_a_text_that_breaks_it_gets_a_report_for_an_agent(self, chain: Chain) -> None:
        analyzer = replace(chain.analyzer, classifier=Broken())  # type: ignore[arg-type]
        report = analyzer.analyze(Request("Шлюз https://gw.example.ru не отвечает", id="x"))
        assert (report.id, report.needs_review, report.notes) == ("x", True, ("classifier failed: ValueError",))
        assert report.scope.decision.label == "defect.failure"
        assert [site.value for site in report.fields.site] == ["https://gw.example.ru"]
