"""The model card, generated from measured numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from triage.classify.corpus import Labelled
from triage.classify.pictures import calibration_svg, confusion_svg
from triage.classify.train import Measured

_CONFUSIONS = 15
_BINS = 10
CONFUSION, CALIBRATION = "confusion.svg", "calibration.svg"


def write_card(
    path: Path, manifest: dict[str, Any], rows: Sequence[Labelled], measured: Measured, second: dict[str, Any] | None
) -> None:
    """Write the card of the model that the manifest describes, and its pictures beside it.

    `second` is the manifest of the second reader when there is one.
    """
    for name, picture in _pictures(rows, measured).items():
        (path.parent / name).write_text(picture, encoding="utf-8")
    parts = [
        _intro(manifest),
        _figures(manifest),
        _labels(manifest, rows),
        _confusions(rows, measured),
        _calibration(rows, measured),
        _faq(manifest, second),
        *([_second(manifest["metrics"], second)] if second else []),
        _weaknesses(manifest),
    ]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _pictures(rows: Sequence[Labelled], measured: Measured) -> dict[str, str]:
    truth = {"scope": [r.scope for r in rows], "priority": [r.priority.value for r in rows]}
    guess = measured.guess
    right_and_sure = {head: (guess[head] == np.array(truth[head]), measured.confidence[head]) for head in guess}
    return {
        CONFUSION: confusion_svg(np.array(truth["scope"]), guess["scope"], measured.labels["scope"]),
        CALIBRATION: calibration_svg(right_and_sure),
    }


def _intro(manifest: dict[str, Any]) -> str:
    return f"""# Model card: the quick reader

Written by `triage train`; every number below is measured, none is typed in.

- Task: scope rule (22) and priority (3) of a Russian support request, with the FAQ entry that answers it.
- Model: linear support vector machines over words, word pairs, lemmas, lemma pairs, character 2- to 5-grams and
  word groups; above them a multinomial logistic regression over the margins and the checks' signals, trained on
  out-of-fold margins. Lemmas by natasha's morphology, frozen into a table.
- Corpus: {manifest["texts"]} hand-written texts in {manifest["batches"]} batches (data/README.md).
- Protocol: {manifest["folds"]}-fold cross-validation grouped by batch, seed {manifest["seed"]}; a text is scored by
  layers that never saw its batch. The served model is fitted on the whole corpus.
- Intended use: suggesting labels to people who can correct them. Not for deciding alone where `needs_review` is set."""


def _figures(manifest: dict[str, Any]) -> str:
    scope, priority = manifest["metrics"]["scope"], manifest["metrics"]["priority"]
    high = manifest["metrics"]["per_label"]["priority"]["high"]
    lines = [
        ("scope rule, accuracy", scope["accuracy"]),
        ("scope rule, macro-F1", scope["macro_f1"]),
        ("category, accuracy", scope["category_accuracy"]),
        ("verdict, accuracy", scope["verdict_accuracy"]),
        ("in scope but called out of scope", scope["in_called_out"]),
        ("scope, expected calibration error", scope["calibration_error"]),
        ("scope, decided alone at 95 % accuracy", scope["alone_at_95"]),
        ("priority, accuracy", priority["accuracy"]),
        ("priority, macro-F1", priority["macro_f1"]),
        ("priority `high`, precision", high[0]),
        ("priority `high`, recall", high[1]),
        ("priority, expected calibration error", priority["calibration_error"]),
        ("priority, decided alone at 95 % accuracy", priority["alone_at_95"]),
        ("requests marked for review", manifest["metrics"]["review"]),
    ]
    return "## Figures\n\n| measure | value |\n| --- | --- |\n" + "\n".join(f"| {n} | {v:.3f} |" for n, v in lines)


def _labels(manifest: dict[str, Any], rows: Sequence[Labelled]) -> str:
    counts = Counter(row.scope for row in rows) + Counter(row.priority.value for row in rows)
    lines = [
        "## Per label",
        "",
        "| label | texts | precision | recall | F1 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for head in ("scope", "priority"):
        for label, (precision, recall, f1) in manifest["metrics"]["per_label"][head].items():
            lines.append(f"| `{label}` | {counts[label]} | {precision:.2f} | {recall:.2f} | {f1:.2f} |")
    return "\n".join(lines)


def _confusions(rows: Sequence[Labelled], measured: Measured) -> str:
    guess = measured.guess["scope"]
    pairs = Counter((row.scope, str(g)) for row, g in zip(rows, guess, strict=True) if row.scope != g)
    lines = [
        "## Most frequent confusions",
        "",
        f"![Which rule was taken for which]({CONFUSION})",
        "",
        "| true | taken for | texts |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{true}` | `{taken}` | {count} |" for (true, taken), count in pairs.most_common(_CONFUSIONS)]
    return "\n".join(lines)


def _calibration(rows: Sequence[Labelled], measured: Measured) -> str:
    picture = f"![Accuracy over confidence]({CALIBRATION})"
    lines = ["## Calibration", "", picture, "", "| confidence | scope: texts, accuracy | priority: texts, accuracy |"]
    lines.append("| --- | --- | --- |")
    cells = [_bins(rows, measured, head) for head in ("scope", "priority")]
    for place in range(_BINS):
        if any(cell[place] != "–" for cell in cells):
            lines.append(f"| {place / _BINS:.1f}–{(place + 1) / _BINS:.1f} | {cells[0][place]} | {cells[1][place]} |")
    return "\n".join(lines)


def _bins(rows: Sequence[Labelled], measured: Measured, head: str) -> list[str]:
    right = measured.guess[head] == np.array([r.scope if head == "scope" else r.priority.value for r in rows])
    places = np.minimum((measured.confidence[head] * _BINS).astype(int), _BINS - 1)
    return [
        f"{int((places == b).sum())}, {right[places == b].mean():.2f}" if (places == b).any() else "–"
        for b in range(_BINS)
    ]


def _faq(manifest: dict[str, Any], second: dict[str, Any] | None) -> str:
    own = manifest["metrics"]["faq"]
    both = second["faq"]["metrics"] if second else None
    lines = ["## FAQ search", "", "| measure | quick alone |" + (" both readers |" if both else "")]
    lines.append("| --- | --- |" + (" --- |" if both else ""))
    for name, value in own.items():
        cells = [value] if both is None else [value, both[name]]
        shown = " | ".join(f"{cell:d}" if isinstance(cell, int) else f"{cell:.3f}" for cell in cells)
        lines.append(f"| {name.replace('_', ' ')} | {shown} |")
    return "\n".join(lines)


_OF_A_READER: tuple[tuple[str, Callable[[dict[str, Any]], float]], ...] = (
    ("scope rule, macro-F1", lambda m: m["scope"]["macro_f1"]),
    ("category, accuracy", lambda m: m["scope"]["category_accuracy"]),
    ("verdict, accuracy", lambda m: m["scope"]["verdict_accuracy"]),
    ("in scope but called out of scope", lambda m: m["scope"]["in_called_out"]),
    ("scope, calibration error", lambda m: m["scope"]["calibration_error"]),
    ("scope, decided alone at 95 %", lambda m: m["scope"]["alone_at_95"]),
    ("priority, macro-F1", lambda m: m["priority"]["macro_f1"]),
    ("priority `high`, precision", lambda m: m["per_label"]["priority"]["high"][0]),
    ("priority `high`, recall", lambda m: m["per_label"]["priority"]["high"][1]),
    ("priority, calibration error", lambda m: m["priority"]["calibration_error"]),
    ("marked for review", lambda m: m["review"]),
)


def _second(quick: dict[str, Any], second: dict[str, Any]) -> str:
    """Quick alone, encoder alone and both, by the same folds; the encoder's readings by two halves of the batches."""
    own = second["metrics"]
    readers = (quick, own["encoder"], own["both"])
    lines = [
        "## The second reader",
        "",
        "multilingual-e5-small (MIT, see NOTICE), its vocabulary cut to Russian and English, the upper six of its",
        "twelve layers tuned on the corpus, weights of eight bits. It reads what the quick model is unsure of; a",
        "logarithmic opinion pool joins both. Its figures come from encoders tuned on one half of the batches and",
        "reading the other, before quantisation; the served one is tuned on all of them.",
        "",
        "| measure | quick alone | encoder alone | both |",
        "| --- | --- | --- | --- |",
    ]
    for name, value in _OF_A_READER:
        lines.append(f"| {name} | " + " | ".join(f"{value(reader):.3f}" for reader in readers) + " |")
    unsure = (
        f"Share of texts of which the quick model is unsure: {own['needed']:.3f}; an FAQ answer about to be shown is"
    )
    return "\n".join([*lines, "", unsure, "is read again too.", *_left_out(second.get("left_out", {}))])


def _left_out(figures: dict[str, Any]) -> list[str]:
    """The same comparison on letters, by readers that learned from talk alone."""
    if not figures:
        return []
    intro = (
        f"Letters left out: {figures['test']} e-mails, official letters and engineers' reports (told apart by "
        f"`triage/classify/registers.py`), read by models that learned from {figures['train']} other texts alone."
    )
    lines = ["", intro, "", "| measure | quick alone | encoder alone | both |", "| --- | --- | --- | --- |"]
    for name, value in _OF_A_READER:
        cells = (f"{value(figures[reader]):.3f}" for reader in ("quick", "encoder", "both"))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _weaknesses(manifest: dict[str, Any]) -> str:
    scores = manifest["metrics"]["per_label"]["scope"]
    weak = sorted(scores, key=lambda label: float(scores[label][2]))[:5]
    names = ", ".join(f"`{label}` ({scores[label][2]:.2f})" for label in weak)
    return f"""## Known weaknesses

- Weakest rules by F1: {names}.
- The corpus is written for this project; real requests differ. Batches by one writer resemble each other, so the
  figures above flatter the model on requests of a kind it has never seen.
- Texts not in Russian, or in transliteration, are rare in the corpus."""
