"""The committed encoder against itself before its weights and inputs had eight bits."""

from __future__ import annotations

import numpy as np

from triage.classify.corpus import read_corpus
from triage.encoder import artefacts
from triage.encoder.reader import HEADS, EncoderReader
from triage.text.paths import data_dir, models_dir
from triage.training_second import PARITY, key_of, seen_of

MODELS = models_dir({})


def test_eight_bits_say_what_the_float_model_says() -> None:
    """On about 200 texts: the same labels for 99 of 100, and 95 of 100 probabilities within 0.05."""
    texts = {key_of(row.text): row.text for row in read_corpus(data_dir({}) / "tickets")}
    with np.load(MODELS / PARITY, allow_pickle=False) as kept:
        known = [place for place, key in enumerate(kept["keys"]) if int(key) in texts]
        expected = {head: np.exp(kept[head][known].astype(np.float32)) for head in HEADS}
        seen = [seen_of(texts[int(kept["keys"][place])]) for place in known]
    assert len(known) >= 195  # a corrected text has another key
    readings = EncoderReader(lambda: artefacts.read_files(MODELS, artefacts.read_manifest(MODELS))).read_all(seen)
    for head, before in expected.items():
        after = np.exp([getattr(reading, head) for reading in readings])
        assert (after.argmax(axis=1) == before.argmax(axis=1)).mean() >= 0.99
        assert np.quantile(np.abs(after - before).max(axis=1), 0.95) <= 0.05
