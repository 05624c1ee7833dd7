"""Training on a small part of the corpus: what is served equals what scikit-learn says; files are guarded."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from triage.classify import artefacts
from triage.classify.card import write_card
from triage.classify.corpus import Labelled, read_corpus
from triage.classify.fit import HEADS, Recipe, fit_heads, fit_margins, layers_of, matrix, out_of_fold_margins
from triage.classify.lexicon import load_groups
from triage.classify.model import QuickModel, choose, decide
from triage.classify.train import Materials, prepare, steps, train
from triage.errors import ModelUnavailable, WrongInput
from triage.faq.entries import load_entries
from triage.faq.search import candidate_inputs
from triage.policy.pack import load_policy
from triage.text.features import BLOCKS, Features
from triage.text.paths import data_dir
from triage.training import _refuse_worse

DATA = data_dir({})
RECIPE = Recipe(folds=3, jobs=1)


@pytest.fixture(scope="module")
def materials() -> Materials:
    rows = read_corpus(DATA / "tickets")
    batches = sorted({row.batch for row in rows})[::9][:6]
    entries = list(load_entries(DATA / "faq").values())[:8]
    return Materials(
        [_only(row, {e.id for e in entries}) for row in rows if row.batch in batches],
        [(text, e.id) for e in entries for text in (e.title, *e.questions)],
        load_groups(DATA / "lexicons" / "signals.toml"),
        load_policy(DATA / "regulation.toml"),
        candidate_inputs,
        {},
    )


def _only(row: Labelled, entries: set[str]) -> Labelled:
    from dataclasses import replace

    return replace(row, faq=tuple(e for e in row.entries if e in entries) or None)


@pytest.fixture(scope="module")
def trained(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    measured = train(materials, RECIPE, folder, lambda step: None)
    write_card(folder / "CARD.md", artefacts.read_manifest(folder), materials.rows, measured, None)
    return folder


class TestServing:
    def test_gives_the_probabilities_of_scikit_learn(self, materials: Materials) -> None:
        sample, knowledge = prepare(materials)
        margins = out_of_fold_margins(sample, knowledge, RECIPE)
        fitted, heads = fit_margins(sample, knowledge, RECIPE), fit_heads(margins, sample, RECIPE)
        labels = {head: tuple(np.unique(sample.labels[head]).tolist()) for head in HEADS}
        served = QuickModel(fitted[0], layers_of(fitted, heads), labels)

        rows = matrix(Features(fitted[0]), sample.forms, fitted[0].size)
        mean, scale = sample.signals.mean(axis=0), np.maximum(sample.signals.std(axis=0), 0.05)
        start, columns = 0, []
        for head in HEADS:
            svm = LinearSVC()
            svm.classes_ = np.array(labels[head])
            count = len(labels[head])
            svm.coef_ = fitted[1][:, start : start + count].T.astype(np.float64)
            svm.intercept_ = fitted[2][start : start + count].astype(np.float64)
            columns.append(svm.decision_function(rows))
            start += count
        inputs = np.hstack([*columns, (sample.signals - mean) / scale])
        training = np.hstack([margins, (sample.signals - mean) / scale])
        for head in HEADS:
            regression = LogisticRegression(C=RECIPE.head_c, max_iter=2000).fit(training, sample.labels[head])
            expected = regression.predict_proba(inputs[:200])
            for number in range(200):
                text = materials.rows[number].text
                if "пароль" in text or "█" in text:
                    continue
                got = served.score(_masked(text), sample.signals[number]).probabilities[head]
                assert np.abs(got - expected[number]).max() < 1e-5

    def test_survives_writing_and_reading(self, trained: Path) -> None:
        loaded = artefacts.load(trained)
        scores = loaded.model.score("Шлюз лежит, все запросы 502", [0.0] * 20)
        assert sum(scores.probabilities["scope"]) == pytest.approx(1.0, abs=1e-5)
        assert loaded.manifest["batches"] == 6


def _masked(text: str) -> str:
    from triage.checks.secrets import find_secrets
    from triage.text.redact import redact

    return redact(text, find_secrets(text))


class TestTraining:
    def test_is_the_same_with_the_same_seed(self, materials: Materials, trained: Path, tmp_path: Path) -> None:
        told: list[str] = []
        train(materials, RECIPE, tmp_path, told.append)
        assert len(told) == steps(RECIPE)
        again = artefacts.read_manifest(tmp_path)
        assert again["files"] == artefacts.read_manifest(trained)["files"]

    def test_measures_on_texts_whose_batch_was_not_seen(self, trained: Path) -> None:
        metrics = artefacts.read_manifest(trained)["metrics"]
        assert 0.2 < metrics["scope"]["macro_f1"] < 0.95  # six batches cannot do better without a leak


class TestCard:
    def test_shows_its_pictures(self, trained: Path) -> None:
        card = (trained / "CARD.md").read_text(encoding="utf-8")
        for name in re.findall(r"!\[.+\]\((.+)\)", card):
            picture = (trained / name).read_text(encoding="utf-8")
            assert picture.startswith("<svg")
            assert len(picture) < 300_000
        assert card.count("![") == 2

    def test_gives_the_measured_figures(self, trained: Path) -> None:
        card = (trained / "CARD.md").read_text(encoding="utf-8")
        metrics = artefacts.read_manifest(trained)["metrics"]
        assert f"| scope rule, macro-F1 | {metrics['scope']['macro_f1']:.3f} |" in card
        assert f"| priority, macro-F1 | {metrics['priority']['macro_f1']:.3f} |" in card


class TestReplacing:
    def test_a_better_model_is_kept_unless_told_otherwise(self, trained: Path) -> None:
        old = artefacts.read_manifest(trained)
        worse = copy.deepcopy(old)
        worse["metrics"]["scope"]["macro_f1"] -= 0.1
        with pytest.raises(WrongInput, match="--force"):
            _refuse_worse(trained, worse, force=False)
        _refuse_worse(trained, worse, force=True)
        _refuse_worse(trained, old, force=False)

    def test_nothing_stands_in_the_way_of_the_first_model(self, trained: Path, tmp_path: Path) -> None:
        _refuse_worse(tmp_path, artefacts.read_manifest(trained), force=False)


class TestFiles:
    @pytest.mark.parametrize(
        "name", ["quick.npz", "faq.npz", "vocabulary.txt", "lemmas.txt", "groups.json", "manifest.json"]
    )
    def test_a_missing_file_is_named(self, trained: Path, tmp_path: Path, name: str) -> None:
        copy = _copy(trained, tmp_path)
        (copy / name).unlink()
        with pytest.raises(ModelUnavailable, match=name):
            artefacts.load(copy)

    @pytest.mark.parametrize("name", ["quick.npz", "vocabulary.txt"])
    def test_an_altered_file_is_refused(self, trained: Path, tmp_path: Path, name: str) -> None:
        copy = _copy(trained, tmp_path)
        content = bytearray((copy / name).read_bytes())
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(content)
        with pytest.raises(ModelUnavailable, match="altered"):
            artefacts.load(copy)

    def test_another_format_is_refused(self, trained: Path, tmp_path: Path) -> None:
        copy = _copy(trained, tmp_path)
        manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
        (copy / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
        with pytest.raises(ModelUnavailable, match="format"):
            artefacts.load(copy)

    def test_hold_no_pickle(self, trained: Path) -> None:
        for name in ("quick.npz", "faq.npz"):
            with np.load(trained / name, allow_pickle=False) as archive:
                assert all(archive[key].dtype != object for key in archive.files)


def _copy(source: Path, target: Path) -> Path:
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def test_blocks_are_written_in_the_order_they_are_numbered() -> None:
    assert BLOCKS == ("word", "lemma", "piece", "group")


@pytest.mark.parametrize(
    ("probabilities", "chosen"), [([0.3, 0.2, 0.5], 0), ([0.2, 0.2, 0.6], 2), ([0.1, 0.8, 0.1], 1)]
)
def test_a_label_is_chosen_from_its_floor_on(probabilities: list[float], chosen: int) -> None:
    labels = ("high", "low", "medium")
    assert int(decide(labels, np.array(probabilities, dtype=np.float32), {"high": 0.25})) == chosen
    assert choose(labels, probabilities, {"high": 0.25}) == chosen
