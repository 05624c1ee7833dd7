"""Where the data folder is: lexicons, FAQ, corpus, the policy pack."""

from __future__ import annotations

import os
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]


def data_dir() -> Path:
    """Return the folder named by TRIAGE_DATA, by default `data/` of the repository."""
    return Path(os.environ.get("TRIAGE_DATA") or _REPOSITORY / "data")
