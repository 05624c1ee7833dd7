"""The installed model: trained on this corpus, above its floors, led by consequences, explained by what decided."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from triage.classify.artefacts import read_manifest
from triage.classify.corpus import read_corpus, without_near_duplicates
from triage.loading import Chain, load_chain
from triage.report import Request
from triage.settings import Settings
from triage.text.paths import data_dir, models_dir

PAIRS = [
    json.loads(x) for x in (Path(__file__).parent / "cases" / "priority_pairs.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def chain() -> Chain:
    return load_chain(Settings.from_env({}))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return read_manifest(models_dir({}))


class TestTheManifest:
    def test_is_of_this_corpus(self, manifest: dict[str, Any]) -> None:
        rows = without_near_duplicates(read_corpus(data_dir({}) / "tickets"))
        assert manifest["texts"] == len(rows)
        assert manifest["batches"] == len({row.batch for row in rows})

    @pytest.mark.parametrize(
        ("head", "measure", "floor"),
        [
            ("scope", "macro_f1", 0.82),
            ("scope", "verdict_accuracy", 0.89),
            ("priority", "macro_f1", 0.86),
            ("scope", "alone_at_95", 0.60),
        ],
    )
    def test_measures_above_its_floor(self, manifest: dict[str, Any], head: str, measure: str, floor: float) -> None:
        assert manifest["metrics"][head][measure] >= floor

    @pytest.mark.parametrize("head", ["scope", "priority"])
    def test_is_calibrated(self, manifest: dict[str, Any], head: str) -> None:
        assert manifest["metrics"][head]["calibration_error"] <= 0.04


class TestPriority:
    """Consequences decide, not capitals, exclamation marks or ranks (labelling guide, clause 1.4)."""

    def test_follows_consequences_rather_than_loudness(self, chain: Chain) -> None:
        wrong = []
        for pair in PAIRS:
            for voice in ("loud", "calm"):
                got = chain.analyzer.analyze(Request(pair[voice])).priority.decision.label
                if got != pair[f"{voice}_priority"]:
                    wrong.append((pair[voice], pair[f"{voice}_priority"], got))
        assert len(wrong) <= 4, wrong

    def test_never_puts_a_loud_trifle_above_a_calm_disaster(self, chain: Chain) -> None:
        order = ["low", "medium", "high"]
        labels = [
            [order.index(chain.analyzer.analyze(Request(pair[v])).priority.decision.label) for v in ("loud", "calm")]
            for pair in PAIRS
        ]
        assert sum(loud > calm for loud, calm in labels) == 0


class TestReasons:
    @pytest.mark.parametrize("reader", ["quick", "both"])
    def test_removing_the_named_phrases_hurts_more_than_removing_others(self, reader: str) -> None:
        """On 120 texts: the label's probability falls more than without random phrases of the same length."""
        chain, rng = load_chain(Settings.from_env({"TRIAGE_READER": reader})), random.Random(5)
        rows = [row for row in read_corpus(data_dir({}) / "tickets") if 8 <= len(row.text.split()) <= 40]
        named_loss, random_loss, tried = 0.0, 0.0, 0
        for row in rng.sample(rows, 120):
            report = chain.analyzer.analyze(Request(row.text))
            assert report.reader == reader
            decision = report.scope.decision
            if not decision.evidence:
                continue
            tried += 1
            spans = [(f.start, f.end) for f in decision.evidence]
            named_loss += decision.confidence - _confidence(chain, _without(row.text, spans), decision.label)
            others = [_random_span(rng, row.text, end - start) for start, end in spans]
            random_loss += decision.confidence - _confidence(chain, _without(row.text, others), decision.label)
        assert tried >= 100
        assert named_loss > 2 * random_loss


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + " " + text[end:]
    return text


def _random_span(rng: random.Random, text: str, length: int) -> tuple[int, int]:
    start = rng.randrange(max(1, len(text) - length))
    return start, start + length


def _confidence(chain: Chain, text: str, label: str) -> float:
    decision = chain.analyzer.analyze(Request(text), explain=False).scope.decision
    return decision.confidence if decision.label == label else 0.0
