"""Pictures say what the numbers say, and are the same bytes for the same numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from triage.classify.pictures import calibration_svg, confusion_svg
from triage.errors import WrongInput

LABELS = ("defect.failure", "setup.question", "usage.explain")
TRUTH = np.array(["defect.failure"] * 7 + ["setup.question"] * 4)
GUESS = np.array(["defect.failure"] * 5 + ["setup.question"] * 6)


def words(svg: str) -> list[str]:
    return [(node.text or "").strip() for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


class TestConfusion:
    def test_names_every_label_and_counts_every_cell(self) -> None:
        shown = words(confusion_svg(TRUTH, GUESS, LABELS))
        assert all(shown.count(label) == 2 for label in LABELS)
        assert sorted(w for w in shown if w.isdigit()) == ["2", "4", "5"]

    def test_is_small_and_deterministic(self) -> None:
        many = tuple(f"category.rule_{n:02}" for n in range(22))
        random = np.random.default_rng(1)
        truth, guess = (np.array(many)[random.integers(0, 22, 4000)] for _ in range(2))
        first, again = (confusion_svg(truth, guess, many) for _ in range(2))
        assert first == again
        assert len(first) < 250_000


class TestCalibration:
    def test_shows_both_heads(self) -> None:
        random = np.random.default_rng(2)
        confidence = random.random(500).astype(np.float32)
        right = random.random(500) < confidence
        svg = calibration_svg({"scope": (right, confidence), "priority": (right, confidence)})
        assert {"scope", "priority", "confidence", "accuracy"} <= set(words(svg))
        assert svg == calibration_svg({"scope": (right, confidence), "priority": (right, confidence)})


def test_without_matplotlib_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(WrongInput, match="matplotlib") as raised:
        confusion_svg(TRUTH, GUESS, LABELS)
    assert "\n" not in str(raised.value)


def test_serving_never_imports_matplotlib() -> None:
    import subprocess

    code = "import sys, triage.cli, triage.loading, triage.evaluation; sys.exit('matplotlib' in sys.modules)"
    top = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=top, check=False).returncode == 0
