"""Where the data folder (lexicons, FAQ, corpus, the policy pack) and the models are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from triage.errors import ModelUnavailable

_REPOSITORY = Path(__file__).resolve().parents[2]


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder named by TRIAGE_DATA, by default `data/` of the repository."""
    return Path((os.environ if env is None else env).get("TRIAGE_DATA") or _REPOSITORY / "data")


def models_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder named by TRIAGE_MODELS, by default `models/` of the repository."""
    return Path((os.environ if env is None else env).get("TRIAGE_MODELS") or _REPOSITORY / "models")


def data_file(folder: str, name: str) -> Path:
    """Return a file of a folder of the data; cheap enough to be asked for at every request."""
    return _file(os.environ.get("TRIAGE_DATA"), folder, name)


@lru_cache(maxsize=64)
def _file(given: str | None, folder: str, name: str) -> Path:
    return (Path(given) if given else _REPOSITORY / "data") / folder / name


def read_checked(path: Path, sha256: str, advice: str) -> bytes:
    """Return a model's file; raises ModelUnavailable when it cannot be read or its hash is another."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read", advice=advice) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelUnavailable(f"{path} was altered: its hash is not the manifest's", advice=advice)
    return content
