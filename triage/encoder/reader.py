"""Reading a text with the exported encoder: onnxruntime and tokenizers, loaded when first needed.

One thread; a text of 60 words took 32 ms of a core, loading 0.35 s (measured on a shared machine of two cores). The
files are checked by hash before they are used.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.encoder.window import PADDING, pieces_of
from triage.errors import ModelUnavailable

Floats = NDArray[np.float32]
HEADS = ("scope", "priority", "faq")
_AT_ONCE = 16  # texts: what a pass of attention over 160 pieces may hold, about 20 MB


@dataclass(frozen=True, slots=True)
class Reading:
    """Log probabilities of one text, a head: (labels,); the FAQ's are those of its entries with «none» last."""

    scope: Floats
    priority: Floats
    faq: Floats


class EncoderReader:
    """Reads texts; `files` returns the ONNX model and the tokenizer's JSON and is called once, on first need."""

    def __init__(self, files: Callable[[], tuple[bytes, bytes]]) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._broken = ""

    @property
    def trouble(self) -> str:
        """Why it cannot be used, as far as that is known; empty while it reads or was not needed yet."""
        return self._broken

    def read(self, text: str, findings: Sequence[tuple[int, int]] = ()) -> Reading:
        """Read one text; raises ModelUnavailable when the files cannot be used."""
        return self.read_all([(text, findings)])[0]

    def read_all(self, texts: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[Reading]:
        """Read texts with the spans that must be seen in each; alike in length are read together."""
        session, tokenizer = self._ready()
        pieces = [pieces_of(tokenizer, text, findings) for text, findings in texts]
        order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
        readings: dict[int, Reading] = {}
        for start in range(0, len(order), _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            outputs = session.run(list(HEADS), _inputs([pieces[row] for row in rows]))
            for place, row in enumerate(rows):
                readings[row] = Reading(*(_log_softmax(values[place]) for values in outputs))
        return [readings[row] for row in range(len(pieces))]

    def _ready(self) -> tuple[Any, Any]:
        with self._lock:
            if self._broken:
                raise ModelUnavailable(self._broken)
            if self._loaded is None:
                try:
                    self._loaded = _load(*self._files())
                except Exception as error:  # onnxruntime has its own; whatever it is, it stays broken
                    self._broken = str(error) or type(error).__name__
                    raise ModelUnavailable(self._broken) from error
            return self._loaded


def _load(model: bytes, tokenizer: bytes) -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session, Tokenizer.from_str(tokenizer.decode())


def _inputs(pieces: Sequence[Sequence[int]]) -> Mapping[str, NDArray[Any]]:
    longest = max(len(row) for row in pieces)
    numbers = np.full((len(pieces), longest), PADDING, dtype=np.int64)
    present = np.zeros((len(pieces), longest), dtype=np.float32)
    for row, own in enumerate(pieces):
        numbers[row, : len(own)] = own
        present[row, : len(own)] = 1.0
    return {"pieces": numbers, "present": present}


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), dtype=np.float32)
