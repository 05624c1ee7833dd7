"""Training the quick reader: corpus in, artefacts with measured figures out. Entry point only.

Everything measured here comes from grouped cross-validation: a text is scored by layers that
never saw its batch. The served model is then fitted on the whole corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from triage.checks import run_checks
from triage.checks.secrets import find_secrets
from triage.classify import artefacts
from triage.classify.corpus import Labelled
from triage.classify.fit import (
    HEADS,
    Knowledge,
    Recipe,
    Sample,
    cross_validated,
    fit_heads,
    fit_margins,
    layers_of,
    margins_of,
    matrix,
    out_of_fold_margins,
)
from triage.classify.fit_faq import CandidateInputs, FaqFit, FaqTask, fit_faq
from triage.classify.measure import Names, head_metrics, precision_recall_f1, review_thresholds, scope_metrics
from triage.classify.model import Floats, decide
from triage.classify.signals import signals
from triage.policy.pack import Policy
from triage.text.features import BLOCKS, Features, Vocabulary, split
from triage.text.lemmas import learn_lemmas
from triage.text.redact import redact

Progress = Callable[[str], None]
_MIN_FAQ_DOCUMENTS = 2


@dataclass(frozen=True, slots=True)
class Materials:
    """What training reads: the corpus, FAQ documents (text, entry), the signal lexicon and the policy pack.

    `candidates` builds the judge's inputs, `titles` maps plain titles to entries; both come from the FAQ's room.
    """

    rows: Sequence[Labelled]
    documents: Sequence[tuple[str, str]]
    groups: dict[str, tuple[str, ...]]
    policy: Policy
    candidates: CandidateInputs
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Out-of-fold results of every text, for the card and for error reading.

    `probabilities` have the columns of `labels`; `guess` is the label decided, `confidence` its probability.
    """

    labels: dict[str, tuple[str, ...]]
    probabilities: dict[str, Floats]
    guess: dict[str, Names]
    confidence: dict[str, Floats]
    metrics: dict[str, Any]
    thresholds: dict[str, dict[str, float]]
    faq_margins: Floats | None = None
    faq_ids: tuple[str, ...] = ()


def train(materials: Materials, recipe: Recipe, folder: Path, progress: Progress) -> Measured:
    """Measure by grouped cross-validation, fit on everything, write the artefacts."""
    progress("чтение текстов и проверки")
    sample, knowledge = prepare(materials)
    progress(_fold(1, recipe))
    margins = out_of_fold_margins(sample, knowledge, recipe, lambda number: progress(_fold(number + 1, recipe)))
    measured = measure(materials.policy, sample.labels, cross_validated(margins, sample, recipe))
    progress("обучение на всём корпусе")
    fitted = fit_margins(sample, knowledge, recipe)
    heads = fit_heads(margins, sample, recipe)
    progress("обучение поиска по вопросам и ответам")
    arrays, faq = _faq(materials, sample, fitted[0], measured.probabilities["scope"], recipe)
    manifest = _manifest(materials, recipe, measured, faq)
    artefacts.save(folder, fitted[0], layers_of(fitted, heads), arrays, manifest)
    return replace(measured, faq_margins=faq.out_of_fold, faq_ids=faq.ids)


def steps(recipe: Recipe) -> int:
    """Return how many steps `train` tells of."""
    return 4 + recipe.folds


def _fold(number: int, recipe: Recipe) -> str:
    return f"перекрёстная проверка, часть {number}" if number <= recipe.folds else "проверка второго слоя"


def prepare(materials: Materials) -> tuple[Sample, Knowledge]:
    """Turn the corpus into token forms, signals and labels; learn the lexemes of all its words."""
    forms = [_forms(row.text) for row in materials.rows]
    documents = [_forms(text) for text, _ in materials.documents]
    words = {form for text in [*forms, *documents] for form in text if form.isalpha()}
    knowledge = Knowledge(learn_lemmas(words), materials.groups)
    labels = {
        "scope": np.array([row.scope for row in materials.rows]),
        "priority": np.array([row.priority.value for row in materials.rows]),
    }
    dense = np.array([_signals(row.text) for row in materials.rows], dtype=np.float32)
    return Sample(forms, dense, labels, np.array([row.batch for row in materials.rows])), knowledge


def left_out(materials: Materials, recipe: Recipe, train: Sequence[int], test: Sequence[int]) -> dict[str, Floats]:
    """Return what both layers fitted on some texts alone say of others, probabilities (n, K) a head."""
    sample, knowledge = prepare(materials)
    known, unknown = sample.take(np.array(train)), sample.take(np.array(test))
    heads = fit_heads(out_of_fold_margins(known, knowledge, recipe), known, recipe)
    return heads.probabilities(margins_of(unknown, fit_margins(known, knowledge, recipe)), unknown.signals)


def measure(policy: Policy, truth: Mapping[str, Names], probabilities: Mapping[str, Floats]) -> Measured:
    """Figures of both heads and the thresholds that reach the pack's targets."""
    labels = {head: tuple(np.unique(truth[head]).tolist()) for head in HEADS}
    floors = policy.confidence.floors
    chosen = {head: decide(labels[head], probabilities[head], floors.get(head, {})) for head in HEADS}
    guess = {head: np.array(labels[head])[chosen[head]] for head in HEADS}
    sure = {head: np.take_along_axis(probabilities[head], chosen[head][:, None], 1)[:, 0] for head in HEADS}
    metrics: dict[str, Any] = {head: head_metrics(truth[head], guess[head], sure[head]) for head in HEADS}
    metrics["scope"] |= scope_metrics(
        truth["scope"],
        guess["scope"],
        lambda rule: policy.scope_rule(rule).verdict.value,
        lambda rule: policy.scope_rule(rule).category,
    )
    metrics["per_label"] = {
        head: {name: precision_recall_f1(truth[head], guess[head], name) for name in labels[head]} for head in HEADS
    }
    targets = {"scope": policy.confidence.scope, "priority": policy.confidence.priority}
    thresholds = {
        head: review_thresholds(labels[head], truth[head], guess[head], sure[head], target=targets[head])
        for head in HEADS
    }
    metrics["review"] = _review_share(guess, sure, thresholds)
    return Measured(labels, dict(probabilities), guess, sure, metrics, thresholds)


def _forms(text: str) -> list[str]:
    return split(redact(text, find_secrets(text))).forms


def _signals(text: str) -> list[float]:
    secrets = find_secrets(text)
    masked = redact(text, secrets)
    return signals(masked, run_checks(masked, secrets), secrets)


def _review_share(
    guess: Mapping[str, Names], sure: Mapping[str, Floats], thresholds: Mapping[str, Mapping[str, float]]
) -> float:
    unsure = np.zeros(len(guess["scope"]), dtype=bool)
    for head in HEADS:
        unsure |= sure[head] < np.array([thresholds[head][name] for name in guess[head]])
    return float(unsure.mean())


def _faq(
    materials: Materials, sample: Sample, vocabulary: Vocabulary, context: Floats, recipe: Recipe
) -> tuple[dict[str, Any], FaqFit]:
    """Fit the ranker on the columns its documents use; return its arrays and its figures."""
    features = Features(vocabulary)
    documents = matrix(features, [_forms(text) for text, _ in materials.documents], vocabulary.size)
    requests = matrix(features, sample.forms, vocabulary.size)
    used = np.flatnonzero(np.diff(documents.tocsc().indptr) >= _MIN_FAQ_DOCUMENTS)
    scale = sp.diags(
        np.repeat(recipe.block_scale, [len(vocabulary.blocks[n]) for n in BLOCKS]).astype(np.float32)[used]
    )
    task = FaqTask(
        documents[:, used] @ scale,
        np.array([owner for _, owner in materials.documents]),
        requests[:, used] @ scale,
        [row.entries for row in materials.rows],
        context,
        sample.batches,
        materials.candidates,
    )
    fit = fit_faq(task, seed=recipe.seed, folds=recipe.folds)
    rows = np.full(vocabulary.size, -1, dtype=np.int32)
    rows[used] = np.arange(len(used))
    arrays = {
        "rows": rows,
        "margins": (scale @ fit.margins.astype(np.float32)).astype(np.float16),
        "bias": fit.bias,
        "judge": fit.judge,
        "judge_bias": np.array([fit.judge_bias], dtype=np.float32),
    }
    return arrays, fit


def _manifest(materials: Materials, recipe: Recipe, measured: Measured, faq: FaqFit) -> dict[str, Any]:
    return {
        "texts": len(materials.rows),
        "batches": len({row.batch for row in materials.rows}),
        "seed": recipe.seed,
        "folds": recipe.folds,
        "labels": {head: list(names) for head, names in measured.labels.items()},
        "thresholds": measured.thresholds,
        "faq_ids": list(faq.ids),
        "faq_threshold": faq.threshold,
        "faq_titles": dict(materials.titles),
        "metrics": {**measured.metrics, "faq": faq.metrics},
    }
