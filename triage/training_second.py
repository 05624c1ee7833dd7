"""`triage train --encoder`, and joining the second reader anew after each training of the quick model."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from triage.checks import run_checks
from triage.checks.secrets import find_secrets
from triage.classify.corpus import Labelled
from triage.classify.fit import Recipe, group_folds
from triage.classify.join import LeftOut, join_readers, measure_left_out
from triage.classify.registers import LETTERS, TALK, channel_of
from triage.classify.train import Materials, Measured
from triage.encoder import artefacts
from triage.encoder.reader import HEADS, EncoderReader
from triage.errors import ModelUnavailable, WrongInput
from triage.text.columns import Floats
from triage.text.redact import redact

READINGS = "encoder-readings.npz"
PARITY = "encoder-parity.npz"  # what the encoder said of some texts before its weights were made small
_COMPARED = 200  # texts
UNFINISHED = "encoder-work"  # a folder beside them, for a run that is cut off
FOLDS = 2  # encoders tuned only to be measured: each reads the half of the batches that it never saw
_OF_TALK = 2  # every second text of talk is enough for the comparison on letters
Seen = tuple[str, tuple[tuple[int, int], ...]]


def tune_encoder(materials: Materials, quick: Measured, seed: int, folder: Path, work: Path, console: Console) -> None:
    """Tune the encoder and write model, tokenizer and readings; `work` lets a run that was cut off go on.

    Letters are left out once more and read apart: how the readers compare on a kind of texts they never saw.
    """
    try:
        from triage.encoder.export import export, float_readings
        from triage.encoder.finetune import TuneRecipe
        from triage.encoder.train import Course, Lesson, rounds, train_reader
    except ImportError as error:
        raise WrongInput(f"{error.name} is missing", advice="pip install 'triage-assistant[encoder]'") from error
    rows = materials.rows
    lessons = [Lesson(*seen_of(r.text), r.scope, r.priority.value, (*r.entries, "")[0]) for r in rows]
    questions = [Lesson(text, faq=entry) for text, entry in materials.documents]
    asked = range(len(lessons), len(lessons) + len(questions))
    batches = np.array([row.batch for row in rows])
    folds = [([*train.tolist(), *asked], test.tolist()) for train, test in group_folds(batches, FOLDS)]
    kinds = [channel_of(row.text) for row in rows]
    talk, letters = ([n for n, kind in enumerate(kinds) if kind == wanted] for wanted in (TALK, LETTERS))
    talk = talk[::_OF_TALK]
    course = Course([*lessons, *questions], folds, _labels(materials), ([*talk, *asked], letters))
    recipe = TuneRecipe(seed=seed)
    columns = (TextColumn("{task.description:28}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("кодировщик", total=rounds(course, recipe))
        trained = train_reader(
            course, recipe, work, lambda step, done: progress.update(task, description=step, advance=done)
        )
    chosen = range(0, len(rows), max(1, len(rows) // _COMPARED))
    sample = [trained.pieces[number] for number in chosen]
    out_of_fold = {head: values[: len(rows)] for head, values in trained.out_of_fold.items()}
    figures = measure_left_out(
        materials, Recipe(seed=seed), quick, out_of_fold, LeftOut(talk, letters, trained.left_out)
    )
    artefacts.save(folder, export(trained.reader, sample), trained.tokenizer, {"left_out": figures})
    keep_readings(folder / PARITY, [rows[number] for number in chosen], float_readings(trained.reader, sample))
    keep_readings(folder / READINGS, rows, out_of_fold)


def _labels(materials: Materials) -> dict[str, tuple[str, ...]]:
    return {
        "scope": tuple(sorted({row.scope for row in materials.rows})),
        "priority": tuple(sorted({row.priority.value for row in materials.rows})),
        "faq": tuple(sorted({entry for _, entry in materials.documents})),
    }


def keep_readings(path: Path, rows: Sequence[Labelled], readings: Mapping[str, Floats]) -> None:
    """Write log probabilities (n, labels) a head under the texts' keys, in half precision."""
    arrays: dict[str, NDArray[Any]] = {head: values.astype(np.float16) for head, values in readings.items()}
    keys = np.array([key_of(row.text) for row in rows], dtype=np.uint64)
    np.savez(path, allow_pickle=False, keys=keys, **arrays)


def join_second(materials: Materials, quick: Measured, source: Path, folder: Path) -> Measured | None:
    """Join the encoder in `source` with the quick model just measured, into `folder`; None when there is no encoder.

    Texts that the encoder was tuned on keep their out-of-fold readings; others are read now: it never saw them.
    """
    try:
        manifest = artefacts.read_manifest(source)
        model, tokenizer = artefacts.read_files(source, manifest)
        readings = _readings(source / READINGS, materials.rows, EncoderReader(lambda: (model, tokenizer)))
    except (ModelUnavailable, OSError):
        return None
    joined = join_readers(materials.rows, materials.policy, quick, readings)
    artefacts.save(folder, model, tokenizer, joined.facts | {"left_out": manifest.get("left_out", {})})
    for name in (READINGS, PARITY):
        if source != folder and (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    return joined.measured


def seen_of(text: str) -> Seen:
    """Return the text as the encoder sees it, without secrets, and the spans that must be seen."""
    secrets = find_secrets(text)
    masked = redact(text, secrets)
    return masked, run_checks(masked, secrets).spans()


def _readings(path: Path, rows: Sequence[Labelled], reader: EncoderReader) -> dict[str, Floats]:
    with np.load(path, allow_pickle=False) as kept:
        places = {int(key): place for place, key in enumerate(kept["keys"])}
        stored = {head: kept[head].astype(np.float32) for head in HEADS}
    result = {head: np.empty((len(rows), values.shape[1]), np.float32) for head, values in stored.items()}
    fresh = [number for number, row in enumerate(rows) if key_of(row.text) not in places]
    for number, reading in zip(fresh, reader.read_all([seen_of(rows[number].text) for number in fresh]), strict=True):
        for head in HEADS:
            result[head][number] = getattr(reading, head)
    known = [number for number in range(len(rows)) if key_of(rows[number].text) in places]
    for head, values in stored.items():
        result[head][known] = values[[places[key_of(rows[number].text)] for number in known]]
    return result


def key_of(text: str) -> int:
    """Return the number under which a text's readings are kept."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
