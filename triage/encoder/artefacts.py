"""The second reader's files, checked by hash before they are used.

`encoder.json` names the ONNX model and the tokenizer, and holds what joins their readings with the quick model's. A
missing or altered file raises ModelUnavailable; the quick model goes on alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.errors import ModelUnavailable
from triage.text.paths import read_checked

FORMAT = 1
MANIFEST, MODEL, TOKENIZER = "encoder.json", "encoder.onnx", "encoder-pieces.json"
_ADVICE = "take models/ from the repository, or run `triage train --encoder`"


def save(folder: Path, model: bytes, tokenizer: bytes, facts: Mapping[str, Any]) -> None:
    """Write the files, the manifest last and in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name, content in ((MODEL, model), (TOKENIZER, tokenizer)):
        (folder / name).write_bytes(content)
        listed[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    temporary = folder / f"{MANIFEST}.new"
    text = json.dumps({"format": FORMAT, "files": listed, **facts}, ensure_ascii=False, indent=1)
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"{folder}/{MANIFEST} cannot be read", advice=_ADVICE) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelUnavailable(f"{folder}/{MANIFEST} is of another format", advice=_ADVICE)
    return manifest


def read_files(folder: Path, manifest: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the model and the tokenizer, checked by their hashes."""
    model, tokenizer = (
        read_checked(folder / name, manifest["files"][name]["sha256"], _ADVICE) for name in (MODEL, TOKENIZER)
    )
    return model, tokenizer
