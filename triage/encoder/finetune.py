"""Fine-tuning the upper layers on labelled texts. Training only.

The lower layers stay as they are, so their states are computed once for all texts, folds and epochs.
Rates fall from layer to layer downwards (Howard and Ruder 2018).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from triage.encoder.network import DROPOUT, Reader
from triage.encoder.window import PADDING

UNKNOWN = -100  # the target of a text that has no label for a head; torch leaves it out of the loss
Rows = Sequence[int]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TuneRecipe:
    """How the encoder is tuned. `frozen` lower layers; rates are those of the top layer and of the heads."""

    seed: int = 7
    epochs: int = 3
    frozen: int = 6
    batch: int = 32
    rate: float = 2e-4
    fall: float = 0.9
    head_rate: float = 1e-3
    decay: float = 0.01
    warmup: float = 0.1
    smoothing: float = 0.0
    shares: tuple[tuple[str, float], ...] = (("scope", 1.0), ("priority", 0.7), ("faq", 0.5))


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts as piece numbers, and the targets (n,) of every head: label numbers or UNKNOWN."""

    pieces: Sequence[Sequence[int]]
    targets: Mapping[str, Tensor]


class LowerStates:
    """States above the frozen layers, a half-precision (T, H) a text."""

    def __init__(self, reader: Reader, pieces: Sequence[Sequence[int]], frozen: int, told: Told) -> None:
        self._states: list[Tensor] = [torch.empty(0)] * len(pieces)
        order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
        for rows in in_batches(order, 32):
            numbers, present = padded([pieces[row] for row in rows])
            with torch.no_grad():
                states = reader.encoder.lower(numbers, present, frozen).to(torch.bfloat16)
            for place, row in enumerate(rows):
                self._states[row] = states[place, : len(pieces[row])].clone()
            told(len(rows))

    def batch(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """Return padded states (N, T, H) and which of them are there (N, T)."""
        states = nn.utils.rnn.pad_sequence([self._states[row] for row in rows], batch_first=True).to(torch.float32)
        lengths = torch.tensor([len(self._states[row]) for row in rows])
        return states, (torch.arange(states.shape[1]) < lengths[:, None]).to(torch.float32)


def padded(pieces: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return piece numbers (N, T) and which of them are there (N, T)."""
    numbers = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in pieces], batch_first=True, padding_value=PADDING)
    lengths = torch.tensor([len(row) for row in pieces])
    return numbers, (torch.arange(numbers.shape[1]) < lengths[:, None]).to(torch.float32)


def in_batches(rows: Rows, size: int) -> Iterator[Rows]:
    """Cut into neighbours."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


class Tuning:
    """One run over epochs; its state can be kept after each epoch and taken up again."""

    def __init__(self, reader: Reader, states: LowerStates, examples: Examples, rows: Rows, recipe: TuneRecipe) -> None:
        self.reader, self._states, self._examples, self._rows, self._recipe = reader, states, examples, rows, recipe
        self.epoch = 0
        self._optimizer = torch.optim.AdamW(self._groups(), betas=(0.9, 0.98), weight_decay=recipe.decay, fused=True)
        self._tuned = [p for group in self._optimizer.param_groups for p in group["params"]]
        per_epoch = math.ceil(len(rows) / recipe.batch)
        warm, total = recipe.warmup * per_epoch * recipe.epochs, per_epoch * recipe.epochs
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min((step + 1) / warm, max(0.0, (total - step) / (total - warm)))
        )

    def run_epoch(self, told: Told) -> float:
        """Go once through all texts; return the mean loss. `told` hears of every batch's size."""
        torch.manual_seed(self._recipe.seed * 1000 + self.epoch)
        self.reader.train()
        total = 0.0
        batches = self._batches()
        for rows in batches:
            loss = self._loss(rows)
            loss.backward()
            nn.utils.clip_grad_norm_(self._tuned, 1.0)
            self._optimizer.step()
            self._schedule.step()
            self._optimizer.zero_grad(set_to_none=True)
            total += loss.item()
            told(len(rows))
        self.epoch += 1
        return total / len(batches)

    def state(self) -> dict[str, object]:
        """Return what `resume` needs."""
        tuned = {
            name: value for name, value in self.reader.state_dict().items() if not name.startswith("encoder.words")
        }
        return {
            "epoch": self.epoch,
            "reader": tuned,
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Take up a kept state."""
        self.epoch = int(state["epoch"])
        self.reader.load_state_dict(state["reader"], strict=False)
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])

    def _groups(self) -> list[dict[str, object]]:
        recipe, encoder = self._recipe, self.reader.encoder
        heads = [*self.reader.heads.parameters(), self.reader.entries, self.reader.sharpness]
        groups: list[dict[str, object]] = [{"params": heads, "lr": recipe.head_rate}]
        for above, layer in enumerate(reversed(encoder.layers[recipe.frozen :])):
            groups.append({"params": list(layer.parameters()), "lr": recipe.rate * recipe.fall**above})
        return groups

    def _batches(self) -> list[Rows]:
        """Texts of like length together, in an order drawn anew every epoch."""
        chance = random.Random(self._recipe.seed * 1000 + self.epoch)  # noqa: S311
        rows = list(self._rows)
        chance.shuffle(rows)
        batches: list[Rows] = []
        for block in in_batches(rows, self._recipe.batch * 40):
            alike = sorted(block, key=lambda row: len(self._examples.pieces[row]))
            batches += in_batches(alike, self._recipe.batch)
        chance.shuffle(batches)
        return batches

    def _loss(self, rows: Rows) -> Tensor:
        states, present = self._states.batch(rows)
        vectors = functional.dropout(self.reader.encoder.upper(states, present, self._recipe.frozen), DROPOUT)
        outputs = self.reader.outputs(vectors)
        loss = torch.zeros(())
        for head, share in self._recipe.shares:
            target = self._examples.targets[head][list(rows)]
            if bool((target != UNKNOWN).any()):
                loss = loss + share * functional.cross_entropy(
                    outputs[head], target, label_smoothing=self._recipe.smoothing
                )
        return loss


def vectors_of(reader: Reader, states: LowerStates, pieces: Sequence[Sequence[int]], rows: Rows, frozen: int) -> Tensor:
    """Return the sentence vectors (n, H) of these rows."""
    reader.eval()
    result = torch.empty(len(rows), reader.encoder.places.embedding_dim)
    order = sorted(range(len(rows)), key=lambda place: len(pieces[rows[place]]))
    with torch.no_grad():
        for places in in_batches(order, 32):
            result[list(places)] = reader.encoder.upper(*states.batch([rows[place] for place in places]), frozen)
    return result


def log_probabilities(reader: Reader, vectors: Tensor) -> dict[str, NDArray[np.float32]]:
    """Return the log probabilities of every head, (n, labels), the FAQ's with «none» last."""
    with torch.no_grad():
        return {head: values.log_softmax(-1).numpy() for head, values in reader.outputs(vectors).items()}
