"""What becomes of a showing, and when an entry misleads."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOON
from triage.faq.deflection import Asked, EntryCounts, Outcome, Showing, misleads, outcome_after, same_subject
from triage.faq.likeness import Likeness

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases/outcomes.jsonl").read_text().splitlines()]
TEXT = "Шлюз отвечает 502 на каждый запрос к складу"


def showing(**values: Any) -> Showing:
    made = {"entry": "error-502", "rule": "defect.failure", "text": TEXT, "at": NOON, "due": NOON + timedelta(days=2)}
    return Showing(**(made | values | {"outcome": Outcome(values["outcome"])}))


def asked(**values: Any) -> Asked:
    made = {"words": f"Опять: {TEXT.lower()}", "rule": "defect.failure", "entries": ["error-502"]}
    return Asked(**(made | values | {"entries": tuple(values.get("entries", ["error-502"]))}))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_showing_becomes(case: dict[str, Any]) -> None:
    shown, wrote = showing(**case["showing"]), asked(**case["asked"])
    likeness = Likeness()
    same = same_subject(shown, wrote, lambda one, other: likeness.between(one, other) >= 0.2)
    assert outcome_after(shown, wrote, same=same, watched=case.get("watched", True)) == case["becomes"]


class TestMisleading:
    def counts(self, confirmed: int, silent: int, false: int, sent: int = 0) -> EntryCounts:
        kinds = (Outcome.CONFIRMED, Outcome.SILENT, Outcome.FALSE, Outcome.SENT)
        return EntryCounts("error-502", dict(zip(kinds, (confirmed, silent, false, sent), strict=True)))

    @pytest.mark.parametrize(
        ("confirmed", "silent", "false", "sent", "told"),
        [
            (5, 2, 3, 0, False),  # 3 of 10: at the limit, not past it
            (5, 1, 4, 0, True),
            (0, 0, 9, 0, False),  # too few to judge
            (0, 0, 9, 50, False),  # letters sent at once are no deflections
            (0, 0, 10, 0, True),
            (0, 0, 0, 20, False),
        ],
    )
    def test_is_a_share_of_what_was_deflected(
        self, confirmed: int, silent: int, false: int, sent: int, told: bool
    ) -> None:
        assert misleads(self.counts(confirmed, silent, false, sent), limit=0.3, least=10) is told

    def test_share_is_nothing_before_anything_was_deflected(self) -> None:
        assert EntryCounts("error-502", {Outcome.OPEN: 3}).false_share == 0.0


class TestLikeness:
    @pytest.mark.parametrize("vocabulary", [False, True])
    def test_finds_a_question_told_again_and_not_another(self, chain: Any, vocabulary: bool) -> None:
        likeness = Likeness(chain.analyzer.classifier.vocabulary if vocabulary else None)
        again = "Добрый день! Снова шлюз отвечал 502 на запросы к складу"
        assert likeness.between(TEXT, again) >= 0.2
        assert likeness.between(TEXT, "Как продлить подписку и получить счёт?") < 0.2

    def test_of_a_text_with_itself_is_whole_and_of_nothing_is_none(self) -> None:
        likeness = Likeness()
        assert likeness.between(TEXT, TEXT) == pytest.approx(1.0)
        assert likeness.between(TEXT, "") == 0.0
        assert likeness.between("?!", "?!") == 0.0

    def test_counts_rare_words_more(self, chain: Any) -> None:
        likeness = Likeness(chain.analyzer.classifier.vocabulary)
        rare = likeness.between("шлюз keepalive", "консоль keepalive")
        usual = likeness.between("шлюз не", "консоль не")
        assert rare > usual
