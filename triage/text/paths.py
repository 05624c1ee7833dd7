"""Where the data folder (lexicons, FAQ, corpus, the policy pack) and the models are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder named by TRIAGE_DATA, by default `data/` of the repository."""
    return Path((os.environ if env is None else env).get("TRIAGE_DATA") or _REPOSITORY / "data")


def models_dir(env: Mapping[str, str] | None = None) -> Path:
    """Return the folder named by TRIAGE_MODELS, by default `models/` of the repository."""
    return Path((os.environ if env is None else env).get("TRIAGE_MODELS") or _REPOSITORY / "models")
