"""Reading and writing the model's files through a manifest with hashes. No pickle, numpy only.

`manifest.json` names every file with its SHA-256 and size, the labels, the thresholds and the measured
figures. A file that is missing, altered or of another format raises ModelUnavailable.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.classify.model import Layers, QuickModel
from triage.errors import ModelUnavailable
from triage.text.features import BLOCKS, Vocabulary
from triage.text.lemmas import pack_lemmas, unpack_lemmas
from triage.text.names import SortedNames
from triage.text.paths import read_checked

FORMAT = 2
#: In the order in which they are needed.
_FILES = ("vocabulary.txt", "lemmas.txt", "groups.json", "quick.npz", "faq.npz")
#: Of a member's local header in a zip archive (PKWARE APPNOTE, 4.3.7): its size, and where its sizes stand.
_LOCAL_HEADER, _LOCAL_SIZES = 30, 26
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
        "lemmas.txt": pack_lemmas(vocabulary.lemmas),
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


def load(folder: Path, *, whole: bool = True) -> Artefacts:
    """Read and check everything; raises ModelUnavailable that names the file.

    Without `whole` names of columns are looked up in their lists: ready sooner, slower to ask.
    """
    manifest = read_manifest(folder)
    try:
        files = {name: _Reading(folder / name, manifest["files"][name]) for name in _FILES}
        blocks = _blocks(files["vocabulary.txt"].content().decode(), whole=whole)
        lemmas = unpack_lemmas(files["lemmas.txt"].content())
        groups = json.loads(files["groups.json"].content())
        quick, faq = _arrays(files["quick.npz"].content()), _arrays(files["faq.npz"].content())
        vocabulary = Vocabulary(blocks, quick["idf"], lemmas, groups)
        labels = {head: tuple(names) for head, names in manifest["labels"].items()}
        model = QuickModel(vocabulary, _layers(quick, tuple(labels)), labels)
    except (KeyError, ValueError) as error:
        raise ModelUnavailable(f"{folder}: a model file does not fit the manifest", advice=_ADVICE) from error
    return Artefacts(model, faq, tuple(manifest["faq_ids"]), manifest)


class _Reading(Thread):
    """Reads a file and compares its hash beside the others: neither keeps the interpreter busy."""

    def __init__(self, path: Path, facts: dict[str, Any]) -> None:
        super().__init__(name=f"reading {path.name}")
        self._path, self._facts = path, facts
        self._content: bytes | ModelUnavailable = b""
        self.start()

    def run(self) -> None:
        try:
            self._content = read_checked(self._path, self._facts["sha256"], _ADVICE)
        except ModelUnavailable as error:
            self._content = error

    def content(self) -> bytes:
        """Wait for the content; raises ModelUnavailable."""
        self.join()
        if isinstance(self._content, ModelUnavailable):
            raise self._content
        return self._content


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz; the hash was compared, so the archive's own sums are not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {member.filename.removesuffix(".npy"): _array(content, member) for member in archive.infolist()}


def _array(content: bytes, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Return a member of an archive: a copy, or a view of the content when it is most of it."""
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    name_size, extra_size = struct.unpack_from("<HH", content, member.header_offset + _LOCAL_SIZES)
    file = io.BytesIO(content)
    file.seek(member.header_offset + _LOCAL_HEADER + name_size + extra_size)
    version = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, kind = read_header(file)
    if kind.hasobject:
        raise ValueError(f"{member.filename} holds objects")
    flat = np.frombuffer(content, dtype=kind, count=math.prod(shape), offset=file.tell())
    array = flat.reshape(shape, order="F" if by_columns else "C")
    return array if array.flags.aligned and 2 * array.nbytes > len(content) else array.copy()


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


def _blocks(text: str, *, whole: bool) -> dict[str, Mapping[str, int]]:
    blocks: dict[str, Mapping[str, int]] = {}
    start = 0
    for name, part in zip(BLOCKS, text.split("\n\n"), strict=True):
        names = part.split("\n") if part else []
        numbered = SortedNames(names, start)
        blocks[name] = dict(zip(names, range(start, start + len(names)), strict=True)) if whole else numbered
        start += len(names)
    return blocks
