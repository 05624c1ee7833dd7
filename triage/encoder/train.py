"""Training the second reader: starting weights and labelled texts in, an ONNX file and out-of-fold readings out.

A fold tunes its own encoder on the other batches, so every reading that the combining layer learns from is of a text
whose batch that encoder never saw. A run that was cut off is taken up after the last finished epoch.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from triage.encoder.finetune import (
    UNKNOWN,
    Examples,
    LowerStates,
    Rows,
    TuneRecipe,
    Tuning,
    log_probabilities,
    vectors_of,
)
from triage.encoder.network import Reader, load_encoder
from triage.encoder.vocabulary import as_bytes, cut_tokenizer, kept_pieces
from triage.encoder.weights import find_file, read_weights
from triage.encoder.window import pieces_of

Floats = NDArray[np.float32]
HEADS = ("scope", "priority")
Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text with what is known of it; `findings` are spans to be seen even in the middle of a long text.

    `faq` is the entry that answers it, "" when none does, None when that is not known.
    """

    text: str
    findings: tuple[tuple[int, int], ...] = ()
    scope: str | None = None
    priority: str | None = None
    faq: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What is learned: lessons, and for each fold the lessons it trains on and the ones it reads.

    `left_out` is one more such pair that is read apart: a kind of texts that its encoder never saw.
    """

    lessons: Sequence[Lesson]
    folds: Sequence[tuple[Rows, Rows]]
    labels: Mapping[str, tuple[str, ...]]
    left_out: tuple[Rows, Rows] | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """The tuned reader with its tokenizer (JSON), and of every lesson its pieces and log probabilities (n, labels).

    These come from the fold that did not train on it; rows that no fold reads are not a number. `left_out` are those of
    the lessons that were left out, (their number, labels) a head.
    """

    reader: Reader
    tokenizer: bytes
    pieces: Sequence[Sequence[int]]
    out_of_fold: dict[str, Floats]
    left_out: dict[str, Floats]


def rounds(course: Course, recipe: TuneRecipe, *, whole: bool = True) -> int:
    """Return how many texts `told` will hear of."""
    pairs = [*course.folds, *([course.left_out] if course.left_out else [])]
    trained = sum(len(train) for train, _ in pairs) + (len(course.lessons) if whole else 0)
    return len(course.lessons) + recipe.epochs * trained


def train_reader(course: Course, recipe: TuneRecipe, work: Path, told: Told, *, whole: bool = True) -> Trained:
    """Tune one encoder a fold, then (`whole`) one on everything; `work` keeps what is needed to go on after a cut."""
    torch.manual_seed(recipe.seed)
    torch.use_deterministic_algorithms(True)
    start = read_weights(find_file())
    kept = kept_pieces(start, [lesson.text for lesson in course.lessons])
    tokenizer = cut_tokenizer(start, kept)
    pieces = [pieces_of(tokenizer, lesson.text, lesson.findings) for lesson in course.lessons]
    examples = Examples(pieces, _targets(course))
    entries = course.labels["faq"]
    fresh = Reader(load_encoder(start, kept), {head: len(course.labels[head]) for head in HEADS}, len(entries)).eval()
    del start
    states = LowerStates(fresh, pieces, recipe.frozen, lambda count: told("чтение нижними слоями", count))
    _place_entries(fresh, states, examples, recipe)
    run = _Run(fresh, states, examples, recipe, _Shelf(work, _key(course, recipe)), told)
    out_of_fold = {
        head: np.full((len(pieces), len(names)), np.nan, np.float32) for head, names in course.labels.items()
    }
    out_of_fold["faq"] = np.full((len(pieces), len(entries) + 1), np.nan, np.float32)
    for number, (train, test) in enumerate(course.folds, 1):
        for head, values in run.fold(f"часть {number} из {len(course.folds)}", train, test).items():
            out_of_fold[head][list(test)] = values
    left_out = run.fold("без писем", *course.left_out) if course.left_out else {}
    reader = run.tuned("весь корпус", range(len(pieces))) if whole else fresh
    return Trained(reader.eval(), as_bytes(tokenizer), pieces, out_of_fold, left_out)


class _Shelf:
    """Keeps unfinished work in a folder, under the key of what is trained and how."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder, key
        folder.mkdir(parents=True, exist_ok=True)

    def load(self, name: str) -> dict[str, object] | None:
        path = self._path(name)
        return torch.load(path, weights_only=True) if path.is_file() else None

    def save(self, name: str, state: Mapping[str, object]) -> None:
        temporary = self._path(name).with_suffix(".new")
        torch.save(dict(state), temporary)
        temporary.replace(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{self._key}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.pt"


@dataclass(frozen=True, slots=True)
class _Run:
    fresh: Reader
    states: LowerStates
    examples: Examples
    recipe: TuneRecipe
    shelf: _Shelf
    told: Told

    def fold(self, name: str, train: Rows, test: Rows) -> dict[str, Floats]:
        """Tune on `train`; return the log probabilities of `test`."""
        done = self.shelf.load(f"{name}: прочитано")
        if done is None:
            reader = self.tuned(name, train)
            vectors = vectors_of(reader, self.states, self.examples.pieces, test, self.recipe.frozen)
            done = {head: torch.from_numpy(values) for head, values in log_probabilities(reader, vectors).items()}
            self.shelf.save(f"{name}: прочитано", done)
        else:
            self.told(name, self.recipe.epochs * len(train))
        return {head: values.numpy() for head, values in done.items()}  # type: ignore[attr-defined]

    def tuned(self, name: str, rows: Rows) -> Reader:
        """Tune a copy of the fresh reader, going on where a run before was cut off."""
        tuning = Tuning(copy.deepcopy(self.fresh), self.states, self.examples, rows, self.recipe)
        kept = self.shelf.load(name)
        if kept is not None:
            tuning.resume(kept)
            self.told(name, tuning.epoch * len(rows))
        while tuning.epoch < self.recipe.epochs:
            tuning.run_epoch(lambda count: self.told(name, count))
            self.shelf.save(name, tuning.state())
        return tuning.reader


def _targets(course: Course) -> dict[str, torch.Tensor]:
    def numbers(head: str, given: Iterable[str | None]) -> torch.Tensor:
        places = {name: number for number, name in enumerate(course.labels[head])}
        if head == "faq":
            places[""] = len(places)
        return torch.tensor([UNKNOWN if name is None else places[name] for name in given])

    return {
        "scope": numbers("scope", (lesson.scope for lesson in course.lessons)),
        "priority": numbers("priority", (lesson.priority for lesson in course.lessons)),
        "faq": numbers("faq", (lesson.faq for lesson in course.lessons)),
    }


def _place_entries(reader: Reader, states: LowerStates, examples: Examples, recipe: TuneRecipe) -> None:
    """Begin every entry's vector at the mean of its questions as the encoder reads them before tuning."""
    targets = examples.targets["faq"]
    known = torch.nonzero((targets != UNKNOWN) & (targets < len(reader.entries))).ravel().tolist()
    vectors = vectors_of(reader, states, examples.pieces, known, recipe.frozen)
    vectors = vectors - vectors.mean(0)
    owners = targets[known]
    with torch.no_grad():
        for entry in range(len(reader.entries)):
            if bool((owners == entry).any()):
                reader.entries[entry] = vectors[owners == entry].mean(0)


def _key(course: Course, recipe: TuneRecipe) -> str:
    """Name what is trained and how: other texts, labels, folds or rates begin anew."""
    facts = [
        [asdict(lesson) for lesson in course.lessons],
        [[list(map(int, train)), list(map(int, test))] for train, test in course.folds],
        course.left_out and [list(map(int, rows)) for rows in course.left_out],
        asdict(recipe),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]
