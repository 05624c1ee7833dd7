"""Reading and writing the model's files through a manifest with hashes. No pickle, numpy only.

`manifest.json` names every file with its SHA-256 and size, the labels, the thresholds and the measured
figures. A file that is missing, altered or of another format raises ModelUnavailable.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.classify.model import Layers, QuickModel
from triage.errors import ModelUnavailable
from triage.text.features import BLOCKS, Vocabulary
from triage.text.lemmas import pack_lemmas, unpack_lemmas

FORMAT = 2
_ADVICE = "run `triage train`, or take models/ from the repository"


@dataclass(frozen=True, slots=True)
class Artefacts:
    """Everything of a trained quick reader: model, the FAQ ranker's arrays, and the manifest."""

    model: QuickModel
    faq: dict[str, NDArray[Any]]
    faq_ids: tuple[str, ...]
    manifest: dict[str, Any]


def save(
    folder: Path,
    vocabulary: Vocabulary,
    layers: Layers,
    faq: dict[str, NDArray[Any]],
    manifest: dict[str, Any],
) -> None:
    """Write all files, the manifest last and in one step, so that a reader never sees half a model."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "quick.npz": _npz(_layer_arrays(layers, vocabulary)),
        "faq.npz": _npz(faq),
        "vocabulary.txt": "\n\n".join("\n".join(vocabulary.blocks[name]) for name in BLOCKS).encode(),
        "lemmas.txt": pack_lemmas(vocabulary.lemmas).encode(),
        "groups.json": json.dumps(vocabulary.groups, ensure_ascii=False, sort_keys=True).encode(),
    }
    listed = {}
    for name, content in files.items():
        (folder / name).write_bytes(content)
        listed[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    text = json.dumps({"format": FORMAT, "files": listed, **manifest}, ensure_ascii=False, indent=1)
    temporary = folder / "manifest.json.new"
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(folder / "manifest.json")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest; raises ModelUnavailable."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{folder}/manifest.json cannot be read", advice=_ADVICE) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelUnavailable(f"{folder}/manifest.json is of another format", advice=_ADVICE)
    return manifest


def load(folder: Path) -> Artefacts:
    """Read and check everything; raises ModelUnavailable that names the file."""
    manifest = read_manifest(folder)

    def content(name: str) -> bytes:
        return _checked(folder / name, manifest["files"][name])

    try:
        quick, faq = _arrays(content("quick.npz")), _arrays(content("faq.npz"))
        vocabulary = Vocabulary(
            _blocks(content("vocabulary.txt").decode()),
            quick["idf"],
            unpack_lemmas(content("lemmas.txt").decode()),
            json.loads(content("groups.json")),
        )
        labels = {head: tuple(names) for head, names in manifest["labels"].items()}
        model = QuickModel(vocabulary, _layers(quick, tuple(labels)), labels)
    except (KeyError, ValueError) as error:
        raise ModelUnavailable(f"{folder}: a model file does not fit the manifest", advice=_ADVICE) from error
    return Artefacts(model, faq, tuple(manifest["faq_ids"]), manifest)


def _checked(path: Path, facts: dict[str, Any]) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read", advice=_ADVICE) from error
    if hashlib.sha256(content).hexdigest() != facts["sha256"]:
        raise ModelUnavailable(f"{path} was altered: its hash is not the manifest's", advice=_ADVICE)
    return content


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _layer_arrays(layers: Layers, vocabulary: Vocabulary) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "idf": vocabulary.idf,
        "margins": layers.margins,
        "margin_bias": layers.margin_bias,
        "signal_mean": layers.signal_mean,
        "signal_scale": layers.signal_scale,
    }
    for head in layers.head_weights:
        arrays[f"{head}_weights"] = layers.head_weights[head]
        arrays[f"{head}_bias"] = layers.head_bias[head]
    return arrays


def _layers(arrays: dict[str, NDArray[Any]], heads: tuple[str, ...]) -> Layers:
    return Layers(
        arrays["margins"],
        arrays["margin_bias"],
        arrays["signal_mean"],
        arrays["signal_scale"],
        {head: arrays[f"{head}_weights"] for head in heads},
        {head: arrays[f"{head}_bias"] for head in heads},
    )


def _blocks(text: str) -> dict[str, dict[str, int]]:
    blocks: dict[str, dict[str, int]] = {}
    start = 0
    for name, part in zip(BLOCKS, text.split("\n\n"), strict=True):
        names = part.split("\n") if part else []
        blocks[name] = dict(zip(names, range(start, start + len(names)), strict=True))
        start += len(names)
    return blocks
