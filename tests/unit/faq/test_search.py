"""The search's plain arithmetic says what the trained judge says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.builders import entry
from triage.faq.search import FaqSearch, RankerWeights, candidate_inputs
from triage.text.columns import NO_IDS, Columns

ENTRIES = {f"entry-{n}": entry(f"entry-{n}", f"Вопрос {n}") for n in range(6)}
CONTEXT = np.array([0.1, 0.7, 0.2], dtype=np.float32)


@pytest.fixture
def weights() -> RankerWeights:
    random = np.random.default_rng(5)
    margins = random.normal(size=(8, 6)).astype(np.float16)
    judge = random.normal(size=7).astype(np.float32)
    bias = random.normal(size=6).astype(np.float32)
    rows = np.array([0, -1, 1, 2, 3, -1, 4, 5, 6, 7], dtype=np.int32)
    return RankerWeights(tuple(ENTRIES), rows, margins, bias, judge, 0.25, 0.4, {"как включить вопрос": "entry-3"})


def text(seed: int) -> tuple[Columns, np.ndarray]:
    random = np.random.default_rng(seed)
    columns = np.flatnonzero(random.random(10) < 0.6).astype(np.int32)
    return Columns(columns, NO_IDS), random.random(len(columns)).astype(np.float32)


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_the_judge(weights: RankerWeights, seed: int) -> None:
    columns, values = text(seed)
    rows = weights.rows[columns.ids]
    margins = values[rows >= 0] @ weights.margins.astype(np.float32)[rows[rows >= 0]] + weights.bias
    best, inputs = candidate_inputs(margins, CONTEXT)
    expected = 1 / (1 + np.exp(-(inputs @ weights.judge + weights.judge_bias)))
    got = FaqSearch(weights, ENTRIES, "/faq/").scores(columns, values, CONTEXT)
    assert [number for number, _ in got] == best.tolist()
    assert [score for _, score in got] == pytest.approx(expected.tolist(), abs=1e-5)


def test_the_best_comes_first_and_the_weak_are_left_out(weights: RankerWeights) -> None:
    search = FaqSearch(weights, ENTRIES, "/faq/")
    for seed in range(20):
        scores = [hit.score for hit in search.search(*text(seed), CONTEXT)]
        assert scores == sorted(scores, reverse=True)
        assert not scores or scores[0] >= 0.4
        assert all(score >= min(0.4, scores[0] / 4) for score in scores)


def test_silence_below_the_threshold(weights: RankerWeights) -> None:
    strict = replace(weights, threshold=1.1)
    assert FaqSearch(strict, ENTRIES, "/faq/").search(*text(1), CONTEXT) == ()


def test_a_title_word_for_word_is_certainly_that_question(weights: RankerWeights) -> None:
    strict = replace(weights, threshold=1.1)
    hits = FaqSearch(strict, ENTRIES, "/faq/").search(*text(1), CONTEXT, text=" Как включить «вопрос»? ")
    assert [(hit.id, hit.score) for hit in hits] == [("entry-3", 1.0)]
