"""The installed chain, loaded once for all unit tests."""

from __future__ import annotations

import pytest

from triage.loading import Chain, load_chain
from triage.settings import Settings


@pytest.fixture(scope="session")
def chain() -> Chain:
    loaded = load_chain(Settings.from_env({}))
    assert not loaded.broken, loaded.broken
    return loaded
